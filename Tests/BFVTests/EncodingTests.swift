import BFV
import BigIntegers
import ParameterFiles
import TestSupport
import Testing

/// What is written is read as the same thing, in exactly as many bytes as the format says.
@Suite struct EncodingTests {
  @Test(arguments: [SmallSet.slots, .digits])
  func everyFormatSurvivesARoundTrip(set: SmallSet) throws {
    let key = SecretKey(try set.parameters)
    for format in try EncodedFormat.all(key) {
      #expect(same(try format.recode(format.bytes), format.bytes), "\(format.name)")
    }
  }

  @Test func ciphertextsOfEveryShapeAreReadAsWritten() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let plaintext = try Plaintext(coefficients: random.residues(parameters), parameters: parameters)
    for original in [key.encrypt(plaintext), try key.encrypt(plaintext).squared()] {
      for level in 1...parameters.topLevel {
        var ciphertext = original
        try ciphertext.switchDown(to: level)
        let bytes = ciphertext.encoded()
        let read = try Ciphertext<Coefficient>(
          decoding: bytes, parameters: parameters, noise: ciphertext.noise, level: level,
          polynomialCount: ciphertext.polynomialCount)
        #expect(read.level == level && read.polynomialCount == ciphertext.polynomialCount)
        #expect(read.noise == ciphertext.noise)
        #expect(same(read.encoded(), bytes))
        #expect(key.decrypt(read) == key.decrypt(ciphertext), "seed \(random.seed)")
        let values = ciphertext.evaluated().encoded()
        let readValues = try Ciphertext<Evaluation>(
          decoding: values, parameters: parameters, noise: ciphertext.noise, level: level,
          polynomialCount: ciphertext.polynomialCount)
        #expect(same(readValues.interpolated().encoded(), bytes))
        let rowBytes = parameters.literal.coefficientModuli.prefix(level).reduce(0) {
          $0 + parameters.degree * (64 - $1.leadingZeroBitCount) / 8
        }
        #expect(bytes.count == 39 + ciphertext.polynomialCount * rowBytes)
      }
    }
  }

  @Test(arguments: [0, 1, 5, 13, 16])
  func seededCiphertextsKeepTheMessageWithoutTheirLowBits(dropped: Int) throws {
    var random = SeededGenerator()
    for set in [SmallSet(droppedBits: dropped), SmallSet(primeBits: 35, primeCount: 1, droppedBits: dropped)]
    {
      let parameters = try set.parameters
      let key = SecretKey(parameters)
      let plaintext = try Plaintext(coefficients: random.residues(parameters), parameters: parameters)
      let sent = key.encryptSeeded(plaintext)
      let bytes = sent.encoded()
      let received = try SeededCiphertext(decoding: bytes, parameters: parameters)
      #expect(key.decrypt(received.expanded()) == plaintext, "seed \(random.seed)")
      #expect(key.decrypt(received.expandedEvaluated()) == plaintext, "seed \(random.seed)")
      #expect(Noise.slack(received.expanded(), key) >= 0)
      #expect(received.noise.deviation >= sent.noise.deviation)
      let bits = parameters.modulus(atLevel: parameters.topLevel).bitWidth
      let rowBits = dropped == 0 ? set.primeCount * set.primeBits : bits - dropped
      #expect(bytes.count == 68 + parameters.degree * rowBits / 8)
    }
  }

  @Test func keysWorkAfterARoundTrip() throws {
    var random = SeededGenerator()
    for set in [SmallSet.slots, .digits] {
      let parameters = try set.parameters
      let key = SecretKey(parameters)
      let publicKey = try PublicKey(decoding: key.makePublicKey().encoded(), parameters: parameters)
      let relinearizationKey = try RelinearizationKey(
        decoding: key.makeRelinearizationKey().encoded(), parameters: parameters)
      let keys = try GaloisKeys(
        decoding: key.makeGaloisKeys([parameters.rotation(by: 3), parameters.rowSwap]).encoded(),
        parameters: parameters)
      #expect(keys.elements == [parameters.rotation(by: 3), parameters.rowSwap])
      let slots = random.residues(parameters)
      var ciphertext = try publicKey.encrypt(Plaintext(slots: slots, parameters: parameters)).squared()
      ciphertext.relinearize(with: relinearizationKey)
      try ciphertext.rotateRows(by: 3, with: keys)
      try ciphertext.swapRows(with: keys)
      let squares = slotwise(slots, slots, parameters) { $0 * $1 }
      let expected = Reference.rowsSwapped(Reference.rotated(squares, by: 3))
      #expect(try key.decrypt(ciphertext).slots(parameters) == expected, "seed \(random.seed)")
    }
  }

  @Test func galoisKeysForNothingAreReadAsNothing() throws {
    let parameters = try SmallSet.slots.parameters
    let none = try SecretKey(parameters).makeGaloisKeys([])
    #expect(none.encoded().count == 40)
    #expect(try GaloisKeys(decoding: none.encoded(), parameters: parameters).elements.isEmpty)
  }

  @Test func answersOfEveryShapeAreReadAsWritten() throws {
    var random = SeededGenerator()
    let wide = BigInteger(1) << 100
    for set in [
      SmallSet.slots, .retrieval, SmallSet(answerBits: .init(c0: 48, c1: 49, c2: 97)),
      SmallSet(plaintextModulus: wide, primeBits: 45, primeCount: 5, answerBits: .init(c0: 110, c1: 120)),
    ] {
      let parameters = try set.parameters
      let key = SecretKey(parameters)
      let plaintext = try Plaintext(wideCoefficients: random.wideResidues(parameters), parameters: parameters)
      var ciphertexts = [key.encrypt(plaintext)]
      if set.answerBits?.c2 != nil { ciphertexts.append(try ciphertexts[0].squared()) }
      for ciphertext in ciphertexts {
        for extent in [Answer.Extent.all, .constant] {
          let answer = try ciphertext.answer(extent)
          let bytes = try answer.encoded(parameters)
          let read = try Answer(decoding: bytes, parameters: parameters)
          #expect(read == answer && read.extent == extent)
          let expected = key.decrypt(ciphertext)
          #expect(try key.decrypt(read).wideCoefficient(0) == expected.wideCoefficient(0))
          #expect(try extent == .constant || key.decrypt(read) == expected, "seed \(random.seed)")
        }
      }
    }
  }

  @Test func sizesAreNotAboveThoseOfTheDesign() throws {
    let parameters = try ParameterFiles.parameters(named: "bench-n8192")
    let key = SecretKey(parameters)
    let plaintext = try Plaintext(slots: [1, 2, 3], parameters: parameters)
    var ciphertext = key.makePublicKey().encrypt(plaintext)
    #expect(ciphertext.encoded().count == 350_247)
    #expect(key.encryptSeeded(plaintext).encoded().count == 175_172)
    try ciphertext.switchDown(to: 1)
    #expect(ciphertext.answerDecrypts)
    let answer = try ciphertext.answer(.all)
    #expect(try answer.encoded(parameters).count <= 56_000)
    #expect(try key.decrypt(answer) == plaintext)
    let moduli = parameters.literal.coefficientModuli.count
    #expect(try key.makeRelinearizationKey().encoded().count == 68 + moduli * 8192 * 214 / 8)
  }
}
