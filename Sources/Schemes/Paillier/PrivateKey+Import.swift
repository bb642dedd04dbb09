import BigIntegers
import ProcessorFeatures
import Secrets

// Keys from elsewhere are checked like fresh ones are found, with `BigInteger`s: the documented exception for key generation.

extension PrivateKey {
  /// A key from its primes in big-endian bytes, at most 256 each.
  ///
  /// Throws `invalidKey` for a bad modulus (see `PublicKey`), or for p or q where it is not prime or their lengths differ.
  public init(p: borrowing SecretBytes, q: borrowing SecretBytes) throws(PaillierError) {
    guard let p = SecretInteger(bigEndian: p, wordCount: 32) else { throw .invalidKey(.p, .notAFactor) }
    guard let q = SecretInteger(bigEndian: q, wordCount: 32) else { throw .invalidKey(.q, .notAFactor) }
    try self.init(variableTime: p.value(variableTime: ()), q.value(variableTime: ()))
  }

  /// A key from its modulus and a multiple λ of the order of every residue, such as φ(n) or lcm(p − 1, q − 1): older files of
  /// python-paillier hold that.
  ///
  /// n factors with it (G. L. Miller, "Riemann's hypothesis and tests for primality", 1976): among a^(λ/2^i) stands a square root
  /// of 1 other than ±1 for half of all a. Throws `invalidKey(.lambda, .doesNotOpen)` where it does not.
  public init(n: BigInteger, lambda: borrowing SecretBytes) throws(PaillierError) {
    try KeyValidation.check(modulus: n)
    guard lambda.count <= 1024, let secret = SecretInteger(bigEndian: lambda, wordCount: 128) else {
      throw .invalidKey(.lambda, .doesNotOpen)
    }
    var odd = secret.value(variableTime: ())
    guard odd.signum > 0 else { throw .invalidKey(.lambda, .doesNotOpen) }
    while odd.isEven { odd = odd >> 1 }
    for base in SmallPrimes.odd(below: 300) {
      var x = BigInteger(base).power(odd, modulo: n)
      for _ in 0..<4096 where x != 1 && x != n - 1 {
        let next = x * x % n
        if next == 1 {
          let p = BigInteger.gcd(x - 1, n)
          try self.init(variableTime: p, n / p)
          return
        }
        x = next
      }
    }
    throw .invalidKey(.lambda, .doesNotOpen)
  }

  private init(variableTime p: BigInteger, _ q: BigInteger) throws(PaillierError) {
    try self.init(variableTime: p, q, variant: .current)
  }

  /// The same with kernels chosen by hand.
  package init(variableTime p: BigInteger, _ q: BigInteger, variant: VectorVariant) throws(PaillierError) {
    let n = p * q
    guard n.bitWidth >= KeyValidation.bits.lowerBound else {
      throw .invalidKey(.modulus, .tooShort(bits: n.bitWidth))
    }
    guard p.bitWidth == q.bitWidth, p != q else { throw .invalidKey(.q, .notAFactor) }
    guard n.bitWidth <= KeyValidation.bits.upperBound else {
      throw .invalidKey(.modulus, .tooLong(bits: n.bitWidth))
    }
    guard !p.isEven, p.isProbablePrime() else { throw .invalidKey(.p, .notAFactor) }
    guard !q.isEven, q.isProbablePrime() else { throw .invalidKey(.q, .notAFactor) }
    let words = (p.bitWidth + 63) / 64
    let isBlum =
      p.remainder(dividingBy: 4) == 3 && q.remainder(dividingBy: 4) == 3 && BigInteger.gcd(p - 1, q - 1) == 2
    guard
      let key = PrivateKey(
        primes: SecretInteger(variableTime: p, wordCount: words),
        SecretInteger(variableTime: q, wordCount: words),
        n: n, hasBlumPrimes: isBlum, variant: variant)
    else { throw .invalidKey(.q, .notAFactor) }
    self = key
  }
}
