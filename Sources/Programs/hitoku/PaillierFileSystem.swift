#if Services
import Foundation
import Identities
import Paillier
import PaillierFiles
import Secrets

/// Files of keys and of encrypted numbers.
enum PaillierFileSystem {
  private static let maximumByteCount = 1 << 30

  static func publicKey(_ path: String) throws -> PublicKey {
    let text = try keyText(path)
    return try naming(path) { () throws(PaillierFilesError) in try KeyFile.publicKey(text) }
  }

  static func isPrivate(_ path: String) throws -> Bool {
    let text = try keyText(path)
    return try naming(path) { () throws(PaillierFilesError) in try KeyFile.isPrivate(text) }
  }

  /// A private key, from a file that nobody else may read.
  static func privateKey(_ path: String) throws -> PrivateKey {
    let text: SecretBytes
    do throws(IdentityError) { text = try readKeyFile(path) } catch { throw CommandFailure(error) }
    do throws(PaillierFilesError) { return try KeyFile.privateKey(text) } catch {
      throw CommandFailure(
        "\(path): \(error)", hint: "Is it a private key of python-paillier or of hitoku paillier keygen?",
        code: .data)
    }
  }

  private static func keyText(_ path: String) throws -> SecretBytes {
    secret(try explained { try readPublicFile(path) })
  }

  static func write(_ key: borrowing PrivateKey, comment: String, to path: String) throws {
    try create(path, mode: 0o600, KeyFile.text(of: key, comment: comment))
  }

  static func write(_ key: PublicKey, comment: String, to path: String) throws {
    try create(path, mode: 0o644, KeyFile.text(of: key, comment: comment))
  }

  private static func create(_ path: String, mode: mode_t, _ text: borrowing SecretBytes) throws {
    do {
      try withTransientArray(of: text) { try createFile(path, mode: mode, contents: $0) }
    } catch IdentityError.alreadyExists {
      throw CommandFailure(
        "\(path) exists already.", hint: "Keys are never overwritten: give another name.", code: .cannotCreate
      )
    } catch { throw CommandFailure("\(error)", hint: "Check the folder.", code: .cannotCreate) }
  }

  /// The numbers of a file at the lowest exponent of any line.
  static func encrypted(_ path: String, _ key: PublicKey) throws -> EncryptedNumbers {
    let text = try readWholeFile(path, limit: maximumByteCount)
    let groups = try naming(path) { () throws(PaillierFilesError) in
      try CiphertextFile.numbers(text, key: key)
    }
    return try refusing {
      let lowest = groups.map(\.exponent).min() ?? 0
      let lowered = try groups.map { try $0.lowered(to: lowest) }
      return try lowered.dropFirst().reduce(lowered[0]) { all, next in
        try EncryptedNumbers(
          all.ciphertexts.appending(next.ciphertexts), exponent: lowest, bound: max(all.bound, next.bound))
      }
    }
  }

  static func write(_ numbers: EncryptedNumbers, to path: String?) throws {
    try writeWholeFile(path ?? "-", String(decoding: CiphertextFile.text(of: numbers), as: UTF8.self))
  }

  static func writeLines(_ lines: [String], to path: String?) throws {
    try writeWholeFile(path ?? "-", lines.joined(separator: "\n") + "\n")
  }

  /// The lines of a text file, or of standard input for -.
  static func lines(_ path: String) throws -> [String] {
    let bytes =
      path == "-"
      ? Array(FileHandle.standardInput.readDataToEndOfFile())
      : try readWholeFile(path, limit: maximumByteCount)
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  private static func secret(_ bytes: [UInt8]) -> SecretBytes {
    unsafe SecretBytes(count: bytes.count) { target in
      for (i, byte) in bytes.enumerated() { unsafe target[i] = byte }
    }
  }

  private static func naming<R>(_ path: String, _ body: () throws(PaillierFilesError) -> R) throws -> R {
    do throws(PaillierFilesError) { return try body() } catch {
      throw CommandFailure(
        "\(path): \(error)", hint: "Is it a file of python-paillier or of hitoku paillier, for this key?",
        code: .data)
    }
  }
}

/// Runs a step of the scheme; its errors name indices of lines, from 0.
func refusing<R>(_ body: () throws -> R) throws -> R {
  do { return try body() } catch let error as PaillierError {
    throw CommandFailure(
      "\(error)",
      hint: error == .mayOverflow
        ? "The result might not fit: add fewer or smaller numbers."
        : "Are all files under this key, and numbers below 2^384?", code: .data)
  }
}
#endif
