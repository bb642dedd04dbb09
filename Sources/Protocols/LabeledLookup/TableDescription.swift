import ByteCoding
import Primitives

/// What a client must know of a table to query it; public.
public struct TableDescription: Sendable, Equatable {
  /// Of the parameter set.
  public let parametersDigest: [UInt8]
  /// 32 bytes that the keys of items are made with.
  public let salt: [UInt8]
  /// How often each group was placed anew.
  public let attempts: [UInt8]
  /// SHA-256 of all of it: what a query names.
  public let digest: [UInt8]

  init(_ parameters: LookupParameters, salt: [UInt8], attempts: [UInt8]) {
    self.init(parametersDigest: parameters.digest, salt: salt, attempts: attempts)
  }

  /// From the groups that a builder made one by one. `salt` has 32 bytes, `attempts` one for each group.
  public init(parametersDigest: [UInt8], salt: [UInt8], attempts: [UInt8]) {
    precondition(salt.count == 32 && parametersDigest.count == 32)
    self.parametersDigest = parametersDigest
    self.salt = salt
    self.attempts = attempts
    digest = SHA256.hash(Self.encoded(parametersDigest: parametersDigest, salt: salt, attempts: attempts))
  }

  private static func encoded(parametersDigest: [UInt8], salt: [UInt8], attempts: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(LookupFormat.description.header)
    writer.append(bytes: parametersDigest)
    writer.append(bytes: salt)
    writer.append(lengthPrefixed: attempts)
    return writer.finish()
  }

  /// Format, digest of the set, salt, attempts. How many items there are is not in it: of a small bucket that would say whether a user
  /// is in the list.
  public func encoded() -> [UInt8] {
    Self.encoded(parametersDigest: parametersDigest, salt: salt, attempts: attempts)
  }

  /// Reads a description from outside. Throws `malformed`.
  public init(decoding bytes: [UInt8]) throws(LookupError) {
    var reader = ByteReader(bytes)
    do {
      try reader.expectHeader(LookupFormat.description.header)
      let parametersDigest = try reader.readBytes(32)
      let salt = try reader.readBytes(32)
      let attempts = try reader.readLengthPrefixedBytes(upTo: 65536)
      try reader.expectEnd()
      self.init(parametersDigest: parametersDigest, salt: salt, attempts: attempts)
    } catch { throw .malformed }
  }
}

/// A table with its description.
public struct LookupTable: Sendable {
  /// What clients get.
  public let description: TableDescription
  /// What the server reads.
  public let bytes: [UInt8]
}

/// What the messages of this room begin with.
enum LookupFormat: UInt16 {
  case description = 0x4C01
  case query = 0x4C02
  case response = 0x4C03
  case batchQuery = 0x4C04
  case batchResponse = 0x4C05

  var header: FormatHeader { FormatHeader(type: rawValue, version: self == .description ? 2 : 1) }
}
