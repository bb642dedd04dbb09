#if Services
import Foundation
import GRDB
import Synchronization

/// What each client has used up of a day's budget. Days begin at midnight, UTC.
///
/// The file runs ahead of the truth: before a client uses more than what is recorded, a whole step is recorded durably. So
/// hardly any request waits for the disk, and a process that is killed forgets nothing; it counts at most a step too much.
/// A stop in good order records the exact numbers. Kept: for today, who asked (`ClientName`) and how much.
public final class DailyBudget: Sendable {
  private struct Account {
    var used: Int
    var recorded: Int
  }
  private struct State {
    var day = 0
    var accounts: [ClientName: Account] = [:]
  }

  private let limit: Int
  private let step: Int
  private let path: String
  private let file: DatabaseQueue
  private let clock: @Sendable () -> Double
  private let state: Mutex<State>

  /// "HTKB", in the file's header.
  private static let applicationID = 0x4854_4B42

  /// Budgets of `limit` ≥ 1 a day, kept in the file at `path`, which is made (mode 0600) unless it is there. `clock` gives
  /// seconds since 1970.
  ///
  /// Throws `state` and `notAState`.
  public init(
    limit: Int, path: String, clock: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
  ) throws(HTTPServiceError) {
    precondition(limit > 0)
    self.limit = limit
    step = max(1, min(limit / 16, 4096))
    self.path = path
    self.clock = clock
    do {
      file = try Self.open(path)
      let day = Self.day(clock())
      let accounts = try file.write { db in try Self.accounts(day, db) }
      state = Mutex(State(day: day, accounts: accounts))
    } catch let error as HTTPServiceError { throw error } catch { throw Self.reason(error, path) }
  }

  /// Takes `amount` from a client's budget, and from its site's, which has `ClientName.siteShare` times as much: nil where there was so
  /// much, else in how many seconds the next day begins. Throws `state` where it cannot be recorded; then nothing was taken.
  public func refusal(of client: ClientName, amount: Int) throws(HTTPServiceError) -> Int? {
    let now = clock()
    return try state.withLock { (state) throws(HTTPServiceError) in
      // A clock that is set back over midnight gives nobody a new day.
      let day = max(Self.day(now), state.day)
      if state.day != day { state = State(day: day) }
      var (changed, ahead): ([ClientName: Account], [ClientName: Int]) = ([:], [:])
      for name in [client, client.site].compactMap({ $0 }) {
        let limit = name == client ? limit : limit * ClientName.siteShare
        var account = state.accounts[name] ?? Account(used: 0, recorded: 0)
        guard account.used + amount <= limit else { return max(1, (day + 1) * 86_400 - Int(now)) }
        account.used += amount
        if account.used > account.recorded {
          account.recorded = min(limit, account.used + step)
          ahead[name] = account.recorded
        }
        changed[name] = account
      }
      if !ahead.isEmpty { try record(ahead, day) }
      state.accounts.merge(changed) { $1 }
      return nil
    }
  }

  /// Records exactly what was used, for a stop in good order. Throws `state`.
  public func settle() throws(HTTPServiceError) {
    try state.withLock { (state) throws(HTTPServiceError) in
      try record(state.accounts.mapValues { $0.used }, state.day)
      for client in state.accounts.keys {
        if let used = state.accounts[client]?.used { state.accounts[client]?.recorded = used }
      }
    }
  }

  private func record(_ numbers: [ClientName: Int], _ day: Int) throws(HTTPServiceError) {
    do {
      try file.write { db in
        for (client, number) in numbers {
          try db.execute(
            sql: "INSERT OR REPLACE INTO used (day, client, amount) VALUES (?, ?, ?)",
            arguments: [day, client.description, number])
        }
        try db.execute(sql: "DELETE FROM used WHERE day < ?", arguments: [day])
      }
    } catch { throw Self.reason(error, path) }
  }

  private static func day(_ time: Double) -> Int { Int((time / 86_400).rounded(.down)) }

  private static func open(_ path: String) throws -> DatabaseQueue {
    // SQLite would make it with the mode of the umask.
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(
        atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    }
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA trusted_schema = OFF")
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  private static func accounts(_ day: Int, _ db: Database) throws -> [ClientName: Account] {
    if try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 {
      try db.execute(
        sql: """
          CREATE TABLE used (day INTEGER NOT NULL, client TEXT NOT NULL, amount INTEGER NOT NULL,
            PRIMARY KEY (day, client)) WITHOUT ROWID;
          PRAGMA application_id = \(applicationID);
          """)
    }
    guard try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
      throw HTTPServiceError.notAState(path: "")
    }
    var accounts: [ClientName: Account] = [:]
    let rows = try Row.fetchCursor(db, sql: "SELECT client, amount FROM used WHERE day = ?", arguments: [day])
    while let row = try rows.next() {
      let amount: Int = row["amount"]
      accounts[ClientName(recorded: row["client"])] = Account(used: amount, recorded: amount)
    }
    return accounts
  }

  private static func reason(_ error: any Error, _ path: String) -> HTTPServiceError {
    switch error {
    case HTTPServiceError.notAState: return .notAState(path: path)
    case let error as DatabaseError where error.resultCode == .SQLITE_NOTADB: return .notAState(path: path)
    case let error as DatabaseError: return .state(path: path, code: Int(error.extendedResultCode.rawValue))
    default: return .state(path: path, code: 0)
    }
  }
}
#endif
