import BFV
import BigIntegers
import TestSupport
import Testing

/// Sums, and products with plaintexts, against slotwise arithmetic and against the schoolbook product.
@Suite struct LinearOperationTests {
  /// Two random messages in coefficients and their encryptions, one under each kind of key.
  private final class Pair {
    var random = SeededGenerator()
    let parameters: Parameters
    let key: SecretKey
    let (a, b): ([UInt64], [UInt64])
    let (first, second): (Plaintext, Plaintext)
    let (x, y): (Ciphertext<Coefficient>, Ciphertext<Coefficient>)

    init(_ set: SmallSet) throws {
      parameters = try set.parameters
      key = SecretKey(parameters)
      (a, b) = (random.residues(parameters), random.residues(parameters))
      first = try Plaintext(coefficients: a, parameters: parameters)
      second = try Plaintext(coefficients: b, parameters: parameters)
      (x, y) = (key.encrypt(first), key.makePublicKey().encrypt(second))
    }

    func check(_ ciphertext: Ciphertext<Coefficient>, _ expected: [UInt64], _ name: String) {
      #expect(key.decrypt(ciphertext).coefficients == expected, "\(name), seed \(random.seed)")
      #expect(key.decrypt(ciphertext.evaluated()).coefficients == expected, "\(name), seed \(random.seed)")
    }
  }

  @Test(arguments: [SmallSet.slots, SmallSet(degree: 2048, plaintextModulus: 257, primeCount: 1)])
  func sumsAndDifferencesAreThoseOfTheMessages(set: SmallSet) throws {
    let pair = try Pair(set)
    let parameters = pair.parameters
    let t = parameters.plaintextModulus.words[0]
    let sum = slotwise(pair.a, pair.b, parameters) { $0 + $1 }
    let difference = slotwise(pair.a, pair.b, parameters) { $0 + t - $1 }
    let negative = pair.a.map { $0 == 0 ? 0 : t - $0 }
    for independent in [false, true] {
      var (plus, minus) = (pair.x, pair.x)
      plus.add(pair.y, errorsAreIndependent: independent)
      minus.subtract(pair.y, errorsAreIndependent: independent)
      pair.check(plus, sum, "add")
      pair.check(minus, difference, "subtract")
    }
    var (negated, plainSum, plainDifference) = (pair.x, pair.x, pair.x)
    negated.negate()
    plainSum.add(pair.second)
    plainDifference.subtract(pair.second)
    pair.check(negated, negative, "negate")
    pair.check(plainSum, sum, "add plaintext")
    pair.check(plainDifference, difference, "subtract plaintext")
    var (values, valuesMinus) = (pair.x.evaluated(), pair.x.evaluated())
    values.add(pair.y.evaluated())
    valuesMinus.subtract(pair.y.evaluated())
    valuesMinus.negate()
    pair.check(values.interpolated(), sum, "add in evaluation form")
    pair.check(
      valuesMinus.interpolated(), difference.map { $0 == 0 ? 0 : t - $0 }, "subtract in evaluation form")
  }

  @Test func aCiphertextMinusItselfIsZero() throws {
    let pair = try Pair(.slots)
    var difference = pair.x
    difference.subtract(pair.x)
    pair.check(difference, [UInt64](repeating: 0, count: pair.parameters.degree), "x − x")
    #expect(difference.isTransparent)
  }

  @Test(arguments: [SmallSet.slots, SmallSet(degree: 2048, plaintextModulus: 1_000)])
  func plaintextProductIsNegacyclic(set: SmallSet) throws {
    let pair = try Pair(set)
    let parameters = pair.parameters
    let expected = Reference.product(pair.a, pair.b, modulo: parameters.plaintextModulus.words[0])
    var product = pair.x
    product.multiply(by: pair.second)
    pair.check(product, expected, "coefficient form")
    var values = pair.x.evaluated()
    values.multiply(by: TransformedPlaintext(pair.second, parameters: parameters))
    pair.check(values.interpolated(), expected, "evaluation form")
    #expect(values.interpolated().noise == product.noise)
  }

  @Test func plaintextProductIsSlotwise() throws {
    let pair = try Pair(.slots)
    let parameters = pair.parameters
    var product = pair.key.encrypt(try Plaintext(slots: pair.a, parameters: parameters))
    product.multiply(by: try Plaintext(slots: pair.b, parameters: parameters))
    #expect(
      try pair.key.decrypt(product).slots(parameters) == slotwise(pair.a, pair.b, parameters) { $0 * $1 },
      "seed \(pair.random.seed)")
  }

  @Test(arguments: [0, 1, -1, 500, 1023, 1024, 1025, 2047, 2048, -4099])
  func monomialProductShiftsNegacyclically(power: Int) throws {
    let pair = try Pair(.slots)
    var product = pair.x
    product.multiply(byMonomial: power)
    let t = pair.parameters.plaintextModulus.words[0]
    pair.check(product, Reference.shifted(pair.a, by: power, modulo: t), "X^\(power)")
    #expect(product.noise == pair.x.noise)
  }

  @Test(arguments: [1, 2, 7, 100])
  func innerProductSumsTheProducts(count: Int) throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    var expected = [UInt64](repeating: 0, count: parameters.degree)
    var (ciphertexts, plaintexts): ([Ciphertext<Evaluation>], [TransformedPlaintext]) = ([], [])
    for _ in 0..<count {
      let (a, b) = (random.residues(parameters), random.residues(parameters))
      ciphertexts.append(
        key.encryptSeeded(try Plaintext(slots: a, parameters: parameters)).expandedEvaluated())
      plaintexts.append(
        TransformedPlaintext(try Plaintext(slots: b, parameters: parameters), parameters: parameters))
      expected = slotwise(expected, slotwise(a, b, parameters) { $0 * $1 }, parameters) { $0 + $1 }
    }
    let sum = try Ciphertext.innerProduct(ciphertexts, plaintexts, errorsAreIndependent: true)
    #expect(try key.decrypt(sum).slots(parameters) == expected, "seed \(random.seed)")
    #expect(sum.interpolated().noiseBudgetBound > 0)
  }

  @Test func innerProductRefusesMixedShapes() throws {
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let one = try Plaintext(constant: 1, parameters: parameters)
    let factor = TransformedPlaintext(one, parameters: parameters)
    let top = key.encrypt(one)
    var lower = top
    try lower.switchDown()
    let triple = try top.squared()
    let (a, b, c) = (top.evaluated(), lower.evaluated(), triple.evaluated())
    #expect(throws: BFVError.wrongShape) { try Ciphertext.innerProduct([], []) }
    #expect(throws: BFVError.wrongShape) { try Ciphertext.innerProduct([a], [factor, factor]) }
    #expect(throws: BFVError.wrongShape) { try Ciphertext.innerProduct([a, b], [factor, factor]) }
    #expect(throws: BFVError.wrongShape) { try Ciphertext.innerProduct([b], [factor]) }
    #expect(throws: BFVError.wrongShape) { try Ciphertext.innerProduct([a, c], [factor, factor]) }
    #expect(try key.decrypt(Ciphertext.innerProduct([c, c], [factor, factor])).coefficients?[0] == 2)
  }
}
