#if Services
import BudgetLedger
import DisclosureControl
import Foundation
import GRDB
import Testing

/// Runs SQL on a file past the ledger, with its triggers gone if need be.
func sqlite(_ sql: String, _ path: String) throws {
  let queue = try DatabaseQueue(path: path)
  try queue.write { db in try db.execute(sql: sql) }
  try queue.close()
}

@Suite struct AuditTests {
  private let folder: LedgerFolder

  init() throws { folder = try LedgerFolder() }

  private static let withoutTriggers =
    "DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_never_deleted;"

  private func filled() throws -> BudgetLedger {
    let ledger = try folder.opened()
    for number in 1...5 as ClosedRange<UInt64> {
      try ledger.record(.started, run: run(number), account: account(), study: studyDigest)
      _ = try ledger.charge(charge(1_000, run: number), study: studyDigest)
      try ledger.record(
        .failed, run: run(number), account: account(), study: studyDigest, note: "the peer went away")
    }
    return ledger
  }

  @Test func theLogHoldsWhatHappenedInOrder() throws {
    let ledger = try filled()
    let entries = try ledger.entries()
    #expect(entries.map(\.sequence) == Array(1...18))
    #expect(entries[0].kind == .created && entries[0].run.count == 16)
    #expect(entries[1].kind == .populationBudget && entries[2].kind == .counterpartBudget)
    #expect(entries[3...5].map(\.detail) == ["started", "match", "failed: the peer went away"])
    #expect(entries[4].study == studyDigest && entries[4].cost.epsilon.micros == 1_000)
    #expect(entries.allSatisfy { $0.time == 1_700_000_000 })
    #expect(try ledger.entries(from: 4, limit: 3) == Array(entries[3...5]))
    #expect(try ledger.verify() == LedgerHead(sequence: 18, hash: entries[17].hash))
    #expect(throws: BudgetLedgerError.invalidEntry) {
      try ledger.record(
        .failed, run: run(1), account: account(), study: studyDigest, note: String(repeating: "x", count: 201)
      )
    }
  }

  @Test func entriesCannotBeChangedThroughSQL() throws {
    _ = try filled()
    #expect(throws: DatabaseError.self) { try sqlite("UPDATE entry SET epsilon = 0", folder.path) }
    #expect(throws: DatabaseError.self) { try sqlite("DELETE FROM entry", folder.path) }
  }

  @Test(arguments: [
    ("UPDATE entry SET epsilon = 1 WHERE sequence = 5", 5),
    ("UPDATE entry SET delta = 0 WHERE sequence = 5", 5),
    ("UPDATE entry SET time = time + 1 WHERE sequence = 7", 7),
    ("UPDATE entry SET detail = 'completed' WHERE sequence = 6", 6),
    ("UPDATE entry SET counterpart = 'x' WHERE sequence = 6", 6),
    ("UPDATE entry SET population = 'x' WHERE sequence = 2", 2),
    ("UPDATE entry SET run = zeroblob(16) WHERE sequence = 8", 8),
    ("UPDATE entry SET study = zeroblob(32) WHERE sequence = 8", 8),
    ("UPDATE entry SET hash = zeroblob(32) WHERE sequence = 8", 8),
    ("UPDATE entry SET kind = 'run' WHERE sequence = 5", 5),
    ("UPDATE entry SET kind = 'nonsense' WHERE sequence = 5", 5),
    ("DELETE FROM entry WHERE sequence = 9", 9),
    ("DELETE FROM entry WHERE sequence = 1", 1),
    ("DELETE FROM entry", 1),
  ])
  func tamperingBreaksTheChainWhereItHappened(sql: String, sequence: Int) throws {
    let ledger = try filled()
    try sqlite(Self.withoutTriggers + sql, folder.path)
    #expect(throws: BudgetLedgerError.chainBroken(sequence: sequence)) { _ = try ledger.verify() }
  }

  @Test func aCutEndIsNoticedByWhoeverKeptTheHead() throws {
    let ledger = try filled()
    let head = try ledger.head()
    #expect(try ledger.verify(containing: head) == head)
    _ = try ledger.charge(charge(1, run: 9), study: studyDigest)
    #expect(try ledger.verify(containing: head).sequence == head.sequence + 1)
    try sqlite(Self.withoutTriggers + "DELETE FROM entry WHERE sequence >= 17", folder.path)
    _ = try ledger.verify()
    #expect(throws: BudgetLedgerError.headMissing(sequence: head.sequence)) {
      _ = try ledger.verify(containing: head)
    }
    // Another ledger of the same length is another ledger.
    let other = try LedgerFolder().opened()
    let stranger = try other.head()
    #expect(throws: BudgetLedgerError.headMissing(sequence: 3)) {
      _ = try ledger.verify(containing: stranger)
    }
  }
}
#endif
