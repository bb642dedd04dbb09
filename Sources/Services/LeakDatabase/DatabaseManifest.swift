import Foundation
import LeakCheck
import Primitives

/// What a database is a list of.
public enum LeakListKind: String, Codable, Sendable, CaseIterable {
  /// Passwords by SHA-1, without buckets.
  case sha1
  /// Passwords by NTLM hash, without buckets.
  case ntlm
  /// User names with passwords, in buckets by the user's name.
  case credentials

  /// Whether lists of this format go into databases of this kind.
  public func takes(_ format: LeakFormat) -> Bool {
    switch self {
    case .sha1: format == .sha1 || format == .words
    case .ntlm: format == .ntlm
    case .credentials: format == .credentials
    }
  }
}

/// `manifest.json`: what a database is and what its files must be.
public struct DatabaseManifest: Codable, Sendable, Equatable {
  /// One file of the database.
  public struct File: Codable, Sendable, Equatable {
    /// Its name in the folder.
    public var name: String
    /// Its length.
    public var bytes: Int
    /// SHA-256 over the SHA-256 of every mebibyte, in hexadecimal digits.
    public var checksum: String
  }

  /// The table for batches.
  public struct Batch: Codable, Sendable, Equatable {
    /// Its set.
    public var parameterSet: String
    /// The table.
    public var table: File
    /// Its description.
    public var description: File
  }

  /// 1.
  public var format: Int
  /// The name of this version of the database.
  public var name: String
  /// What it lists.
  public var kind: LeakListKind
  /// Whether its lists are not published; no range file is made or served of such.
  public var isPrivate: Bool
  /// The parameter set of every table.
  public var parameterSet: String
  /// Tables: one, or one for each bucket of users.
  public var buckets: Int
  /// Distinct items in all tables.
  public var items: Int
  /// Names of sources; labels hold their numbers.
  public var sources: [String]
  /// The OPRF's public key, in hexadecimal digits.
  public var publicKey: String
  /// The tables, one after the other.
  public var tables: File
  /// Their descriptions, likewise.
  public var descriptions: File
  /// All items again in a table for batches; nil where it was built without.
  public var batch: Batch?
  /// SHA-256 of all other fields in canonical form (JSON, keys sorted, no white space), in hexadecimal digits.
  public internal(set) var checksum = ""
}

extension DatabaseManifest {
  /// Reads the file. Throws `malformedManifest` where a field is missing, unknown or not what was written.
  init(file bytes: [UInt8]) throws(LeakDatabaseError) {
    guard let manifest = try? JSONDecoder().decode(Self.self, from: Data(bytes)),
      manifest.sealed() == manifest,
      let given = Self.sorted(Data(bytes)), given == Self.sorted(manifest.encoded([.sortedKeys]))
    else { throw .malformedManifest }
    self = manifest
  }

  /// With the checksum over what it is now.
  func sealed() -> Self {
    var manifest = self
    manifest.checksum = ""
    let canonical = manifest.encoded([.sortedKeys, .withoutEscapingSlashes])
    manifest.checksum = SHA256.hash([UInt8](canonical)).hex
    return manifest
  }

  /// What requests to a server name this database by: another one for every other content or key. 32 hexadecimal digits: SHA-256 of the
  /// canonical form, cut.
  public var version: String {
    Array(SHA256.hash([UInt8](encoded([.sortedKeys, .withoutEscapingSlashes]))).prefix(16)).hex
  }

  /// What stands in the file.
  var fileBytes: [UInt8] { [UInt8](encoded([.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])) }

  private func encoded(_ formatting: JSONEncoder.OutputFormatting) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    // Strings and numbers are always encodable.
    return (try? encoder.encode(self)) ?? Data()
  }

  /// One form for all spellings of a JSON document, unknown fields included; nil for what is none.
  private static func sorted(_ text: Data) -> Data? {
    (try? JSONSerialization.jsonObject(with: text)).flatMap {
      try? JSONSerialization.data(withJSONObject: $0, options: [.sortedKeys])
    }
  }
}

extension [UInt8] {
  /// Two hexadecimal digits for each byte.
  var hex: String {
    let digits = Array<Character>("0123456789abcdef")
    return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
