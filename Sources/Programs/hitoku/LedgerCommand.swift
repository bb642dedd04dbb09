#if Services
import ArgumentParser
import BudgetLedger
import DisclosureControl
import Identities
import Studies

/// A run's charges in the provider's ledger.
struct RunLedger {
  private let ledger: BudgetLedger
  private let agreed: AgreedStudy
  private let account: LedgerAccount

  init(path: String, agreed: AgreedStudy, counterpart: Fingerprint) throws {
    do {
      ledger = try BudgetLedger(path: path)
      account = try LedgerAccount(
        population: agreed.study.population, counterpart: hexadecimal(counterpart.bytes))
    } catch let error as BudgetLedgerError { throw CommandFailure(error) }
    self.agreed = agreed
  }

  /// The charges of one run, named by the connection's session.
  func begin(session: [UInt8]) throws -> Charges {
    guard let run = RunIdentifier(bytes: Array(session.prefix(16))) else {
      throw CommandFailure("the session has no name.", hint: "Run both sides again.")
    }
    let charges = Charges(ledger: ledger, agreed: agreed, account: account, run: run)
    try charges.record(.started)
    return charges
  }

  struct Charges {
    let ledger: BudgetLedger
    let agreed: AgreedStudy
    let account: LedgerAccount
    let run: RunIdentifier

    func record(_ event: RunEvent) throws {
      do throws(BudgetLedgerError) {
        try ledger.record(event, run: run, account: account, study: agreed.study.digest)
      } catch { throw CommandFailure(error) }
    }

    /// Before hashes: the match, or the whole of an exact run.
    func chargeMatch() throws -> DurableCharge {
      try charge(agreed.study.privacy == nil ? .exact : .match, agreed.plan.matchCost)
    }

    /// Before answers.
    func chargeCells() throws -> DurableCharge { try charge(.cells, agreed.plan.cellsCost) }

    func complete() throws { try record(.completed) }

    private func charge(_ kind: ChargeKind, _ cost: PrivacyCost) throws -> DurableCharge {
      do throws(BudgetLedgerError) {
        return try ledger.charge(
          Charge(run: run, kind: kind, account: account, cost: cost), study: agreed.study.digest)
      } catch { throw CommandFailure(error, hint: "See: hitoku psi ledger --help") }
    }
  }
}

struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Privacy budgets of a provider, and what was spent.",
    subcommands: [Budget.self, Show.self, Verify.self])

  struct Budget: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Set what may be spent on a study's population, in all and on one counterpart.")
    @Argument(help: "The study file that names the population.") var study: String
    @Option(help: "The counterpart's certificate file, or its fingerprint.") var peer: String
    @Option(help: "ε over all counterparts, such as 10.") var epsilon: Double
    @Option(help: "ε for this counterpart; default: the same.") var counterpartEpsilon: Double?
    @Option(help: "δ is 2 to minus this many, for both.") var deltaBits = 30
    @Flag(help: "Allow exact results by agreement.") var exact = false
    @Option(help: "The ledger's file.") var ledger = "hitoku-ledger.sqlite"

    func run() throws {
      let agreed = try AgreedStudy(path: study)
      do {
        let fingerprint = try Fingerprint(certificateFileOrDigits: peer)
        let book = try BudgetLedger(path: ledger)
        try book.setPopulationBudget(
          try cost(epsilon), permitsExact: exact, population: agreed.study.population)
        try book.setCounterpartBudget(
          try cost(counterpartEpsilon ?? epsilon),
          account: LedgerAccount(
            population: agreed.study.population, counterpart: hexadecimal(fingerprint.bytes)))
      } catch let error as IdentityError { throw CommandFailure(error, hint: error.hint) }
    }

    private func cost(_ value: Double) throws -> PrivacyCost {
      guard (0...1_000_000).contains(value), (1...62).contains(deltaBits),
        let epsilon = Epsilon(micros: UInt64((value * 1e6).rounded()))
      else { throw ValidationError("ε is from 0 to 1000000, and --delta-bits from 1 to 62.") }
      return PrivacyCost(epsilon: epsilon, delta: Delta(powerOfHalf: deltaBits))
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print budgets and what was spent of them.")
    @Option(help: "The ledger's file.") var ledger = "hitoku-ledger.sqlite"

    func run() throws {
      for statement in try BudgetLedger(path: ledger).statements() {
        print("\(statement.population): spent \(statement.spent) of \(statement.budget)")
        for one in statement.counterparts {
          print("  \(one.account.counterpart.prefix(16))…: spent \(one.spent) of \(one.budget)")
        }
      }
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Check the hash chain of the audit log.")
    @Option(help: "The ledger's file.") var ledger = "hitoku-ledger.sqlite"

    func run() throws {
      let head = try BudgetLedger(path: ledger).verify()
      print("\(head.sequence) entries, head \(hexadecimal(head.hash))")
    }
  }
}
#endif
