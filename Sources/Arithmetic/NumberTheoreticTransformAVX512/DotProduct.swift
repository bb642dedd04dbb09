import ModularArithmetic

extension IFMALanes {
  /// How many products, with one residue more, may be summed before a reduction; 2^52 mod q with its companion.
  ///
  /// The sum must stay below 2^104, so that its high part is below 2^52, and 64-bit lanes hold the sum of 4095 low
  /// parts and one residue.
  typealias DotConstants = (blockTerms: Int, highFactor: (UInt64, UInt64))

  static func dotConstants(for modulus: Modulus) -> DotConstants {
    let largest = UInt128(modulus.value - 1)
    let terms = ((UInt128(1) << 104) - UInt128(modulus.value)) / (largest * largest)
    let shifted = FixedMultiplicand(modulus.reduce(1 << 52), modulus: modulus)
    return (Int(min(terms, 4095)), twiddle(shifted, modulus: modulus))
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
    // Tiles of eight vectors: sixteen accumulators and the operands of a term fit the registers, and every row is
    // read in runs of eight cache lines.
    var column = 0
    while column < vectors {
      let out = UnsafeMutableRawPointer(r).assumingMemoryBound(to: Lanes.Words.self) + column
      var low = adds ? load(out, 1) : Self.zeros
      var begin = 0
      while begin < a.count {
        let end = min(begin &+ dotConstants.blockTerms, a.count)
        var high = Self.zeros
        for k in begin..<end { accumulate(a[k], b[k], column, &low, &high) }
        reduceSums(&low, high)
        begin = end
      }
      store(low, out, 1)
      column &+= 8
    }
  }

  @inline(__always)
  private static var zeros: Octet { (.zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero) }

  /// Adds the low and high parts of eight vectors' products.
  @inline(__always)
  private func accumulate(
    _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>, _ column: Int, _ low: inout Octet,
    _ high: inout Octet
  ) {
    let x = UnsafeRawPointer(a).assumingMemoryBound(to: Lanes.Words.self) + column
    let y = UnsafeRawPointer(b).assumingMemoryBound(to: Lanes.Words.self) + column
    add(x[0], y[0], &low.0, &high.0)
    add(x[1], y[1], &low.1, &high.1)
    add(x[2], y[2], &low.2, &high.2)
    add(x[3], y[3], &low.3, &high.3)
    add(x[4], y[4], &low.4, &high.4)
    add(x[5], y[5], &low.5, &high.5)
    add(x[6], y[6], &low.6, &high.6)
    add(x[7], y[7], &low.7, &high.7)
  }

  @inline(__always)
  private func add(_ x: Lanes.Words, _ y: Lanes.Words, _ low: inout Lanes.Words, _ high: inout Lanes.Words) {
    low = addLow52(low, x, y)
    high = addHigh52(high, x, y)
  }

  @inline(__always)
  private func reduceSums(_ low: inout Octet, _ high: Octet) {
    low.0 = reduceSum(low.0, high.0)
    low.1 = reduceSum(low.1, high.1)
    low.2 = reduceSum(low.2, high.2)
    low.3 = reduceSum(low.3, high.3)
    low.4 = reduceSum(low.4, high.4)
    low.5 = reduceSum(low.5, high.5)
    low.6 = reduceSum(low.6, high.6)
    low.7 = reduceSum(low.7, high.7)
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
