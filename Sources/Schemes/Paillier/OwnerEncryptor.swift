import BigIntegers
import ModularExponentiation
import ParallelLoops
import Primitives
import Secrets

/// Encrypts under one's own key, half by half: powers modulo p² and q² with exponents as long as a prime, joined by the Chinese
/// remainder theorem.
///
/// The two exponents are independent, so that the randomness is that of the classic form, h^x for uniform x on both sides, and needs
/// no assumption about short exponents; and it works for every key.
public final class OwnerEncryptor: Sendable {
  /// The public key.
  public let key: PublicKey
  private let sideP: Side
  private let sideQ: Side
  /// (p²)⁻¹ mod q².
  private let inverseOfSquare: SecretInteger

  /// One prime's tables.
  private struct Side: ~Copyable, Sendable {
    let prime: SecretInteger
    let square: SecretInteger
    /// The other prime: what turns 1 + m·n into 1 + (m·other)·prime modulo prime².
    let other: SecretInteger
    let tables: FixedBasePowers

    /// More bits than the prime has, so that exponents modulo prime − 1 are 2^-64 from uniform.
    static let excessBits = 64

    init(prime: borrowing SecretInteger, other: borrowing SecretInteger, modulus: SquaredModulus) {
      self.prime = prime.copy()
      self.other = other.copy()
      square = prime.times(prime)
      // A random prime-th power: an n-th power too, because n's other factor is invertible modulo prime − 1.
      var stream = RandomStream.fromSystem()
      let base = SecretInteger.random(below: square, &stream).power(prime, modulo: square)
      tables = FixedBasePowers(
        base, modulus: modulus, exponentBits: prime.bitWidth(variableTime: ()) + Self.excessBits)
    }

    func powers(_ messages: borrowing SecretIntegers, threads: Int) -> SecretIntegers {
      var stream = RandomStream.fromSystem()
      let exponents = SecretIntegers.random(count: messages.count, bits: tables.exponentBits, &stream)
      var own = SecretIntegers(count: messages.count, wordCount: prime.wordCount)
      own.fill(threads: threads) { messages[$0].modulo(prime).times(other).modulo(prime) }
      return tables.powers(exponents, messages: own, threads: threads)
    }
  }

  /// Makes tables of a few megabytes.
  public init(_ key: borrowing PrivateKey) {
    self.key = key.publicKey
    sideP = Side(prime: key.p, other: key.q, modulus: key.half.modulus)
    sideQ = Side(prime: key.q, other: key.p, modulus: key.otherHalf.modulus)
    guard let inverse = sideP.square.inverse(modulo: sideQ.square) else {
      preconditionFailure("different primes")
    }
    inverseOfSquare = inverse
  }

  /// Encryptions of residues modulo n, in as many words as n has. Throws `valueOutOfRange` for one that is n or more.
  public func encrypt(
    _ messages: borrowing SecretIntegers, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> Ciphertexts {
    precondition(messages.wordCount == key.wordCount, "residues in as many words as n has")
    if let bad = messages.firstIndex(notBelow: key.n) { throw .valueOutOfRange(index: bad) }
    guard messages.count > 0 else { return Ciphertexts(key: key, words: []) }
    let p = sideP.powers(messages, threads: threads), q = sideQ.powers(messages, threads: threads)
    let words = 2 * key.wordCount
    var joined = SecretIntegers(count: messages.count, wordCount: words)
    joined.fill(threads: threads) { i in
      // cp + p²·((cq − cp)·(p²)⁻¹ mod q²).
      let own = p[i]
      let step = q[i].minus(own.modulo(sideQ.square), modulo: sideQ.square).times(inverseOfSquare)
        .modulo(sideQ.square)
      return sideP.square.times(step).plus(own).lowWords(words)
    }
    return Ciphertexts(key: key, residues: joined)
  }
}
