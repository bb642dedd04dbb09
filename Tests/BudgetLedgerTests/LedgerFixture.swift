#if Services
import BudgetLedger
import DisclosureControl
import Foundation
import Testing

/// A ledger in a folder of its own, which goes with its owner.
final class LedgerFolder: Sendable {
  private let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("hitoku-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var path: String { url.appendingPathComponent("ledger.sqlite").path }

  func open() throws -> BudgetLedger { try BudgetLedger(path: path, clock: { 1_700_000_000 }) }

  /// A ledger with budgets of `own` and `total` millionths for one counterpart of one population.
  func opened(own: UInt64 = 1_000_000, total: UInt64 = 5_000_000, exact: Bool = false) throws -> BudgetLedger
  {
    let ledger = try open()
    try ledger.setPopulationBudget(cost(total), population: "customers")
    try ledger.setCounterpartBudget(cost(own), permitsExact: exact, account: account())
    return ledger
  }
}

let studyDigest = [UInt8](repeating: 7, count: 32)

func cost(_ micros: UInt64, delta: Delta = Delta(powerOfHalf: 40)) -> PrivacyCost {
  PrivacyCost(epsilon: Epsilon(micros: micros) ?? .maximum, delta: micros == 0 ? .zero : delta)
}

func account(_ counterpart: String = "partner") throws -> LedgerAccount {
  try LedgerAccount(population: "customers", counterpart: counterpart)
}

func run(_ number: UInt64) throws -> RunIdentifier {
  try #require(RunIdentifier(bytes: (0..<16).map { UInt8(truncatingIfNeeded: number >> UInt64(4 * $0)) }))
}

func charge(
  _ micros: UInt64, run number: UInt64, kind: ChargeKind = .match, counterpart: String = "partner",
  delta: Delta = Delta(powerOfHalf: 62)
) throws -> Charge {
  Charge(
    run: try run(number), kind: kind, account: try account(counterpart), cost: cost(micros, delta: delta))
}
#endif
