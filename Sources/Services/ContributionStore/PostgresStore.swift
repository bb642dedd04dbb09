#if Services
import Foundation
import Synchronization

/// A store in a PostgreSQL database that several instances share: each study is locked by its row while it is written.
final class PostgresStore: StoreDatabase {
  private let parameters: String
  /// Connections at rest.
  private let idle = Mutex<[PostgresConnection]>([])
  /// Tries of a transaction that a deadlock or a broken connection ended.
  private static let attempts = 5

  /// Connects (libpq's connection string) and makes the tables in an empty database. Throws `cannotConnect`, `notAStore` or `storage`.
  init(_ parameters: String) throws(ContributionStoreError) {
    self.parameters = parameters
    let connection = try connect()
    do {
      if try !Self.has("entry", connection) {
        do throws(PostgresFailure) {
          try connection.run(script: "BEGIN;" + StoreSchema.postgres + "COMMIT;")
        } catch {
          try connection.run(script: "ROLLBACK")
          guard error.isDuplicate else { throw error }
        }
      }
      guard try Self.version(connection) == 2 else {
        throw ContributionStoreError.notAStore(path: "the PostgreSQL database")
      }
    } catch let error as ContributionStoreError { throw error } catch { throw .storage(code: 0) }
    rest(connection)
  }

  private static func has(_ table: String, _ connection: PostgresConnection) throws -> Bool {
    var isThere = false
    try connection.run("SELECT CAST(to_regclass('\(table)') AS TEXT) AS name", []) { row in
      isThere = row.columns["name"] != .null
    }
    return isThere
  }

  /// Of the tables that are there; nil for tables of others, or from before versions.
  private static func version(_ connection: PostgresConnection) throws -> Int? {
    guard try has("store_version", connection) else { return nil }
    var version: Int?
    try connection.run("SELECT version FROM store_version", []) { row in version = try row.integer("version")
    }
    return version
  }

  private func connect() throws(ContributionStoreError) -> PostgresConnection {
    let connection = try PostgresConnection(parameters)
    do throws(PostgresFailure) {
      try connection.run(
        script: "SET client_min_messages = warning; SET synchronous_commit = on; SET lock_timeout = '10s'")
    } catch { throw .cannotConnect }
    return connection
  }

  private func rest(_ connection: PostgresConnection) {
    guard connection.isAlive else { return }
    idle.withLock { if $0.count < 8 { $0.append(connection) } }
  }

  func write(_ body: (any StoreSession) throws -> Void) throws {
    try transaction("BEGIN ISOLATION LEVEL READ COMMITTED", locks: true, body)
  }

  func read(_ body: (any StoreSession) throws -> Void) throws {
    try transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", locks: false, body)
  }

  /// A transaction is tried again only where it is certain that it was not committed: before its COMMIT was sent, or where the server
  /// said that it undid it.
  private func transaction(
    _ begin: String, locks: Bool, _ body: (any StoreSession) throws -> Void
  ) throws {
    for attempt in 1... {
      let connection = try idle.withLock { $0.popLast() } ?? connect()
      defer { rest(connection) }
      do {
        try connection.run(script: begin)
        try body(PostgresSession(connection: connection, lock: locks ? " FOR UPDATE" : ""))
      } catch {
        let isAlive = connection.isAlive
        if isAlive { try? connection.run(script: "ROLLBACK") }
        guard let failure = error as? PostgresFailure else { throw error }
        guard attempt < Self.attempts, failure.isTransient || !isAlive else {
          throw ContributionStoreError.storage(code: 0)
        }
        continue
      }
      do { try connection.run(script: "COMMIT") } catch {
        // What was read holds in any case. A server that still speaks has undone what it refuses to commit.
        guard locks else { return }
        throw connection.isAlive ? ContributionStoreError.storage(code: 0) : .outcomeUnknown
      }
      return
    }
  }
}

/// A transaction in PostgreSQL.
private struct PostgresSession: StoreSession {
  let connection: PostgresConnection
  let lock: String

  func execute(_ sql: String, _ values: [StoreValue]) throws -> Int { try connection.run(sql, values) }

  func rows(_ sql: String, _ values: [StoreValue], _ each: (StoreRow) throws -> Void) throws {
    try connection.run(sql, values, each)
  }
}
#endif
