import BigIntegers
import ParallelLoops
import Primitives
import Secrets

/// Ring-Pedersen parameters (N, s, t), s in the group that t generates: a verifier's commitment key, under which a prover who cannot
/// factor N commits to integers (eprint 2021/060, section 2).
///
/// Whoever wants a `FactorProof` makes them, and proves them well-formed (Π^prm, figure 17 there): s = t^λ for some λ, so that
/// commitments hide. The proof takes 128 repetitions of one challenge bit each.
public struct AuxiliaryParameters: Sendable, Equatable {
  /// The verifier's modulus N.
  public let key: PublicKey
  /// A power of t.
  public let s: BigInteger
  /// A square modulo N.
  public let t: BigInteger
  /// Shows that s is a power of t.
  public let proof: Proof

  /// Π^prm.
  public struct Proof: Sendable, Equatable {
    /// t^a_i mod N.
    public let commitments: [BigInteger]
    /// a_i + e_i·λ mod φ(N).
    public let answers: [BigInteger]

    /// From outside; `AuxiliaryParameters` checks it.
    public init(commitments: [BigInteger], answers: [BigInteger]) {
      self.commitments = commitments
      self.answers = answers
    }
  }

  static let rounds = 128

  /// Parameters from outside. Throws `proofRejected(.auxiliaryParameters)` unless s and t are units and the proof holds.
  public init(
    key: PublicKey, s: BigInteger, t: BigInteger, proof: Proof, context: [UInt8],
    threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) {
    self.init(unchecked: key, s, t, proof)
    let n = key.n
    guard proof.commitments.count == Self.rounds, proof.answers.count == Self.rounds,
      [s, t].allSatisfy({ $0 > 1 && $0 < n && BigInteger.gcd($0, n) == 1 }),
      proof.commitments.allSatisfy({ $0.signum > 0 && $0 < n }),
      proof.answers.allSatisfy({ $0.signum >= 0 && $0 < n })
    else { throw .proofRejected(.auxiliaryParameters) }
    let challenge = challenge(context)
    // Group by group: a forged proof costs one group's time.
    for group in stride(from: 0, to: Self.rounds, by: 16) {
      let holds = ParallelLoops.map(count: 16, chunksOf: 4, threads: threads) { offset in
        let i = group + offset, factor = (challenge >> i).isEven ? BigInteger(1) : s
        return t.power(proof.answers[i], modulo: n) == proof.commitments[i] * factor % n
      }
      guard holds.allSatisfy({ $0 }) else { throw .proofRejected(.auxiliaryParameters) }
    }
  }

  /// Fresh parameters on the modulus of `key`, which encrypts nothing else. Throws `invalidKey(.p, .notAFactor)` unless its primes P and Q
  /// are Blum primes with gcd(P − 1, Q − 1) = 2.
  ///
  /// What proofs under them rest on is that a prover who cannot factor N finds no residue u of small order but ±1, as it could multiply
  /// into commitments. Some power of such a u has prime order l, or order 4. For odd l, which divides only one of P − 1 and Q − 1, u is 1
  /// modulo the other prime, and gcd(u − 1, N) is a factor; so it is for square roots of 1 other than ±1; and 4 divides neither P − 1 nor
  /// Q − 1. Of the parameters themselves the verifier is sure, as it made them.
  public init(making key: borrowing PrivateKey, context: [UInt8]) throws(PaillierError) {
    guard key.hasBlumPrimes else { throw .invalidKey(.p, .notAFactor) }
    let modulus = key.publicKey, words = modulus.wordCount
    var stream = RandomStream.fromSystem()
    let n = SecretInteger(variableTime: modulus.n, wordCount: words)
    let root = SecretInteger.random(below: n, &stream)
    let t = root.times(root).modulo(n)
    let order = key.p.minus(word: 1).times(key.q.minus(word: 1)).trimmed(variableTime: ())
    let lambda = SecretInteger.random(below: order, &stream)
    let s = t.power(lambda, modulo: n)
    let masks = SecretIntegers.random(count: Self.rounds, below: order, &stream)
    let commitments = (0..<Self.rounds).map { t.power(masks[$0], modulo: n).value(variableTime: ()) }
    let draft = AuxiliaryParameters(
      unchecked: modulus, s.value(variableTime: ()), t.value(variableTime: ()),
      Proof(commitments: commitments, answers: []))
    let challenge = draft.challenge(context)
    let answers = (0..<Self.rounds).map { i in
      let bit: UInt64 = (challenge >> i).isEven ? 0 : 1
      // One word more keeps the sum's carry.
      let sum = masks[i].copy(wordCount: order.wordCount + 1).plus(lambda.masked(bit))
      return sum.modulo(order).value(variableTime: ())
    }
    self.init(unchecked: modulus, draft.s, draft.t, Proof(commitments: commitments, answers: answers))
  }

  private init(unchecked key: PublicKey, _ s: BigInteger, _ t: BigInteger, _ proof: Proof) {
    self.key = key
    self.s = s
    self.t = t
    self.proof = proof
  }

  private func challenge(_ context: [UInt8]) -> BigInteger {
    var transcript = Transcript("auxiliary-parameters", context: context, key: key)
    transcript.append("s", s)
    transcript.append("t", t)
    for commitment in proof.commitments { transcript.append("A", commitment) }
    return transcript.challenge(bits: Self.rounds)
  }
}
