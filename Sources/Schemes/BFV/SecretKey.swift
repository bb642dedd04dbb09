import ModularArithmetic
import PolynomialRing
import Primitives
import Secrets

/// The ternary secret s, held by its values modulo every prime, in wiped memory. It cannot be copied or printed.
///
/// BFV is secure against chosen plaintexts only. Who learns what this key decrypts for them, or its noise, can
/// learn the key (Li and Micciancio, eprint 2020/1533; "CPA-D"): make a key for one job and drop it.
public struct SecretKey: ~Copyable {
  /// The set it was made with.
  public let parameters: Parameters
  let values: SecretPolynomial
  private let seed: SecretBytes

  /// A fresh key.
  public init(_ parameters: Parameters) {
    self.init(parameters, seed: SystemRandom.secretBytes(count: RandomStream.keyByteCount))
  }

  /// The key that 32 secret bytes stand for: s is drawn from the AES-256-CTR stream they key, stream N, so that one seed
  /// gives the same s to all sets of one degree and unrelated ones to sets of different degrees.
  public init(_ parameters: Parameters, seed: consuming SecretBytes) {
    precondition(seed.count == RandomStream.keyByteCount)
    self.parameters = parameters
    var stream = RandomStream(key: seed, stream: UInt64(parameters.degree))
    let small = SmallPolynomial.ternary(degree: parameters.degree, from: &stream)
    values = SecretPolynomial(small, basis: parameters.keyBasis)
    self.seed = seed
  }

  /// The 32 secret bytes from which `init(_:seed:)` makes this key again; keep them in a file with mode 0600.
  public borrowing func exportSeed() -> SecretBytes { seed.copy() }

  /// Encrypts under the secret key: c1 = a uniform from a public seed, c0 = −a·s + e + ⌊Q·m/t⌉. Half the bytes of a
  /// full ciphertext when sent; the noise is e alone.
  ///
  /// `expansionLevels` j > 0 divides the message by 2^j modulo Q, for `Ciphertext.expanded`.
  public borrowing func encryptSeeded(_ plaintext: Plaintext, expansionLevels: Int = 0) -> SeededCiphertext {
    precondition(plaintext.degree == parameters.degree && (0..<16).contains(expansionLevels))
    let level = parameters.level(parameters.topLevel)
    let seed = Seed.random()
    var stream = RandomStream.fromSystem()
    // a·s, from which s follows, becomes c0 in its own storage.
    var body = SeededCiphertext.mask(seed, basis: level.basis)
    values.multiply(into: &body)
    body.negate()
    var c0 = (consume body).interpolated()
    SmallPolynomial.error(degree: parameters.degree, from: &stream).add(to: &c0)
    if expansionLevels == 0 {
      level.encoding.add(plaintext.limbs, to: &c0)
    } else {
      var message = RNSPolynomial<Coefficient>(zero: level.basis, isWiped: true)
      level.encoding.add(plaintext.limbs, to: &message)
      message.multiply(byConstants: Self.inversePowers(of: expansionLevels, level.basis))
      c0.add(message)
    }
    return SeededCiphertext(
      parameters: parameters, c0: c0, seed: seed,
      noise: .freshSecret(degree: parameters.degree))
  }

  /// Encrypts under the secret key to a full ciphertext.
  public borrowing func encrypt(_ plaintext: Plaintext) -> Ciphertext<Coefficient> {
    encryptSeeded(plaintext).expanded()
  }

  private static func inversePowers(of levels: Int, _ basis: RNSBasis) -> [FixedMultiplicand] {
    basis.moduli.map { modulus in
      let half = (modulus.value + 1) / 2
      return FixedMultiplicand(
        modulus.power(half, variableTimeExponent: UInt64(levels)), modulus: modulus)
    }
  }

  /// Q·m/t + v: c0 + c1·s + c2·s².
  private borrowing func phase(_ ciphertext: borrowing Ciphertext<Coefficient>) -> RNSPolynomial<Coefficient>
  {
    precondition(ciphertext.parameters.digest == parameters.digest, "a ciphertext of other parameters")
    // Horner: (c2·s + c1)·s + c0, in storage that is wiped: the phase holds the message and the noise.
    var sum = RNSPolynomial<Evaluation>(zero: ciphertext.polynomials[0].basis, isWiped: true)
    for polynomial in ciphertext.polynomials.dropFirst().reversed() {
      sum.add(polynomial.evaluated())
      values.multiply(into: &sum)
    }
    var phase = (consume sum).interpolated()
    phase.add(ciphertext.polynomials[0])
    return phase
  }

  /// ⌊t·(c0 + c1·s + c2·s²)/Q⌉ mod t: right while the noise is below Q/2t. Constant time in the key and the message.
  public borrowing func decrypt(_ ciphertext: borrowing Ciphertext<Coefficient>) -> Plaintext {
    let phase = phase(ciphertext)
    let limbs = ciphertext.context.decoding.limbs(of: phase, count: parameters.degree)
    return Plaintext(degree: parameters.degree, limbs: limbs)
  }

  /// Decrypts a ciphertext in evaluation form.
  public borrowing func decrypt(_ ciphertext: Ciphertext<Evaluation>) -> Plaintext {
    decrypt(ciphertext.interpolated())
  }

  /// log2 of Q/2t over the largest noise coefficient: the true budget of a ciphertext that decrypts. For the
  /// key's owner and for tests: the noise reveals the key to who computed on the ciphertext, so never send it.
  public borrowing func noiseBudget(_ ciphertext: borrowing Ciphertext<Coefficient>) -> Double {
    let level = ciphertext.context
    return level.log2Modulus - 1 - parameters.plaintextModulus.log2 - log2Noise(ciphertext)
  }

  /// log2 of the largest coefficient of the noise v, at least −1 (its rounding).
  public borrowing func log2Noise(_ ciphertext: borrowing Ciphertext<Coefficient>) -> Double {
    let level = ciphertext.context
    var noise = phase(ciphertext)
    noise.negate()
    level.encoding.add(decrypt(ciphertext).limbs, to: &noise)
    return NoiseMeasure.log2Maximum(noise)
  }
}
