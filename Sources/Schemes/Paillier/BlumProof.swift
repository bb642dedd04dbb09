import BigIntegers
import ParallelLoops
import Primitives
import Secrets

/// Shows that n is a product of two different primes ≡ 3 mod 4 with gcd(n, φ(n)) = 1, which excludes powers of primes: a Paillier-Blum
/// modulus.
///
/// The proof Π^mod of R. Canetti, R. Gennaro, S. Goldfeder, N. Makriyannis, U. Peled, "UC non-interactive, proactive, threshold ECDSA
/// with identifiable aborts", eprint 2021/060, figure 16, made non-interactive:
///
///     owner                                                    verifier
///     w with Jacobi symbol −1;  y_1…y_128 = H(context, n, w)
///     x_i⁴ = (−1)^a_i·w^b_i·y_i,  z_i^n = y_i   ──────────▶    checks both, for every i; n odd and not prime
///
/// A false statement passes with probability 2^-128 for each hash tried. The verifier learns nothing of the primes.
public struct BlumProof: Sendable, Equatable {
  /// Repetitions.
  public static let rounds = 128

  /// A number of Jacobi symbol −1.
  public let w: BigInteger
  /// An answer for each repetition.
  public let answers: [Answer]

  /// One repetition's answer.
  public struct Answer: Sendable, Equatable {
    /// A fourth root of ±y or ±w·y.
    public let x: BigInteger
    /// Whether −1 is a factor.
    public let isNegated: Bool
    /// Whether w is a factor.
    public let isTwisted: Bool
    /// The n-th root of y.
    public let z: BigInteger

    /// From outside; `verify` checks it.
    public init(x: BigInteger, isNegated: Bool, isTwisted: Bool, z: BigInteger) {
      self.x = x
      self.isNegated = isNegated
      self.isTwisted = isTwisted
      self.z = z
    }
  }

  /// From outside; `verify` checks it.
  public init(w: BigInteger, answers: [Answer]) {
    self.w = w
    self.answers = answers
  }

  /// Makes the proof for one's own key. Throws `invalidKey(.p, .notAFactor)` where its primes are not Blum primes.
  public init(
    proving key: borrowing PrivateKey, context: [UInt8], threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) {
    guard key.hasBlumPrimes else { throw .invalidKey(.p, .notAFactor) }
    guard let nthRoot = key.nthRootExponents() else { throw .invalidKey(.p, .notAFactor) }
    let publicKey = key.publicKey, words = publicKey.wordCount
    let fourthRoot = key.fourthRootExponents()
    var stream = RandomStream.fromSystem()
    let n = SecretInteger(variableTime: publicKey.n, wordCount: words)
    var w: BigInteger
    repeat {
      w = SecretInteger.random(below: n, &stream).value(variableTime: ())
    } while w.jacobiSymbol(over: publicKey.n) != -1
    let challenges = Self.challenges(publicKey, w, context)
    let twist = SecretInteger(variableTime: w, wordCount: words), wIsSquare = key.isSquare(twist)
    var answers: [Answer] = []
    for y in challenges {
      let own = SecretInteger(variableTime: y, wordCount: words)
      let ySquare = key.isSquare(own)
      // Twist where y is a square modulo one prime only; then negate where it is one modulo neither.
      let b = ySquare.modP ^ ySquare.modQ
      let modP = ySquare.modP ^ (b & (1 ^ wIsSquare.modP))
      let a = 1 ^ modP
      let square = Self.radicand(y, w, isNegated: a == 1, isTwisted: b == 1, publicKey.n)
      let x = key.power(SecretInteger(variableTime: square, wordCount: words), fourthRoot)
      answers.append(
        Answer(
          x: x.value(variableTime: ()), isNegated: a == 1, isTwisted: b == 1,
          z: key.power(own, nthRoot).value(variableTime: ())))
    }
    self.init(w: w, answers: answers)
  }

  /// Throws `proofRejected(.blumModulus)` unless the proof holds for this key and context.
  public func verify(
    _ key: PublicKey, context: [UInt8], threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) {
    let n = key.n
    guard answers.count == Self.rounds, w.signum > 0, w < n, w.jacobiSymbol(over: n) == -1 else {
      throw .proofRejected(.blumModulus)
    }
    let challenges = Self.challenges(key, w, context)
    let holds = ParallelLoops.map(count: Self.rounds, chunksOf: 4, threads: threads) { i in
      let answer = answers[i], y = challenges[i]
      guard answer.x.signum > 0, answer.x < n, answer.z.signum > 0, answer.z < n else { return false }
      return answer.z.power(n, modulo: n) == y
        && answer.x.power(4, modulo: n)
          == Self.radicand(y, w, isNegated: answer.isNegated, isTwisted: answer.isTwisted, n)
    }
    guard holds.allSatisfy({ $0 }) else { throw .proofRejected(.blumModulus) }
  }

  private static func challenges(_ key: PublicKey, _ w: BigInteger, _ context: [UInt8]) -> [BigInteger] {
    var transcript = Transcript("blum-modulus", context: context, key: key)
    transcript.append("w", w)
    return transcript.challenges(count: rounds, below: key.n)
  }

  /// (−1)^a·w^b·y mod n.
  private static func radicand(
    _ y: BigInteger, _ w: BigInteger, isNegated: Bool, isTwisted: Bool, _ n: BigInteger
  ) -> BigInteger {
    let twisted = isTwisted ? w * y % n : y
    return isNegated ? (n - twisted) % n : twisted
  }
}
