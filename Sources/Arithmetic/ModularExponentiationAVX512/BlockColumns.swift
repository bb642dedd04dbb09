// Block columns of whole products. `column` counts blocks of ten columns, `blocks` the blocks of each operand.

/// Block column < blocks of a·b.
@inline(__always) func addProductLow<A: Limbs, B: Limbs>(
  _ l: inout Block, _ h: inout Block, _ a: A, _ b: B, _ column: Int
) {
  var w = loadBlock(b.at(10 &* column))
  var i = 0
  while i < column {
    addRhombus(&l, &h, &w, a.at(10 &* i), b.at(10 &* (column &- i)))
    i &+= 1
  }
  w.0 = b[0]
  addLowTriangle(&l, &h, w, a.at(10 &* column))
}

/// Block column ≥ blocks, < 2·blocks, of a·b.
@inline(__always) func addProductHigh<A: Limbs, B: Limbs>(
  _ l: inout Block, _ h: inout Block, _ a: A, _ b: B, _ column: Int, _ blocks: Int
) {
  var w = zeroBlock
  var i = column &- blocks
  addHighTriangle(&l, &h, &w, a.at(10 &* i), b.at(10 &* blocks))
  i &+= 1
  while i < blocks {
    addRhombus(&l, &h, &w, a.at(10 &* i), b.at(10 &* (column &- i)))
    i &+= 1
  }
}

/// A block column of a²: the tiles left of the diagonal once, doubled, then the diagonal tile.
@inline(__always) func addSquare(
  _ l: inout Block, _ h: inout Block, _ a: OwnLimbs, _ column: Int, _ blocks: Int
) {
  let middle = column &>> 1
  var w: Block
  var i = 0
  if column < blocks {
    w = loadBlock(a.at(10 &* column))
  } else {
    w = zeroBlock
    i = column &- blocks
    if i < middle { addHighTriangle(&l, &h, &w, a.at(10 &* i), a.at(10 &* blocks)) }
    i &+= 1
  }
  while i < middle {
    addRhombus(&l, &h, &w, a.at(10 &* i), a.at(10 &* (column &- i)))
    i &+= 1
  }
  if column & 1 == 0 {
    let diagonal = loadBlock(a.at(10 &* middle))
    addLowCross(&l, &h, diagonal)
    double(&l)
    double(&h)
    addLowSquares(&l, &h, diagonal)
  } else {
    if middle &+ 1 < blocks {
      w.0 = a[10 &* (middle &+ 1)]
      addLowTriangle(&l, &h, w, a.at(10 &* middle))
    }
    let diagonal = loadBlock(a.at(10 &* middle))
    addHighCross(&l, &h, diagonal)
    double(&l)
    double(&h)
    addHighSquares(&l, &h, diagonal)
  }
}

/// Adds q·n to block column < blocks and finds the ten quotient limbs of that column.
@inline(__always) func reduceLow<N: Limbs>(
  _ l: inout Block, _ h: inout Block, _ n: N, _ n0: Lanes, _ column: Int, _ carry: inout Lanes,
  _ q: Row
) {
  let own = OwnLimbs(q)
  var w = loadBlock(n.at(10 &* column))
  var i = 0
  while i < column {
    addRhombus(&l, &h, &w, own.at(10 &* i), n.at(10 &* (column &- i)))
    i &+= 1
  }
  w.0 = n[0]
  appendQuotient(&l, &h, w, n0, &carry, q + 10 &* column)
}

/// Adds q·n to block column ≥ blocks and writes ten limbs of the result.
@inline(__always) func reduceHigh<N: Limbs>(
  _ l: inout Block, _ h: inout Block, _ n: N, _ column: Int, _ blocks: Int, _ carry: inout Lanes,
  _ q: ConstantRow, _ out: Row
) {
  addProductHigh(&l, &h, OwnLimbs(q), n, column, blocks)
  emit(l, h, &carry, out + 10 &* (column &- blocks))
}
