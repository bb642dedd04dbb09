import PolynomialRing
import Primitives

/// (b, a) with b = −a·s + e, both by their values; a is expanded from a public seed.
public struct PublicKey: Sendable {
  /// The set it was made with.
  public let parameters: Parameters
  let b: RNSPolynomial<Evaluation>
  let a: RNSPolynomial<Evaluation>
  let seed: Seed

  init(parameters: Parameters, b: RNSPolynomial<Evaluation>, seed: Seed) {
    self.parameters = parameters
    self.b = b
    self.seed = seed
    var stream = RandomStream(seed: seed, stream: 0)
    a = RNSPolynomial<Evaluation>(uniform: b.basis, from: &stream)
  }

  /// Encrypts: (b·u + e0 + ⌊Q·m/t⌉, a·u + e1) with fresh ternary u and errors.
  public func encrypt(_ plaintext: Plaintext) -> Ciphertext<Coefficient> {
    precondition(plaintext.degree == parameters.degree)
    var ciphertext = encryptZero()
    ciphertext.context.encoding.add(plaintext.limbs, to: &ciphertext.polynomials[0])
    return ciphertext
  }

  /// An encryption of zero at a level (nil: the top): what re-randomises a ciphertext when added to it.
  public func encryptZero(level: Int? = nil) -> Ciphertext<Coefficient> {
    var stream = RandomStream.fromSystem()
    return encryptZero(level: level, from: &stream)
  }

  /// The same with the randomness of a stream, so that who has its key computes the same ciphertext again: an auditor.
  public func encryptZero(
    level: Int? = nil, from stream: inout RandomStream
  ) -> Ciphertext<Coefficient> {
    let basis = parameters.level(level ?? parameters.topLevel).basis
    let degree = parameters.degree
    let mask = SecretPolynomial(SmallPolynomial.ternary(degree: degree, from: &stream), basis: basis)
    let polynomials = [b, a].map { key -> RNSPolynomial<Coefficient> in
      var product = key.prefix(basis)
      mask.multiply(into: &product)
      var polynomial = (consume product).interpolated()
      SmallPolynomial.error(degree: degree, from: &stream).add(to: &polynomial)
      return polynomial
    }
    return Ciphertext(parameters: parameters, polynomials: polynomials, noise: .freshPublic(degree: degree))
  }
}

extension SecretKey {
  /// A public key for this secret.
  public borrowing func makePublicKey() -> PublicKey {
    let basis = parameters.level(parameters.topLevel).basis
    let seed = Seed.random()
    var stream = RandomStream(seed: seed, stream: 0)
    let a = RNSPolynomial<Evaluation>(uniform: basis, from: &stream)
    return PublicKey(parameters: parameters, b: maskedError(a), seed: seed)
  }

  /// −(a·s + e) by its values, e fresh and as likely as −e.
  ///
  /// The error is transformed and the product added in the storage that becomes the key: neither e nor a·s, from
  /// which s follows, stays behind in memory.
  borrowing func maskedError(_ a: RNSPolynomial<Evaluation>) -> RNSPolynomial<Evaluation> {
    var error = RNSPolynomial<Coefficient>(zero: a.basis)
    var stream = RandomStream.fromSystem()
    SmallPolynomial.error(degree: parameters.degree, from: &stream).add(to: &error)
    var body = (consume error).evaluated()
    values.addProduct(with: a, to: &body)
    body.negate()
    return body
  }
}
