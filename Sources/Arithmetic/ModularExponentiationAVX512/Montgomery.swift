// Montgomery arithmetic modulo n with R = 2^(520·blocks), eight lanes, without a final subtraction: with 2^16·n ≤ R,
// inputs below 16n give outputs below (256n² + R·n) / R ≤ n + n/2^8 (C. D. Walter, "Montgomery exponentiation needs no
// final subtractions", 1999).
//
// Product scanning: a block column gathers its part of a·b and of q·n in 20 register accumulators, finds its ten quotient
// limbs (lower half) or ten limbs of the result (upper half), and hands one carry on. A product of k limbs takes 4k² + k
// multiply-adds, a square 3k² + 2k.

/// out = a·b / R. out may be a or b: a block of it is written after the last use of the same block of a and b.
@inline(never) func montgomeryProduct(
  _ out: Row, _ a: ConstantRow, _ b: ConstantRow, _ m: WideModulus, _ q: Row
) {
  let n = SharedLimbs(m.n), n0 = splat(m.n0), blocks = m.blocks
  var carry = Lanes.zero, column = 0
  while column < blocks {
    var l = zeroBlock, h = zeroBlock
    addProductLow(&l, &h, OwnLimbs(a), OwnLimbs(b), column)
    reduceLow(&l, &h, n, n0, column, &carry, q)
    column &+= 1
  }
  while column < 2 &* blocks {
    var l = zeroBlock, h = zeroBlock
    addProductHigh(&l, &h, OwnLimbs(a), OwnLimbs(b), column, blocks)
    reduceHigh(&l, &h, n, column, blocks, &carry, q, out)
    column &+= 1
  }
}

/// out = a² / R, reading on in a table at each block column.
@inline(never) func montgomerySquare(
  _ out: Row, _ a: ConstantRow, _ m: WideModulus, _ q: Row, _ scan: UnsafeMutablePointer<TableScan>
) {
  var own = scan.pointee
  let n = SharedLimbs(m.n), n0 = splat(m.n0), blocks = m.blocks
  var carry = Lanes.zero, column = 0
  while column < blocks {
    var l = zeroBlock, h = zeroBlock
    addSquare(&l, &h, OwnLimbs(a), column, blocks)
    reduceLow(&l, &h, n, n0, column, &carry, q)
    own.step()
    column &+= 1
  }
  while column < 2 &* blocks {
    var l = zeroBlock, h = zeroBlock
    addSquare(&l, &h, OwnLimbs(a), column, blocks)
    reduceHigh(&l, &h, n, column, blocks, &carry, q, out)
    own.step()
    column &+= 1
  }
  scan.pointee = own
}

/// out = a if a < n, else a − n, for a < 2n whose limbs may have 53 bits; `taken`: 1 in the lanes where n was subtracted.
@inline(never) func subtractOnce(_ out: Row, _ a: ConstantRow, _ m: WideModulus, taken: Row) {
  let count = 10 &* m.blocks, mask = splat(limbMask)
  var carry = Lanes.zero, i = 0
  while i < count {
    carry = carryOf(a[i] &- splat(m.n[i]) &+ carry)
    i &+= 1
  }
  let keep = carry
  carry = .zero
  i = 0
  while i < count {
    let d = a[i] &- (splat(m.n[i]) & ~keep) &+ carry
    out[i] = d & mask
    carry = carryOf(d)
    i &+= 1
  }
  taken.pointee = ~keep & splat(1)
}

/// out = factor·a + b with the carries propagated: limbs below 2^60, the sum below R.
@inline(never) func addNormalised(
  _ out: Row, _ a: ConstantRow, _ factor: UInt64, _ b: ConstantRow, _ count: Int
) {
  let mask = splat(limbMask), times = splat(factor)
  var carry = Lanes.zero, i = 0
  while i < count {
    let s = a[i] &* times &+ b[i] &+ carry
    out[i] = s & mask
    carry = s &>> 52
    i &+= 1
  }
}
