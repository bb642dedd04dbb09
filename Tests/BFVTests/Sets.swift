import BFV
import BigIntegers
import ModularArithmetic

/// Small parameter sets made for the tests, none of them for data: most are insecure.
struct SmallSet {
  var degree = 1024
  var plaintextModulus: BigInteger = 65_537
  var primeBits = 40
  var primeCount = 3
  var specialBits: Int?
  var digitBits: Int?
  var droppedBits = 0
  var answerBits: ParametersLiteral.AnswerBits?

  /// The special modulus is the largest prime of its size, so that the data primes may have the same size.
  var literal: ParametersLiteral {
    get throws {
      let order = UInt64(2 * degree)
      let special = try specialBits.map {
        try Modulus.primes(bitWidth: $0, congruentToOneModulo: order, count: 1)[0].value
      }
      let candidates = try Modulus.primes(
        bitWidth: primeBits, congruentToOneModulo: order, count: primeCount + 1)
      return ParametersLiteral(
        name: "test", degree: degree, plaintextModulus: plaintextModulus,
        coefficientModuli: Array(candidates.map(\.value).filter { $0 != special }.prefix(primeCount)),
        specialModulus: special, digitBits: digitBits, uploadDroppedBits: droppedBits,
        answerBits: answerBits)
    }
  }

  var parameters: Parameters { get throws { try Parameters(insecure: literal) } }

  /// Slots, three data primes, key switching with whole residues.
  static let slots = SmallSet(specialBits: 41, answerBits: .init(c0: 22, c1: 28))
  /// The same with key switching in balanced digits of eleven bits and a special modulus of 28.
  static let digits = SmallSet(specialBits: 28, digitBits: 11, answerBits: .init(c0: 22, c1: 28))
  /// One 26-bit prime and a small odd t: the shape of a retrieval, and secure.
  static let retrieval = SmallSet(
    plaintextModulus: 37, primeBits: 26, primeCount: 1, droppedBits: 4, answerBits: .init(c0: 8, c1: 14))

  /// A plaintext modulus of any width under enough primes for one product.
  static func wide(_ t: BigInteger) -> SmallSet {
    let bits = 2 * t.bitWidth + 40
    return SmallSet(
      plaintextModulus: t, primeBits: 45, primeCount: max(2, (bits + 44) / 45), specialBits: 47,
      answerBits: .init(c0: t.bitWidth + 6, c1: t.bitWidth + 12))
  }
}
