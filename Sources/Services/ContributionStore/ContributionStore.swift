#if Services
import Dispatch
import EncryptedSum
import Foundation
import GRDB
import Secrets

/// Studies, contributions, their logs and the tokens of those who use them, in one SQLite file.
///
/// What a call returned from is on stable storage (WAL, `synchronous = FULL`): a process that is killed after that has done
/// it, one that is killed before has done it whole or not at all. Contributions that arrive together share one transaction
/// and one `fsync` (group commit). One row is kept for each contributor of a study, so that what is added up cannot
/// count anybody twice; the sum itself is computed from these rows when a study is released, by the code that audits it.
public final class ContributionStore: Sendable {
  let path: String
  let pool: DatabasePool
  let clock: @Sendable () -> Int64
  let queue = DispatchQueue(label: "hitoku.contribution-store")
  let waiting = WaitingRequests()

  /// Opens the store at `path`, or creates one there; the folder exists. `clock` gives seconds since 1970.
  ///
  /// Throws `cannotOpen`, `permissionsTooWide`, `notAStore` or `storage`.
  public init(
    path: String, clock: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
  ) throws(ContributionStoreError) {
    self.path = path
    self.clock = clock
    try prepareStoreFile(path)
    pool = try Self.open(path)
    try write { db in try Self.createSchema(db) }
    guard try read({ db in try Self.isStore(db) }) else { throw .notAStore(path: path) }
  }

  /// One immediate transaction: the lock is taken before anything is read, so that what was read still holds at the end.
  func write<Value: Sendable>(
    _ body: (Database) throws -> Value
  ) throws(ContributionStoreError) -> Value {
    do {
      return try pool.writeWithoutTransaction { db in
        var value: Value?
        try db.inTransaction(.immediate) {
          value = try body(db)
          return .commit
        }
        guard let value else { throw ContributionStoreError.storage(code: 0) }
        return value
      }
    } catch { throw Self.reason(error, path: path) }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(ContributionStoreError) -> Value {
    do { return try pool.read(body) } catch { throw Self.reason(error, path: path) }
  }

  static func reason(_ error: any Error, path: String) -> ContributionStoreError {
    if let error = error as? ContributionStoreError { return error }
    if let refusal = error as? SumRefusal { return .refused(refusal) }
    guard let error = error as? DatabaseError else { return .storage(code: 0) }
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: return .notAStore(path: path)
    default: return .storage(code: Int(error.extendedResultCode.rawValue))
    }
  }
}
#endif
