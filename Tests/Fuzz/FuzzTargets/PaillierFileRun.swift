import Paillier
import PaillierFiles
import Secrets

// Fence: inputs copied into wiped memory, which is what the readers take.

/// python-paillier's files. The first byte of an input selects the kind; the rest is the text.
enum PaillierFileRun {
  enum Kind: UInt8, CaseIterable {
    case publicKey, privateKey, ciphertexts
  }

  static func run(_ input: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    guard let selector = input.first else { return .refused }
    let kind = Kind.allCases[Int(selector) % Kind.allCases.count], text = Array(input.dropFirst())
    guard let isSame = try? read(kind, text) else { return .refused }
    try FuzzFinding.unless(isSame, "what was read is the same when it is written and read again")
    return .accepted
  }

  private static func read(_ kind: Kind, _ text: [UInt8]) throws -> Bool {
    switch kind {
    case .publicKey:
      let key = try KeyFile.publicKey(secret(text))
      return try KeyFile.publicKey(KeyFile.text(of: key, comment: "again")) == key
    case .privateKey:
      guard try KeyFile.isPrivate(secret(text)) else { throw PaillierFilesError.missing(field: "p") }
      let key = try KeyFile.privateKey(secret(text))
      return try KeyFile.privateKey(KeyFile.text(of: key, comment: "again")).publicKey == key.publicKey
    case .ciphertexts:
      let key = PaillierFuzzKey.publicKey
      let numbers = try CiphertextFile.numbers(text, key: key)
      let again = try CiphertextFile.numbers(CiphertextFile.text(of: numbers), key: key)
      return again.ciphertexts == numbers.ciphertexts && again.exponent == numbers.exponent
        && again.bound == numbers.bound
    }
  }

  private static func secret(_ bytes: [UInt8]) -> SecretBytes {
    unsafe SecretBytes(count: bytes.count) { target in
      for (i, byte) in bytes.enumerated() { unsafe target[i] = byte }
    }
  }
}

extension PaillierFileRun {
  /// Keys in both forms, and lines of several exponents.
  static func seeds() throws -> [(name: String, input: [UInt8])] {
    let key = try PaillierFuzzKey.make()
    let comment = String(repeating: "a comment that says much ", count: 20)
    func bytes(_ text: borrowing SecretBytes) -> [UInt8] {
      unsafe text.withUnsafeBufferPointer { unsafe Array($0) }
    }
    let whole = bytes(KeyFile.text(of: key, comment: comment))
    // What stands between the operations and lambda are the primes.
    let text = String(decoding: whole, as: UTF8.self)
    guard let start = text.firstRange(of: "\"p\""), let end = text.firstRange(of: "\"lambda\"") else {
      preconditionFailure("a private key's text has primes")
    }
    let older = text.replacingCharacters(start.lowerBound..<end.lowerBound)
    let lines = """
      {"v": "5", "e": -32}
      {"e": 0, "v": "1234567890123456789", "more": [true, null, {}]}
      {"v": 7, "e": "-3", "b": "4149515568880992958512407863691161151012446232242436899995657329690652811412908146399707048947103794288197886611300789182395151075411775307886874834113963687061181803401509523685377"}
      """
    return [
      ("public-key", [Kind.publicKey.rawValue] + bytes(KeyFile.text(of: key.publicKey, comment: comment))),
      ("private-key", [Kind.privateKey.rawValue] + whole),
      ("older-private-key", [Kind.privateKey.rawValue] + Array(older.utf8)),
      ("ciphertexts", [Kind.ciphertexts.rawValue] + Array(lines.utf8)),
    ]
  }
}

extension String {
  fileprivate func replacingCharacters(_ range: Range<Index>) -> String {
    String(self[..<range.lowerBound] + self[range.upperBound...])
  }
}
