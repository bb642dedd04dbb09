import ModularArithmetic

/// What a dot product needs beyond the lane constants.
struct DotConstants: Sendable {
  /// How many products, with one residue more, may be summed before a reduction.
  ///
  /// The sum must stay below 2^104, so that its high part is below 2^52, and 64-bit lanes hold the sum of 4095 low
  /// parts and one residue.
  let blockTerms: Int
  /// 2^52 mod q, and its companion.
  let highFactor: (UInt64, UInt64)

  init(modulus: Modulus) {
    let largest = UInt128(modulus.value - 1)
    let terms = ((UInt128(1) << 104) - UInt128(modulus.value)) / (largest * largest)
    blockTerms = Int(min(terms, 4095))
    let shifted = FixedMultiplicand(modulus.reduce(1 << 52), modulus: modulus)
    highFactor = (shifted.value, shifted.quotient52)
  }
}

extension VectorKernel {
  /// r = Σ a_k·b_k over one or more terms.
  public func dot(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafeBufferPointer<UnsafePointer<UInt64>>,
    _ b: UnsafeBufferPointer<UnsafePointer<UInt64>>
  ) { sum(r, a, b, adds: false) }

  /// r = r + Σ a_k·b_k over one or more terms.
  public func dotAdd(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafeBufferPointer<UnsafePointer<UInt64>>,
    _ b: UnsafeBufferPointer<UnsafePointer<UInt64>>
  ) { sum(r, a, b, adds: true) }

  @inline(__always)
  private func sum(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafeBufferPointer<UnsafePointer<UInt64>>,
    _ b: UnsafeBufferPointer<UnsafePointer<UInt64>>, adds: Bool
  ) {
    precondition(a.count == b.count && a.count > 0)
    checkAlignment(r)
    for k in 0..<a.count {
      checkAlignment(a[k])
      checkAlignment(b[k])
    }
    // Tiles of four vectors: eight accumulators and all operands of a term fit the registers.
    var column = 0
    while column < vectors {
      let out = UnsafeMutableRawPointer(r).assumingMemoryBound(to: Lanes.Words.self) + column
      var low =
        adds
        ? (out[0], out[1], out[2], out[3]) : (Lanes.Words.zero, Lanes.Words.zero, Lanes.Words.zero, .zero)
      var begin = 0
      while begin < a.count {
        let end = min(begin + dotConstants.blockTerms, a.count)
        low = block(low, a, b, begin..<end, column)
        begin = end
      }
      (out[0], out[1], out[2], out[3]) = low
      column += 4
    }
  }

  /// `residue` + Σ a_k·b_k in [0, q) for at most `blockTerms` terms.
  @inline(__always)
  private func block(
    _ residue: (Lanes.Words, Lanes.Words, Lanes.Words, Lanes.Words),
    _ a: UnsafeBufferPointer<UnsafePointer<UInt64>>, _ b: UnsafeBufferPointer<UnsafePointer<UInt64>>,
    _ terms: Range<Int>, _ column: Int
  ) -> (Lanes.Words, Lanes.Words, Lanes.Words, Lanes.Words) {
    var low = residue
    var high = (Lanes.Words.zero, Lanes.Words.zero, Lanes.Words.zero, Lanes.Words.zero)
    for k in terms {
      let x = UnsafeRawPointer(a[k]).assumingMemoryBound(to: Lanes.Words.self) + column
      let y = UnsafeRawPointer(b[k]).assumingMemoryBound(to: Lanes.Words.self) + column
      low.0 = addLow52(low.0, x[0], y[0])
      high.0 = addHigh52(high.0, x[0], y[0])
      low.1 = addLow52(low.1, x[1], y[1])
      high.1 = addHigh52(high.1, x[1], y[1])
      low.2 = addLow52(low.2, x[2], y[2])
      high.2 = addHigh52(high.2, x[2], y[2])
      low.3 = addLow52(low.3, x[3], y[3])
      high.3 = addHigh52(high.3, x[3], y[3])
    }
    return (
      reduceSum(low.0, high.0), reduceSum(low.1, high.1), reduceSum(low.2, high.2), reduceSum(low.3, high.3)
    )
  }

  /// (2^52·high + low) mod q, for a sum below 2^104.
  @inline(__always)
  private func reduceSum(_ low: Lanes.Words, _ high: Lanes.Words) -> Lanes.Words {
    let mask = Lanes.Words(repeating: (1 << 52) - 1)
    let carried = high &+ (low &>> Lanes.Words(repeating: 52))
    // Both parts are in [0, 2q), and their sum, below 4q, fits one more reduction.
    let upper = Lanes.multiply(carried, splat(dotConstants.highFactor), constants) & mask
    let lower = Lanes.reduce(low & mask, constants) & mask
    return Lanes.residues(upper &+ lower, constants)
  }
}
