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
///
/// Every fresh ciphertext of the short form has Jacobi symbol 1 modulo n, whatever it encrypts: 1 + m·n ≡ 1. That costs no secrecy.
/// Composite residuosity among numbers of symbol 1 is as hard as among all, because a number times wⁿ, for a w of symbol −1, is an n-th
/// residue exactly if the number is. It would show in sums which addends were of which form, and survive factors h^x: therefore
/// `rerandomize` draws the symbol too.
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
  /// wⁿ mod n² for a random w of Jacobi symbol −1.
  private let twist: [UInt64]

  /// The classic form: needs no proof of the key's shape.
  public init(classic key: PublicKey) {
    self.key = key
    form = .classic
    tables = nil
    root = 1
    twist = []
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
    var w: BigInteger
    repeat {
      w = SecretInteger.random(below: n, &stream).value(variableTime: ())
    } while w.jacobiSymbol(over: key.n) != -1
    let roots = SecretIntegers(variableTime: [root, w], wordCount: key.wordCount)
    let none = SecretIntegers(count: 0, wordCount: key.wordCount)
    let bases = key.modulus.powers(of: roots, publicExponent: n, bits: key.bitWidth, messages: none)
    twist = Ciphertexts(key: key, residues: bases)[1..<2].words
    tables = FixedBasePowers(bases[0], modulus: key.modulus, exponentBits: (key.bitWidth + 1) / 2)
  }

  /// Encryptions of residues modulo n, in as many words as n has. Throws `valueOutOfRange` for one that is n or more,
  /// `differentKeys` for residues of another length, and in the classic form `ciphertextNotInvertible` where a random number shares a
  /// factor with n: then n is no key, but has factors that chance finds.
  public func encrypt(
    _ messages: borrowing SecretIntegers, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> Ciphertexts {
    try key.check(residues: messages)
    let randomness = freshRandomness(messages.count)
    return try encrypt(messages, randomness: randomness, threads)
  }

  /// The same ciphertexts' plaintexts under fresh randomness: nobody can tell which came from which, in the classic form. In the short form
  /// this holds under its assumption and against everybody but the key's owner: an owner who made p − 1 and q − 1 with many small
  /// factors, which no proof here excludes, finds in h^x what it is composed of. Use the classic form where the owner receives sums
  /// and must not learn how they came about. The short form multiplies by wⁿ of Jacobi symbol −1 or not, at random, so that symbols
  /// are uniform too.
  ///
  /// The factors, encryptions of zero, are made in ordinary memory that is not wiped, like every ciphertext: whoever reads this
  /// process's memory afterwards may find them. Throws `ciphertextNotInvertible` as `encrypt` does.
  public func rerandomize(
    _ ciphertexts: Ciphertexts, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> Ciphertexts {
    guard ciphertexts.key == key else { throw .differentKeys }
    let zeros = SecretIntegers(count: ciphertexts.count, wordCount: key.wordCount)
    let fresh = try encrypt(zeros, threads: threads)
    return try ciphertexts.adding(twisted(fresh, threads: threads), threads: threads)
  }

  /// The same with the randomness of a stream, so that who has its key computes the same ciphertexts again: an auditor. In the
  /// classic form, whatever this encryptor's.
  public func rerandomize(
    _ ciphertexts: Ciphertexts, from stream: inout RandomStream, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> Ciphertexts {
    guard ciphertexts.key == key else { throw .differentKeys }
    let n = SecretInteger(variableTime: key.n, wordCount: key.wordCount)
    let randomness = SecretIntegers.random(count: ciphertexts.count, below: n, &stream)
    let zeros = SecretIntegers(count: ciphertexts.count, wordCount: key.wordCount)
    let fresh = Ciphertexts(
      key: key,
      residues: key.modulus.powers(
        of: randomness, publicExponent: n, bits: key.bitWidth, messages: zeros, threads: threads))
    return try ciphertexts.adding(fresh, threads: threads)
  }

  /// Encryptions of zero in the short form times wⁿ where a random bit is set; the same products and look-ups for both bits.
  private func twisted(_ zeros: Ciphertexts, threads: Int) throws(PaillierError) -> Ciphertexts {
    guard form == .short else { return zeros }
    let length = key.ciphertextWords
    var stream = RandomStream.fromSystem()
    let bits = SecretIntegers.random(count: zeros.count, bits: 1, &stream)
    var factors = [UInt64](repeating: 0, count: zeros.words.count)
    for i in 0..<zeros.count {
      let mask = 0 &- bits[i].lowestWord
      for j in 0..<length {
        let one: UInt64 = j == 0 ? 1 : 0
        factors[i * length + j] = one ^ ((one ^ twist[j]) & mask)
      }
    }
    return try zeros.adding(Ciphertexts(key: key, words: factors), threads: threads)
  }

  /// Encryptions with their openings r, c = (1 + m·n)·rⁿ: what proofs about a ciphertext need. An opening is as secret as the
  /// plaintext.
  public func encryptWithOpenings(
    _ messages: borrowing SecretIntegers, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> OpenedCiphertexts {
    try key.check(residues: messages)
    let randomness = freshRandomness(messages.count)
    let ciphertexts = try encrypt(messages, randomness: randomness, threads)
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

  /// The same with random numbers chosen by hand: residues modulo n in the classic form, exponents in the short one.
  package func encrypt(
    _ messages: borrowing SecretIntegers, randomness: borrowing SecretIntegers, _ threads: Int
  ) throws(PaillierError) -> Ciphertexts {
    guard messages.count > 0 else { return Ciphertexts(key: key, words: []) }
    guard let tables else {
      let n = SecretInteger(variableTime: key.n, wordCount: key.wordCount)
      let made = Ciphertexts(
        key: key,
        residues: key.modulus.powers(
          of: randomness, publicExponent: n, bits: key.bitWidth, messages: messages, threads: threads))
      // Nothing is known of this modulus but that it has no factor below 2^20.
      try made.checkInvertible()
      return made
    }
    return Ciphertexts(
      key: key, residues: tables.powers(randomness, messages: messages, threads: threads))
  }
}

extension PublicKey {
  /// Throws `differentKeys` for residues of another length than n's, `valueOutOfRange` for one that is n or more.
  func check(residues: borrowing SecretIntegers) throws(PaillierError) {
    guard residues.wordCount == wordCount else { throw .differentKeys }
    if let bad = residues.firstIndex(notBelow: n) { throw .valueOutOfRange(index: bad) }
  }
}

/// Ciphertexts with their openings.
public struct OpenedCiphertexts: ~Copyable, Sendable {
  /// What to send.
  public let ciphertexts: Ciphertexts
  /// r for each, residues modulo n; secret.
  public let openings: SecretIntegers
}
