// Fence: the words of a secret constant are read in place.
import BigIntegers
import ModularArithmetic
import PolynomialRing
import Secrets

/// (c0, c1), or (c0, c1, c2) after a product, with c0 + c1·s + c2·s² = Q·m/t + v. A value.
///
/// `Ciphertext<Coefficient>` is what is sent, multiplied and switched; `Ciphertext<Evaluation>` is for many
/// products with plaintexts.
public struct Ciphertext<Form: PolynomialForm>: Sendable {
  /// The set it was made with.
  public let parameters: Parameters
  var polynomials: [RNSPolynomial<Form>]
  /// What is known of the noise without the key.
  public internal(set) var noise: NoiseBound

  init(parameters: Parameters, polynomials: [RNSPolynomial<Form>], noise: NoiseBound) {
    self.parameters = parameters
    self.polynomials = polynomials
    self.noise = noise
  }

  /// Two, or three after a product that was not relinearised.
  public var polynomialCount: Int { polynomials.count }

  /// The number of primes left.
  public var level: Int { polynomials[0].basis.count }

  var context: Level { parameters.level(level) }

  /// log2 of Q/2t over the noise bound: how many bits of noise are left before decryption may fail with a
  /// probability above 2^-40. Negative: no promise.
  public var noiseBudgetBound: Double {
    context.log2Modulus - 1 - parameters.plaintextModulus.log2
      - noise.log2Maximum(degree: parameters.degree)
  }

  /// Whether c1 (and c2) vanish: such a ciphertext hides nothing.
  public var isTransparent: Bool { polynomials.dropFirst().allSatisfy(\.isZero) }

  private func check(_ other: Self) {
    precondition(
      parameters === other.parameters || parameters.digest == other.parameters.digest,
      "ciphertexts of different parameters")
    precondition(level == other.level, "ciphertexts of different levels")
  }

  /// self += other. `errorsAreIndependent`: the noises come from disjoint encryptions, so that the bound may grow as a
  /// root; without it the bound is safe for any two.
  public mutating func add(_ other: Self, errorsAreIndependent: Bool = false) {
    check(other)
    for index in other.polynomials.indices {
      if index < polynomials.count {
        polynomials[index].add(other.polynomials[index])
      } else {
        polynomials.append(other.polynomials[index])
      }
    }
    noise = noise.adding(other.noise, independent: errorsAreIndependent)
  }

  /// self −= other; `errorsAreIndependent` as in `add`.
  public mutating func subtract(_ other: Self, errorsAreIndependent: Bool = false) {
    check(other)
    for index in other.polynomials.indices {
      if index < polynomials.count {
        polynomials[index].subtract(other.polynomials[index])
      } else {
        var negated = other.polynomials[index]
        negated.negate()
        polynomials.append(negated)
      }
    }
    noise = noise.adding(other.noise, independent: errorsAreIndependent)
  }

  /// self = −self.
  public mutating func negate() {
    for index in polynomials.indices { polynomials[index].negate() }
  }
}

extension Ciphertext where Form == Coefficient {
  /// The same ciphertext by its values.
  public consuming func evaluated() -> Ciphertext<Evaluation> {
    Ciphertext<Evaluation>(
      parameters: parameters, polynomials: polynomials.map { $0.evaluated() }, noise: noise)
  }

  /// Adds a plaintext.
  public mutating func add(_ plaintext: Plaintext) {
    context.encoding.add(plaintext.limbs, to: &polynomials[0])
    noise = noise.addingPlaintext(degree: parameters.degree)
  }

  /// Adds a secret constant: a number in [0, t) in 64-bit words, lowest first. Constant time, and nothing of it stays in
  /// memory that is not wiped. Throws `invalidPlaintext` for fewer words than t has.
  public mutating func add(secretConstant words: borrowing SecretBuffer<UInt64>) throws(BFVError) {
    let limbCount = RoundingMap.limbCount(below: parameters.plaintextModulus)
    guard 64 * words.count >= parameters.plaintextModulus.bitWidth else { throw .invalidPlaintext }
    let limbs = unsafe words.withUnsafeBufferPointer { words in
      unsafe SecretBuffer<UInt64>(count: limbCount) { limbs in
        for row in 0..<limbCount {
          let (word, shift) = (48 * row / 64, UInt64(48 * row % 64))
          var limb = unsafe words[word] >> shift
          if shift > 16, word + 1 < words.count { unsafe limb |= words[word + 1] << (64 - shift) }
          unsafe limbs[row] = limb & ((1 << 48) - 1)
        }
      }
    }
    context.encoding.add(constant: limbs, to: &polynomials[0])
    noise = noise.addingPlaintext(degree: 1)
  }

  /// Subtracts a plaintext.
  public mutating func subtract(_ plaintext: Plaintext) {
    negate()
    add(plaintext)
    negate()
  }

  /// Multiplies by a plaintext: transforms there and back.
  public mutating func multiply(by plaintext: Plaintext) {
    if let t = parameters.wordModulus {
      RNSPolynomial.multiply(&polynomials, by: plaintext.limbs, modulo: t)
    } else {
      let factor = context.lift.map(plaintext.limbs, to: context.basis).evaluated()
      for index in polynomials.indices { polynomials[index].multiply(by: factor) }
    }
    noise = noise.multiplied(by: plaintext.norms(plaintextModulus: parameters.plaintextModulus))
  }

  /// Multiplies by X^power, any integer power; the noise stays.
  public mutating func multiply(byMonomial power: Int) {
    polynomials = polynomials.map { $0.multiplied(byMonomial: power) }
  }
}

extension Ciphertext where Form == Evaluation {
  /// The same ciphertext by its coefficients.
  public consuming func interpolated() -> Ciphertext<Coefficient> {
    Ciphertext<Coefficient>(
      parameters: parameters, polynomials: polynomials.map { $0.interpolated() }, noise: noise)
  }

  /// Multiplies by a plaintext that was transformed for this level.
  public mutating func multiply(by plaintext: TransformedPlaintext) {
    for index in polynomials.indices { polynomials[index].multiply(by: plaintext.polynomial) }
    noise = noise.multiplied(by: plaintext.norms)
  }

  /// Σ_k ciphertexts[k]·plaintexts[k], reduced once per block of terms.
  ///
  /// `errorsAreIndependent` as in `add`: where they are, the noise bound grows as a root. All are of one level and have two
  /// polynomials, or all have three; else throws `wrongShape`.
  public static func innerProduct(
    _ ciphertexts: [Ciphertext<Evaluation>], _ plaintexts: [TransformedPlaintext],
    errorsAreIndependent: Bool = false
  ) throws(BFVError) -> Ciphertext<Evaluation> {
    guard let first = ciphertexts.first, ciphertexts.count == plaintexts.count,
      ciphertexts.allSatisfy({
        $0.polynomialCount == first.polynomialCount && $0.level == first.level
          && $0.parameters.digest == first.parameters.digest
      }), plaintexts.allSatisfy({ $0.polynomial.basis.isSame(as: first.polynomials[0].basis) })
    else { throw .wrongShape }
    let factors = plaintexts.map(\.polynomial)
    return Ciphertext<Evaluation>(
      parameters: first.parameters,
      polynomials: first.polynomials.indices.map { index in
        RNSPolynomial(
          innerProductOf: ciphertexts.map { $0.polynomials[index] }, factors,
          basis: first.polynomials[0].basis)
      },
      noise: .innerProduct(
        zip(ciphertexts, plaintexts).map { ($0.noise, $1.norms) }, independent: errorsAreIndependent))
  }
}
