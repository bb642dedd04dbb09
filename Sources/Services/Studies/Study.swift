import DisclosureControl
import Tables

/// What two organisations agree on before a run: the questions, the domains, the bounds and the price in privacy.
///
/// A value of this type is checked: every rule of `docs/study.schema.json` and those that no schema can say hold.
public struct Study: Sendable, Hashable {
  /// What the analyst learns.
  public enum Mode: String, Sendable, Hashable, CaseIterable {
    /// The common ids themselves.
    case elements
    /// How many ids are common.
    case count
    /// Totals of measures over the common ids.
    case sum
    /// A table of counts and totals by groups and cells.
    case cross
  }

  /// The study's name.
  public let name: String
  /// What the analyst learns.
  public let mode: Mode
  /// The name the provider gave to the people in its records; budgets are kept under it.
  public let population: String
  /// How ids are brought to one form.
  public let identifier: IdentifierRules
  /// The side that asks.
  public let analyst: AnalystSide
  /// The side that answers.
  public let provider: ProviderSide
  /// What is added up.
  public let measures: [Measure]
  /// How many rows of one id count: more are handled by `policies.excessRows`. 1 in modes `elements` and `count`.
  public let maximumRowsPerID: Int
  /// Cells with fewer rows are not reported.
  public let minimumCount: Int
  /// Who does not see them.
  public let suppression: Suppression
  /// The price in privacy; nil for exact results by agreement.
  public let privacy: Privacy?
  /// What to do about rows that do not fit.
  public let policies: Policies
  /// Who gets the result.
  public let result: ResultRules
}

/// From whom cells below the minimum count are kept.
public enum Suppression: String, Sendable, Hashable, CaseIterable {
  /// From a report's readers: the analyst's program leaves them out, and could show them.
  case report
  /// From the analyst too: a circuit opens the other cells, and nobody opens these.
  case secure
}

/// How ids are brought to one form on both sides.
public struct IdentifierRules: Sendable, Hashable {
  /// The normal form.
  public let kind: IdentifierKind
  /// Texts that stand for an unknown id: such rows are dropped and counted.
  public let missing: [String]
}

/// A column that sorts rows by a fixed list of values.
public struct CategoryColumn: Sendable, Hashable {
  /// The column's name in the table.
  public let column: String
  /// All values that count, in the order of the result.
  public let values: [String]
  /// The label under which all other values count, last in the result; nil where `Policies.unknownCategories` decides.
  public let other: String?

  /// The labels of the result, `other` last.
  public var labels: [String] { values + (other.map { [$0] } ?? []) }
}

/// The side that asks.
public struct AnalystSide: Sendable, Hashable {
  /// The column of the ids.
  public let idColumn: String
  /// The name the analyst gave to the people behind its ids; it keeps budgets under it for what it publishes, or shares
  /// exactly. Nil where it does neither.
  public let population: String?
  /// At most this many ids.
  public let maximumIDs: Int
  /// The public length of each group's list.
  public let maximumIDsPerGroup: [Int]
  /// The columns that make groups: one group for each combination of their labels.
  public let groups: [CategoryColumn]
}

/// The side that answers.
public struct ProviderSide: Sendable, Hashable {
  /// The column of the ids.
  public let idColumn: String
  /// At most this many different ids.
  public let maximumIDs: Int
  /// At most this many rows.
  public let maximumRows: Int
  /// The columns that make cells: one cell for each combination of their labels.
  public let cells: [CategoryColumn]
}

/// A number that is added up.
public struct Measure: Sendable, Hashable {
  /// What is reported.
  public enum Statistic: String, Sendable, Hashable, CaseIterable {
    /// The total.
    case sum
    /// The total over the count.
    case mean
    /// From the totals of values and squares, and the count.
    case variance
  }
  /// How a value is encoded.
  public enum Encoding: String, Sendable, Hashable, CaseIterable {
    /// As it is: sensitivity max(|minimum|, |maximum|) for each row.
    case signed
    /// Less the minimum: sensitivity maximum − minimum for each row, but the total needs the count's noise too.
    case offset
  }

  /// The column's name in the table.
  public let column: String
  /// Digits after the decimal point, 0…6: values are counted in units of 10^−decimals.
  public let decimals: Int
  /// Values below are clamped, in units.
  public let minimum: Int
  /// Values above are clamped, in units.
  public let maximum: Int
  /// What is reported.
  public let statistics: [Statistic]
  /// How a value is encoded.
  public let encoding: Encoding

  /// Whether squares are added up too.
  public var needsSquares: Bool { statistics.contains(.variance) }
}

/// The price in privacy.
public struct Privacy: Sendable, Hashable {
  /// ε of the match counts.
  public let match: Epsilon
  /// ε of the table of counts; zero in mode `count`, which has none.
  public let counts: Epsilon
  /// ε of each measure.
  public let measures: [MeasureEpsilon]
  /// The largest δ of a run.
  public let delta: Delta

  /// ε of all tables together.
  public var cells: Epsilon { measures.reduce(counts) { $0 + $1.sum + $1.squares } }
}

/// ε of one measure.
public struct MeasureEpsilon: Sendable, Hashable {
  /// Of the totals.
  public let sum: Epsilon
  /// Of the totals of squares; zero where there are none.
  public let squares: Epsilon
}

/// What to do about rows that do not fit. What is dropped is counted.
public struct Policies: Sendable, Hashable {
  /// Refuse the table, or drop the row.
  public enum ErrorOrDrop: String, Sendable, Hashable, CaseIterable {
    /// The run does not begin.
    case error
    /// The row does not count.
    case drop
  }
  /// What becomes of a number outside its bounds.
  public enum OutOfRange: String, Sendable, Hashable, CaseIterable {
    /// The run does not begin.
    case error
    /// The row does not count.
    case drop
    /// The nearest bound counts.
    case clamp
  }

  /// A second row of one id at the analyst, and in modes `elements` and `count` at either side.
  public let duplicateIDs: ErrorOrDrop
  /// An id that has no normal form, and is not among the missing.
  public let invalidIDs: ErrorOrDrop
  /// A value outside the domain of a column that has no `other` label.
  public let unknownCategories: ErrorOrDrop
  /// A measure that is no number.
  public let invalidMeasures: ErrorOrDrop
  /// A measure outside its bounds.
  public let outOfRange: OutOfRange
  /// Rows of one id beyond `maximumRowsPerID`: the first ones count.
  public let excessRows: ErrorOrDrop
}

/// Who gets the result.
public struct ResultRules: Sendable, Hashable {
  /// The parties that learn a result.
  public enum Receiver: String, Sendable, Hashable, CaseIterable {
    /// The analyst alone.
    case analyst
    /// The analyst, who hands it to the provider.
    case both
  }

  /// Who learns the result.
  public let receiver: Receiver
  /// Whether the analyst adds noise of its own and may pass the table on.
  public let publish: Bool
}
