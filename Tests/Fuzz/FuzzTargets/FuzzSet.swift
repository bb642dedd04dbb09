import BFV
import BigIntegers
import ModularArithmetic
import Secrets

/// A small parameter set with what its inputs are used on. None is secure and none needs to be: the smallest degree
/// with the smallest primes keeps inputs short and runs many of them a second.
struct FuzzSet: Sendable {
  let parameters: Parameters
  /// A product of three polynomials, for relinearisation.
  let product: Ciphertext<Coefficient>
  /// A fresh encryption.
  let ciphertext: Ciphertext<Coefficient>
  /// A message.
  let plaintext: Plaintext

  /// Every shape of encoding: one prime with slots; digits by prime with a special prime; a wide plaintext modulus
  /// with bits left out of uploads; digits of some bits.
  static let all: [FuzzSet] = {
    do {
      return try [
        FuzzSet(t: 12289, widths: [26], answers: .init(c0: 18, c1: 24)),
        FuzzSet(t: 4, widths: [16, 15], special: 17, answers: .init(c0: 8, c1: 12, c2: 16)),
        FuzzSet(
          t: (BigInteger(1) << 49) + 21, widths: [26, 26, 26], dropped: 5, answers: .init(c0: 55, c1: 60)),
        FuzzSet(t: 2, widths: [14], special: 15, digitBits: 7),
      ]
    } catch { preconditionFailure("the sets are well-formed") }
  }()

  private init(
    t: BigInteger, widths: [Int], special: Int? = nil, digitBits: Int? = nil, dropped: Int = 0,
    answers: ParametersLiteral.AnswerBits? = nil
  ) throws {
    var primes: [UInt64] = []
    for width in widths + (special.map { [$0] } ?? []) {
      let used = primes.count { UInt64.bitWidth - $0.leadingZeroBitCount == width }
      primes.append(
        try Modulus.primes(bitWidth: width, congruentToOneModulo: 2048, count: used + 1)[used].value)
    }
    let parameters = try Parameters(
      insecure: ParametersLiteral(
        name: "fuzz", degree: 1024, plaintextModulus: t,
        coefficientModuli: Array(primes.prefix(widths.count)),
        specialModulus: special.map { _ in primes[widths.count] }, digitBits: digitBits,
        uploadDroppedBits: dropped, answerBits: answers))
    self.parameters = parameters
    plaintext = try Plaintext(coefficients: [1, 0, 1, 1], parameters: parameters)
    ciphertext = Self.key(parameters).encrypt(plaintext)
    product = try .product(ciphertext, ciphertext)
  }

  /// The same key in every run.
  static func key(_ parameters: Parameters) -> SecretKey {
    let seed = unsafe SecretBytes(count: 32) { buffer in unsafe buffer.update(repeating: 0x42) }
    return SecretKey(parameters, seed: seed)
  }
}
