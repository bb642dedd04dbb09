import BigIntegers
import Primitives
import Secrets

/// Shows that a ciphertext encrypts one of the values of a small range, and not which one: 0…1 for a bit.
///
/// c encrypts v exactly if c·(1 + n)^−v is an n-th power. For each value stands a proof of knowledge of an n-th root (L. C. Guillou and
/// J.-J. Quisquater, CRYPTO '88, modulo n²), all but one of them simulated (R. Cramer, I. Damgård, B. Schoenmakers, CRYPTO '94):
///
///     a_v = z_v^n·(c·(1 + n)^−v)^−e_v    for the other values;  a_m = ρ^n
///     Σ e_v = H(context, n, c, range, a) mod 2^128;  z_m = ρ·r^e_m         ──▶  z_v^n = a_v·(c·(1 + n)^−v)^e_v for every v
///
/// Sound for keys without a factor below 2^128 (`ProvenKey`), with error 2^-128 for each hash tried. Size and time grow with the range, at
/// most 256 values. The context must name who proves and for what: a proof can be copied with its ciphertext.
public struct RangeProof: Sendable, Equatable {
  /// The most values of a range.
  public static let maximumCount = 256
  private static let challengeBits = 128

  /// For each value of the range.
  public let commitments: [BigInteger]
  /// Shares of the challenge, below 2^128.
  public let challenges: [BigInteger]
  /// z, residues modulo n.
  public let answers: [BigInteger]

  /// From outside; `verify` checks it.
  public init(commitments: [BigInteger], challenges: [BigInteger], answers: [BigInteger]) {
    self.commitments = commitments
    self.challenges = challenges
    self.answers = answers
  }

  /// Makes the proof for the first of `opened`, ciphertexts of one's own, which encrypts `value`.
  ///
  /// Every value takes the same steps, so that time does not tell which one is encrypted. Throws `valueOutOfRange` where `value` is not
  /// in the range or the range has no or more than 256 values.
  public init(
    proving value: Int, in range: ClosedRange<Int>, of opened: borrowing OpenedCiphertexts, at index: Int,
    context: [UInt8]
  ) throws(PaillierError) {
    guard range.contains(value), range.count <= Self.maximumCount else {
      throw .valueOutOfRange(index: index)
    }
    let key = opened.ciphertexts.key, words = key.wordCount
    let n = SecretInteger(variableTime: key.n, wordCount: words)
    let ciphertext = opened.ciphertexts[index]
    var stream = RandomStream.fromSystem()
    // Offsets are compared by mask; the real value's share is zero until the challenge is known.
    var isReal = SecretIntegers(count: range.count, wordCount: 1)
    for (i, candidate) in range.enumerated() {
      isReal[i] = SecretInteger.isZero(UInt64(bitPattern: Int64(candidate ^ value)))
    }
    var shares = SecretIntegers.random(count: range.count, bits: Self.challengeBits, &stream)
    for i in 0..<range.count { shares[i] = shares[i].masked(1 - isReal[i].lowestWord) }
    let masks = SecretIntegers.random(count: range.count, below: n, &stream)
    let inverses = Ciphertexts(
      trusted: Self.powers(ciphertext, range, key).map { value in
        (try? value.inverse(modulo: key.square)) ?? 1
      }, key: key)
    let none = SecretIntegers(count: 0, wordCount: words)
    let roots = key.modulus.powers(of: masks, publicExponent: n, bits: key.bitWidth, messages: none)
    // One of the powers is 1, and tells which value is encrypted: they stay in wiped memory.
    let powers = key.modulus.powers(of: inverses.residues(), exponents: shares, bits: Self.challengeBits)
    let square = SecretInteger(variableTime: key.square, wordCount: key.ciphertextWords)
    let commitments = (0..<range.count).map { i in
      roots[i].times(powers[i]).modulo(square).value(variableTime: ())
    }
    let challenge = Self.challenge(key, ciphertext, range, commitments, context)
    // e_m = e − Σ e_v mod 2^128, and z_m = ρ·r^e_m.
    var rest = SecretInteger(variableTime: challenge, wordCount: 2)
    let limit = SecretInteger(powerOfTwo: Self.challengeBits)
    for i in 0..<range.count {
      rest = rest.copy(wordCount: 3).plus(limit.minus(shares[i])).modulo(limit).lowWords(2)
    }
    let step = opened.openings[index].power(rest, modulo: n)
    let one = SecretInteger(powerOfTwo: 0).copy(wordCount: words)
    var challenges: [BigInteger] = []
    var answers: [BigInteger] = []
    for i in 0..<range.count {
      let factor = step.masked(isReal[i].lowestWord).plus(one.masked(1 - isReal[i].lowestWord))
      challenges.append(shares[i].plus(rest.masked(isReal[i].lowestWord)).value(variableTime: ()))
      answers.append(masks[i].times(factor).modulo(n).value(variableTime: ()))
    }
    self.init(commitments: commitments, challenges: challenges, answers: answers)
  }

  /// Throws `proofRejected(.range)` unless the ciphertext at `index` is shown to encrypt a value of the range, `differentKeys` where it is
  /// under another key than the one that is proven: under a key with small factors the proof shows nothing.
  public func verify(
    _ ciphertexts: Ciphertexts, at index: Int, in range: ClosedRange<Int>, under proven: ProvenKey,
    context: [UInt8]
  ) throws(PaillierError) {
    guard ciphertexts.key == proven.key else { throw .differentKeys }
    let key = proven.key, limit = BigInteger(1) << Self.challengeBits
    guard range.count <= Self.maximumCount, commitments.count == range.count, challenges.count == range.count,
      answers.count == range.count,
      commitments.allSatisfy({ $0.signum > 0 && $0 < key.square && BigInteger.gcd($0, key.n) == 1 }),
      challenges.allSatisfy({ $0.signum >= 0 && $0 < limit }),
      answers.allSatisfy({ $0.signum > 0 && $0 < key.n && BigInteger.gcd($0, key.n) == 1 })
    else { throw .proofRejected(.range) }
    let ciphertext = ciphertexts[index]
    let challenge = Self.challenge(key, ciphertext, range, commitments, context)
    guard challenges.reduce(0, +) % limit == challenge else { throw .proofRejected(.range) }
    let n = SecretInteger(variableTime: key.n, wordCount: key.wordCount)
    let none = SecretIntegers(count: 0, wordCount: key.wordCount)
    let left = Ciphertexts(
      key: key,
      residues: key.modulus.powers(
        of: SecretIntegers(variableTime: answers, wordCount: key.wordCount), publicExponent: n,
        bits: key.bitWidth,
        messages: none))
    let statements = Ciphertexts(trusted: Self.powers(ciphertext, range, key), key: key)
    let shares = SecretIntegers(variableTime: challenges, wordCount: Self.challengeBits / 64)
    let right = try statements.multiplying(by: shares, bits: Self.challengeBits)
      .adding(Ciphertexts(trusted: commitments, key: key))
    guard left == right else { throw .proofRejected(.range) }
  }

  /// c·(1 + n)^−v for each value: n-th powers where c encrypts v.
  private static func powers(_ ciphertext: BigInteger, _ range: ClosedRange<Int>, _ key: PublicKey)
    -> [BigInteger]
  {
    range.map { ciphertext * ((1 - BigInteger($0) * key.n) % key.square) % key.square }
  }

  private static func challenge(
    _ key: PublicKey, _ ciphertext: BigInteger, _ range: ClosedRange<Int>, _ commitments: [BigInteger],
    _ context: [UInt8]
  ) -> BigInteger {
    var transcript = Transcript("range", context: context, key: key)
    transcript.append("c", ciphertext)
    transcript.append("range", Array("\(range.lowerBound)…\(range.upperBound)".utf8))
    for commitment in commitments { transcript.append("a", commitment) }
    return transcript.challenge(bits: challengeBits)
  }
}
