#if Services
import BudgetLedger
import DisclosureControl
import Foundation
import Testing

/// Each of these runs code in processes of its own.
@Suite struct ProcessTests {
  /// Charges ten millionths at a time until the budget is spent.
  private static func spendAll(_ path: String, name: UInt64) throws {
    let ledger = try BudgetLedger(path: path)
    for number in 0... as PartialRangeFrom<UInt64> {
      do { _ = try ledger.charge(charge(10, run: name << 32 | number), study: studyDigest) } catch {
        guard error as? BudgetLedgerError == .refused(.epsilonOverrun(.counterpart)) else { throw error }
        return
      }
    }
  }

  @Test func processesThatRaceNeverOverrunTheBudget() async throws {
    let folder = try LedgerFolder()
    let ledger = try folder.opened(own: 2_000)
    async let first = #expect(processExitsWith: .success) { [path = folder.path as String] in
      try ProcessTests.spendAll(path, name: 1)
    }
    async let second = #expect(processExitsWith: .success) { [path = folder.path as String] in
      try ProcessTests.spendAll(path, name: 2)
    }
    async let third = #expect(processExitsWith: .success) { [path = folder.path as String] in
      try ProcessTests.spendAll(path, name: 3)
    }
    _ = await (first, second, third)
    let entries = try ledger.entries().filter { $0.kind == .charge }
    #expect(entries.count == 200)
    #expect(try ledger.statements().first?.spent.epsilon.micros == 2_000)
    _ = try ledger.verify()
  }

  @Test func aProcessKilledRightAfterChargingHasPaid() async throws {
    let folder = try LedgerFolder()
    _ = try folder.opened()
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
      _ = try BudgetLedger(path: path).charge(charge(600_000, run: 1), study: studyDigest)
      kill(getpid(), SIGKILL)
    }
    let ledger = try folder.open()
    _ = try ledger.verify()
    #expect(try ledger.statements().first?.spent.epsilon.micros == 600_000)
    #expect(throws: BudgetLedgerError.refused(.epsilonOverrun(.counterpart))) {
      _ = try ledger.charge(charge(600_000, run: 2), study: studyDigest)
    }
  }

  @Test func processesThatCreateOneLedgerTogetherShareIt() async throws {
    let folder = try LedgerFolder()
    async let first = #expect(processExitsWith: .success) { [path = folder.path as String] in
      _ = try BudgetLedger(path: path).verify()
    }
    async let second = #expect(processExitsWith: .success) { [path = folder.path as String] in
      _ = try BudgetLedger(path: path).verify()
    }
    _ = await (first, second)
    #expect(try folder.open().entries().count == 1)
  }

  @Test func connectionsOfOneProcessShareALedger() async throws {
    let folder = try LedgerFolder()
    _ = try folder.opened(own: 1_000)
    let total = await withTaskGroup(of: Int.self) { group in
      for name in 1...4 as ClosedRange<UInt64> {
        group.addTask {
          guard let ledger = try? folder.open() else { return -1_000 }
          var count = 0
          for number in 0..<60 as Range<UInt64> {
            let charged = try? ledger.charge(charge(10, run: name << 32 | number), study: studyDigest)
            if charged != nil { count += 1 }
          }
          return count
        }
      }
      return await group.reduce(0, +)
    }
    #expect(total == 100)
  }
}
#endif
