import ModularArithmetic
import PolynomialRing
import Primitives

extension Ciphertext where Form == Coefficient {
  /// Drops the last prime: every polynomial becomes ⌊c/q_l⌉. Throws `wrongShape` at level 1.
  public mutating func switchDown() throws(BFVError) {
    guard let drop = context.drop, let divisor = context.basis.moduli.last else { throw .wrongShape }
    let target = parameters.level(level - 1).basis
    noise = noise.dividing(
      byLog2: Double(divisor.value).log2, degree: parameters.degree, polynomials: polynomialCount)
    polynomials = polynomials.map { drop.divideByLast($0, to: target) }
  }

  /// Drops primes down to `level`, at least 1. Throws `wrongShape` for a level above the present one.
  public mutating func switchDown(to level: Int) throws(BFVError) {
    guard (1...self.level).contains(level) else { throw .wrongShape }
    while self.level > level { try switchDown() }
  }

  /// Adds uniform integers on [−2^(bits−1), 2^(bits−1)) to every coefficient of c0 (or to the constant one alone), so
  /// that what the noise says of the evaluator's data drowns: the statistical distance is at most
  /// Σ E|noise| / 2^bits over the coefficients that are sent.
  ///
  /// c1 stays: add an encryption of zero under the receiver's public key first, and switch down after. Throws
  /// `wrongShape` unless 1 ≤ bits ≤ 240.
  public mutating func flood(bits: Int, constantCoefficientOnly: Bool = false) throws(BFVError) {
    var stream = RandomStream.fromSystem()
    try flood(bits: bits, constantCoefficientOnly: constantCoefficientOnly, from: &stream)
  }

  /// The same with the randomness of a stream, so that who has its key floods alike: an auditor.
  public mutating func flood(
    bits: Int, constantCoefficientOnly: Bool = false, from stream: inout RandomStream
  ) throws(BFVError) {
    guard (1...240).contains(bits) else { throw .wrongShape }
    let degree = parameters.degree
    let basis = context.basis
    var flood = RNSPolynomial<Coefficient>(zero: basis, isWiped: true)
    // Signed uniform limbs of 40 bits, the lowest one narrower: their sum is uniform on a range of exactly 2^bits that
    // is off centre by less than 2^-39 of itself.
    let lowest = bits % 40 == 0 ? 40 : bits % 40
    var shift = 0
    for width in [lowest] + Array(repeating: 40, count: (bits - lowest) / 40) {
      var part = RNSPolynomial<Coefficient>(zero: basis, isWiped: true)
      SmallPolynomial.uniform(degree: degree, bits: width, from: &stream).add(to: &part)
      part.multiply(
        byConstants: basis.moduli.map { modulus in
          let power = modulus.power(modulus.reduce(2), variableTimeExponent: UInt64(shift))
          return FixedMultiplicand(power, modulus: modulus)
        })
      flood.add(part)
      shift += width
    }
    if constantCoefficientOnly { flood.keepConstantCoefficient() }
    polynomials[0].add(flood)
    noise = noise.addingUniform(bits: Double(bits) - 1 + 0x1p-38, degree: degree)
  }
}
