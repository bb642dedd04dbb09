#if Services
import EncryptedSum
import Foundation
import GRDB

extension ContributionStore {
  /// Appends an entry to a study's log, within the transaction.
  @discardableResult
  static func append(
    _ db: Database, _ study: StudyHandle, kind: SumLogEntry.Kind, name: String = "", subject: [UInt8] = [],
    time: Int64
  ) throws -> SumLogEntry {
    let head = try Row.fetchOne(
      db, sql: "SELECT sequence, hash FROM entry WHERE study = ? ORDER BY sequence DESC LIMIT 1",
      arguments: [study.id])
    let entry = SumLogEntry(
      sequence: (head?["sequence"] ?? 0) + 1, time: time, kind: kind, name: name, subject: subject,
      after: head.map { bytes($0["hash"]) } ?? SumLogEntry.hashBeforeFirst(study: study.digest))
    try db.execute(
      sql: "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        study.id, entry.sequence, entry.time, entry.kind.rawValue, entry.name, Data(entry.subject),
        Data(entry.hash),
      ])
    return entry
  }

  /// At most `limit` ≥ 1 entries of a study's log, from number `first` on, as they are stored.
  public func log(
    of study: StudyHandle, from first: Int = 1, limit: Int = 1_000
  ) throws(ContributionStoreError) -> [SumLogEntry] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM entry WHERE study = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
        arguments: [study.id, first, limit]
      ).map { try Self.entry($0) }
    }
  }

  /// The entries about a contributor, oldest first.
  public func log(
    of study: StudyHandle, name: String
  ) throws(ContributionStoreError) -> [SumLogEntry] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM entry WHERE study = ? AND name = ? ORDER BY sequence",
        arguments: [study.id, name]
      ).map { try Self.entry($0) }
    }
  }

  static func entry(_ row: Row) throws -> SumLogEntry {
    guard let kind = SumLogEntry.Kind(rawValue: row["kind"]) else {
      throw ContributionStoreError.logBroken(sequence: row["sequence"])
    }
    return SumLogEntry(
      sequence: row["sequence"], time: row["time"], kind: kind, name: row["name"],
      subject: bytes(row["subject"]), stored: bytes(row["hash"]))
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
      let rows = try Row.fetchCursor(
        db, sql: "SELECT * FROM entry WHERE study = ? ORDER BY sequence", arguments: [study.id])
      while let row = try rows.next() {
        sequence += 1
        let stored = try Self.entry(row)
        let chained = SumLogEntry(
          sequence: sequence, time: stored.time, kind: stored.kind, name: stored.name,
          subject: stored.subject, after: previous)
        guard chained == stored else { throw ContributionStoreError.logBroken(sequence: sequence) }
        previous = stored.hash
        switch stored.kind {
        case .submitted, .replaced: standing[stored.name] = stored.subject
        case .withdrawn: standing[stored.name] = nil
        default: break
        }
      }
      let contributions = try Row.fetchAll(
        db, sql: "SELECT contributor, digest FROM contribution WHERE study = ?", arguments: [study.id])
      let stored = contributions.reduce(into: [String: [UInt8]]()) {
        $0[$1["contributor"]] = Self.bytes($1["digest"])
      }
      guard sequence > 0, stored == standing, try Self.state(db, study).contributors == stored.count else {
        throw ContributionStoreError.logBroken(sequence: sequence + 1)
      }
      return stored.count
    }
  }
}
#endif
