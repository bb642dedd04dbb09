import BigIntegers
import ModularExponentiation
import ParallelLoops
import Primitives
import Secrets

/// Encrypts under one's own key, half by half: powers modulo p² and q² with exponents as long as a prime, joined by the Chinese
/// remainder theorem.
///
/// The two exponents are independent and as long as the primes, so that no assumption about short exponents is needed; and it works for
/// every key. Randomness is uniform in the group that the two bases generate: the bases are random but no squares, so that its index in
/// all n-th residues is odd for Blum primes, and has a prime factor l ≥ 3 of p − 1 or q − 1 with probability 1/l for each. To others, who do
/// not know the factors, the index is no more visible than n-th residues are.
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
      // A square of 2·k + 1 bits leaves the top word of its product empty.
      square = prime.times(prime).trimmed(variableTime: ())
      // A random prime-th power: an n-th power too, because n's other factor is invertible modulo prime − 1.
      var stream = RandomStream.fromSystem()
      let root = Self.nonSquare(prime, square, &stream)
      let base = root.power(prime, modulo: square)
      tables = FixedBasePowers(
        base, modulus: modulus, exponentBits: prime.bitWidth(variableTime: ()) + Self.excessBits)
    }

    /// A random residue modulo prime² that is no square: a square's powers would all be squares.
    private static func nonSquare(
      _ prime: borrowing SecretInteger, _ square: borrowing SecretInteger, _ stream: inout RandomStream
    ) -> SecretInteger {
      while true {
        let root = SecretInteger.random(below: square, &stream)
        // Which draw is taken says nothing of it: each is independent of those before.
        if PrivateKey.isSquare(root, prime) == 0 { return root }
      }
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

  /// Encryptions of residues modulo n, in as many words as n has. Throws `valueOutOfRange` for one that is n or more,
  /// `differentKeys` for residues of another length.
  public func encrypt(
    _ messages: borrowing SecretIntegers, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> Ciphertexts {
    try key.check(residues: messages)
    guard messages.count > 0 else { return Ciphertexts(key: key, words: []) }
    let p = sideP.powers(messages, threads: threads), q = sideQ.powers(messages, threads: threads)
    let words = 2 * key.wordCount
    var joined = SecretIntegers(count: messages.count, wordCount: words)
    joined.fill(threads: threads) { i in
      // cp + p²·((cq − cp)·(p²)⁻¹ mod q²).
      let own = p[i], other = q[i].lowWords(sideQ.square.wordCount)
      let step = other.minus(own.modulo(sideQ.square), modulo: sideQ.square).times(inverseOfSquare)
        .modulo(sideQ.square)
      return sideP.square.times(step).plus(own).lowWords(words)
    }
    return Ciphertexts(key: key, residues: joined)
  }
}
