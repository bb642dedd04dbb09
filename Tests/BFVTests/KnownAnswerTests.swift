import BFV
import BigIntegers
import Foundation
import ModularArithmetic
import ParameterFiles
import Testing

@Suite struct KnownAnswerTests {
  static let names = ["keys-n1024", "digits-n1024", "wide-n1024", "product-n4096"]

  @Test(arguments: names)
  func storedCiphertextsDecryptToTheStoredMessages(name: String) throws {
    let vector = try KnownAnswer.read(name)
    let parameters = try vector.parameters()
    #expect(KnownAnswer.hexadecimal(parameters.digest) == vector.digest)
    let key = vector.secretKey(parameters)
    for (index, bytes) in vector.seededCiphertexts.enumerated() {
      let received = try SeededCiphertext(decoding: Array(bytes), parameters: parameters)
      #expect(key.decrypt(received.expanded()).wideCoefficients == vector.message(index, parameters))
      #expect(same(received.encoded(), Array(bytes)))
    }
  }

  @Test(arguments: names)
  func everyOperationGivesTheStoredBytes(name: String) throws {
    let vector = try KnownAnswer.read(name)
    let computed = try vector.computedResults()
    #expect(computed.keys.sorted() == vector.results.keys.sorted())
    for (operation, hash) in vector.results { #expect(computed[operation] == hash, "\(operation)") }
  }

  @Test(arguments: names)
  func storedKeysAreThoseOfTheStoredSecret(name: String) throws {
    let vector = try KnownAnswer.read(name)
    let parameters = try vector.parameters()
    let t = parameters.plaintextModulus
    let key = vector.secretKey(parameters)
    let message = vector.message(0, parameters)
    let x = try SeededCiphertext(decoding: Array(vector.seededCiphertexts[0]), parameters: parameters)
      .expanded()
    if let bytes = vector.publicKey {
      let plaintext = try Plaintext(wideCoefficients: message, parameters: parameters)
      let publicKey = try PublicKey(decoding: Array(bytes), parameters: parameters)
      #expect(key.decrypt(publicKey.encrypt(plaintext)) == plaintext)
    }
    if let bytes = vector.relinearizationKey {
      var square = try x.squared()
      square.relinearize(with: try RelinearizationKey(decoding: Array(bytes), parameters: parameters))
      #expect(key.decrypt(square).wideCoefficients == Reference.product(message, message, modulo: t))
    }
    if let bytes = vector.galoisKeys {
      let keys = try GaloisKeys(decoding: Array(bytes), parameters: parameters)
      for element in keys.elements {
        var image = x
        try image.apply(element, with: keys)
        var expected = message
        for (index, value) in message.enumerated() {
          let place = index * element.exponent % (2 * message.count)
          expected[place % message.count] = place < message.count ? value : -value % t
        }
        #expect(key.decrypt(image).wideCoefficients == expected, "X^\(element.exponent)")
      }
    }
  }

  @Test func vectorsStaySmall() throws {
    let sizes = try Self.names.map {
      try Data(contentsOf: KnownAnswer.folder.appending(path: "bfv-\($0).json")).count
    }
    #expect(sizes.reduce(0, +) <= 200_000)
  }

  /// Writes the vectors anew, with fresh randomness: after a deliberate change of format or arithmetic only.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["HITOKU_WRITE_VECTORS"] == "1"))
  func writeVectors() throws {
    let small = SmallSet(plaintextModulus: 16, primeBits: 26, primeCount: 1, droppedBits: 2)
    var (keys, digits) = (small, small)
    keys.specialBits = 27
    keys.answerBits = .init(c0: 9, c1: 15, c2: 21)
    digits.specialBits = 21
    digits.digitBits = 13
    digits.droppedBits = 0
    digits.answerBits = .init(c0: 9, c1: 15)
    let wide = SmallSet(
      plaintextModulus: (BigInteger(1) << 100) - 15, primeBits: 45, primeCount: 3, droppedBits: 13,
      answerBits: .init(c0: 104, c1: 112))
    let product = try ParameterFiles.file(named: "bench-n4096").literal
    for (name, literal, count) in [
      (Self.names[0], try keys.literal, 2), (Self.names[1], try digits.literal, 1),
      (Self.names[2], try wide.literal, 1), (Self.names[3], product, 2),
    ] {
      try Self.make(literal, count: count, withKeys: literal.degree == 1024).write(name)
    }
  }

  private static func make(
    _ literal: ParametersLiteral, count: Int, withKeys: Bool
  ) throws -> KnownAnswer {
    func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
    let bits = literal.answerBits ?? .init(c0: 0, c1: 0)
    var vector = KnownAnswer(
      set: .init(
        degree: literal.degree, plaintextModulus: "0x" + literal.plaintextModulus.text(radix: 16),
        coefficientModuli: literal.coefficientModuli.map(hexadecimal),
        specialModulus: literal.specialModulus.map(hexadecimal), digitBits: literal.digitBits,
        uploadDroppedBits: literal.uploadDroppedBits,
        answerBits: [bits.c0, bits.c1] + (bits.c2.map { [$0] } ?? [])), digest: "",
      secretSeed: KnownAnswer.hexadecimal((0..<32).map { UInt8($0 * 7 + count) }), seededCiphertexts: [],
      results: [:])
    let parameters = try vector.parameters()
    vector.digest = KnownAnswer.hexadecimal(parameters.digest)
    let key = vector.secretKey(parameters)
    for index in 0..<count {
      let plaintext = try Plaintext(
        wideCoefficients: vector.message(index, parameters), parameters: parameters)
      vector.seededCiphertexts.append(Data(key.encryptSeeded(plaintext).encoded()))
    }
    if withKeys, literal.specialModulus != nil {
      vector.relinearizationKey = Data(try key.makeRelinearizationKey().encoded())
    }
    if withKeys, literal.specialModulus != nil, literal.digitBits == nil {
      vector.publicKey = Data(key.makePublicKey().encoded())
      let elements = [parameters.rotation(by: 1), parameters.rowSwap]
      vector.galoisKeys = Data(try key.makeGaloisKeys(elements).encoded())
    }
    vector.results = try vector.computedResults()
    return vector
  }
}
