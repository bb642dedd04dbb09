import BFV
import BigIntegers
import ModularArithmetic
import TestSupport
import Testing

@Suite struct EncryptionTests {
  @Test(arguments: [SmallSet.slots, SmallSet(degree: 4096, primeCount: 2), .retrieval])
  func decryptInvertsEveryEncryption(set: SmallSet) throws {
    var random = SeededGenerator()
    let parameters = try set.parameters
    let key = SecretKey(parameters)
    let publicKey = key.makePublicKey()
    let t = parameters.plaintextModulus.words[0]
    let alternating = (0..<parameters.degree).map { $0 % 2 == 0 ? 0 : t - 1 }
    let messages = [
      random.residues(parameters), [UInt64](repeating: t - 1, count: parameters.degree), alternating, [],
    ]
    for message in messages {
      let plaintext = try Plaintext(coefficients: message, parameters: parameters)
      #expect(key.decrypt(key.encrypt(plaintext)) == plaintext, "secret, seed \(random.seed)")
      #expect(key.decrypt(publicKey.encrypt(plaintext)) == plaintext, "public, seed \(random.seed)")
      let seeded = key.encryptSeeded(plaintext)
      #expect(key.decrypt(seeded.expanded()) == plaintext, "seeded, seed \(random.seed)")
      #expect(key.decrypt(seeded.expandedEvaluated()) == plaintext, "evaluated, seed \(random.seed)")
      #expect(same(seeded.expanded().encoded(), seeded.expandedEvaluated().interpolated().encoded()))
    }
  }

  @Test func encryptionsOfOneMessageDiffer() throws {
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let publicKey = key.makePublicKey()
    let plaintext = Plaintext(zero: parameters)
    #expect(!same(key.encrypt(plaintext).encoded(), key.encrypt(plaintext).encoded()))
    #expect(!same(publicKey.encrypt(plaintext).encoded(), publicKey.encrypt(plaintext).encoded()))
    #expect(!key.encrypt(plaintext).isTransparent)
  }

  @Test func anotherKeyDecryptsToSomethingElse() throws {
    let parameters = try SmallSet.slots.parameters
    let plaintext = try Plaintext(coefficients: [1, 2, 3], parameters: parameters)
    let ciphertext = SecretKey(parameters).encrypt(plaintext)
    #expect(SecretKey(parameters).decrypt(ciphertext) != plaintext)
  }

  @Test func exportedSeedMakesTheSameKey() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let again = SecretKey(parameters, seed: key.exportSeed())
    let plaintext = try Plaintext(coefficients: random.residues(parameters), parameters: parameters)
    #expect(again.decrypt(key.encrypt(plaintext)) == plaintext, "seed \(random.seed)")
    #expect(key.decrypt(again.makePublicKey().encrypt(plaintext)) == plaintext, "seed \(random.seed)")
  }

  @Test func zeroEncryptionsDecryptToZeroAtEveryLevel() throws {
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let publicKey = key.makePublicKey()
    for level in 1...parameters.topLevel {
      let zero = publicKey.encryptZero(level: level)
      #expect(zero.level == level)
      #expect(key.decrypt(zero) == Plaintext(zero: parameters))
    }
  }

  @Test func slotsAreTheValuesAtTheDocumentedRoots() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.slots.parameters
    let t = try Modulus(parameters.plaintextModulus.words[0])
    let order = UInt64(2 * parameters.degree)
    let root = try t.smallestPrimitiveRoot(ofOrder: order)
    let coefficients = random.residues(parameters)
    let slots = try Plaintext(coefficients: coefficients, parameters: parameters).slots(parameters)
    for index in [0, 1, 2, 77, parameters.degree / 2 - 1] {
      let exponent = (0..<index).reduce(UInt64(1)) { power, _ in power * 3 % order }
      for (slot, exponent) in [(index, exponent), (index + parameters.degree / 2, order - exponent)] {
        let point = t.power(root, variableTimeExponent: exponent)
        let value = coefficients.reversed().reduce(UInt64(0)) { t.add(t.multiply($0, point), $1) }
        #expect(slots[slot] == value, "slot \(slot), seed \(random.seed)")
      }
    }
  }

  @Test func slotsAndCoefficientsInvertEachOther() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.slots.parameters
    let slots = random.residues(parameters)
    #expect(
      try Plaintext(slots: slots, parameters: parameters).slots(parameters) == slots, "seed \(random.seed)")
    let few = try Plaintext(slots: [7, 8], parameters: parameters).slots(parameters)
    #expect(few == [7, 8] + [UInt64](repeating: 0, count: parameters.degree - 2))
  }

  @Test func slotsNeedAPrimeThatIsOneModulo2N() throws {
    for t: BigInteger in [2, 4, 12_289 * 3, 40_961, 65_539, BigInteger(1) << 60] {
      let parameters = try SmallSet(plaintextModulus: t).parameters
      let expected = t == 40_961
      #expect(parameters.hasSlots == expected, "\(t)")
      if !expected {
        #expect(throws: BFVError.slotsUnavailable) { try Plaintext(slots: [1], parameters: parameters) }
        #expect(throws: BFVError.slotsUnavailable) { try Plaintext(zero: parameters).slots(parameters) }
      }
    }
  }

  @Test func plaintextsOutOfRangeAreRefused() throws {
    let parameters = try SmallSet.slots.parameters
    let (degree, t) = (parameters.degree, parameters.plaintextModulus.words[0])
    let long = [UInt64](repeating: 0, count: degree + 1)
    for values in [[t], [0, .max], [t + 5, 1], long] {
      #expect(throws: BFVError.invalidPlaintext) {
        try Plaintext(coefficients: values, parameters: parameters)
      }
      #expect(throws: BFVError.invalidPlaintext) { try Plaintext(slots: values, parameters: parameters) }
      #expect(throws: BFVError.invalidPlaintext) {
        try Plaintext(wideCoefficients: values.map { BigInteger($0) }, parameters: parameters)
      }
    }
    for value in [BigInteger(-1), BigInteger(t), BigInteger(1) << 300] {
      #expect(throws: BFVError.invalidPlaintext) { try Plaintext(constant: value, parameters: parameters) }
    }
  }
}
