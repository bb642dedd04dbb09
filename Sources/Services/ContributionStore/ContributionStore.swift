#if Services
import Dispatch
import EncryptedSum
import Foundation
import Secrets

/// Studies, contributions, their logs and the tokens of those who use them, in one SQLite file or a PostgreSQL database.
///
/// What a call returned from is on stable storage (WAL, `synchronous = FULL`; `synchronous_commit`): a process that is killed after that has done
/// it, one that is killed before has done it whole or not at all. Contributions that arrive together share one transaction
/// and one `fsync` (group commit). One row is kept for each contributor of a study, so that what is added up cannot
/// count anybody twice; the sum itself is computed from these rows when a study is released, by the code that audits it.
public final class ContributionStore: Sendable {
  let database: any StoreDatabase
  let clock: @Sendable () -> Int64
  let queue = DispatchQueue(label: "hitoku.contribution-store")
  let waiting = WaitingRequests()

  /// Opens the store at `path`, or creates one there; the folder exists. `clock` gives seconds since 1970.
  ///
  /// Throws `cannotOpen`, `permissionsTooWide`, `notAStore` or `storage`.
  public init(
    path: String, clock: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
  ) throws(ContributionStoreError) {
    self.clock = clock
    database = try SQLiteStore(path: path)
  }

  /// The store in a PostgreSQL database, by libpq's connection string such as `host=db dbname=hitoku user=hitoku`; makes its tables
  /// in an empty one. Any number of instances share it.
  ///
  /// Throws `cannotConnect` or `storage`.
  public init(
    postgres parameters: String,
    clock: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
  ) throws(ContributionStoreError) {
    self.clock = clock
    database = try PostgresStore(parameters)
  }

  /// One durable transaction.
  @discardableResult
  func write<Value>(
    _ body: (any StoreSession) throws -> Value
  ) throws(ContributionStoreError) -> Value {
    var value: Value?
    do { try database.write { value = try body($0) } } catch { throw Self.reason(error) }
    guard let value else { throw .storage(code: 0) }
    return value
  }

  /// One transaction that changes nothing.
  func read<Value>(
    _ body: (any StoreSession) throws -> Value
  ) throws(ContributionStoreError) -> Value {
    var value: Value?
    do { try database.read { value = try body($0) } } catch { throw Self.reason(error) }
    guard let value else { throw .storage(code: 0) }
    return value
  }

  static func reason(_ error: any Error) -> ContributionStoreError {
    if let error = error as? ContributionStoreError { return error }
    if let refusal = error as? SumRefusal { return .refused(refusal) }
    return .storage(code: 0)
  }
}
#endif
