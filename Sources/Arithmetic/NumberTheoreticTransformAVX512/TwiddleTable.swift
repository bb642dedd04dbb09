import ModularArithmetic

/// The powers of one 2N-th root of unity ψ in bit-reversed order, laid out for the passes.
///
/// Owns cache-aligned memory that is written once, in `init`, and only read afterwards: hence unchecked Sendable.
final class TwiddleTable: @unchecked Sendable {
  /// ψ^brv(i) at i, for broadcasting.
  let roots: UnsafeMutablePointer<Lanes.Scalar>
  /// The companions of `roots`.
  let companions: UnsafeMutablePointer<Lanes.Scalar>
  /// For each block of W² elements (W lanes), the factors of the last log2 W levels as seen after a W×W transpose:
  /// W − 1 pairs of vectors.
  let tail: UnsafeMutablePointer<Lanes.Vector>

  /// The number of vectors in `tail` for one block.
  static var tailStride: Int { 2 * (Lanes.Vector.scalarCount - 1) }

  init(degree: Int, modulus: Modulus, root: UInt64) {
    let width = Lanes.Vector.scalarCount
    let blocks = degree / (width * width)
    roots = Self.allocate(degree)
    companions = Self.allocate(degree)
    tail = Self.allocate(blocks * Self.tailStride)
    let bits = degree.trailingZeroBitCount
    let step = FixedMultiplicand(root, modulus: modulus)
    var power: UInt64 = 1
    for i in 0..<degree {
      let reversed = Int(UInt64(i).bitReversed >> UInt64(64 - bits))
      let multiplicand = FixedMultiplicand(power, modulus: modulus)
      (roots[reversed], companions[reversed]) = Lanes.twiddle(multiplicand, modulus: modulus)
      power = step.multiply(power, modulus: modulus)
    }
    for block in 0..<blocks {
      var vector = tail + block * Self.tailStride
      var factors = 1
      while factors < width {
        for factor in 0..<factors {
          let first = factors * (degree / width + width * block) + factor
          for lane in 0..<width {
            vector[0][lane] = roots[first + factors * lane]
            vector[1][lane] = companions[first + factors * lane]
          }
          vector += 2
        }
        factors *= 2
      }
    }
  }

  deinit {
    roots.deallocate()
    companions.deallocate()
    tail.deallocate()
  }

  private static func allocate<T>(_ count: Int) -> UnsafeMutablePointer<T> {
    UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<T>.stride, alignment: 64)
      .bindMemory(to: T.self, capacity: count)
  }
}

extension UInt64 {
  /// Bit 0 becomes bit 63 and so on.
  fileprivate var bitReversed: UInt64 {
    var x = byteSwapped
    x = (x >> 4) & 0x0F0F_0F0F_0F0F_0F0F | (x & 0x0F0F_0F0F_0F0F_0F0F) << 4
    x = (x >> 2) & 0x3333_3333_3333_3333 | (x & 0x3333_3333_3333_3333) << 2
    return (x >> 1) & 0x5555_5555_5555_5555 | (x & 0x5555_5555_5555_5555) << 1
  }
}
