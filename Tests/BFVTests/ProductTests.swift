import BFV
import BigIntegers
import TestSupport
import Testing

/// Ciphertext products, relinearisation, and both at lower levels.
@Suite struct ProductTests {
  static let sets = [SmallSet.slots, .digits]

  @Test(arguments: sets)
  func productIsSlotwiseBeforeAndAfterRelinearization(set: SmallSet) throws {
    var random = SeededGenerator()
    let parameters = try set.parameters
    let key = SecretKey(parameters)
    let (publicKey, relinearizationKey) = (key.makePublicKey(), try key.makeRelinearizationKey())
    let (a, b) = (random.residues(parameters), random.residues(parameters))
    let x = key.encrypt(try Plaintext(slots: a, parameters: parameters))
    let y = publicKey.encrypt(try Plaintext(slots: b, parameters: parameters))
    for (product, expected) in [
      (try Ciphertext.product(x, y), slotwise(a, b, parameters) { $0 * $1 }),
      (try x.squared(), slotwise(a, a, parameters) { $0 * $1 }),
      (try Ciphertext.product(y, y), slotwise(b, b, parameters) { $0 * $1 }),
    ] {
      var product = product
      #expect(product.polynomialCount == 3)
      #expect(try key.decrypt(product).slots(parameters) == expected, "seed \(random.seed)")
      product.relinearize(with: relinearizationKey)
      #expect(product.polynomialCount == 2)
      #expect(try key.decrypt(product).slots(parameters) == expected, "seed \(random.seed)")
      let before = product.encoded()
      product.relinearize(with: relinearizationKey)
      #expect(same(product.encoded(), before), "two polynomials stay as they are")
    }
  }

  @Test func squareEqualsProductWithItself() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.slots.parameters
    let x = SecretKey(parameters).encrypt(
      try Plaintext(coefficients: random.residues(parameters), parameters: parameters))
    #expect(try same(x.squared().encoded(), Ciphertext.product(x, x).encoded()), "seed \(random.seed)")
  }

  @Test(arguments: [2, 3, 1_000, 65_536, 1_048_573] as [UInt64])
  func productIsNegacyclicInCoefficients(t: UInt64) throws {
    var random = SeededGenerator()
    let parameters = try SmallSet(plaintextModulus: BigInteger(t)).parameters
    let key = SecretKey(parameters)
    let largest = [UInt64](repeating: t - 1, count: parameters.degree)
    for (a, b) in [(random.residues(parameters), random.residues(parameters)), (largest, largest)] {
      let product = try Ciphertext.product(
        key.encrypt(Plaintext(coefficients: a, parameters: parameters)),
        key.encrypt(Plaintext(coefficients: b, parameters: parameters)))
      #expect(key.decrypt(product).coefficients == Reference.product(a, b, modulo: t), "seed \(random.seed)")
    }
  }

  @Test func triplesAddToPairsAndToEachOther() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let (a, b) = (random.residues(parameters), random.residues(parameters))
    let x = key.encrypt(try Plaintext(slots: a, parameters: parameters))
    let y = key.encrypt(try Plaintext(slots: b, parameters: parameters))
    let t = parameters.plaintextModulus.words[0]
    let product = slotwise(a, b, parameters) { $0 * $1 }
    var (tripleFirst, pairFirst) = (try Ciphertext.product(x, y), x)
    tripleFirst.add(x)
    pairFirst.add(try .product(x, y))
    let sum = slotwise(product, a, parameters) { $0 + $1 }
    #expect(try key.decrypt(tripleFirst).slots(parameters) == sum, "seed \(random.seed)")
    #expect(try key.decrypt(pairFirst).slots(parameters) == sum, "seed \(random.seed)")
    pairFirst = x
    pairFirst.subtract(try .product(x, y))
    let difference = slotwise(a, product, parameters) { $0 + t - $1 }
    #expect(try key.decrypt(pairFirst).slots(parameters) == difference, "seed \(random.seed)")
    tripleFirst.subtract(try .product(x, y))
    #expect(try key.decrypt(tripleFirst).slots(parameters) == a, "seed \(random.seed)")
  }

  @Test(arguments: sets)
  func productsAndRelinearizationWorkAtEveryLevel(set: SmallSet) throws {
    var random = SeededGenerator()
    let parameters = try set.parameters
    let key = SecretKey(parameters)
    let relinearizationKey = try key.makeRelinearizationKey()
    let (a, b) = (random.residues(parameters), random.residues(parameters))
    var x = key.encrypt(try Plaintext(slots: a, parameters: parameters))
    var y = key.encrypt(try Plaintext(slots: b, parameters: parameters))
    let expected = slotwise(a, b, parameters) { $0 * $1 }
    while true {
      var product = try Ciphertext.product(x, y)
      if product.noiseBudgetBound > 0 {
        #expect(product.level == x.level)
        #expect(
          try key.decrypt(product).slots(parameters) == expected, "level \(x.level), seed \(random.seed)")
        product.relinearize(with: relinearizationKey)
        #expect(
          try key.decrypt(product).slots(parameters) == expected, "level \(x.level), seed \(random.seed)")
      } else {
        #expect(x.level == 1, "only the last prime is too small for a product")
      }
      guard x.level > 1 else { break }
      try x.switchDown()
      try y.switchDown()
    }
  }

  @Test func depthTwoAfterSwitchingDown() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet(plaintextModulus: 12_289, primeBits: 45, primeCount: 3, specialBits: 46)
      .parameters
    let key = SecretKey(parameters)
    let relinearizationKey = try key.makeRelinearizationKey()
    let a = random.residues(parameters)
    var power = key.encrypt(try Plaintext(slots: a, parameters: parameters))
    var expected = a
    for _ in 0..<2 {
      power = try power.squared()
      power.relinearize(with: relinearizationKey)
      try power.switchDown()
      expected = slotwise(expected, expected, parameters) { $0 * $1 }
      #expect(power.noiseBudgetBound > 0)
      #expect(
        try key.decrypt(power).slots(parameters) == expected, "level \(power.level), seed \(random.seed)")
    }
  }

  @Test func productsOfOtherShapesAreRefused() throws {
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let x = key.encrypt(try Plaintext(constant: 1, parameters: parameters))
    let triple = try x.squared()
    var lower = x
    try lower.switchDown()
    let other = try SmallSet.digits.parameters
    let foreign = SecretKey(other).encrypt(Plaintext(zero: other))
    #expect(throws: BFVError.wrongShape) { try Ciphertext.product(x, triple) }
    #expect(throws: BFVError.wrongShape) { try Ciphertext.product(triple, x) }
    #expect(throws: BFVError.wrongShape) { try Ciphertext.product(x, lower) }
    #expect(throws: BFVError.wrongShape) { try Ciphertext.product(x, foreign) }
    #expect(throws: BFVError.wrongShape) { try triple.squared() }
    #expect(throws: BFVError.keySwitchingUnavailable) {
      try SecretKey(SmallSet(primeCount: 2).parameters).makeRelinearizationKey()
    }
  }
}
