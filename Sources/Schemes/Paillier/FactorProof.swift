import BigIntegers
import Primitives
import Secrets

/// Shows, to whoever trusts the auxiliary parameters, that n = p·q with p, q < √n·2^384: no factor is below 2^639 for 2048 bits. A key
/// with a small factor leaks what is encrypted under it (CVE-2023-33241 is about protocols that did not ask).
///
/// The proof Π^fac of eprint 2021/060, figure 28, with ℓ = 128, ε = 256 and all intervals one-sided, made non-interactive:
///
///     owner (p, q)                                              verifier (N, s, t)
///     P = s^p·t^μ, Q = s^q·t^ν, A = s^α·t^x, B = s^β·t^y, T = Q^α·t^r, σ
///     e = H(context, n, N, s, t, P, Q, A, B, T, σ) < 2^128
///     z1 = α + e·p, z2 = β + e·q, w1 = x + e·μ, w2 = y + e·ν, v = r + e·(σ − ν·p)
///                                                 ────────▶    z1, z2 < √n·2^384;  s^z1·t^w1 = A·P^e;  s^z2·t^w2 = B·Q^e;
///                                                              Q^z1·t^v = T·(s^n·t^σ)^e
public struct FactorProof: Sendable, Equatable {
  /// P, Q, A, B, T, residues modulo N.
  public let commitments: [BigInteger]
  /// σ, z1, z2, w1, w2, v.
  public let answers: [BigInteger]

  private static let challengeBits = 128
  private static let slackBits = 384

  /// From outside; `verify` checks it.
  public init(commitments: [BigInteger], answers: [BigInteger]) {
    self.commitments = commitments
    self.answers = answers
  }

  /// Makes the proof for one's own key under a verifier's checked parameters.
  public init(proving key: borrowing PrivateKey, auxiliary: AuxiliaryParameters, context: [UInt8]) {
    let words = auxiliary.key.wordCount
    let modulus = SecretInteger(variableTime: auxiliary.key.n, wordCount: words)
    let s = SecretInteger(variableTime: auxiliary.s, wordCount: words)
    let t = SecretInteger(variableTime: auxiliary.t, wordCount: words)
    let bits = auxiliary.key.bitWidth, own = key.publicKey.bitWidth, l = Self.challengeBits,
      slack = Self.slackBits
    var stream = RandomStream.fromSystem()
    // Below half of the bound √n·2^slack, so that e·p, shorter by 250 bits, does not lead across it.
    let alpha = SecretInteger.random(bits: own / 2 + slack - 1, &stream)
    let beta = SecretInteger.random(bits: own / 2 + slack - 1, &stream)
    let mu = SecretInteger.random(bits: l + bits, &stream), nu = SecretInteger.random(bits: l + bits, &stream)
    let sigma = SecretInteger.random(bits: l + own + bits, &stream)
    let r = SecretInteger.random(bits: slack + own + bits, &stream)
    let x = SecretInteger.random(bits: slack + bits, &stream),
      y = SecretInteger.random(bits: slack + bits, &stream)
    func commit(_ a: borrowing SecretInteger, _ b: borrowing SecretInteger) -> SecretInteger {
      s.power(a, modulo: modulus).times(t.power(b, modulo: modulus)).modulo(modulus)
    }
    let second = commit(key.q, nu)
    let commitments = [
      commit(key.p, mu).value(variableTime: ()), second.value(variableTime: ()),
      commit(alpha, x).value(variableTime: ()), commit(beta, y).value(variableTime: ()),
      second.power(alpha, modulo: modulus).times(t.power(r, modulo: modulus)).modulo(modulus)
        .value(variableTime: ()),
    ]
    let published = sigma.value(variableTime: ())
    let e = SecretInteger(
      variableTime: Self.challenge(key.publicKey, auxiliary, context, commitments, published),
      wordCount: l / 64)
    func answer(_ mask: borrowing SecretInteger, _ secret: borrowing SecretInteger) -> BigInteger {
      mask.copy(wordCount: max(mask.wordCount, secret.wordCount + l / 64) + 1).plus(e.times(secret)).value(
        variableTime: ())
    }
    // σ is below ν·p once in 2^1000 draws.
    let product = nu.times(key.p)
    let opened = sigma.copy(wordCount: max(sigma.wordCount, product.wordCount)).minus(product)
    self.init(
      commitments: commitments,
      answers: [
        published, answer(alpha, key.p), answer(beta, key.q), answer(x, mu), answer(y, nu), answer(r, opened),
      ])
  }

  /// Throws `proofRejected(.auxiliaryParameters)` for parameters on a modulus shorter than the key's, `proofRejected(.noSmallFactor)` unless
  /// the proof holds for this key, parameters and context: a part of `ProvenKey`, because
  /// by itself it does not show that n has two factors.
  package func verify(
    _ key: PublicKey, auxiliary: AuxiliaryParameters, context: [UInt8]
  ) throws(PaillierError) {
    let modulus = auxiliary.key.n, s = auxiliary.s, t = auxiliary.t
    let bound = (key.n.squareRoot + 1) << Self.slackBits
    // No honest answer is longer: everything is bounded before it becomes an exponent.
    let longest = Self.slackBits + key.bitWidth + auxiliary.key.bitWidth + 2
    // A shorter modulus than the key's might be factored sooner than the key, which would make proofs of anything.
    guard auxiliary.key.bitWidth >= key.bitWidth else { throw .proofRejected(.auxiliaryParameters) }
    guard BigInteger.gcd(modulus, key.n) == 1, commitments.count == 5, answers.count == 6,
      commitments.allSatisfy({ $0.signum > 0 && $0 < modulus && BigInteger.gcd($0, modulus) == 1 }),
      answers.allSatisfy({ $0.signum >= 0 && $0.bitWidth <= longest }), answers[1] < bound, answers[2] < bound
    else { throw .proofRejected(.noSmallFactor) }
    let e = Self.challenge(key, auxiliary, context, commitments, answers[0])
    func commit(_ a: BigInteger, _ b: BigInteger) -> BigInteger {
      s.power(a, modulo: modulus) * t.power(b, modulo: modulus) % modulus
    }
    func holds(_ left: BigInteger, _ mask: BigInteger, _ committed: BigInteger) -> Bool {
      left == mask * committed.power(e, modulo: modulus) % modulus
    }
    let second =
      commitments[1].power(answers[1], modulo: modulus) * t.power(answers[5], modulo: modulus) % modulus
    guard holds(commit(answers[1], answers[3]), commitments[2], commitments[0]),
      holds(commit(answers[2], answers[4]), commitments[3], commitments[1]),
      holds(second, commitments[4], commit(key.n, answers[0]))
    else { throw .proofRejected(.noSmallFactor) }
  }

  private static func challenge(
    _ key: PublicKey, _ auxiliary: AuxiliaryParameters, _ context: [UInt8], _ commitments: [BigInteger],
    _ sigma: BigInteger
  ) -> BigInteger {
    var transcript = Transcript("no-small-factor", context: context, key: key)
    transcript.append("N", auxiliary.key.n)
    transcript.append("s", auxiliary.s)
    transcript.append("t", auxiliary.t)
    for (label, value) in zip(["P", "Q", "A", "B", "T"], commitments) { transcript.append(label, value) }
    transcript.append("sigma", sigma)
    return transcript.challenge(bits: challengeBits)
  }
}
