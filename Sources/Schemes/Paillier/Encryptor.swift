import BigIntegers
import ModularExponentiation
import ParallelLoops
import Primitives
import Secrets

/// Encrypts under a public key, in one of two forms; plaintexts are residues modulo n (see the encodings).
///
/// - *Classic*: (1 + m·n)·rⁿ with uniform r (Paillier '99). Secure under decisional composite residuosity alone, for any modulus
///   whose factors the adversary does not know.
/// - *Short*: (1 + m·n)·h^x with h = (−y²)ⁿ for a random y and x uniform of ⌈|n|/2⌉ bits (I. Damgård, M. Jurik, J. B. Nielsen, "A
///   generalization of Paillier's public-key system with applications to electronic voting", 2010, section 4.2). −y² generates, up to
///   a small index, the residues of Jacobi symbol 1 when n is a product of Blum primes with gcd(p − 1, q − 1) = 2; that h^x with short x
///   looks like a random n-th power is an assumption of its own: discrete logarithms with exponents of |n|/2 bits modulo n are hard,
///   and half the length of n leaves them no easier than factoring. Only for keys of known shape: `ProvenKey`.
public final class Encryptor: Sendable {
  /// Which form.
  public enum Form: Sendable {
    /// rⁿ.
    case classic
    /// h^x from tables.
    case short
  }

  /// The key.
  public let key: PublicKey
  /// The form in use.
  public let form: Form
  private let tables: FixedBasePowers?
  /// −y² mod n, of which h is the n-th power.
  private let root: BigInteger

  /// The classic form: needs no proof of the key's shape.
  public init(classic key: PublicKey) {
    self.key = key
    form = .classic
    tables = nil
    root = 1
  }

  /// The short form, for a key of known shape: makes tables of a few megabytes in tens of milliseconds.
  public init(_ proven: ProvenKey) {
    key = proven.key
    form = .short
    var stream = RandomStream.fromSystem()
    let n = SecretInteger(variableTime: key.n, wordCount: key.wordCount)
    // A random number shares a factor with n as rarely as factoring succeeds by chance.
    let y = SecretInteger.random(below: n, &stream).value(variableTime: ())
    root = (key.n - y * y % key.n) % key.n
    let roots = SecretIntegers(variableTime: [root], wordCount: key.wordCount)
    let none = SecretIntegers(count: 0, wordCount: key.wordCount)
    let base = key.modulus.powers(of: roots, publicExponent: n, bits: key.bitWidth, messages: none)
    tables = FixedBasePowers(base[0], modulus: key.modulus, exponentBits: (key.bitWidth + 1) / 2)
  }

  /// Encryptions of residues modulo n, in as many words as n has. Throws `valueOutOfRange` for one that is n or more.
  public func encrypt(
    _ messages: borrowing SecretIntegers, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> Ciphertexts {
    try check(messages)
    let randomness = freshRandomness(messages.count)
    return encrypt(messages, randomness: randomness, threads)
  }

  /// The same ciphertexts' plaintexts under fresh randomness. In the classic form nobody can tell which came from which; the short
  /// form keeps the Jacobi symbol of each modulo n, a bit that anybody can compute.
  public func rerandomize(
    _ ciphertexts: Ciphertexts, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> Ciphertexts {
    guard ciphertexts.key == key else { throw .differentKeys }
    let zeros = SecretIntegers(count: ciphertexts.count, wordCount: key.wordCount)
    return try ciphertexts.adding(encrypt(zeros, threads: threads), threads: threads)
  }

  /// Encryptions with their openings r, c = (1 + m·n)·rⁿ: what proofs about a ciphertext need. An opening is as secret as the
  /// plaintext.
  public func encryptWithOpenings(
    _ messages: borrowing SecretIntegers, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> OpenedCiphertexts {
    try check(messages)
    let randomness = freshRandomness(messages.count)
    let ciphertexts = encrypt(messages, randomness: randomness, threads)
    var openings = SecretIntegers(count: messages.count, wordCount: key.wordCount)
    let n = SecretInteger(variableTime: key.n, wordCount: key.wordCount)
    switch form {
    case .classic: openings.fill(threads: threads) { randomness[$0] }
    case .short:
      // h^x = (root^x)ⁿ.
      let root = SecretInteger(variableTime: self.root, wordCount: key.wordCount)
      openings.fill(threads: threads) { root.power(randomness[$0], modulo: n) }
    }
    return OpenedCiphertexts(ciphertexts: ciphertexts, openings: openings)
  }

  private func freshRandomness(_ count: Int) -> SecretIntegers {
    var stream = RandomStream.fromSystem()
    guard let tables else {
      let n = SecretInteger(variableTime: key.n, wordCount: key.wordCount)
      return SecretIntegers.random(count: count, below: n, &stream)
    }
    return SecretIntegers.random(count: count, bits: tables.exponentBits, &stream)
  }

  private func encrypt(
    _ messages: borrowing SecretIntegers, randomness: borrowing SecretIntegers, _ threads: Int
  ) -> Ciphertexts {
    guard messages.count > 0 else { return Ciphertexts(key: key, words: []) }
    guard let tables else {
      let n = SecretInteger(variableTime: key.n, wordCount: key.wordCount)
      return Ciphertexts(
        key: key,
        residues: key.modulus.powers(
          of: randomness, publicExponent: n, bits: key.bitWidth, messages: messages, threads: threads))
    }
    return Ciphertexts(
      key: key, residues: tables.powers(randomness, messages: messages, threads: threads))
  }

  private func check(_ messages: borrowing SecretIntegers) throws(PaillierError) {
    precondition(messages.wordCount == key.wordCount, "residues in as many words as n has")
    if let bad = messages.firstIndex(notBelow: key.n) { throw .valueOutOfRange(index: bad) }
  }
}

/// Ciphertexts with their openings.
public struct OpenedCiphertexts: ~Copyable, Sendable {
  /// What to send.
  public let ciphertexts: Ciphertexts
  /// r for each, residues modulo n; secret.
  public let openings: SecretIntegers
}
