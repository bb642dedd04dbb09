import PolynomialRing
import Primitives

/// A fresh secret-key encryption as it is sent: c0 by coefficients, and the seed of c1.
public struct SeededCiphertext: Sendable {
  /// The set it was made with.
  public let parameters: Parameters
  let c0: RNSPolynomial<Coefficient>
  let seed: Seed
  /// The noise of a fresh encryption, with the dropped bits of c0 if it was received.
  public let noise: NoiseBound

  /// c1 by its values, expanded from the seed: what the transforms need first on both sides.
  static func mask(_ seed: Seed, basis: RNSBasis) -> RNSPolynomial<Evaluation> {
    var stream = RandomStream(seed: seed, stream: 0)
    return RNSPolynomial<Evaluation>(uniform: basis, from: &stream)
  }

  /// The full ciphertext by its coefficients.
  public func expanded() -> Ciphertext<Coefficient> {
    Ciphertext(
      parameters: parameters, polynomials: [c0, Self.mask(seed, basis: c0.basis).interpolated()],
      noise: noise)
  }

  /// The full ciphertext by its values, without transforming c1.
  public func expandedEvaluated() -> Ciphertext<Evaluation> {
    Ciphertext(
      parameters: parameters, polynomials: [c0.evaluated(), Self.mask(seed, basis: c0.basis)], noise: noise)
  }
}
