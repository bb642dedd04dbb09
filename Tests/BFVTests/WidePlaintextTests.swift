import BFV
import BigIntegers
import TestSupport
import Testing

/// Plaintext moduli of every width, in coefficients, against integers of any size.
@Suite struct WidePlaintextTests {
  static let moduli: [BigInteger] = [
    2, 3, 1 << 10, 1 << 47, (1 << 48) - 1, 1 << 48, (1 << 48) + 1, (BigInteger(1) << 64) - 1,
    BigInteger(1) << 64,
    (BigInteger(1) << 96) + 1, BigInteger(1) << 99, (BigInteger(1) << 100) - 15, BigInteger(1) << 199,
    (BigInteger(1) << 220) - 77, (BigInteger(1) << 219) + 1,
  ]

  /// Random coefficients with the extremes 0, 1, t − 1 and the two around t/2 among them.
  private static func message(_ parameters: Parameters, _ random: inout SeededGenerator) -> [BigInteger] {
    let t = parameters.plaintextModulus
    var message = random.wideResidues(parameters)
    for (index, value) in [0, 1, t - 1, t / 2, (t - 1) / 2].enumerated() { message[7 * index] = value }
    return message
  }

  @Test(arguments: moduli)
  func plaintextsHoldEveryResidue(t: BigInteger) throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.wide(t).parameters
    let message = Self.message(parameters, &random)
    let plaintext = try Plaintext(wideCoefficients: message, parameters: parameters)
    #expect(plaintext.wideCoefficients == message, "seed \(random.seed)")
    #expect(plaintext.wideCoefficient(14) == t - 1)
    let words = message.map { UInt64(exactly: $0) }
    if let words = words as? [UInt64] {
      #expect(plaintext.coefficients == words, "seed \(random.seed)")
      #expect(try Plaintext(coefficients: words, parameters: parameters) == plaintext)
    } else {
      #expect(plaintext.coefficients == nil)
      let largest = t.bitWidth > 64 ? UInt64.max : (t - 1).words[0]
      let wide = try Plaintext(coefficients: [largest, 1], parameters: parameters)
      #expect(wide.wideCoefficient(0) == BigInteger(largest))
      #expect(wide.coefficients?.prefix(3) == [largest, 1, 0])
    }
    #expect(throws: BFVError.invalidPlaintext) {
      try Plaintext(wideCoefficients: [t], parameters: parameters)
    }
    if t.bitWidth <= 64 {
      #expect(throws: BFVError.invalidPlaintext) {
        try Plaintext(coefficients: [0, t.words[0]], parameters: parameters)
      }
    }
  }

  @Test(arguments: moduli)
  func linearOperationsMatchIntegerArithmetic(t: BigInteger) throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.wide(t).parameters
    let key = SecretKey(parameters)
    let (a, b) = (Self.message(parameters, &random), Self.message(parameters, &random))
    let first = try Plaintext(wideCoefficients: a, parameters: parameters)
    let second = try Plaintext(wideCoefficients: b, parameters: parameters)
    let (x, y) = (key.encrypt(first), key.makePublicKey().encrypt(second))
    #expect(key.decrypt(x) == first, "seed \(random.seed)")
    #expect(key.decrypt(y) == second, "seed \(random.seed)")
    var (sum, difference, negation, product) = (x, x, x, x)
    sum.add(y)
    difference.subtract(second)
    negation.negate()
    product.multiply(by: second)
    #expect(key.decrypt(sum).wideCoefficients == zip(a, b).map { ($0 + $1) % t }, "seed \(random.seed)")
    #expect(
      key.decrypt(difference).wideCoefficients == zip(a, b).map { ($0 - $1) % t }, "seed \(random.seed)")
    #expect(key.decrypt(negation).wideCoefficients == a.map { -$0 % t }, "seed \(random.seed)")
    #expect(product.noiseBudgetBound > 0)
    #expect(
      key.decrypt(product).wideCoefficients == Reference.product(a, b, modulo: t), "seed \(random.seed)")
  }

  @Test(arguments: moduli)
  func productRelinearizationAndAnswerMatchIntegerArithmetic(t: BigInteger) throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.wide(t).parameters
    let key = SecretKey(parameters)
    let (a, b) = (Self.message(parameters, &random), Self.message(parameters, &random))
    var product = try Ciphertext.product(
      key.encrypt(Plaintext(wideCoefficients: a, parameters: parameters)),
      key.encrypt(Plaintext(wideCoefficients: b, parameters: parameters)))
    let expected = Reference.product(a, b, modulo: t)
    #expect(product.noiseBudgetBound > 0)
    #expect(key.decrypt(product).wideCoefficients == expected, "seed \(random.seed)")
    product.relinearize(with: try key.makeRelinearizationKey())
    #expect(product.answerDecrypts)
    #expect(try key.decrypt(product.answer(.all)).wideCoefficients == expected, "seed \(random.seed)")
    #expect(try key.decrypt(product.answer(.constant)).wideCoefficient(0) == expected[0])
    let slack = Noise.slack(product, key)
    #expect(slack >= 0 && slack < 5, "slack \(slack) bits, seed \(random.seed)")
  }

  @Test func signedWeightsAreResiduesModuloAnyPlaintextModulus() throws {
    var random = SeededGenerator()
    for t in Self.moduli {
      let parameters = try SmallSet.wide(t).parameters
      let key = SecretKey(parameters)
      let message = Self.message(parameters, &random)
      let weights = (0..<parameters.degree).map { _ in Int64.random(in: -3...3, using: &random) }
      var sum = try key.encrypt(Plaintext(wideCoefficients: message, parameters: parameters)).evaluated()
      sum.multiply(by: TransformedPlaintext(signedCoefficients: weights, parameters: parameters))
      let residues = weights.map { BigInteger(Int($0)) % t }
      #expect(
        key.decrypt(sum).wideCoefficients == Reference.product(message, residues, modulo: t),
        "t = \(t), seed \(random.seed)")
      #expect(Noise.slack(sum.interpolated(), key) >= 0)
    }
  }

  @Test func labelsPlaceRepeatedValues() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.wide(BigInteger(1) << 199).parameters
    let values = (0..<5).map { _ in random.below(parameters.plaintextModulus) }
    let labels = (0..<1000).map { _ in Int32.random(in: -1..<20, using: &random) } + [.min, .max]
    let expected = labels.map { (7..<12).contains($0) ? values[Int($0) - 7] : 0 }
    let plaintext = try Plaintext(labels: labels, from: 7, among: values, parameters: parameters)
    #expect(
      plaintext == (try Plaintext(wideCoefficients: expected, parameters: parameters)), "seed \(random.seed)")
    #expect(throws: BFVError.invalidPlaintext) {
      try Plaintext(labels: [0], from: 0, among: [parameters.plaintextModulus], parameters: parameters)
    }
    #expect(throws: BFVError.invalidPlaintext) {
      try Plaintext(
        labels: [Int32](repeating: -1, count: 1025), from: 0, among: values, parameters: parameters)
    }
  }
}
