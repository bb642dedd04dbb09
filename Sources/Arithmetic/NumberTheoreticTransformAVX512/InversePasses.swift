/// Three inverse levels: eight neighbouring blocks of `stride` vectors become one. Lazy values below 2q in and out.
@inline(__always)
func inverseRadix8(
  _ row: UnsafeMutablePointer<Lanes.Vector>, vectors: Int, blocks: Int, _ table: TwiddleTable,
  _ c: Lanes.Constants
) {
  let stride = vectors / (8 &* blocks)
  for block in 0..<blocks {
    let begin = row + 8 &* stride &* block
    let i = blocks &+ block
    let first = (
      table.factor(4 &* i), table.factor(4 &* i &+ 1), table.factor(4 &* i &+ 2), table.factor(4 &* i &+ 3)
    )
    let second = (table.factor(2 &* i), table.factor(2 &* i &+ 1))
    let third = table.factor(i)
    for j in 0..<stride {
      var x = load(begin + j, stride)
      inverseEighths(&x, first, c)
      inverseQuarters(&x, second, c)
      inverseHalves(&x, third, c)
      reduceFirstHalf(&x, c)
      store(x, begin + j, stride)
    }
  }
}

/// Two inverse levels: four neighbouring blocks of `stride` vectors become one. Values below 2q in and out.
@inline(__always)
func inverseRadix4(
  _ row: UnsafeMutablePointer<Lanes.Vector>, vectors: Int, blocks: Int, _ table: TwiddleTable,
  _ c: Lanes.Constants
) {
  let stride = vectors / (4 &* blocks)
  for block in 0..<blocks {
    let begin = row + 4 &* stride &* block
    let i = blocks &+ block
    let first = (table.factor(2 &* i), table.factor(2 &* i &+ 1))
    let second = table.factor(i)
    for j in 0..<stride {
      let at = begin + j
      var (x0, x1, x2, x3) = (at[0], at[stride], at[2 &* stride], at[3 &* stride])
      Lanes.inverseButterfly(&x0, &x1, first.0, level: 0, c)
      Lanes.inverseButterfly(&x2, &x3, first.1, level: 0, c)
      Lanes.inverseButterfly(&x0, &x2, second, level: 1, c)
      Lanes.inverseButterfly(&x1, &x3, second, level: 1, c)
      at[0] = Lanes.reduce(x0, c)
      at[stride] = Lanes.reduce(x1, c)
      at[2 &* stride] = x2
      at[3 &* stride] = x3
    }
  }
}

/// The last three inverse levels. The very last one multiplies by n^-1 as well: its sums by `scale`, its
/// differences by `scaledRoot`, which is n^-1 times the root. Values below 2q in, residues in [0, q) out.
@inline(__always)
func inverseLast(
  _ row: UnsafeMutablePointer<Lanes.Vector>, vectors: Int, _ table: TwiddleTable, scale: Factor,
  scaledRoot: Factor, _ c: Lanes.Constants
) {
  let stride = vectors / 8
  let first = (table.factor(4), table.factor(5), table.factor(6), table.factor(7))
  let second = (table.factor(2), table.factor(3))
  for j in 0..<stride {
    var x = load(row + j, stride)
    inverseEighths(&x, first, c)
    inverseQuarters(&x, second, c)
    inverseHalves(&x, scaledRoot, c)
    x.0 = Lanes.multiply(x.0, scale, c)
    x.1 = Lanes.multiply(x.1, scale, c)
    x.2 = Lanes.multiply(x.2, scale, c)
    x.3 = Lanes.multiply(x.3, scale, c)
    let words = UnsafeMutableRawPointer(row + j).assumingMemoryBound(to: Lanes.Words.self)
    words[0] = Lanes.residues(ofReduced: x.0, c)
    words[stride] = Lanes.residues(ofReduced: x.1, c)
    words[2 &* stride] = Lanes.residues(ofReduced: x.2, c)
    words[3 &* stride] = Lanes.residues(ofReduced: x.3, c)
    words[4 &* stride] = Lanes.residues(ofReduced: x.4, c)
    words[5 &* stride] = Lanes.residues(ofReduced: x.5, c)
    words[6 &* stride] = Lanes.residues(ofReduced: x.6, c)
    words[7 &* stride] = Lanes.residues(ofReduced: x.7, c)
  }
}

extension VectorKernel {
  /// Values in [0, q) to coefficients in [0, q), in place: the exact inverse of `forward`.
  ///
  /// Gentleman–Sande after Longa and Naehrig, 2016, algorithm 2. Every pass takes and leaves values below 2q: sums
  /// grow to 4q, 8q and 16q over its levels, differences get the offset 2q, 4q and 8q that keeps them positive,
  /// and the half that no twiddle factor multiplies is reduced at the end.
  public func inverse(_ row: UnsafeMutablePointer<UInt64>) {
    checkAlignment(row)
    let lanes = UnsafeMutableRawPointer(row).assumingMemoryBound(to: Lanes.Vector.self)
    inverseHead(lanes, vectors: vectors, inverseTable, constants)
    var blocks = vectors
    for pass in (1..<plan.count).reversed() {
      blocks >>= plan.levels(pass)
      if plan.levels(pass) == 3 {
        inverseRadix8(lanes, vectors: vectors, blocks: blocks, inverseTable, constants)
      } else {
        inverseRadix4(lanes, vectors: vectors, blocks: blocks, inverseTable, constants)
      }
    }
    inverseLast(
      lanes, vectors: vectors, inverseTable, scale: splat(scale), scaledRoot: splat(scaledRoot), constants)
  }
}
