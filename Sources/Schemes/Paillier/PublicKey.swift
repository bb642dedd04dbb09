import BigIntegers
import ModularExponentiation
import ProcessorFeatures

/// Paillier's public key (P. Paillier, "Public-key cryptosystems based on composite degree residuosity classes", EUROCRYPT '99,
/// section 4) with g = n + 1: a modulus n, and what computing modulo n² needs of it.
///
/// Enc(m; r) = (1 + m·n)·rⁿ mod n². Making one takes milliseconds: keep it.
public final class PublicKey: Sendable {
  /// The modulus, 2048 to 4096 bits.
  public let n: BigInteger
  /// n².
  public let square: BigInteger
  /// The bits of n.
  public var bitWidth: Int { n.bitWidth }

  let modulus: SquaredModulus
  let products: ProductRing
  /// Words of n; ciphertexts have twice as many.
  let wordCount: Int

  /// A modulus from outside. Throws `invalidKey` for what is even, prime, a perfect power, has a factor below 2^20, or is not of
  /// 2048 to 4096 bits. No more follows from it: see `ProvenKey`.
  public convenience init(n: BigInteger) throws(PaillierError) {
    try KeyValidation.check(modulus: n)
    self.init(trusted: n, variant: .current)
  }

  /// The same with kernels chosen by hand; the processor must have them.
  package convenience init(n: BigInteger, variant: VectorVariant) throws(PaillierError) {
    try KeyValidation.check(modulus: n)
    self.init(trusted: n, variant: variant)
  }

  /// A modulus whose factors this program made or knows.
  init(trusted n: BigInteger, variant: VectorVariant) {
    self.n = n
    square = n * n
    wordCount = (n.bitWidth + 63) / 64
    modulus = SquaredModulus(SecretInteger(variableTime: n, wordCount: wordCount), variant: variant)
    products = ProductRing(
      SecretInteger(variableTime: square, wordCount: (square.bitWidth + 63) / 64), variant: variant)
  }

  /// ⌊n/3⌋ − 1: the largest magnitude of a signed number. What lies between it and n minus it is overflow.
  public var maximumMagnitude: BigInteger { n / 3 - 1 }

  /// Words of a ciphertext as `ProductRing` has them.
  var ciphertextWords: Int { products.wordCount }
}

extension PublicKey: Equatable {
  /// Equal moduli.
  public static func == (a: PublicKey, b: PublicKey) -> Bool { a === b || a.n == b.n }
}
