import ModularArithmetic

/// One row's transforms and pointwise operations on this target's lanes: the only way in.
///
/// Rows hold `degree` words, 64-byte aligned, residues in [0, q) unless said. The caller makes sure that the
/// processor has the instructions of this target. Results do not depend on the kind of lanes.
public final class VectorKernel: Sendable {
  let vectors: Int
  let constants: Lanes.Constants
  let modulus: Modulus
  let plan: PassPlan
  let forwardTable: TwiddleTable
  let inverseTable: TwiddleTable
  /// n^-1, and n^-1·ψ^(-N/2).
  let scale, scaledRoot: (Lanes.Scalar, Lanes.Scalar)
  let dotConstants: Lanes.DotConstants

  /// Tables for `degree`, a power of two in 1024…32768, the prime `modulus` ≡ 1 (mod 2·degree), a primitive
  /// 2·degree-th root of unity, its inverse and the inverse of degree.
  public init(
    degree: Int, modulus: Modulus, root: UInt64, inverseRoot: UInt64, inverseDegree: UInt64
  ) {
    precondition(degree >= 1024 && degree & (degree - 1) == 0)
    precondition((modulus.value - 1) % UInt64(2 * degree) == 0)
    self.modulus = modulus
    vectors = degree / Lanes.Words.scalarCount
    constants = Lanes.constants(for: modulus)
    plan = PassPlan(degree: degree, tailLevels: Lanes.Vector.scalarCount.trailingZeroBitCount)
    forwardTable = TwiddleTable(degree: degree, modulus: modulus, root: root)
    inverseTable = TwiddleTable(degree: degree, modulus: modulus, root: inverseRoot)
    let halfway = modulus.power(inverseRoot, variableTimeExponent: UInt64(degree / 2))
    scale = Lanes.twiddle(FixedMultiplicand(inverseDegree, modulus: modulus), modulus: modulus)
    scaledRoot = Lanes.twiddle(
      FixedMultiplicand(modulus.multiply(inverseDegree, halfway), modulus: modulus), modulus: modulus)
    dotConstants = Lanes.dotConstants(for: modulus)
  }

  @inline(__always)
  func splat(_ factor: (Lanes.Scalar, Lanes.Scalar)) -> Factor {
    (Lanes.Vector(repeating: factor.0), Lanes.Vector(repeating: factor.1))
  }

  @inline(__always)
  func checkAlignment(_ row: UnsafePointer<UInt64>) {
    precondition(Int(bitPattern: row) & 63 == 0, "rows are 64-byte aligned")
  }
}
