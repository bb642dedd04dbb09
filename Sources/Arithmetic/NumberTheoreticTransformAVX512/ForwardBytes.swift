import ModularArithmetic

/// What lifting a byte needs: the source's largest residue, the largest that stays positive, and q − p.
typealias ByteLift = (largest: UInt64, half: UInt64, offset: UInt64)

/// The centred lift of as many bytes as a vector has lanes. A byte beyond the source counts as its largest residue.
@inline(__always)
private func lifted(_ bytes: UnsafePointer<UInt8>, _ lift: ByteLift) -> Lanes.Vector {
  let byte = Lanes.widened(bytes)
  let largest = Lanes.Words(repeating: lift.largest)
  let x = byte &- (Lanes.mask(where: byte, exceeds: largest) & (byte &- largest))
  // Below q without a reduction.
  let isNegative = Lanes.mask(where: x, exceeds: Lanes.Words(repeating: lift.half))
  return Lanes.lanes(x &+ (isNegative & Lanes.Words(repeating: lift.offset)))
}

extension VectorKernel {
  /// The values of the centred lift of a row of bytes, residues of `source` ≤ min(256, q), at any address: the lift is part of
  /// the first pass.
  public func forward(
    _ row: UnsafeMutablePointer<UInt64>, bytes: UnsafePointer<UInt8>, from source: Modulus
  ) {
    checkAlignment(row)
    precondition(source.value <= min(256, modulus.value))
    let lift: ByteLift = (source.value - 1, (source.value - 1) / 2, modulus.value - source.value)
    let lanes = UnsafeMutableRawPointer(row).assumingMemoryBound(to: Lanes.Vector.self)
    let (c, stride) = (constants, vectors / 8)
    let step = stride &* Lanes.Words.scalarCount
    let first = forwardTable.factor(1)
    let second = (forwardTable.factor(2), forwardTable.factor(3))
    let third = (
      forwardTable.factor(4), forwardTable.factor(5), forwardTable.factor(6), forwardTable.factor(7)
    )
    for j in 0..<stride {
      let from = bytes + j &* Lanes.Words.scalarCount
      var x: Octet = (
        lifted(from, lift), lifted(from + step, lift), lifted(from + 2 &* step, lift),
        lifted(from + 3 &* step, lift), lifted(from + 4 &* step, lift), lifted(from + 5 &* step, lift),
        lifted(from + 6 &* step, lift), lifted(from + 7 &* step, lift)
      )
      forwardHalves(&x, first, c)
      forwardQuarters(&x, second, c)
      forwardEighths(&x, third, c)
      store(x, lanes + j, stride)
    }
    finishForward(lanes)
  }
}
