/// Whose records a charge is about, and who learns something.
public struct LedgerAccount: Sendable, Hashable {
  /// The name that the owner of the records fixed for the people in them; it outlives versions of the data set.
  public let population: String
  /// Who receives results: the fingerprint of a pinned certificate.
  public let counterpart: String

  /// Names of 1…128 bytes in UTF-8, without control characters. Throws `invalidName`.
  public init(population: String, counterpart: String) throws(DisclosureControlError) {
    guard Self.isName(population), Self.isName(counterpart) else { throw .invalidName }
    self.population = population
    self.counterpart = counterpart
  }

  /// Whether `text` has 1…128 bytes in UTF-8 and no control characters.
  public static func isName(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }
}

/// What a run pays for, in the order in which it may.
public enum ChargeKind: String, Sendable, Hashable, CaseIterable {
  /// Match counts behind dummies: charged before the hashes are sent.
  case match
  /// The noisy table: charged before answers are sent, after `match` of the same run.
  case cells
  /// A table that its receiver passes on with noise of its own.
  case publication
  /// Results without noise, by agreement: costs no ε, because no ε would describe it.
  case exact
}

/// Identifies one run: 16 bytes, agreed between the parties at its start.
public struct RunIdentifier: Sendable, Hashable {
  /// The 16 bytes.
  public let bytes: [UInt8]

  /// Takes exactly 16 bytes; nil for any other length.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.bytes = bytes
  }
}

/// One payment. It is recorded in full before what it pays for is sent, repeats included, and never paid back.
public struct Charge: Sendable, Hashable {
  /// The run that pays.
  public let run: RunIdentifier
  /// What it pays for.
  public let kind: ChargeKind
  /// From which budget.
  public let account: LedgerAccount
  /// How much.
  public let cost: PrivacyCost

  /// A payment; `exact` costs nothing.
  public init(run: RunIdentifier, kind: ChargeKind, account: LedgerAccount, cost: PrivacyCost) {
    self.run = run
    self.kind = kind
    self.account = account
    self.cost = cost
  }
}

/// Proof that a charge is on stable storage: a protocol asks for it before it sends what was paid for.
///
/// It cannot be copied, and only the ledger's storage (and a simulation without peers) makes one.
public struct DurableCharge: ~Copyable, Sendable {
  /// What was charged.
  public let charge: Charge

  /// For whoever has just written `charge` durably.
  package init(afterWriting charge: Charge) { self.charge = charge }
}

/// What a ledger knows when a charge comes in.
public struct LedgerBalance: Sendable, Hashable {
  /// What may be spent on the counterpart; nil where no budget was set.
  public var counterpartBudget: PrivacyCost?
  /// What may be spent on the population over all counterparts, who can pool what they learn; nil where none was set.
  public var populationBudget: PrivacyCost?
  /// Whether the population's owner allows the counterpart exact results.
  public var permitsExact: Bool
  /// Spent on the counterpart so far.
  public var counterpartSpent: PrivacyCost
  /// Spent on the population so far, over all counterparts.
  public var populationSpent: PrivacyCost
  /// The charges of this run so far, on whichever account.
  public var chargesOfRun: [Charge]

  /// Everything that decides about a charge.
  public init(
    counterpartBudget: PrivacyCost?, populationBudget: PrivacyCost?, permitsExact: Bool,
    counterpartSpent: PrivacyCost, populationSpent: PrivacyCost, chargesOfRun: [Charge]
  ) {
    self.counterpartBudget = counterpartBudget
    self.populationBudget = populationBudget
    self.permitsExact = permitsExact
    self.counterpartSpent = counterpartSpent
    self.populationSpent = populationSpent
    self.chargesOfRun = chargesOfRun
  }

  /// Throws what forbids `charge`; the same charge twice is two charges.
  ///
  /// Refused are: anything without both budgets, exact results that were not allowed, a second charge of one kind in one
  /// run, `cells` before `match`, a run that changes its account, and what would overrun a budget in ε or in δ.
  public func admit(_ charge: Charge) throws(LedgerRefusal) {
    guard let counterpartBudget, let populationBudget else { throw .noBudget }
    guard !chargesOfRun.contains(where: { $0.kind == charge.kind }) else { throw .alreadyCharged }
    guard chargesOfRun.allSatisfy({ $0.account == charge.account }) else { throw .otherAccount }
    switch charge.kind {
    case .cells where !chargesOfRun.contains(where: { $0.kind == .match }): throw .outOfOrder
    case .exact where !permitsExact: throw .exactNotPermitted
    default: break
    }
    try Self.check(counterpartSpent + charge.cost, within: counterpartBudget, of: .counterpart)
    try Self.check(populationSpent + charge.cost, within: populationBudget, of: .population)
  }

  private static func check(
    _ cost: PrivacyCost, within budget: PrivacyCost, of scope: LedgerRefusal.Scope
  ) throws(LedgerRefusal) {
    guard cost.epsilon <= budget.epsilon else { throw .epsilonOverrun(scope) }
    guard cost.delta <= budget.delta else { throw .deltaOverrun(scope) }
  }
}

/// Why a ledger refuses a charge. It names no amounts, so that it may be told to the peer.
public enum LedgerRefusal: Error, Equatable, Sendable {
  /// Which of the two budgets.
  public enum Scope: Sendable, Hashable {
    /// The counterpart's own.
    case counterpart
    /// The total over all counterparts.
    case population
  }
  /// No budget was set for this counterpart, or none for the population.
  case noBudget
  /// ε would exceed the budget.
  case epsilonOverrun(Scope)
  /// δ would exceed the budget.
  case deltaOverrun(Scope)
  /// The run has paid for this already; a new answer needs a new run.
  case alreadyCharged
  /// The run has paid from another account before.
  case otherAccount
  /// The table would be paid for before the match counts.
  case outOfOrder
  /// The population's owner does not allow the counterpart exact results.
  case exactNotPermitted
}
