#if Services
import DisclosureControl
import Foundation
import GRDB
import Secrets

extension BudgetLedger {
  /// "HTKL", in the file's header: tells a ledger from other SQLite files.
  private static let applicationID = 0x4854_4B4C
  private static let version = 1

  static func open(_ path: String) throws(BudgetLedgerError) -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA trusted_schema = OFF")
    }
    // Two processes that turn a new file to WAL at once are told that it is locked, without the ten seconds' patience.
    for attempt in 0... {
      do { return try DatabaseQueue(path: path, configuration: configuration) } catch {
        let reason = reason(error, path: path)
        guard reason == .busy, attempt < 100 else { throw reason }
        Thread.sleep(forTimeInterval: 0.05)
      }
    }
    throw .busy
  }

  /// One immediate transaction: the lock is taken before anything is read, so that what was read still holds at the end.
  func write(_ body: (Database) throws -> Void) throws(BudgetLedgerError) {
    do {
      try queue.writeWithoutTransaction { db in
        try db.inTransaction(.immediate) {
          try body(db)
          return .commit
        }
      }
    } catch { throw Self.reason(error, path: path) }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(BudgetLedgerError) -> Value {
    do { return try queue.read(body) } catch { throw Self.reason(error, path: path) }
  }

  private static func reason(_ error: any Error, path: String) -> BudgetLedgerError {
    if let error = error as? BudgetLedgerError { return error }
    guard let error = error as? DatabaseError else { return .storage(code: 0) }
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: return .notALedger(path: path)
    default: return .storage(code: Int(error.extendedResultCode.rawValue))
    }
  }

  /// Makes the table in an empty file; leaves any other file alone.
  static func createSchema(_ db: Database, time: Int64) throws {
    guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 else { return }
    try db.execute(sql: schema)
    try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
    try insert(
      LedgerEntry(
        sequence: 1, time: time, kind: .created, run: SystemRandom.bytes(count: 16),
        after: LedgerEntry.hashBeforeFirst), db)
  }

  static func isLedger(_ db: Database) throws -> Bool {
    try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID
      && Int.fetchOne(db, sql: "PRAGMA user_version") == version
  }

  private static let schema = """
    CREATE TABLE entry (
      sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
      time INTEGER NOT NULL,
      kind TEXT NOT NULL,
      detail TEXT NOT NULL,
      run BLOB NOT NULL,
      study BLOB NOT NULL,
      population TEXT NOT NULL,
      counterpart TEXT NOT NULL,
      epsilon INTEGER NOT NULL CHECK (epsilon >= 0),
      delta INTEGER NOT NULL CHECK (delta >= 0),
      hash BLOB NOT NULL CHECK (length(hash) = 32)
    ) STRICT;
    CREATE INDEX entry_of_account ON entry (kind, population, counterpart);
    CREATE INDEX entry_of_run ON entry (run);
    CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
    CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
    """

  static func insert(_ entry: LedgerEntry, _ db: Database) throws {
    try db.execute(
      sql: "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        entry.sequence, entry.time, entry.kind.rawValue, entry.detail, Data(entry.run), Data(entry.study),
        entry.population, entry.counterpart, Int64(entry.cost.epsilon.micros),
        Int64(entry.cost.delta.units), Data(entry.hash),
      ])
  }

  static func head(_ db: Database) throws -> LedgerHead? {
    try Row.fetchOne(db, sql: "SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1").map {
      LedgerHead(sequence: $0["sequence"], hash: [UInt8]($0["hash"] as Data))
    }
  }
}
#endif
