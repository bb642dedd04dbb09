import BFV
import BigIntegers
import TestSupport
import Testing

/// Automorphisms: rotations, exchanges and sums of slots, and coefficient expansion.
@Suite struct RotationTests {
  static let sets = [SmallSet.slots, .digits]

  @Test(arguments: sets)
  func rotationsTurnBothRowsAtEveryLevel(set: SmallSet) throws {
    var random = SeededGenerator()
    let parameters = try set.parameters
    let key = SecretKey(parameters)
    let half = parameters.degree / 2
    let steps = [1, 2, -1, 37, -200, half - 1, half, 0, half + 3]
    let keys = try key.makeGaloisKeys(steps.map { parameters.rotation(by: $0) } + [parameters.rowSwap])
    let slots = random.residues(parameters)
    var ciphertext = key.makePublicKey().encrypt(try Plaintext(slots: slots, parameters: parameters))
    while true {
      for step in steps {
        var rotated = ciphertext
        try rotated.rotateRows(by: step, with: keys)
        #expect(
          try key.decrypt(rotated).slots(parameters) == Reference.rotated(slots, by: step),
          "by \(step) at level \(ciphertext.level), seed \(random.seed)")
      }
      var swapped = ciphertext
      try swapped.swapRows(with: keys)
      #expect(
        try key.decrypt(swapped).slots(parameters) == Reference.rowsSwapped(slots),
        "level \(ciphertext.level), seed \(random.seed)")
      try swapped.swapRows(with: keys)
      #expect(try key.decrypt(swapped).slots(parameters) == slots, "twice, seed \(random.seed)")
      guard ciphertext.level > 1 else { break }
      try ciphertext.switchDown()
    }
  }

  @Test(arguments: sets)
  func sumOfSlotsStandsInEverySlot(set: SmallSet) throws {
    var random = SeededGenerator()
    let parameters = try set.parameters
    let key = SecretKey(parameters)
    let keys = try key.makeGaloisKeys(parameters.slotSum)
    let slots = random.residues(parameters)
    var sum = key.encrypt(try Plaintext(slots: slots, parameters: parameters))
    try sum.sumSlots(with: keys)
    let total = slots.reduce(0, +) % parameters.plaintextModulus.words[0]
    #expect(
      try key.decrypt(sum).slots(parameters) == [UInt64](repeating: total, count: slots.count),
      "seed \(random.seed)")
  }

  @Test func rotationAfterProductAndRelinearization() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let keys = try key.makeGaloisKeys([parameters.rotation(by: 5)])
    let slots = random.residues(parameters)
    var square = try key.encrypt(Plaintext(slots: slots, parameters: parameters)).squared()
    #expect(throws: BFVError.wrongShape) { try square.rotateRows(by: 5, with: keys) }
    square.relinearize(with: try key.makeRelinearizationKey())
    try square.rotateRows(by: 5, with: keys)
    let expected = Reference.rotated(slotwise(slots, slots, parameters) { $0 * $1 }, by: 5)
    #expect(try key.decrypt(square).slots(parameters) == expected, "seed \(random.seed)")
  }

  @Test func missingKeysAndMissingSpecialModulusAreTypedErrors() throws {
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let keys = try key.makeGaloisKeys([parameters.rotation(by: 1)])
    #expect(keys.elements == [parameters.rotation(by: 1)])
    var ciphertext = key.encrypt(Plaintext(zero: parameters))
    let before = ciphertext.encoded()
    #expect(throws: BFVError.missingGaloisKey) { try ciphertext.rotateRows(by: 2, with: keys) }
    #expect(throws: BFVError.missingGaloisKey) { try ciphertext.swapRows(with: keys) }
    #expect(throws: BFVError.missingGaloisKey) { try ciphertext.sumSlots(with: keys) }
    #expect(throws: BFVError.missingGaloisKey) { try ciphertext.expanded(levels: 1, with: keys) }
    try ciphertext.rotateRows(by: 0, with: keys)
    #expect(same(ciphertext.encoded(), before), "refused operations and rotations by nothing change nothing")
    #expect(throws: BFVError.keySwitchingUnavailable) {
      let plain = try SmallSet(primeCount: 2).parameters
      _ = try SecretKey(plain).makeGaloisKeys([plain.rotation(by: 1)])
    }
  }

  @Test(arguments: sets, [0, 1, 3, 5])
  func expansionSplitsCoefficientsIntoConstants(set: SmallSet, levels: Int) throws {
    var random = SeededGenerator()
    let parameters = try set.parameters
    let key = SecretKey(parameters)
    let keys = try key.makeGaloisKeys(parameters.expansion(levels: levels))
    let values = random.residues(parameters).prefix(1 << levels)
    let packed = try Plaintext(coefficients: Array(values), parameters: parameters)
    let upload = key.encryptSeeded(packed, expansionLevels: levels)
    let parts = try upload.expanded().expanded(levels: levels, with: keys)
    #expect(parts.count == values.count)
    for (part, value) in zip(parts, values) {
      #expect(
        key.decrypt(part) == (try Plaintext(coefficients: [value], parameters: parameters)),
        "seed \(random.seed)")
    }
  }

  @Test func expansionToTheWholeRing() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet(plaintextModulus: 17, primeCount: 2, specialBits: 41).parameters
    let key = SecretKey(parameters)
    let levels = 10
    let keys = try key.makeGaloisKeys(parameters.expansion(levels: levels))
    let values = random.residues(parameters)
    let packed = try Plaintext(coefficients: values, parameters: parameters)
    let parts = try key.encryptSeeded(packed, expansionLevels: levels).expanded()
      .expanded(levels: levels, with: keys)
    for index in stride(from: 0, to: parameters.degree, by: 41) {
      let expected = try Plaintext(coefficients: [values[index]], parameters: parameters)
      #expect(key.decrypt(parts[index]) == expected, "coefficient \(index), seed \(random.seed)")
    }
  }
}
