import ByteCoding
import DisclosureControl
import Primitives

/// One line of the ledger, chained to all before it.
public struct LedgerEntry: Sendable, Hashable {
  /// What an entry records.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The ledger's first entry; `run` holds random bytes that tell ledgers apart.
    case created
    /// A population's budget over all counterparts.
    case populationBudget = "population budget"
    /// A counterpart's budget; `detail` is `exact` where exact results are allowed.
    case counterpartBudget = "counterpart budget"
    /// A payment; `detail` is its `ChargeKind`.
    case charge
    /// How a run went; `detail` begins with its `RunEvent`.
    case run
  }

  /// The number of the entry, from 1, without gaps.
  public let sequence: Int
  /// Seconds since 1970 in UTC, by the clock of the ledger's owner.
  public let time: Int64
  /// What is recorded.
  public let kind: Kind
  /// More about it.
  public let detail: String
  /// The run's 16 bytes; empty for budgets.
  public let run: [UInt8]
  /// The study's digest, 32 bytes; empty for budgets.
  public let study: [UInt8]
  /// The population; empty for the first entry.
  public let population: String
  /// The counterpart; empty for the first entry and for a population's budget.
  public let counterpart: String
  /// A charge's cost or a budget's amount.
  public let cost: PrivacyCost
  /// SHA-256 over the entry before and this one.
  public let hash: [UInt8]

  /// The hash before the first entry.
  static let hashBeforeFirst = [UInt8](repeating: 0, count: SHA256.byteCount)

  /// The entry that follows one whose hash is `previous`.
  init(
    sequence: Int, time: Int64, kind: Kind, detail: String = "", run: [UInt8] = [], study: [UInt8] = [],
    population: String = "", counterpart: String = "", cost: PrivacyCost = .zero, after previous: [UInt8]
  ) {
    self.sequence = sequence
    self.time = time
    self.kind = kind
    self.detail = detail
    self.run = run
    self.study = study
    self.population = population
    self.counterpart = counterpart
    self.cost = cost
    var writer = ByteWriter()
    writer.append(lengthPrefixed: Array("hitoku ledger entry 1".utf8))
    writer.append(bytes: previous)
    writer.append(UInt64(sequence))
    writer.append(UInt64(bitPattern: time))
    for text in [kind.rawValue, detail, population, counterpart] {
      writer.append(lengthPrefixed: Array(text.utf8))
    }
    writer.append(lengthPrefixed: run)
    writer.append(lengthPrefixed: study)
    writer.append(cost.epsilon.micros)
    writer.append(cost.delta.units)
    hash = SHA256.hash(writer.finish())
  }
}

/// The last entry that somebody saw: whoever keeps one (in a report, in a mail) can later find out whether the ledger still
/// holds everything up to there. The chain alone does not show that its end was cut off.
public struct LedgerHead: Sendable, Hashable {
  /// The number of the entry.
  public let sequence: Int
  /// Its hash, 32 bytes.
  public let hash: [UInt8]

  /// The head at an entry.
  public init(sequence: Int, hash: [UInt8]) {
    self.sequence = sequence
    self.hash = hash
  }
}

/// How a run went.
public enum RunEvent: String, Sendable, Hashable, CaseIterable {
  /// Both sides agreed on the study.
  case started
  /// The result was handed over.
  case completed
  /// It ended without result; what was charged stays charged.
  case failed
}

/// What stands to the account of a counterpart.
public struct AccountStatement: Sendable, Hashable {
  /// Whose account.
  public let account: LedgerAccount
  /// What may be spent in all.
  public let budget: PrivacyCost
  /// What was spent.
  public let spent: PrivacyCost
  /// Whether exact results are allowed.
  public let permitsExact: Bool
}

/// What stands to the account of a population, over all counterparts.
public struct PopulationStatement: Sendable, Hashable {
  /// The population's name.
  public let population: String
  /// What may be spent in all.
  public let budget: PrivacyCost
  /// What was spent.
  public let spent: PrivacyCost
  /// The counterparts that have a budget, in the order of their names.
  public let counterparts: [AccountStatement]
}
