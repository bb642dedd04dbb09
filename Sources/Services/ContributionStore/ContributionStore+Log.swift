#if Services
import EncryptedSum
import Foundation

extension ContributionStore {
  /// Appends an entry to a study's log, within the transaction.
  @discardableResult
  static func append(
    _ db: any StoreSession, _ study: StudyHandle, kind: SumLogEntry.Kind, name: String = "",
    subject: [UInt8] = [], version: Int = 0, time: Int64
  ) throws -> SumLogEntry {
    let head = try db.first(
      "SELECT sequence, time, hash FROM entry WHERE study = ? ORDER BY sequence DESC LIMIT 1",
      [.integer(study.id)])
    // The log's times do not go back where a clock does.
    let time = max(time, Int64(try head?.integer("time") ?? .min))
    let entry = SumLogEntry(
      sequence: (try head?.integer("sequence") ?? 0) + 1, time: time, kind: kind, name: name,
      subject: subject, version: version,
      after: try head?.bytes("hash") ?? SumLogEntry.hashBeforeFirst(study: study.digest))
    try db.execute(
      "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [
        .integer(study.id), .integer(entry.sequence), .integer(entry.time), .text(entry.kind.rawValue),
        .text(entry.name), .bytes(entry.subject), .integer(entry.version), .bytes(entry.hash),
      ])
    return entry
  }

  /// At most `limit` ≥ 1 entries of a study's log, from number `first` on, as they are stored.
  public func log(
    of study: StudyHandle, from first: Int = 1, limit: Int = 1_000
  ) throws(ContributionStoreError) -> [SumLogEntry] {
    try read { db in
      try db.all(
        "SELECT * FROM entry WHERE study = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
        [.integer(study.id), .integer(first), .integer(limit)]
      ).map { try Self.entry($0) }
    }
  }

  /// The entries about a contributor, oldest first.
  public func log(
    of study: StudyHandle, name: String
  ) throws(ContributionStoreError) -> [SumLogEntry] {
    try read { db in
      try db.all(
        "SELECT * FROM entry WHERE study = ? AND name = ? ORDER BY sequence",
        [.integer(study.id), .text(name)]
      ).map { try Self.entry($0) }
    }
  }

  static func entry(_ row: StoreRow) throws -> SumLogEntry {
    guard let kind = SumLogEntry.Kind(rawValue: try row.text("kind")) else {
      throw ContributionStoreError.logBroken(sequence: try row.integer("sequence"))
    }
    return SumLogEntry(
      sequence: try row.integer("sequence"), time: Int64(try row.integer("time")), kind: kind,
      name: try row.text("name"), subject: try row.bytes("subject"), version: try row.integer("version"),
      stored: try row.bytes("hash"))
  }

  /// Checks a study's whole log, and that the contributions are exactly those that it leaves standing. Gives the number of
  /// contributions.
  ///
  /// Throws `logBroken` with the first entry that is not what was chained, or with the number after the last where the
  /// contributions differ.
  public func verify(_ study: StudyHandle) throws(ContributionStoreError) -> Int {
    try read { db in
      var previous = SumLogEntry.hashBeforeFirst(study: study.digest)
      var standing: [String: [UInt8]] = [:]
      var sequence = 0
      let all = "SELECT * FROM entry WHERE study = ? ORDER BY sequence"
      try db.rows(all, [.integer(study.id)]) { row in
        sequence += 1
        let stored = try Self.entry(row)
        guard stored.follows(previous, sequence: sequence) else {
          throw ContributionStoreError.logBroken(sequence: sequence)
        }
        previous = stored.hash
        switch stored.kind {
        case .submitted, .replaced: standing[stored.name] = stored.subject
        case .withdrawn: standing[stored.name] = nil
        default: break
        }
      }
      var stored: [String: [UInt8]] = [:]
      try db.rows("SELECT contributor, digest FROM contribution WHERE study = ?", [.integer(study.id)]) {
        stored[try $0.text("contributor")] = try $0.bytes("digest")
      }
      guard sequence > 0, stored == standing, try Self.state(db, study).contributors == stored.count else {
        throw ContributionStoreError.logBroken(sequence: sequence + 1)
      }
      return stored.count
    }
  }
}
#endif
