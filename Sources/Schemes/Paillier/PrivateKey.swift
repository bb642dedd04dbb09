import BigIntegers
import ModularExponentiation
import ParallelLoops
import ProcessorFeatures
import Secrets

/// Paillier's private key: the primes of n, and what decryption by the Chinese remainder theorem needs (Paillier '99, section 7).
///
///   m mod p = L_p(c^(p−1) mod p²)·L_p(g^(p−1) mod p²)⁻¹ mod p,   L_p(x) = (x − 1)/p,   and g = 1 + n makes the factor (−q)⁻¹ mod p
///
/// Has one owner and is wiped when its life ends. Decryption is constant-time: its time depends on the number of values and
/// the length of the key alone.
public struct PrivateKey: ~Copyable, Sendable {
  /// The key to give away.
  public let publicKey: PublicKey
  let p: SecretInteger
  let q: SecretInteger
  let half: Half
  let otherHalf: Half
  /// p⁻¹ mod q.
  let inverseOfP: SecretInteger
  /// Whether p ≡ q ≡ 3 mod 4 and gcd(p − 1, q − 1) = 2, found when the key was made or imported.
  let hasBlumPrimes: Bool

  /// What one prime's side of a decryption needs.
  struct Half: ~Copyable, Sendable {
    let modulus: SquaredModulus
    /// prime − 1.
    let exponent: SecretInteger
    /// (−other prime)⁻¹ mod prime.
    let factor: SecretInteger

    init?(prime: borrowing SecretInteger, other: borrowing SecretInteger, variant: VectorVariant) {
      let negated = prime.minus(other.modulo(prime))
      guard let factor = negated.inverse(modulo: prime) else { return nil }
      self.factor = factor
      exponent = prime.minus(word: 1)
      modulus = SquaredModulus(prime, variant: variant)
    }
  }

  /// A fresh key: n of 2048 (for interoperability, about 112 bits of security), 3072 (128) or 4096 bits, from Blum primes with
  /// gcd(p − 1, q − 1) = 2. Time varies by how soon primes are found.
  public static func generate(_ size: KeySize = .bits3072) -> PrivateKey {
    generate(size, variant: .current)
  }

  /// The same with kernels chosen by hand.
  package static func generate(_ size: KeySize, variant: VectorVariant) -> PrivateKey {
    while true {
      let (p, q) = BlumPrimes.pair(bits: size.rawValue / 2)
      let words = size.rawValue / 128
      if let key = PrivateKey(
        primes: SecretInteger(variableTime: p, wordCount: words),
        SecretInteger(variableTime: q, wordCount: words),
        n: p * q, hasBlumPrimes: true, variant: variant)
      {
        return key
      }
    }
  }

  /// Nil where the primes are not invertible modulo each other: they are no primes.
  init?(
    primes p: borrowing SecretInteger, _ q: borrowing SecretInteger, n: BigInteger, hasBlumPrimes: Bool,
    variant: VectorVariant
  ) {
    guard let half = Half(prime: p, other: q, variant: variant) else { return nil }
    guard let otherHalf = Half(prime: q, other: p, variant: variant) else { return nil }
    guard let inverse = p.inverse(modulo: q) else { return nil }
    self.init(
      publicKey: PublicKey(trusted: n, variant: variant), p: p.copy(), q: q.copy(), half: half,
      otherHalf: otherHalf,
      inverseOfP: inverse, hasBlumPrimes: hasBlumPrimes)
  }

  private init(
    publicKey: PublicKey, p: consuming SecretInteger, q: consuming SecretInteger, half: consuming Half,
    otherHalf: consuming Half, inverseOfP: consuming SecretInteger, hasBlumPrimes: Bool
  ) {
    self.publicKey = publicKey
    self.p = p
    self.q = q
    self.half = half
    self.otherHalf = otherHalf
    self.inverseOfP = inverseOfP
    self.hasBlumPrimes = hasBlumPrimes
  }

  /// The plaintexts, residues modulo n in as many words as n has.
  public func decrypt(
    _ ciphertexts: Ciphertexts, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> SecretIntegers {
    guard ciphertexts.key == publicKey else { throw .differentKeys }
    let values = ciphertexts.residues()
    let mp = half.modulus.logarithms(
      of: values, exponent: half.exponent, factor: half.factor, threads: threads)
    let mq = otherHalf.modulus.logarithms(
      of: values, exponent: otherHalf.exponent, factor: otherHalf.factor, threads: threads)
    var result = SecretIntegers(count: values.count, wordCount: publicKey.wordCount)
    result.fill(threads: threads) { i in
      join(mp[i], mq[i])
    }
    return result
  }

  /// Hands the primes out as big-endian bytes in wiped memory: for key files alone.
  public borrowing func withPrimeBytes<R, E: Error>(
    _ body: (_ p: borrowing SecretBytes, _ q: borrowing SecretBytes) throws(E) -> R
  ) throws(E) -> R {
    try body(p.bigEndian(count: 8 * p.wordCount), q.bigEndian(count: 8 * q.wordCount))
  }
}

/// The sizes of a fresh key.
public enum KeySize: Int, Sendable, CaseIterable {
  /// About 112 bits of security: for peers that have no longer keys.
  case bits2048 = 2048
  /// 128 bits of security.
  case bits3072 = 3072
  /// About 140 bits of security.
  case bits4096 = 4096
}

extension PrivateKey {
  /// Whether big-endian bytes, at most 1,024, are a multiple of p − 1 and of q − 1 other than 0: for files that hold primes and λ.
  public borrowing func isOrderMultiple(_ lambda: borrowing SecretBytes) -> Bool {
    guard lambda.count <= 1024, let lambda = SecretInteger(bigEndian: lambda, wordCount: 128) else {
      return false
    }
    return !lambda.isZero() && lambda.modulo(p.minus(word: 1)).isZero()
      && lambda.modulo(q.minus(word: 1)).isZero()
  }

  /// Hands φ(n) and its inverse modulo n out as big-endian bytes in wiped memory: for files of older programs alone.
  public borrowing func withOrderBytes<R, E: Error>(
    _ body: (_ lambda: borrowing SecretBytes, _ mu: borrowing SecretBytes) throws(E) -> R
  ) throws(E) -> R {
    let n = SecretInteger(variableTime: publicKey.n, wordCount: publicKey.wordCount)
    let lambda = p.minus(word: 1).times(q.minus(word: 1))
    guard let mu = lambda.inverse(modulo: n) else { preconditionFailure("gcd(n, φ(n)) = 1") }
    let count = (publicKey.bitWidth + 7) / 8
    return try body(lambda.bigEndian(count: count), mu.bigEndian(count: count))
  }
}
