#if Services
import ArgumentParser
import BudgetLedger
import DisclosureControl
import Identities
import Studies
import Synchronization

/// The two parties of a study.
enum Side: String, ExpressibleByArgument, CaseIterable {
  case provider, analyst
}

extension AgreedStudy {
  /// The name under which a side keeps budgets and logs; an analyst that neither publishes nor shares only logs.
  func population(_ side: Side) -> String {
    side == .provider ? study.population : study.analyst.population ?? study.population
  }
}

extension AgreedStudy {
  /// Whether the analyst tells the provider something exactly.
  fileprivate var sharesExactly: Bool { shape.disclosure != .nothing && shape.publication == nil }
}

/// What this side's ledger has to do with a run: its log, and its charges.
struct RunLedger: Sendable {
  private let ledger: BudgetLedger
  private let agreed: AgreedStudy
  private let account: LedgerAccount
  private let side: Side

  init(_ ledger: BudgetLedger, side: Side, agreed: AgreedStudy, counterpart: Fingerprint) throws {
    self.side = side
    self.ledger = ledger
    self.agreed = agreed
    account = try explained {
      try LedgerAccount(population: agreed.population(side), counterpart: hexadecimal(counterpart.bytes))
    }
  }

  /// Refuses before anybody waits what the ledger would refuse in the middle of a run.
  func check() throws {
    guard let run = RunIdentifier(bytes: [UInt8](repeating: 0, count: 16)) else { return }
    func check(_ kind: ChargeKind, _ cost: PrivacyCost) throws {
      try explained { try ledger.check(Charge(run: run, kind: kind, account: account, cost: cost)) }
    }
    switch side {
    case .provider: try check(agreed.study.privacy == nil ? .exact : .match, agreed.plan.cost)
    case .analyst:
      if let cost = agreed.shape.publication {
        try check(.publication, cost)
      } else if agreed.sharesExactly {
        try check(.exact, .zero)
      }
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
      if charges.spent != .zero {
        note("charged to the ledger, and stays charged: \(text(charges.spent)); a new run pays again")
      }
      // The run's own error says more than a log that cannot be written.
      try? charges.record(.failed)
      throw error
    }
    if charges.spent != .zero { note("charged to the ledger: \(text(charges.spent))") }
    // The result is there: it is not thrown away for a log that cannot be written.
    do { try charges.record(.completed) } catch { note("the log could not be written: \(error)") }
    return value
  }

  /// The charges of one run.
  final class Charges: Sendable {
    private let total = Mutex(PrivacyCost.zero)
    fileprivate let ledger: BudgetLedger
    fileprivate let agreed: AgreedStudy
    fileprivate let account: LedgerAccount
    let run: RunIdentifier

    fileprivate init(
      ledger: BudgetLedger, agreed: AgreedStudy, account: LedgerAccount, run: RunIdentifier
    ) {
      (self.ledger, self.agreed, self.account, self.run) = (ledger, agreed, account, run)
    }

    /// What was charged so far.
    var spent: PrivacyCost { total.withLock { $0 } }

    fileprivate func record(_ event: RunEvent) throws {
      try ledger.record(event, run: run, account: account, study: agreed.study.digest)
    }

    /// Before hashes: the match, or the whole of an exact run.
    func chargeMatch() throws -> DurableCharge {
      try charge(agreed.study.privacy == nil ? .exact : .match, agreed.plan.matchCost)
    }

    /// Before answers.
    func chargeCells() throws -> DurableCharge { try charge(.cells, agreed.plan.cellsCost) }

    /// The analyst, before anything leaves: the provider will learn something without noise.
    func chargeSharing() throws {
      if agreed.sharesExactly { _ = try charge(.exact, .zero) }
    }

    /// Before the analyst's own noise goes onto the result.
    func chargePublication() throws -> DurableCharge {
      try charge(.publication, agreed.shape.publication ?? .zero)
    }

    private func charge(_ kind: ChargeKind, _ cost: PrivacyCost) throws -> DurableCharge {
      let charge = try ledger.charge(
        Charge(run: run, kind: kind, account: account, cost: cost), study: agreed.study.digest)
      total.withLock { $0 = $0 + cost }
      return charge
    }
  }
}

/// A cost as people read it.
func text(_ cost: PrivacyCost) -> String { "ε \(cost.epsilon), δ \(cost.delta)" }
#endif
