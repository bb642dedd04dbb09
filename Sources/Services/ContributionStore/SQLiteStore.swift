#if Services
import Foundation
import GRDB

/// A store in one SQLite file.
struct SQLiteStore: StoreDatabase {
  /// "HTKS", in the file's header: tells a store from other SQLite files.
  private static let applicationID = 0x4854_4B53
  private static let version = 2

  private let path: String
  private let pool: DatabasePool

  init(path: String) throws(ContributionStoreError) {
    try prepareStoreFile(path)
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { db in
      // A ciphertext fills a few large pages instead of thirty small ones.
      if !db.configuration.readonly { try db.execute(sql: "PRAGMA page_size = 16384") }
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA foreign_keys = ON")
      try db.execute(sql: "PRAGMA trusted_schema = OFF")
    }
    self.path = path
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
      let isStore = try pool.writeWithoutTransaction { db in
        try db.inTransaction(.immediate) {
          try Self.createSchema(db)
          return .commit
        }
        return try Self.isStore(db)
      }
      guard isStore else { throw ContributionStoreError.notAStore(path: path) }
    } catch { throw Self.reason(error, path: path) }
  }

  /// One immediate transaction: the lock is taken before anything is read, so that what was read still holds at the end.
  func write(_ body: (any StoreSession) throws -> Void) throws {
    do {
      try pool.writeWithoutTransaction { db in
        try db.inTransaction(.immediate) {
          try body(SQLiteSession(db: db))
          return .commit
        }
      }
    } catch { throw Self.reason(error, path: path) }
  }

  func read(_ body: (any StoreSession) throws -> Void) throws {
    do { try pool.read { db in try body(SQLiteSession(db: db)) } } catch {
      throw Self.reason(error, path: path)
    }
  }

  /// The database's errors as this room's; others stay.
  private static func reason(_ error: any Error, path: String) -> ContributionStoreError {
    if error is DatabaseError == false { return ContributionStore.reason(error) }
    guard let error = error as? DatabaseError else { return .storage(code: 0) }
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: return .notAStore(path: path)
    default: return .storage(code: Int(error.extendedResultCode.rawValue))
    }
  }

  /// Makes the tables in an empty file; leaves any other file alone.
  private static func createSchema(_ db: Database) throws {
    guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 else { return }
    try db.execute(sql: StoreSchema.sqlite)
    try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
  }

  private static func isStore(_ db: Database) throws -> Bool {
    try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID
      && Int.fetchOne(db, sql: "PRAGMA user_version") == version
  }
}

/// A transaction in SQLite.
private struct SQLiteSession: StoreSession {
  let db: Database

  var lock: String { "" }

  func execute(_ sql: String, _ values: [StoreValue]) throws -> Int {
    try db.execute(sql: sql, arguments: Self.arguments(values))
    return db.changesCount
  }

  func rows(_ sql: String, _ values: [StoreValue], _ each: (StoreRow) throws -> Void) throws {
    let cursor = try Row.fetchCursor(db, sql: sql, arguments: Self.arguments(values))
    while let row = try cursor.next() {
      var columns: [String: StoreValue] = [:]
      for (name, value) in row { columns[name] = Self.value(value) }
      try each(StoreRow(columns: columns))
    }
  }

  private static func arguments(_ values: [StoreValue]) -> StatementArguments {
    StatementArguments(
      values.map { value -> (any DatabaseValueConvertible)? in
        switch value {
        case .integer(let value): value
        case .text(let value): value
        case .bytes(let value): Data(value)
        case .null: nil
        }
      })
  }

  private static func value(_ value: DatabaseValue) -> StoreValue {
    switch value.storage {
    case .int64(let value): .integer(value)
    case .string(let value): .text(value)
    case .blob(let value): .bytes([UInt8](value))
    case .double, .null: .null
    }
  }
}
#endif
