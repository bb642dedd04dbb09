import ByteCoding
import Primitives

/// One line of a study's log, chained to all before it.
public struct SumLogEntry: Sendable, Hashable {
  /// What happened.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The study was accepted; `subject` is the commitment to the provider's seed.
    case created
    /// A first contribution; `subject` is its digest, `name` the contributor's.
    case submitted
    /// A contribution in another's place; `subject` and `name` likewise.
    case replaced
    /// A contribution was taken back; `subject` is its digest.
    case withdrawn
    /// No more contributions are taken.
    case closed
    /// The auditor gave its seed; `subject` is the commitment to it.
    case auditorSeed = "auditor-seed"
    /// The aggregate left; `subject` is its digest.
    case released
    /// The auditor countersigned; `subject` is the manifest's digest.
    case countersigned
    /// The analyst published; `subject` is the digest of what was published.
    case published
  }

  /// The number of the entry within its study, from 1, without gaps.
  public let sequence: Int
  /// Seconds since 1970 in UTC, by the provider's clock.
  public let time: Int64
  /// What happened.
  public let kind: Kind
  /// The contributor's name; empty where there is none.
  public let name: String
  /// 32 bytes, or none.
  public let subject: [UInt8]
  /// The version of a signed contribution; 0 elsewhere.
  public let version: Int
  /// SHA-256 over the hash of the entry before and this one.
  public let hash: [UInt8]

  /// The hash before the first entry: it names the study.
  public static func hashBeforeFirst(study digest: [UInt8]) -> [UInt8] {
    SHA256.hash(Array("hitoku sum log 1".utf8) + digest)
  }

  /// The entry that follows one whose hash is `previous`.
  public init(
    sequence: Int, time: Int64, kind: Kind, name: String = "", subject: [UInt8] = [], version: Int = 0,
    after previous: [UInt8]
  ) {
    self.sequence = sequence
    self.time = time
    self.kind = kind
    self.name = name
    self.subject = subject
    self.version = version
    var writer = ByteWriter()
    writer.append(text: "hitoku sum log entry 2")
    writer.append(bytes: previous)
    writer.append(UInt64(sequence))
    writer.append(UInt64(bitPattern: time))
    writer.append(text: kind.rawValue)
    writer.append(text: name)
    writer.append(lengthPrefixed: subject)
    writer.append(UInt64(bitPattern: Int64(version)))
    hash = SHA256.hash(writer.finish())
  }

  /// Whether entries, the first of which has number 1, are one unbroken chain of a study.
  public static func isChain(_ entries: [SumLogEntry], study digest: [UInt8]) -> Bool {
    var previous = hashBeforeFirst(study: digest)
    for (index, entry) in entries.enumerated() {
      guard entry.follows(previous, sequence: index + 1) else { return false }
      previous = entry.hash
    }
    return true
  }

  /// Whether this is the entry with this number after one with the hash `previous`.
  public func follows(_ previous: [UInt8], sequence: Int) -> Bool {
    self
      == SumLogEntry(
        sequence: sequence, time: time, kind: kind, name: name, subject: subject, version: version,
        after: previous)
  }

  /// An entry as it was stored or sent: `isChain` tells whether its hash is right.
  public init(
    sequence: Int, time: Int64, kind: Kind, name: String, subject: [UInt8], version: Int = 0,
    stored hash: [UInt8]
  ) {
    self.sequence = sequence
    self.time = time
    self.kind = kind
    self.name = name
    self.subject = subject
    self.version = version
    self.hash = hash
  }
}
