import ByteCoding
import Primitives

/// What a client must know of a table to query it; public.
public struct TableDescription: Sendable, Equatable {
  /// Of the parameter set.
  public let parametersDigest: [UInt8]
  /// 32 bytes that the keys of items are made with: another one for each version of a table.
  public let salt: [UInt8]
  /// How often each group was placed anew.
  public let attempts: [UInt8]
  /// Items, about.
  public let itemCount: UInt64
  /// SHA-256 of all of it: what a query names.
  public let digest: [UInt8]

  init(_ parameters: LookupParameters, salt: [UInt8], attempts: [UInt8], itemCount: UInt64) {
    self.init(parametersDigest: parameters.digest, salt: salt, attempts: attempts, itemCount: itemCount)
  }

  /// From the groups that a builder made one by one. `salt` has 32 bytes, `attempts` one for each group.
  public init(parametersDigest: [UInt8], salt: [UInt8], attempts: [UInt8], itemCount: UInt64) {
    precondition(salt.count == 32 && parametersDigest.count == 32)
    self.parametersDigest = parametersDigest
    self.salt = salt
    self.attempts = attempts
    self.itemCount = itemCount
    digest = SHA256.hash(
      Self.encoded(parametersDigest: parametersDigest, salt: salt, attempts: attempts, itemCount: itemCount))
  }

  private static func encoded(
    parametersDigest: [UInt8], salt: [UInt8], attempts: [UInt8], itemCount: UInt64
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(LookupFormat.description.header)
    writer.append(bytes: parametersDigest)
    writer.append(bytes: salt)
    writer.append(itemCount)
    writer.append(lengthPrefixed: attempts)
    return writer.finish()
  }

  /// Format, digest of the set, salt, number of items, attempts.
  public func encoded() -> [UInt8] {
    Self.encoded(parametersDigest: parametersDigest, salt: salt, attempts: attempts, itemCount: itemCount)
  }

  /// Reads a description from outside. Throws `malformed`.
  public init(decoding bytes: [UInt8]) throws(LookupError) {
    var reader = ByteReader(bytes)
    do {
      try reader.expectHeader(LookupFormat.description.header)
      let parametersDigest = try reader.readBytes(32)
      let salt = try reader.readBytes(32)
      let itemCount = try reader.readUInt64()
      let attempts = try reader.readLengthPrefixedBytes(upTo: 65536)
      try reader.expectEnd()
      self.init(
        parametersDigest: parametersDigest, salt: salt, attempts: attempts, itemCount: itemCount)
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

  var header: FormatHeader { FormatHeader(type: rawValue, version: 1) }
}
