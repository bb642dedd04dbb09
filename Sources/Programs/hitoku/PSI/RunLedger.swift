#if Services
import BudgetLedger
import DisclosureControl
import Identities
import Studies

/// What this side's ledger has to do with a run: its log, and at the provider its charges.
struct RunLedger: Sendable {
  private let ledger: BudgetLedger
  private let agreed: AgreedStudy
  private let account: LedgerAccount

  init(_ ledger: BudgetLedger, agreed: AgreedStudy, counterpart: Fingerprint) throws {
    self.ledger = ledger
    self.agreed = agreed
    account = try explained {
      try LedgerAccount(population: agreed.study.population, counterpart: hexadecimal(counterpart.bytes))
    }
  }

  /// Refuses before anybody waits what the ledger would refuse in the middle of a run.
  func checkBudget() throws {
    guard let run = RunIdentifier(bytes: [UInt8](repeating: 0, count: 16)) else { return }
    let kind: ChargeKind = agreed.study.privacy == nil ? .exact : .match
    try explained {
      try ledger.check(Charge(run: run, kind: kind, account: account, cost: agreed.plan.cost))
    }
  }

  /// The same for the analyst's own noise; nothing where the result is not passed on.
  func checkPublication() throws {
    guard let cost = agreed.shape.publication,
      let run = RunIdentifier(bytes: [UInt8](repeating: 0, count: 16))
    else { return }
    try explained {
      try ledger.check(Charge(run: run, kind: .publication, account: account, cost: cost))
    }
  }

  /// Runs `body` with the charges of one run, named by the connection's session, and logs how it went.
  func logging<Value>(
    _ session: [UInt8], _ body: (Charges) async throws -> Value
  ) async throws -> Value {
    guard let run = RunIdentifier(bytes: Array(session.prefix(16))) else {
      throw CommandFailure("the session has no name.", hint: "Run both sides again.")
    }
    let charges = Charges(ledger: ledger, agreed: agreed, account: account, run: run)
    try charges.record(.started)
    let value: Value
    do { value = try await body(charges) } catch {
      // The run's own error says more than a log that cannot be written.
      try? charges.record(.failed)
      throw error
    }
    try charges.record(.completed)
    return value
  }

  /// The charges of one run.
  struct Charges: Sendable {
    fileprivate let ledger: BudgetLedger
    fileprivate let agreed: AgreedStudy
    fileprivate let account: LedgerAccount
    let run: RunIdentifier

    fileprivate func record(_ event: RunEvent) throws {
      try ledger.record(event, run: run, account: account, study: agreed.study.digest)
    }

    /// Before hashes: the match, or the whole of an exact run.
    func chargeMatch() throws -> DurableCharge {
      try charge(agreed.study.privacy == nil ? .exact : .match, agreed.plan.matchCost)
    }

    /// Before answers.
    func chargeCells() throws -> DurableCharge { try charge(.cells, agreed.plan.cellsCost) }

    /// Before the analyst's own noise goes onto the result.
    func chargePublication() throws -> DurableCharge {
      try charge(.publication, agreed.shape.publication ?? .zero)
    }

    private func charge(_ kind: ChargeKind, _ cost: PrivacyCost) throws -> DurableCharge {
      try ledger.charge(
        Charge(run: run, kind: kind, account: account, cost: cost), study: agreed.study.digest)
    }
  }
}
#endif
