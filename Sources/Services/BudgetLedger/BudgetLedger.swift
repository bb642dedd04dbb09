#if Services
import DisclosureControl
import Foundation
import GRDB
import Primitives

/// Budgets, charges and the log of runs, in one SQLite file: an append-only, hash-chained list of entries from which
/// everything else is added up.
///
/// A charge is on stable storage (WAL, `synchronous = FULL`) before `charge` returns; a process that dies after that has
/// spent it. Each change is one `BEGIN IMMEDIATE` transaction, so that any number of processes can share a ledger. The file
/// has mode 0600. Who can write the file can rewrite the chain: keep heads elsewhere (`LedgerHead`).
public final class BudgetLedger: Sendable {
  let path: String
  let queue: DatabaseQueue
  private let clock: @Sendable () -> Int64

  /// Opens the ledger at `path`, or creates one there; the folder exists. `clock` gives seconds since 1970.
  ///
  /// Throws `cannotOpen`, `permissionsTooWide`, `notALedger`, `busy` or `storage`.
  public init(
    path: String, clock: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
  ) throws(BudgetLedgerError) {
    self.path = path
    self.clock = clock
    try prepareLedgerFile(path)
    queue = try Self.open(path)
    try write { (db) throws in try Self.createSchema(db, time: clock()) }
    guard try read({ db in try Self.isLedger(db) }) else { throw .notALedger(path: path) }
  }

  /// Sets what may be spent on a population over all counterparts. A budget below what was spent stops all spending.
  public func setPopulationBudget(
    _ budget: PrivacyCost, population: String
  ) throws(BudgetLedgerError) {
    guard LedgerAccount.isName(population) else { throw .invalidEntry }
    try append { (db, chain) in
      chain.entry(.populationBudget, population: population, cost: budget)
    }
  }

  /// Sets what may be spent on one counterpart, and whether it may get exact results.
  public func setCounterpartBudget(
    _ budget: PrivacyCost, permitsExact: Bool = false, account: LedgerAccount
  ) throws(BudgetLedgerError) {
    try append { (db, chain) in
      chain.entry(
        .counterpartBudget, detail: permitsExact ? "exact" : "", population: account.population,
        counterpart: account.counterpart, cost: budget)
    }
  }

  /// Records a charge durably, for a study with this digest of 32 bytes, and gives the proof that a protocol asks for.
  ///
  /// Throws `refused` where the rules forbid it, and then records nothing; `busy` or `storage` where it cannot be recorded.
  public func charge(_ charge: Charge, study: [UInt8]) throws(BudgetLedgerError) -> DurableCharge {
    guard study.count == SHA256.byteCount else { throw .invalidEntry }
    try append { (db, chain) in
      do { try Self.balance(db, for: charge).admit(charge) } catch let refusal as LedgerRefusal {
        throw BudgetLedgerError.refused(refusal)
      }
      return chain.entry(
        .charge, detail: charge.kind.rawValue, run: charge.run.bytes, study: study,
        population: charge.account.population, counterpart: charge.account.counterpart, cost: charge.cost)
    }
    return DurableCharge(afterWriting: charge)
  }

  /// Throws `refused` where `charge` would be refused now; records nothing.
  public func check(_ charge: Charge) throws(BudgetLedgerError) {
    let balance = try read { db in try Self.balance(db, for: charge) }
    do { try balance.admit(charge) } catch { throw .refused(error) }
  }

  /// Records how a run went. `note` is at most 200 bytes without control characters, and holds no personal data.
  public func record(
    _ event: RunEvent, run: RunIdentifier, account: LedgerAccount, study: [UInt8], note: String = ""
  ) throws(BudgetLedgerError) {
    guard study.count == SHA256.byteCount, note.utf8.count <= 200,
      note.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else { throw .invalidEntry }
    try append { (db, chain) in
      chain.entry(
        .run, detail: note.isEmpty ? event.rawValue : "\(event.rawValue): \(note)", run: run.bytes,
        study: study, population: account.population, counterpart: account.counterpart)
    }
  }

  /// Appends what `make` builds, in one transaction with everything that it reads.
  private func append(
    _ make: (Database, Chain) throws -> LedgerEntry
  ) throws(BudgetLedgerError) {
    let time = clock()
    try write { db in
      guard let head = try Self.head(db) else { throw BudgetLedgerError.notALedger(path: path) }
      try Self.insert(make(db, Chain(head: head, time: time)), db)
    }
  }
}

/// The end of the chain, to which an entry is put.
struct Chain {
  let head: LedgerHead
  let time: Int64

  func entry(
    _ kind: LedgerEntry.Kind, detail: String = "", run: [UInt8] = [], study: [UInt8] = [],
    population: String = "", counterpart: String = "", cost: PrivacyCost = .zero
  ) -> LedgerEntry {
    LedgerEntry(
      sequence: head.sequence + 1, time: time, kind: kind, detail: detail, run: run, study: study,
      population: population, counterpart: counterpart, cost: cost, after: head.hash)
  }
}
#endif
