import BFV
import BigIntegers
import Foundation
import Primitives
import Secrets

/// One file Tests/Vectors/bfv-*.json: a secret, encryptions and keys as they were once made, and the SHA-256 of what
/// every deterministic operation on them must give, so that a change of format or arithmetic is noticed.
struct KnownAnswer: Codable {
  struct Set: Codable {
    var degree: Int
    var plaintextModulus: String
    var coefficientModuli: [String]
    var specialModulus: String?
    var digitBits: Int?
    var uploadDroppedBits: Int
    var answerBits: [Int]
  }

  var set: Set
  /// SHA-256 that stands for the set in every encoding, hexadecimal.
  var digest: String
  /// The 32 bytes the secret key is made from, hexadecimal.
  var secretSeed: String
  /// Encodings of seeded ciphertexts; number i encrypts `message(i)`.
  var seededCiphertexts: [Data]
  var publicKey: Data?
  var relinearizationKey: Data?
  var galoisKeys: Data?
  /// Name of an operation to the SHA-256, hexadecimal, of the encoding of its result.
  var results: [String: String]

  /// Coefficient k of message i: k² + 5·i·k + 7·i modulo t, times 2^60 + 1 where t is wider than a word.
  func message(_ i: Int, _ parameters: Parameters) -> [BigInteger] {
    let t = parameters.plaintextModulus
    let factor = t.bitWidth > 64 ? (BigInteger(1) << 60) + 1 : 1
    return (0..<parameters.degree).map { BigInteger($0 * $0 + 5 * i * $0 + 7 * i) * factor % t }
  }

  func parameters() throws -> Parameters {
    func word(_ text: String) -> UInt64 { UInt64(text.dropFirst(2), radix: 16) ?? 0 }
    let literal = ParametersLiteral(
      name: "known answer", degree: set.degree,
      plaintextModulus: BigInteger(literal: set.plaintextModulus) ?? 0,
      coefficientModuli: set.coefficientModuli.map(word), specialModulus: set.specialModulus.map(word),
      digitBits: set.digitBits, uploadDroppedBits: set.uploadDroppedBits,
      answerBits: .init(c0: set.answerBits[0], c1: set.answerBits[1], c2: set.answerBits.dropFirst(2).first))
    return try Parameters(insecure: literal)
  }

  func secretKey(_ parameters: Parameters) -> SecretKey {
    let digits = Array(secretSeed.utf8)
    let bytes = stride(from: 0, to: digits.count, by: 2).map { place in
      UInt8(String(decoding: digits[place..<(place + 2)], as: UTF8.self), radix: 16) ?? 0
    }
    let seed = unsafe SecretBytes(count: bytes.count) { buffer in
      for (index, byte) in bytes.enumerated() { unsafe buffer[index] = byte }
    }
    return SecretKey(parameters, seed: seed)
  }

  static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }

  /// The folder of all vectors.
  static var folder: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
      path: "Vectors")
  }

  static func read(_ name: String) throws -> KnownAnswer {
    try JSONDecoder().decode(
      KnownAnswer.self, from: Data(contentsOf: folder.appending(path: "bfv-\(name).json")))
  }

  func write(_ name: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(self) + Data("\n".utf8)
    try data.write(to: Self.folder.appending(path: "bfv-\(name).json"))
  }
}

extension KnownAnswer {
  /// Every deterministic operation that set and keys allow, with its result's hash.
  func computedResults() throws -> [String: String] {
    let parameters = try parameters()
    var results: [String: String] = [:]
    func record(_ name: String, _ bytes: [UInt8]) { results[name] = Self.hexadecimal(SHA256.hash(bytes)) }
    let inputs = try seededCiphertexts.map {
      try SeededCiphertext(decoding: Array($0), parameters: parameters)
    }
    let x = inputs[0].expanded()
    record("expanded", x.encoded())
    record("evaluated", inputs[0].expandedEvaluated().encoded())
    record("negated", modified(x) { $0.negate() })
    record("shifted", modified(x) { $0.multiply(byMonomial: -5) })
    let factor = try Plaintext(wideCoefficients: message(1, parameters), parameters: parameters)
    record("plaintextSum", modified(x) { $0.add(factor) })
    record("plaintextDifference", modified(x) { $0.subtract(factor) })
    record("plaintextProduct", modified(x) { $0.multiply(by: factor) })
    record("square", try x.squared().encoded())
    record("answer", try x.answer(.all).encoded(parameters))
    record("constantAnswer", try x.answer(.constant).encoded(parameters))
    if set.answerBits.count > 2 { record("longAnswer", try x.squared().answer(.all).encoded(parameters)) }
    if inputs.count > 1 {
      let y = inputs[1].expanded()
      record("sum", modified(x) { $0.add(y) })
      record("product", try Ciphertext.product(x, y).encoded())
    }
    if parameters.topLevel > 1 {
      var (low, product) = (x, try x.squared())
      try low.switchDown()
      try product.switchDown()
      record("switched", low.encoded())
      record("switchedSquare", product.encoded())
    }
    if let publicKey {
      record("publicKey", try PublicKey(decoding: Array(publicKey), parameters: parameters).encoded())
    }
    if let relinearizationKey {
      var square = try x.squared()
      square.relinearize(
        with: try RelinearizationKey(decoding: Array(relinearizationKey), parameters: parameters))
      record("relinearized", square.encoded())
    }
    if let galoisKeys {
      let keys = try GaloisKeys(decoding: Array(galoisKeys), parameters: parameters)
      for element in keys.elements {
        var image = x
        try image.apply(element, with: keys)
        record("image\(element.exponent)", image.encoded())
      }
    }
    return results
  }

  private func modified(
    _ ciphertext: Ciphertext<Coefficient>, _ operation: (inout Ciphertext<Coefficient>) -> Void
  ) -> [UInt8] {
    var copy = ciphertext
    operation(&copy)
    return copy.encoded()
  }
}
