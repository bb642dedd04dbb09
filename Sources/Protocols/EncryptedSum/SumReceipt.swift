import ByteCoding
import Primitives

/// The provider's word for what it stored durably: a contributor keeps it, and checks later that log and manifest hold it.
public struct SumReceipt: Sendable, Hashable {
  /// The study's digest.
  public let study: [UInt8]
  /// The log entry that it is about: submitted, replaced or withdrawn.
  public let entry: SumLogEntry
  /// The provider's signature.
  public let signature: [UInt8]

  /// Signs for an entry of a study with this digest.
  public init(study: [UInt8], entry: SumLogEntry, signing key: borrowing SigningKey) {
    self.study = study
    self.entry = entry
    signature = key.signature(for: Self.message(study, entry))
  }

  /// Throws `invalidSignature` unless the study's provider signed it, `wrongContribution` unless it is about this contribution to
  /// this study (nil: a withdrawal).
  public func verify(
    for study: SumStudy, contributor: String, contribution digest: [UInt8]?
  ) throws(SumError) {
    guard study.keys.provider.isValid(signature, for: Self.message(self.study, entry)) else {
      throw .invalidSignature(.provider)
    }
    let isRight =
      digest.map { [.submitted, .replaced].contains(entry.kind) && entry.subject == $0 }
      ?? (entry.kind == .withdrawn)
    guard self.study == study.digest, entry.name == contributor, isRight else { throw .wrongContribution }
  }

  private static func message(_ study: [UInt8], _ entry: SumLogEntry) -> [UInt8] {
    Array("hitoku sum receipt 2".utf8) + study + entryBytes(entry)
  }

  private static let header = FormatHeader(type: 0x5301, version: 2)

  private static func entryBytes(_ entry: SumLogEntry) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(UInt64(entry.sequence))
    writer.append(UInt64(bitPattern: entry.time))
    writer.append(text: entry.kind.rawValue)
    writer.append(text: entry.name)
    writer.append(lengthPrefixed: entry.subject)
    writer.append(UInt64(bitPattern: Int64(entry.version)))
    writer.append(bytes: entry.hash)
    return writer.finish()
  }

  /// Header, study, entry, signature.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter()
    writer.append(Self.header)
    writer.append(bytes: study + Self.entryBytes(entry) + signature)
    return writer.finish()
  }

  /// Reads a receipt from outside; `verify` says what it is worth. Throws `malformed`.
  public init(decoding bytes: [UInt8]) throws(SumError) {
    do {
      var reader = ByteReader(bytes)
      try reader.expectHeader(Self.header)
      study = try reader.readBytes(SHA256.byteCount)
      let sequence = try reader.readUInt64()
      let time = Int64(bitPattern: try reader.readUInt64())
      let kind = String(decoding: try reader.readLengthPrefixedBytes(upTo: 32), as: UTF8.self)
      let name = try reader.readLengthPrefixedBytes(upTo: 128)
      let subject = try reader.readLengthPrefixedBytes(upTo: SHA256.byteCount)
      let version = try reader.readUInt64()
      let hash = try reader.readBytes(SHA256.byteCount)
      // Bytes that are no text would be signed for as other bytes.
      guard let kind = SumLogEntry.Kind(rawValue: kind), let name = String(validating: name, as: UTF8.self),
        let sequence = Int(exactly: sequence), let version = Int(exactly: version)
      else { throw ByteCodingError.valueOutOfRange }
      entry = SumLogEntry(
        sequence: sequence, time: time, kind: kind, name: name, subject: subject, version: version,
        stored: hash)
      signature = try reader.readBytes(SigningPublicKey.signatureByteCount)
      try reader.expectEnd()
    } catch { throw .malformed }
  }
}
