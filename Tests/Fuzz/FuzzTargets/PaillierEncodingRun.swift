import BigIntegers
import Paillier

/// The encodings of Paillier. The first byte of an input selects the format; the rest is the encoding.
enum PaillierEncodingRun {
  enum Format: UInt8, CaseIterable {
    case publicKey, ciphertexts, rangeProof, blumProof, factorProof, keyProof, auxiliaryParameters
  }

  static let context = Array("fuzz".utf8)
  /// What the range proofs are about: two ciphertexts of nothing in particular.
  private static let statement = try? Ciphertexts([2, 3], key: PaillierFuzzKey.publicKey)

  static func run(_ input: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    guard let selector = input.first else { return .refused }
    let format = Format.allCases[Int(selector) % Format.allCases.count]
    let bytes = Array(input.dropFirst())
    guard let again = try? read(format, bytes) else { return .refused }
    try FuzzFinding.unless(again == bytes, "a decoded value is encoded to the same bytes")
    return .accepted
  }

  /// Decodes, uses and encodes again.
  private static func read(_ format: Format, _ bytes: [UInt8]) throws -> [UInt8] {
    let key = PaillierFuzzKey.publicKey
    switch format {
    case .publicKey:
      return try PublicKey(decoding: bytes).encoded()
    case .ciphertexts:
      let value = try Ciphertexts(decoding: bytes, key: key, counts: 0...64)
      _ = try PaillierFuzzKey.make().decrypt(value.adding(value.negated()))
      return value.encoded()
    case .rangeProof:
      let proof = try RangeProof(decoding: bytes, key: key, values: 2)
      if let statement {
        // That it does not hold is no finding.
        try? proof.verify(statement, at: 0, in: 0...1, under: PaillierFuzzKey.proven, context: context)
      }
      return proof.encoded(for: key)
    case .blumProof:
      return try BlumProof(decoding: bytes, key: key).encoded(for: key)
    case .factorProof:
      return try FactorProof(decoding: bytes).encoded()
    case .keyProof:
      return try KeyProof(decoding: bytes, key: key).encoded(for: key)
    case .auxiliaryParameters:
      return try AuxiliaryParameters(decoding: bytes, context: context).encoded()
    }
  }
}

extension PaillierEncodingRun {
  /// An accepted input of every format.
  static func seeds() throws -> [(name: String, input: [UInt8])] {
    let secret = try PaillierFuzzKey.make(), key = PaillierFuzzKey.publicKey
    let one = NumberEncoding(key).encode([1])
    let opened = try Encryptor(PaillierFuzzKey.proven).encryptWithOpenings(one.residues)
    let auxiliary = try AuxiliaryParameters(making: PrivateKey.generate(.bits2048), context: context)
    let proof = try KeyProof(proving: secret, auxiliary: auxiliary, context: context)
    func seed(_ name: String, _ format: Format, _ bytes: [UInt8]) -> (name: String, input: [UInt8]) {
      (name, [format.rawValue] + bytes)
    }
    return [
      seed("public-key", .publicKey, key.encoded()),
      seed("ciphertexts", .ciphertexts, try Ciphertexts([2, 3, 5], key: key).encoded()),
      seed("no-ciphertexts", .ciphertexts, try Ciphertexts([], key: key).encoded()),
      seed(
        "range-proof", .rangeProof,
        try RangeProof(proving: 1, in: 0...1, of: opened, at: 0, context: context).encoded(for: key)),
      seed("blum-proof", .blumProof, proof.blum.encoded(for: key)),
      seed("factor-proof", .factorProof, proof.factors.encoded()),
      seed("key-proof", .keyProof, proof.encoded(for: key)),
      seed("auxiliary-parameters", .auxiliaryParameters, auxiliary.encoded()),
    ]
  }
}
