#if Services
import DisclosureControl
import Foundation
import GRDB

extension BudgetLedger {
  /// The last entry. Keep it somewhere else to be able to notice a ledger that was cut short.
  public func head() throws(BudgetLedgerError) -> LedgerHead {
    let head = try read { db in try Self.head(db) }
    guard let head else { throw .notALedger(path: path) }
    return head
  }

  /// At most `limit` ≥ 1 entries, from number `first` on, oldest first.
  public func entries(from first: Int = 1, limit: Int = 1_000) throws(BudgetLedgerError) -> [LedgerEntry] {
    var entries: [LedgerEntry] = []
    try walk(from: first) { entry, _ in
      entries.append(entry)
      return entries.count < limit
    }
    return entries
  }

  /// Checks the whole chain, and that it holds `known` where one is given. Gives the head.
  ///
  /// Throws `chainBroken` at the first entry that is not what was chained, `headMissing` where `known` is not there.
  public func verify(containing known: LedgerHead? = nil) throws(BudgetLedgerError) -> LedgerHead {
    var head = LedgerHead(sequence: 0, hash: LedgerEntry.hashBeforeFirst)
    var broken: Int?
    var isKnown = known == nil
    try walk(from: 1) { entry, stored in
      guard entry.sequence == head.sequence + 1, entry.hash == stored else {
        broken = head.sequence + 1
        return false
      }
      head = LedgerHead(sequence: entry.sequence, hash: stored)
      if head == known { isKnown = true }
      return true
    }
    if let broken { throw .chainBroken(sequence: broken) }
    guard head.sequence >= 1 else { throw .chainBroken(sequence: 1) }
    if let known, !isKnown { throw .headMissing(sequence: known.sequence) }
    return head
  }

  /// Goes through the entries, each rebuilt upon the stored hash before it and given with its own stored hash, until
  /// `visit` says false.
  private func walk(
    from first: Int, _ visit: (LedgerEntry, _ stored: [UInt8]) -> Bool
  ) throws(BudgetLedgerError) {
    try read { db in
      var previous = LedgerEntry.hashBeforeFirst
      let before = try Data.fetchOne(
        db, sql: "SELECT hash FROM entry WHERE sequence = ?", arguments: [first - 1])
      if let before { previous = [UInt8](before) }
      let rows = try Row.fetchCursor(
        db, sql: "SELECT * FROM entry WHERE sequence >= ? ORDER BY sequence", arguments: [first])
      while let row = try rows.next() {
        let stored = [UInt8](row["hash"] as Data)
        guard try visit(Self.entry(row, after: previous), stored) else { return }
        previous = stored
      }
    }
  }

  private static func entry(_ row: Row, after previous: [UInt8]) throws -> LedgerEntry {
    guard let kind = LedgerEntry.Kind(rawValue: row["kind"]) else {
      throw BudgetLedgerError.chainBroken(sequence: row["sequence"])
    }
    return LedgerEntry(
      sequence: row["sequence"], time: row["time"], kind: kind, detail: row["detail"],
      run: [UInt8](row["run"] as Data), study: [UInt8](row["study"] as Data), population: row["population"],
      counterpart: row["counterpart"], cost: try cost(row["epsilon"], row["delta"]), after: previous)
  }
}
#endif
