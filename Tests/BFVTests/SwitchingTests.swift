import BFV
import BigIntegers
import TestSupport
import Testing

/// Dropping primes, and what is sent back to the key's owner: flooded, re-randomised, rounded answers.
@Suite struct SwitchingTests {
  @Test func switchingDownKeepsTheMessageAtEveryLevel() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let message = random.residues(parameters)
    let plaintext = try Plaintext(coefficients: message, parameters: parameters)
    let fresh = key.makePublicKey().encrypt(plaintext)
    let triple = try key.encrypt(plaintext).squared()
    let square = key.decrypt(triple)
    for level in 1...parameters.topLevel {
      var switched = fresh
      try switched.switchDown(to: level)
      #expect(switched.level == level)
      #expect(key.decrypt(switched) == plaintext, "level \(level), seed \(random.seed)")
      #expect(key.decrypt(switched.evaluated()) == plaintext, "level \(level), seed \(random.seed)")
      var three = triple
      try three.switchDown(to: level)
      #expect(three.polynomialCount == 3)
      if three.noiseBudgetBound > 0 {
        #expect(key.decrypt(three) == square, "level \(level), seed \(random.seed)")
      } else {
        #expect(level == 1)
      }
    }
  }

  @Test func linearOperationsWorkAtEveryLevel() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let (a, b) = (random.residues(parameters), random.residues(parameters))
    let first = try Plaintext(slots: a, parameters: parameters)
    let second = try Plaintext(slots: b, parameters: parameters)
    let sum = slotwise(a, b, parameters) { $0 + $1 }
    let product = slotwise(a, b, parameters) { $0 * $1 }
    for level in 1...parameters.topLevel {
      var (x, y) = (key.encrypt(first), key.encrypt(second))
      try x.switchDown(to: level)
      try y.switchDown(to: level)
      var (added, plainAdded, multiplied) = (x, x, x)
      added.add(y)
      plainAdded.add(second)
      multiplied.multiply(by: second)
      let factor = TransformedPlaintext(second, parameters: parameters, level: level)
      let inner = try Ciphertext.innerProduct([x.evaluated()], [factor]).interpolated()
      for (result, expected) in [(added, sum), (plainAdded, sum), (multiplied, product), (inner, product)] {
        guard result.noiseBudgetBound > 0 else {
          #expect(level == 1, "only the last prime is too small for a product")
          continue
        }
        #expect(try key.decrypt(result).slots(parameters) == expected, "level \(level), seed \(random.seed)")
      }
    }
  }

  @Test func switchingBelowTheFirstLevelOrUpIsRefused() throws {
    let parameters = try SmallSet.slots.parameters
    var ciphertext = SecretKey(parameters).encrypt(Plaintext(zero: parameters))
    #expect(throws: BFVError.wrongShape) { try ciphertext.switchDown(to: 0) }
    #expect(throws: BFVError.wrongShape) { try ciphertext.switchDown(to: parameters.topLevel + 1) }
    try ciphertext.switchDown(to: 1)
    #expect(throws: BFVError.wrongShape) { try ciphertext.switchDown() }
    #expect(throws: BFVError.wrongShape) { try ciphertext.switchDown(to: 2) }
    #expect(ciphertext.level == 1)
  }

  @Test func floodingAndZeroEncryptionsKeepTheMessage() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let publicKey = key.makePublicKey()
    let plaintext = try Plaintext(coefficients: random.residues(parameters), parameters: parameters)
    for bits in [1, 39, 40, 41, 80, 100] {
      for constantOnly in [false, true] {
        let fresh = key.encrypt(plaintext)
        var released = fresh
        released.add(publicKey.encryptZero(), errorsAreIndependent: true)
        try released.flood(bits: bits, constantCoefficientOnly: constantOnly)
        #expect(!same(released.encoded(), fresh.encoded()))
        #expect(released.noiseBudgetBound > 0)
        #expect(key.decrypt(released) == plaintext, "\(bits) bits, seed \(random.seed)")
        try released.switchDown(to: bits <= 41 ? 2 : 3)
        #expect(key.decrypt(released) == plaintext, "\(bits) bits, seed \(random.seed)")
      }
    }
    var ciphertext = key.encrypt(plaintext)
    for bits in [0, -1, 241] {
      #expect(throws: BFVError.wrongShape) { try ciphertext.flood(bits: bits) }
    }
  }

  @Test(arguments: [20, 40, 60, 100])
  func floodFillsItsRange(bits: Int) throws {
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    var (all, constant) = (key.encrypt(Plaintext(zero: parameters)), key.encrypt(Plaintext(zero: parameters)))
    try all.flood(bits: bits)
    // Of 1,024 uniform values the largest exceeds 7/8 of the bound but with probability (7/8)^1024 < 2^-190.
    let noise = key.log2Noise(all)
    #expect(noise > Double(bits) - 1.2 && noise < Double(bits) - 1 + 0.01)
    try constant.flood(bits: bits, constantCoefficientOnly: true)
    #expect(key.log2Noise(constant) < Double(bits) - 1 + 0.01)
  }

  @Test func answersCarryAllCoefficientsOrTheConstant() throws {
    var random = SeededGenerator()
    for set in [SmallSet.slots, .retrieval, SmallSet(plaintextModulus: 2, answerBits: .init(c0: 3, c1: 10))] {
      let parameters = try set.parameters
      let key = SecretKey(parameters)
      let message = random.residues(parameters)
      let plaintext = try Plaintext(coefficients: message, parameters: parameters)
      for level in 1...parameters.topLevel {
        var ciphertext = key.encrypt(plaintext)
        try ciphertext.switchDown(to: level)
        #expect(ciphertext.answerDecrypts)
        #expect(try key.decrypt(ciphertext.answer(.all)) == plaintext, "level \(level), seed \(random.seed)")
        let constant = try key.decrypt(ciphertext.answer(.constant)).coefficients
        #expect(constant == [message[0]] + [UInt64](repeating: 0, count: parameters.degree - 1))
      }
    }
  }

  @Test func answersOfThreePolynomialsNeedAThirdWidth() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet(answerBits: .init(c0: 22, c1: 28, c2: 34)).parameters
    let key = SecretKey(parameters)
    let message = random.residues(parameters)
    let square = try key.encrypt(Plaintext(slots: message, parameters: parameters)).squared()
    #expect(square.answerDecrypts)
    let expected = slotwise(message, message, parameters) { $0 * $1 }
    #expect(
      try key.decrypt(square.answer(.all)).slots(parameters) == expected, "seed \(random.seed)")
    let pair = key.encrypt(Plaintext(zero: parameters))
    #expect(try key.decrypt(pair.answer(.all)) == Plaintext(zero: parameters))
  }

  @Test func answersNeedStatedWidths() throws {
    let silent = try SmallSet().parameters
    let ciphertext = SecretKey(silent).encrypt(Plaintext(zero: silent))
    #expect(!ciphertext.answerDecrypts)
    #expect(throws: BFVError.answersUnavailable) { try ciphertext.answer(.all) }
    let narrow = try SmallSet.slots.parameters
    let triple = try SecretKey(narrow).encrypt(Plaintext(zero: narrow)).squared()
    #expect(!triple.answerDecrypts)
    #expect(throws: BFVError.answersUnavailable) { try triple.answer(.all) }
  }
}
