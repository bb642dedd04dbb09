import BFV
import BigIntegers

/// One valid encoding of each of the six formats, with its reader.
struct EncodedFormat {
  let name: String
  let bytes: [UInt8]
  /// Reads and writes again.
  let recode: ([UInt8]) throws(BFVError) -> [UInt8]

  /// The error of reading, nil where bytes are taken.
  func error(_ bytes: [UInt8]) -> BFVError? {
    do {
      _ = try recode(bytes)
      return nil
    } catch { return error }
  }

  /// A header of type, version and zero, then the digest of the parameters.
  static let digestStart = 4
  /// Where what follows the digest starts.
  static let bodyStart = 36

  /// All formats under one set, which must have a special modulus and answer widths.
  static func all(_ key: borrowing SecretKey) throws -> [EncodedFormat] {
    let parameters = key.parameters
    let message = try Plaintext(coefficients: [1, 2, 3], parameters: parameters)
    let ciphertext = key.makePublicKey().encrypt(message)
    let galois = try key.makeGaloisKeys([1, 2, 3].map { parameters.rotation(by: $0) })
    return [
      EncodedFormat(name: "ciphertext", bytes: ciphertext.encoded()) { bytes throws(BFVError) in
        try readCiphertext(bytes, parameters).encoded()
      },
      EncodedFormat(name: "evaluated ciphertext", bytes: ciphertext.evaluated().encoded()) {
        bytes throws(BFVError) in
        try Ciphertext<Evaluation>(decoding: bytes, parameters: parameters, noise: ciphertext.noise).encoded()
      },
      EncodedFormat(name: "seeded ciphertext", bytes: key.encryptSeeded(message).encoded()) {
        bytes throws(BFVError) in
        try SeededCiphertext(decoding: bytes, parameters: parameters).encoded()
      },
      EncodedFormat(name: "public key", bytes: key.makePublicKey().encoded()) { bytes throws(BFVError) in
        try PublicKey(decoding: bytes, parameters: parameters).encoded()
      },
      EncodedFormat(name: "relinearization key", bytes: try key.makeRelinearizationKey().encoded()) {
        bytes throws(BFVError) in
        try RelinearizationKey(decoding: bytes, parameters: parameters).encoded()
      },
      EncodedFormat(name: "Galois keys", bytes: galois.encoded()) { bytes throws(BFVError) in
        try GaloisKeys(decoding: bytes, parameters: parameters).encoded()
      },
      EncodedFormat(name: "answer", bytes: try ciphertext.answer(.all).encoded(parameters)) {
        bytes throws(BFVError) in
        try readAnswer(bytes, parameters).encoded(parameters)
      },
      EncodedFormat(name: "constant answer", bytes: try ciphertext.answer(.constant).encoded(parameters)) {
        bytes throws(BFVError) in
        try readAnswer(bytes, parameters).encoded(parameters)
      },
    ]
  }

  private static func readCiphertext(
    _ bytes: [UInt8], _ parameters: Parameters
  ) throws(BFVError) -> Ciphertext<Coefficient> {
    try Ciphertext(
      decoding: bytes, parameters: parameters, noise: .freshPublic(degree: parameters.degree))
  }

  private static func readAnswer(_ bytes: [UInt8], _ parameters: Parameters) throws(BFVError) -> Answer {
    try Answer(decoding: bytes, parameters: parameters)
  }
}

extension [UInt8] {
  /// The bytes with one replaced.
  func replacing(_ index: Int, by value: UInt8) -> [UInt8] {
    var copy = self
    copy[index] = value
    return copy
  }

  /// The bytes with `width` bits from bit `start` on replaced, lowest bit first.
  func replacingBits(from start: Int, width: Int, by value: UInt64) -> [UInt8] {
    var copy = self
    for bit in 0..<width {
      let (byte, place) = ((start + bit) / 8, UInt8((start + bit) % 8))
      let isSet = value >> UInt64(bit) & 1 == 1
      copy[byte] = isSet ? copy[byte] | 1 << place : copy[byte] & ~(1 << place)
    }
    return copy
  }
}
