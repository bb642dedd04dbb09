import Glibc
import ModularArithmetic
import PolynomialRing

/// A bound on the noise v of a ciphertext, c0 + c1·s = Q·m/t + v, tracked without the secret key.
///
/// v is the sum of a sub-Gaussian part with deviation σ and of a part bounded outright: every coefficient is below
/// bounded + z·σ but with probability 2^-40 over all N of them, z = √(2 ln 2·(41 + log2 N)). Errors and roundings are sums
/// of independent, strictly sub-Gaussian terms (centred binomial, ternary, uniform); the weight of s is at most
/// 0.78·N but with probability 2^-40 for N ≥ 1024. Products use variances, with a factor of two for operands that depend
/// on each other, and count how powers of s grow (`log2SecretMoment`). Heuristic are that products of noise are
/// sub-Gaussian, and that plaintexts are not made for the key: its own peaks are not aimed at.
/// All numbers are logarithms to base 2, in units of one modulo Q.
public struct NoiseBound: Sendable, Hashable {
  /// log2 σ of the coefficient that has most.
  public var deviation: Double
  /// log2 of the largest deviation of Σ a_i·v_i with Σ a_i² = 1: more than σ where coefficients depend on each other,
  /// as they do after a product with a plaintext.
  public var directional: Double
  /// log2 √Σ σ_i²: less than √N·σ where few coefficients carry the noise, as after an expansion.
  public var euclidean: Double
  /// The highest power of s that stands in the noise.
  public var secretPower: Int
  /// log2 of the bound of a coefficient of the bounded part.
  public var bounded: Double
  /// log2 of the bound of the sum of the magnitudes of its coefficients.
  public var boundedSum: Double

  /// Variance of the centred binomial error with parameter 21.
  static let errorVariance = 10.5

  /// Bound on the squared norm of the secret.
  static func secretWeight(degree: Int) -> Double { 0.78 * Double(degree) }

  /// log2 of a bound on the squared norm of s^power.
  ///
  /// It is the mean of |s(ζ)|^(2·power) over the roots ζ of X^N + 1, and |s(ζ)|² is distributed as 2N/3 times an exponential
  /// variable for each of N/2 pairs of roots: power! on average, and at worst, but with probability 2^-40, dominated by
  /// one pair at which it is ln(N/2) + 40 ln 2. In logarithms, since factorials leave a double's range.
  static func log2SecretMoment(_ power: Int, degree: Int) -> Double {
    guard power > 1 else { return power == 0 ? 0 : secretWeight(degree: degree).log2 }
    let pairs = Double(degree) / 2, exponent = Double(power)
    let average = (2...power).reduce(0) { $0 + Double($1).log2 }
    let outlier = exponent * (log(pairs) + 40 * log(2)).log2 - pairs.log2
    return exponent * (2 * Double(degree) / 3).log2 + average.logAdding(outlier)
  }

  /// No noise.
  static let zero = NoiseBound(
    deviation: -.infinity, directional: -.infinity, euclidean: -.infinity, secretPower: 0,
    bounded: -.infinity, boundedSum: -.infinity)

  /// Independent coefficients of one deviation, and nothing bounded.
  private static func independent(log2Deviation: Double, degree: Int, secretPower: Int) -> NoiseBound {
    NoiseBound(
      deviation: log2Deviation, directional: log2Deviation,
      euclidean: log2Deviation + Double(degree).log2 / 2, secretPower: secretPower, bounded: -.infinity,
      boundedSum: -.infinity)
  }

  /// A secret-key encryption of a message with at most `support` non-zero coefficients; the error e, and the
  /// rounding of Q·m/t, at most one half each. `droppedBits` low bits of c0 are rounded away.
  public static func freshSecret(
    degree: Int, support: Int? = nil, droppedBits: Int = 0
  ) -> NoiseBound {
    // Sent modulo a power of two that is at most 2^d coarser than Q, and rounded once more on the way back.
    let dropped = droppedBits > 0 ? (exp2(2 * Double(droppedBits)) + 1) / 12 : 0
    return independent(log2Deviation: (errorVariance + dropped).log2 / 2, degree: degree, secretPower: 0)
      .addingPlaintext(degree: support ?? degree)
  }

  /// A public-key encryption: e·u + e0 + e1·s with ternary u, and the rounding of the message.
  public static func freshPublic(degree: Int) -> NoiseBound {
    let variance = errorVariance * (1 + 2 * secretWeight(degree: degree))
    return independent(log2Deviation: variance.log2 / 2, degree: degree, secretPower: 1)
      .addingPlaintext(degree: degree)
  }

  /// The sum of two noises; without independence the deviations add up (Minkowski), else their squares do.
  func adding(_ other: NoiseBound, independent: Bool) -> NoiseBound {
    func sum(_ a: Double, _ b: Double) -> Double { independent ? a.logAddingSquares(b) : a.logAdding(b) }
    return NoiseBound(
      deviation: sum(deviation, other.deviation), directional: sum(directional, other.directional),
      euclidean: sum(euclidean, other.euclidean), secretPower: max(secretPower, other.secretPower),
      bounded: bounded.logAdding(other.bounded), boundedSum: boundedSum.logAdding(other.boundedSum))
  }

  /// Noise whose every coefficient is at most 2^bits, none of it small.
  func addingUniform(bits: Double, degree: Int) -> NoiseBound {
    var sum = self
    sum.bounded = bounded.logAdding(bits)
    sum.boundedSum = boundedSum.logAdding(bits + Double(degree).log2)
    return sum
  }

  /// The rounding of one more message with at most `degree` non-zero coefficients.
  func addingPlaintext(degree: Int) -> NoiseBound { addingUniform(bits: -1, degree: degree) }

  /// The noise of ⌊x/p⌉: scaled, plus the roundings τ0 + τ1·s (+ τ2·s²).
  func dividing(byLog2 divisor: Double, degree: Int, polynomials: Int) -> NoiseBound {
    var quotient = self
    quotient.deviation -= divisor
    quotient.directional -= divisor
    quotient.euclidean -= divisor
    quotient.bounded -= divisor
    quotient.boundedSum -= divisor
    return quotient.adding(Self.rounding(degree: degree, polynomials: polynomials), independent: true)
  }

  /// A rounding of every coefficient of every polynomial of a ciphertext.
  static func rounding(degree: Int, polynomials: Int) -> NoiseBound {
    (0..<polynomials).reduce(.zero) {
      let deviation = roundingDeviation(degree: degree, secretPower: $1)
      return $0.adding(
        independent(log2Deviation: deviation, degree: degree, secretPower: $1), independent: true)
    }
  }

  /// log2 of the deviation of τ·s^power, τ the rounding of one polynomial's coefficients.
  static func roundingDeviation(degree: Int, secretPower power: Int) -> Double {
    (log2SecretMoment(power, degree: degree) - 12.0.log2) / 2
  }

  /// After a key switch: Σ digit·e / P and the rounding of the division.
  func addingKeySwitch(gadget: Gadget, moduli: [Modulus], log2Special: Double, degree: Int) -> NoiseBound {
    let digits = moduli.reduce(-Double.infinity) { sum, modulus in
      let one = (Double(gadget.digitCount(modulus)) / 3).log2 / 2 + gadget.digitBound(modulus).log2
      return sum.logAddingSquares(one)
    }
    let errors = (Double(degree) * Self.errorVariance).log2 / 2 + digits - log2Special
    return adding(
      .independent(log2Deviation: errors, degree: degree, secretPower: 0), independent: true
    )
    .adding(.rounding(degree: degree, polynomials: 2), independent: true)
  }

  /// log2 of the bound on every coefficient, good but with probability 2^-40.
  public func log2Maximum(degree: Int) -> Double {
    let z = (2 * 0.693147180559945 * (41 + Double(degree).log2)).squareRoot()
    return bounded.logAdding(deviation + z.log2)
  }
}
