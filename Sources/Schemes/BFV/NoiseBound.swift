import Glibc
import ModularArithmetic
import PolynomialRing

/// A bound on the noise v of a ciphertext, c0 + c1·s = Q·m/t + v, tracked without the secret key.
///
/// v is the sum of a sub-Gaussian part with deviation σ and of a part bounded outright: every coefficient is below
/// bounded + z·σ but with probability 2^-40 over all N of them, z = √(2 ln 2·(41 + log2 N)). Errors and roundings are sums
/// of independent, strictly sub-Gaussian terms (centred binomial, ternary, uniform); the weight of s is at most
/// 0.78·N but with probability 2^-40 for N ≥ 1024. Products use the average-case variance with a factor of two.
/// All numbers are logarithms to base 2, in units of one modulo Q.
public struct NoiseBound: Sendable, Hashable {
  /// log2 σ.
  public var deviation: Double
  /// log2 of the bound of a coefficient of the bounded part.
  public var bounded: Double
  /// log2 of the bound of the sum of the magnitudes of its coefficients.
  public var boundedSum: Double

  /// Variance of the centred binomial error with parameter 21.
  static let errorVariance = 10.5

  /// Bound on the squared norm of the secret.
  static func secretWeight(degree: Int) -> Double { 0.78 * Double(degree) }

  /// No noise.
  static let zero = NoiseBound(deviation: -.infinity, bounded: -.infinity, boundedSum: -.infinity)

  /// A secret-key encryption of a message with at most `support` non-zero coefficients; the error e, and the
  /// rounding of Q·m/t, at most one half each. `droppedBits` low bits of c0 are rounded away.
  public static func freshSecret(
    degree: Int, support: Int? = nil, droppedBits: Int = 0
  ) -> NoiseBound {
    // Sent modulo a power of two that is at most 2^d coarser than Q, and rounded once more on the way back.
    let dropped = droppedBits > 0 ? (exp2(2 * Double(droppedBits)) + 1) / 12 : 0
    return NoiseBound(
      deviation: (errorVariance + dropped).log2 / 2, bounded: -1,
      boundedSum: Double(support ?? degree).log2 - 1)
  }

  /// A public-key encryption: e·u + e0 + e1·s with ternary u, and the rounding of the message.
  public static func freshPublic(degree: Int) -> NoiseBound {
    let variance = errorVariance * (1 + 2 * secretWeight(degree: degree))
    return NoiseBound(deviation: variance.log2 / 2, bounded: -1, boundedSum: Double(degree).log2 - 1)
  }

  /// The sum of two noises; without independence the deviations add up (Minkowski), else their squares do.
  func adding(_ other: NoiseBound, independent: Bool) -> NoiseBound {
    NoiseBound(
      deviation: independent
        ? deviation.logAddingSquares(other.deviation) : deviation.logAdding(other.deviation),
      bounded: bounded.logAdding(other.bounded), boundedSum: boundedSum.logAdding(other.boundedSum))
  }

  /// Noise whose every coefficient is at most 2^bits, none of it small.
  func addingUniform(bits: Double, degree: Int) -> NoiseBound {
    NoiseBound(
      deviation: deviation, bounded: bounded.logAdding(bits),
      boundedSum: boundedSum.logAdding(bits + Double(degree).log2))
  }

  /// The rounding of one more message.
  func addingPlaintext(degree: Int) -> NoiseBound { addingUniform(bits: -1, degree: degree) }

  /// Times a plaintext: ‖p·v‖∞ ≤ min(‖p‖₁‖v‖∞, ‖p‖∞‖v‖₁) for the bounded part, ‖p‖₂·σ for the other.
  func multiplied(by norms: PlaintextNorms) -> NoiseBound {
    NoiseBound(
      deviation: deviation + norms.euclidean,
      bounded: min(bounded + norms.sum, boundedSum + norms.maximum), boundedSum: boundedSum + norms.sum)
  }

  /// A sum of a_i·p_i with independent errors a_i.
  static func innerProduct(_ terms: [(NoiseBound, PlaintextNorms)]) -> NoiseBound {
    terms.reduce(.zero) { $0.adding($1.0.multiplied(by: $1.1), independent: true) }
  }

  /// The noise of ⌊x/p⌉: scaled, plus the roundings τ0 + τ1·s (+ τ2·s²).
  func dividing(byLog2 divisor: Double, degree: Int, polynomials: Int) -> NoiseBound {
    let rounding = Self.roundingDeviation(degree: degree, polynomials: polynomials)
    return NoiseBound(
      deviation: (deviation - divisor).logAddingSquares(rounding), bounded: bounded - divisor,
      boundedSum: boundedSum - divisor)
  }

  /// log2 of the deviation of a rounding of every coefficient of every polynomial of a ciphertext.
  static func roundingDeviation(degree: Int, polynomials: Int) -> Double {
    (0..<polynomials).reduce(-Double.infinity) {
      $0.logAddingSquares(roundingDeviation(degree: degree, secretPower: $1))
    }
  }

  /// log2 of the deviation of τ·s^power, τ the rounding of one polynomial's coefficients.
  static func roundingDeviation(degree: Int, secretPower power: Int) -> Double {
    let n = Double(degree)
    // The coefficients of s² have a mean square of 4N/9; twice that covers its spread.
    let norm = power == 0 ? 1 : power == 1 ? secretWeight(degree: degree) : 2 * n * n * 4 / 9
    return (norm / 12).log2 / 2
  }

  /// The product of two ciphertexts after scaling by t/Q: t·(K1·v2 + K2·v1) with K = (c0 + c1·s)/Q, whose coefficients
  /// have variance (1 + |s|²)/12, and the rounding of three polynomials.
  func multiplied(by other: NoiseBound, degree: Int, log2PlaintextModulus t: Double) -> NoiseBound {
    let n = Double(degree)
    let wrap = (n * (1 + Self.secretWeight(degree: degree)) / 12).log2 / 2
    // The bounded parts enter with the same wrap polynomials; they are small and count in full.
    let first = deviation.logAdding(bounded), second = other.deviation.logAdding(other.bounded)
    let cross = t + wrap + 0.5 + first.logAddingSquares(second)
    return NoiseBound(
      deviation: cross.logAddingSquares(Self.roundingDeviation(degree: degree, polynomials: 3)),
      bounded: -.infinity, boundedSum: -.infinity)
  }

  /// After a key switch: Σ digit·e / P and the rounding of the division.
  func addingKeySwitch(gadget: Gadget, moduli: [Modulus], log2Special: Double, degree: Int) -> NoiseBound {
    let digits = moduli.reduce(-Double.infinity) { sum, modulus in
      let one = (Double(gadget.digitCount(modulus)) / 3).log2 / 2 + gadget.digitBound(modulus).log2
      return sum.logAddingSquares(one)
    }
    let errors = (Double(degree) * Self.errorVariance).log2 / 2 + digits - log2Special
    let rounding = Self.roundingDeviation(degree: degree, polynomials: 2)
    let added = NoiseBound(
      deviation: errors.logAddingSquares(rounding), bounded: -.infinity, boundedSum: -.infinity)
    return adding(added, independent: true)
  }

  /// log2 of the bound on every coefficient, good but with probability 2^-40.
  public func log2Maximum(degree: Int) -> Double {
    let z = (2 * 0.693147180559945 * (41 + Double(degree).log2)).squareRoot()
    return bounded.logAdding(deviation + z.log2)
  }
}

/// Norms of a plaintext's centred coefficients, as logarithms to base 2.
public struct PlaintextNorms: Sendable, Hashable {
  /// log2 Σ |p_i|.
  public var sum: Double
  /// log2 √Σ p_i².
  public var euclidean: Double
  /// log2 max |p_i|.
  public var maximum: Double
}
