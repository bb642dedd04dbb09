import ModularArithmetic

extension DoubleLanes {
  /// How many lazy products of at most 5/8 q may be summed, with one residue, within 16q.
  typealias DotConstants = Int

  static func dotConstants(for modulus: Modulus) -> DotConstants {
    (PassPlan.boundLimit - PassPlan.residueBound) / butterflyGrowth
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
    var column = 0
    while column < vectors {
      let out = UnsafeMutableRawPointer(r).assumingMemoryBound(to: Lanes.Words.self) + column
      var sums =
        adds ? (Lanes.lanes(out[0]), Lanes.lanes(out[1])) : (Lanes.Vector.zero, Lanes.Vector.zero)
      var begin = 0
      while begin < a.count {
        let end = min(begin + dotConstants, a.count)
        for k in begin..<end {
          let x = UnsafeRawPointer(a[k]).assumingMemoryBound(to: Lanes.Words.self) + column
          let y = UnsafeRawPointer(b[k]).assumingMemoryBound(to: Lanes.Words.self) + column
          sums.0 += Lanes.lazyProduct(Lanes.lanes(x[0]), Lanes.lanes(y[0]), constants)
          sums.1 += Lanes.lazyProduct(Lanes.lanes(x[1]), Lanes.lanes(y[1]), constants)
        }
        sums.0 = Lanes.reduce(sums.0, constants)
        sums.1 = Lanes.reduce(sums.1, constants)
        begin = end
      }
      out[0] = Lanes.residues(ofReduced: sums.0, constants)
      out[1] = Lanes.residues(ofReduced: sums.1, constants)
      column += 2
    }
  }
}
