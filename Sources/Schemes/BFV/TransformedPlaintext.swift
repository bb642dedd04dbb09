import PolynomialRing

/// A plaintext as an element of R_Q by its values, ready to multiply ciphertexts of one level.
public struct TransformedPlaintext: Sendable {
  let polynomial: RNSPolynomial<Evaluation>
  /// Norms of the centred coefficients, for the noise bound.
  public let norms: PlaintextNorms

  /// Lifts the coefficients to [−t/2, t/2) and transforms them modulo the primes of `level` (nil: the top level).
  public init(_ plaintext: Plaintext, parameters: Parameters, level: Int? = nil) {
    let level = parameters.level(level ?? parameters.topLevel)
    norms = plaintext.norms(plaintextModulus: parameters.plaintextModulus)
    polynomial = level.lift.map(plaintext.limbs, to: level.basis).evaluated()
  }
}
