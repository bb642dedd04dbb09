#if Services
import BudgetLedger
import DisclosureControl
import Foundation
import Testing

@Suite struct BudgetLedgerTests {
  private let folder: LedgerFolder

  init() throws { folder = try LedgerFolder() }

  @Test func chargesSurviveReopening() throws {
    do {
      let ledger = try folder.opened()
      let proof = try ledger.charge(charge(300_000, run: 1), study: studyDigest)
      #expect(proof.charge.cost.epsilon.micros == 300_000)
      _ = try ledger.charge(charge(400_000, run: 1, kind: .cells), study: studyDigest)
    }
    let ledger = try folder.open()
    let statement = try #require(try ledger.statements().first)
    #expect(statement.population == "customers" && statement.spent.epsilon.micros == 700_000)
    #expect(statement.counterparts.first?.spent.epsilon.micros == 700_000)
    #expect(statement.counterparts.first?.budget.epsilon.micros == 1_000_000)
    #expect(throws: BudgetLedgerError.refused(.epsilonOverrun(.counterpart))) {
      _ = try ledger.charge(charge(300_001, run: 2), study: studyDigest)
    }
    _ = try ledger.charge(charge(300_000, run: 2), study: studyDigest)
  }

  @Test func aRefusedChargeLeavesNothing() throws {
    let ledger = try folder.opened()
    let before = try ledger.head()
    #expect(throws: BudgetLedgerError.refused(.epsilonOverrun(.counterpart))) {
      _ = try ledger.charge(charge(1_000_001, run: 1), study: studyDigest)
    }
    #expect(throws: BudgetLedgerError.refused(.outOfOrder)) {
      _ = try ledger.charge(charge(1, run: 1, kind: .cells), study: studyDigest)
    }
    #expect(throws: BudgetLedgerError.refused(.exactNotPermitted)) {
      _ = try ledger.charge(charge(0, run: 1, kind: .exact), study: studyDigest)
    }
    #expect(throws: BudgetLedgerError.refused(.noBudget)) {
      _ = try ledger.charge(charge(1, run: 1, counterpart: "stranger"), study: studyDigest)
    }
    #expect(throws: BudgetLedgerError.invalidEntry) {
      _ = try ledger.charge(charge(1, run: 1), study: [1])
    }
    #expect(try ledger.head() == before)
  }

  @Test func aRunIsChargedOnceForEachThing() throws {
    let ledger = try folder.opened()
    _ = try ledger.charge(charge(1, run: 1), study: studyDigest)
    #expect(throws: BudgetLedgerError.refused(.alreadyCharged)) {
      _ = try ledger.charge(charge(1, run: 1), study: studyDigest)
    }
    _ = try ledger.charge(charge(1, run: 2), study: studyDigest)
  }

  @Test func counterpartsShareThePopulationsTotal() throws {
    let ledger = try folder.opened(own: 1_000_000, total: 1_500_000)
    try ledger.setCounterpartBudget(cost(1_000_000), account: account("other"))
    _ = try ledger.charge(charge(1_000_000, run: 1), study: studyDigest)
    #expect(throws: BudgetLedgerError.refused(.epsilonOverrun(.population))) {
      _ = try ledger.charge(charge(500_001, run: 2, counterpart: "other"), study: studyDigest)
    }
    _ = try ledger.charge(charge(500_000, run: 2, counterpart: "other"), study: studyDigest)
  }

  @Test func deltaIsKeptToTheUnit() throws {
    let ledger = try folder.opened()
    for number in 0..<4 {
      _ = try ledger.charge(
        charge(1, run: UInt64(number), delta: Delta(powerOfHalf: 42)), study: studyDigest)
    }
    #expect(throws: BudgetLedgerError.refused(.deltaOverrun(.counterpart))) {
      _ = try ledger.charge(charge(1, run: 9, delta: Delta(powerOfHalf: 62)), study: studyDigest)
    }
  }

  @Test func theLastBudgetCountsAndSpendingIsNeverForgotten() throws {
    let ledger = try folder.opened()
    _ = try ledger.charge(charge(900_000, run: 1), study: studyDigest)
    try ledger.setCounterpartBudget(cost(100_000), account: account())
    #expect(throws: BudgetLedgerError.refused(.epsilonOverrun(.counterpart))) {
      _ = try ledger.charge(charge(1, run: 2), study: studyDigest)
    }
    try ledger.setCounterpartBudget(cost(900_001), account: account())
    _ = try ledger.charge(charge(1, run: 2), study: studyDigest)
    try ledger.setCounterpartBudget(cost(900_001), permitsExact: true, account: account())
    _ = try ledger.charge(charge(0, run: 3, kind: .exact), study: studyDigest)
  }

  @Test func theFileIsItsOwnersAlone() throws {
    let ledger = try folder.opened()
    for suffix in ["", "-wal", "-shm"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + suffix)
      #expect(attributes[.posixPermissions] as? Int == 0o600, "\(suffix)")
    }
    _ = try ledger.head()
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.path)
    #expect(throws: BudgetLedgerError.permissionsTooWide(path: folder.path)) { try folder.open() }
  }

  @Test func filesThatAreNoLedgersAreRefused() throws {
    #expect(throws: BudgetLedgerError.cannotOpen(path: "/nowhere/ledger", errno: ENOENT)) {
      _ = try BudgetLedger(path: "/nowhere/ledger")
    }
    try sqlite("CREATE TABLE t (x)", folder.path)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.path)
    #expect(throws: BudgetLedgerError.notALedger(path: folder.path)) { try folder.open() }
    try Data(repeating: 1, count: 8192).write(to: URL(fileURLWithPath: folder.path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.path)
    #expect(throws: BudgetLedgerError.notALedger(path: folder.path)) { try folder.open() }
  }
}
#endif
