import BFV
import BigIntegers
import ParameterFiles
import TestSupport
import Testing

/// Chains of operations until the noise bound promises nothing any more: as long as it promises, decryption is right.
@Suite struct NoiseGrowthTests {
  /// Bits by which the bound of a product chain may exceed the measured noise. It grows with the depth, because powers
  /// of s are counted at what they exceed once in 2^40 keys, and one key is as good as another.
  static func looseness(depth: Int) -> Double { 2.5 + 1.8 * Double(depth) }

  /// The other factor of every step of a chain.
  enum Factor: CaseIterable {
    case itself, fresh, first
  }

  @Test(arguments: ["bench-n4096", "bench-n8192", "bench-n16384"], Factor.allCases)
  func boundHoldsAlongProductChains(name: String, factor: Factor) throws {
    var random = SeededGenerator()
    let parameters = try ParameterFiles.parameters(named: name)
    let key = SecretKey(parameters)
    let publicKey = key.makePublicKey()
    let relinearizationKey = try key.makeRelinearizationKey()
    let slots = random.residues(parameters)
    let plaintext = try Plaintext(slots: slots, parameters: parameters)
    let first = publicKey.encrypt(plaintext)
    var (power, expected, depth) = (first, slots, 0)
    while power.noiseBudgetBound >= 0 {
      let slack = Noise.slack(power, key)
      let place = "depth \(depth), slack \(slack) bits, seed \(random.seed)"
      #expect(try key.decrypt(power).slots(parameters) == expected, "\(place)")
      #expect(slack >= 0 && slack <= Self.looseness(depth: depth), "\(place)")
      switch factor {
      case .itself: power = try power.squared()
      case .fresh: power = try .product(power, publicKey.encrypt(plaintext))
      case .first: power = try .product(first, power)
      }
      expected = slotwise(expected, factor == .itself ? expected : slots, parameters) { $0 * $1 }
      power.relinearize(with: relinearizationKey)
      depth += 1
    }
  }

  @Test(arguments: [SmallSet.slots, .digits])
  func boundHoldsAlongEverySequenceOfOperations(set: SmallSet) throws {
    var random = SeededGenerator()
    let parameters = try set.parameters
    let key = SecretKey(parameters)
    let publicKey = key.makePublicKey()
    let relinearizationKey = try key.makeRelinearizationKey()
    let keys = try key.makeGaloisKeys(parameters.slotSum)
    let constant = try Plaintext(
      slots: [UInt64](repeating: 3, count: parameters.degree), parameters: parameters)
    for _ in 0..<40 {
      var slots = random.residues(parameters)
      var ciphertext = publicKey.encrypt(try Plaintext(slots: slots, parameters: parameters))
      var history = ""
      while history.count < 12 {
        let operation = "aprswmd".randomElement(using: &random) ?? "a"
        history.append(operation)
        switch operation {
        case "a":
          ciphertext.add(ciphertext)
          slots = slotwise(slots, slots, parameters) { $0 + $1 }
        case "p":
          ciphertext = try ciphertext.squared()
          ciphertext.relinearize(with: relinearizationKey)
          slots = slotwise(slots, slots, parameters) { $0 * $1 }
        case "r":
          try ciphertext.rotateRows(by: 4, with: keys)
          slots = Reference.rotated(slots, by: 4)
        case "s":
          try ciphertext.sumSlots(with: keys)
          let total = slots.reduce(0, +) % parameters.plaintextModulus.words[0]
          slots = slots.map { _ in total }
        case "w":
          try ciphertext.swapRows(with: keys)
          slots = Reference.rowsSwapped(slots)
        case "m":
          ciphertext.multiply(by: constant)
          slots = slotwise(slots, slots, parameters) { value, _ in 3 * value }
        default:
          guard ciphertext.level > 1 else { continue }
          try ciphertext.switchDown()
        }
        guard ciphertext.noiseBudgetBound >= 0 else { break }
        #expect(try key.decrypt(ciphertext).slots(parameters) == slots, "\(history), seed \(random.seed)")
        #expect(Noise.slack(ciphertext, key) >= 0, "\(history), seed \(random.seed)")
      }
    }
  }

  @Test(arguments: [false, true])
  func boundHoldsForRepeatedPlaintextProducts(afterProduct: Bool) throws {
    let parameters = try SmallSet(primeCount: 6).parameters
    let key = SecretKey(parameters)
    // A plaintext whose values peak at one pair of roots: products with it add up in phase.
    let ones = [UInt64](repeating: 1, count: parameters.degree)
    let plaintext = try Plaintext(coefficients: ones, parameters: parameters)
    var expected = ones
    var ciphertext = key.encrypt(plaintext)
    if afterProduct { ciphertext = try ciphertext.squared() }
    if afterProduct { expected = Reference.product(ones, ones, modulo: 65_537) }
    var count = 0
    while ciphertext.noiseBudgetBound >= 0 {
      #expect(Noise.slack(ciphertext, key) >= 0, "after \(count) products")
      #expect(key.decrypt(ciphertext).coefficients == expected, "after \(count) products")
      ciphertext.multiply(by: plaintext)
      expected = Reference.product(expected, ones, modulo: 65_537)
      count += 1
    }
    #expect(count > 10)
  }

  @Test(arguments: [SmallSet.slots, .digits], [1, 4, 7, 10])
  func boundHoldsForExpandedParts(set: SmallSet, levels: Int) throws {
    var random = SeededGenerator()
    let parameters = try set.parameters
    let key = SecretKey(parameters)
    let keys = try key.makeGaloisKeys(parameters.expansion(levels: levels))
    let packed = try Plaintext(
      coefficients: Array(random.residues(parameters).prefix(1 << levels)), parameters: parameters)
    let upload = key.encryptSeeded(packed, expansionLevels: levels)
    let factor = try Plaintext(coefficients: random.residues(parameters), parameters: parameters)
    let shift = try Plaintext(coefficients: [0, 0, 5], parameters: parameters)
    let parts = try upload.expanded().expanded(levels: levels, with: keys)
    for (index, part) in parts.enumerated() where index % max(1, parts.count / 16) == 0 {
      var (dense, sparse) = (part, part)
      dense.multiply(by: factor)
      sparse.multiply(by: shift)
      for (name, ciphertext) in [("part", part), ("dense product", dense), ("sparse product", sparse)] {
        let slack = Noise.slack(ciphertext, key)
        #expect(slack >= 0 && slack < 8, "\(name) \(index): slack \(slack) bits, seed \(random.seed)")
      }
    }
  }

  @Test func answersThatPromiseToDecryptDo() throws {
    var random = SeededGenerator()
    let q = try SmallSet.retrieval.literal.coefficientModuli[0]
    var (promised, refused) = (0, 0)
    // Q/2t from far too small to comfortable, answers at widths from far too narrow to exact.
    for units in [16, 24, 28, 29, 30, 32, 40, 60, 66, 72, 80, 100, 160, 400] {
      for width in [0, 4, 7, 8, 9, 16] {
        var set = SmallSet.retrieval
        set.droppedBits = 0
        set.plaintextModulus = BigInteger(q / UInt64(2 * units))
        let bits = set.plaintextModulus.bitWidth + width
        set.answerBits = .init(c0: bits, c1: bits)
        let parameters = try set.parameters
        let key = SecretKey(parameters)
        for _ in 0..<12 {
          let plaintext = try Plaintext(coefficients: random.residues(parameters), parameters: parameters)
          let ciphertext = key.encrypt(plaintext)
          guard ciphertext.answerDecrypts else {
            refused += 1
            continue
          }
          promised += 1
          #expect(
            try key.decrypt(ciphertext.answer(.all)) == plaintext,
            "Q/2t = \(units), \(bits) bits, seed \(random.seed)")
        }
      }
    }
    #expect(promised > 100 && refused > 100)
  }
}
