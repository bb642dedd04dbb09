/// Three levels: every block of `8·stride` vectors becomes eight. `isFirst` reads residues instead of lanes.
@inline(__always)
func forwardRadix8(
  _ row: UnsafeMutablePointer<Lanes.Vector>, vectors: Int, blocks: Int, _ table: TwiddleTable,
  _ c: Lanes.Constants, isFirst: Bool, reducesFirst: Bool
) {
  let stride = vectors / (8 &* blocks)
  for block in 0..<blocks {
    let begin = row + 8 &* stride &* block
    let i = blocks &+ block
    let first = table.factor(i)
    let second = (table.factor(2 &* i), table.factor(2 &* i &+ 1))
    let third = (
      table.factor(4 &* i), table.factor(4 &* i &+ 1), table.factor(4 &* i &+ 2), table.factor(4 &* i &+ 3)
    )
    for j in 0..<stride {
      var x = isFirst ? loadWords(begin + j, stride) : load(begin + j, stride)
      if reducesFirst { reduceFirstHalf(&x, c) }
      forwardHalves(&x, first, c)
      forwardQuarters(&x, second, c)
      forwardEighths(&x, third, c)
      store(x, begin + j, stride)
    }
  }
}

/// Two levels: every block of `4·stride` vectors becomes four.
@inline(__always)
func forwardRadix4(
  _ row: UnsafeMutablePointer<Lanes.Vector>, vectors: Int, blocks: Int, _ table: TwiddleTable,
  _ c: Lanes.Constants, reducesFirst: Bool
) {
  let stride = vectors / (4 &* blocks)
  for block in 0..<blocks {
    let begin = row + 4 &* stride &* block
    let i = blocks &+ block
    let first = table.factor(i)
    let second = (table.factor(2 &* i), table.factor(2 &* i &+ 1))
    for j in 0..<stride {
      let at = begin + j
      var (x0, x1, x2, x3) = (at[0], at[stride], at[2 &* stride], at[3 &* stride])
      if reducesFirst {
        x0 = Lanes.reduce(x0, c)
        x1 = Lanes.reduce(x1, c)
      }
      Lanes.butterfly(&x0, &x2, first, c)
      Lanes.butterfly(&x1, &x3, first, c)
      Lanes.butterfly(&x0, &x1, second.0, c)
      Lanes.butterfly(&x2, &x3, second.1, c)
      at[0] = x0
      at[stride] = x1
      at[2 &* stride] = x2
      at[3 &* stride] = x3
    }
  }
}

extension VectorKernel {
  /// Coefficients in [0, q) to values in [0, q), in place: slot i becomes f(ψ^(2·brv(i)+1)).
  ///
  /// Harvey, "Faster arithmetic for number-theoretic transforms", 2014, algorithm 4, on the merged negacyclic
  /// transform of Longa and Naehrig, "Speeding up the number theoretic transform for faster ideal lattice-based
  /// cryptography", 2016, algorithm 1; bounds in `PassPlan`.
  public func forward(_ row: UnsafeMutablePointer<UInt64>) {
    checkAlignment(row)
    let lanes = UnsafeMutableRawPointer(row).assumingMemoryBound(to: Lanes.Vector.self)
    forwardRadix8(
      lanes, vectors: vectors, blocks: 1, forwardTable, constants, isFirst: true, reducesFirst: false)
    finishForward(lanes)
  }

  /// The passes behind the first.
  func finishForward(_ lanes: UnsafeMutablePointer<Lanes.Vector>) {
    var blocks = 8
    for pass in 1..<plan.count {
      forwardPass(lanes, blocks: blocks, levels: plan.levels(pass), reducesFirst: plan.reducesFirst(pass))
      blocks <<= plan.levels(pass)
    }
    forwardTail(lanes, vectors: vectors, forwardTable, constants)
  }

  private func forwardPass(
    _ row: UnsafeMutablePointer<Lanes.Vector>, blocks: Int, levels: Int, reducesFirst: Bool
  ) {
    // One specialised loop for each case: the radix and the reduction are constants inside.
    let (n, table, c) = (vectors, forwardTable, constants)
    switch (levels, reducesFirst) {
    case (3, true):
      forwardRadix8(row, vectors: n, blocks: blocks, table, c, isFirst: false, reducesFirst: true)
    case (3, false):
      forwardRadix8(row, vectors: n, blocks: blocks, table, c, isFirst: false, reducesFirst: false)
    case (_, true):
      forwardRadix4(row, vectors: n, blocks: blocks, table, c, reducesFirst: true)
    case (_, false):
      forwardRadix4(row, vectors: n, blocks: blocks, table, c, reducesFirst: false)
    }
  }
}
