import DisclosureControl
import Primitives

/// What an analyst asks many organisations for: sums over all their rows, of which nobody shows any.
///
/// A value of this type is checked. Its digest names the study everywhere: in signatures, receipts and manifests; contributors
/// pin it out of band. Roles and messages: docs/sum.md.
public struct SumStudy: Sendable, Hashable {
  /// How contributions are encrypted.
  public enum Scheme: Sendable, Hashable {
    /// BFV vectors under a parameter set of this name.
    case bfv(parameterSet: String)
    /// Paillier, under whose keys python-paillier encrypts too.
    case paillier(PaillierForm)
  }

  /// How values become Paillier plaintexts.
  public enum PaillierForm: String, Sendable, Hashable, CaseIterable {
    /// Many side by side in one ciphertext, each less its least value.
    case packed
    /// Each in a ciphertext of its own, negative ones from the top: python-paillier's integers of exponent 0.
    case separate
  }

  /// Who may contribute. Either way one contribution counts for each name.
  public enum Contributors: Sendable, Hashable {
    /// Whoever the provider gave a token.
    case invited
    /// These only, each under its own signature.
    case listed([SumContributor])
  }

  /// What people read.
  public let title: String
  /// How contributions are encrypted.
  public let scheme: Scheme
  /// Columns of numbers.
  public let fields: [SumField]
  /// Columns of labels.
  public let categories: [SumCategory]
  /// What is asked beyond totals and histograms.
  public let questions: SumQuestions
  /// How many contribute how much.
  public let limits: SumLimits
  /// From when to when contributions are taken.
  public let period: SumPeriod
  /// Who may contribute.
  public let contributors: Contributors
  /// The keys of those who sign, and of who decrypts.
  public let keys: SumKeys
  /// Noise, or nil for exact sums.
  public let privacy: SumPrivacy?

  /// Checks everything that follows from the study alone. Throws `invalidStudy` with the first fault.
  public init(
    title: String, scheme: Scheme, fields: [SumField], categories: [SumCategory] = [],
    questions: SumQuestions = SumQuestions(), limits: SumLimits, period: SumPeriod,
    contributors: Contributors = .invited, keys: SumKeys, privacy: SumPrivacy? = nil
  ) throws(SumError) {
    self.title = title
    self.scheme = scheme
    self.fields = fields
    self.categories = categories
    self.questions = questions
    self.limits = limits
    self.period = period
    self.contributors = contributors
    self.keys = keys
    self.privacy = privacy
    if let fault = fault() { throw .invalidStudy(fault) }
  }
}

/// A column of numbers, each counted in units of 10^−decimals.
public struct SumField: Sendable, Hashable {
  /// The column's name.
  public let column: String
  /// Digits after the decimal point, 0…6.
  public let decimals: Int
  /// The least value, in units; within ±2^31.
  public let minimum: Int
  /// The greatest value, in units; within ±2^31.
  public let maximum: Int
  /// Whether squares are added up too: for a variance.
  public let squares: Bool
  /// Edges of a histogram in units, ascending, each within minimum + 1…maximum; n edges make n + 1 bins, an edge belongs to the
  /// bin above it. Empty: no histogram.
  public let edges: [Int]

  /// Takes all fields unchecked; `SumStudy` checks.
  public init(
    column: String, decimals: Int = 0, minimum: Int, maximum: Int, squares: Bool = true, edges: [Int] = []
  ) {
    self.column = column
    self.decimals = decimals
    self.minimum = minimum
    self.maximum = maximum
    self.squares = squares
    self.edges = edges
  }
}

/// A column of labels from a fixed list; how often each occurs is always added up.
public struct SumCategory: Sendable, Hashable {
  /// The column's name.
  public let column: String
  /// The labels, in the order of the result.
  public let labels: [String]

  /// Takes both unchecked; `SumStudy` checks.
  public init(column: String, labels: [String]) {
    self.column = column
    self.labels = labels
  }
}

/// Two columns by their positions.
public struct ColumnPair: Sendable, Hashable {
  /// The first.
  public let first: Int
  /// The second.
  public let second: Int

  /// Takes both.
  public init(_ first: Int, _ second: Int) {
    self.first = first
    self.second = second
  }
}

/// What is asked beyond totals and histograms.
public struct SumQuestions: Sendable, Hashable {
  /// Pairs of fields whose products are added up: correlation and regression.
  public let products: [ColumnPair]
  /// A field (first) by a category (second): sums and squares for each label, for Welch's test.
  public let groups: [ColumnPair]
  /// Pairs of categories: a table of counts, for a chi-square test.
  public let tables: [ColumnPair]

  /// Takes all three; nothing by default.
  public init(products: [ColumnPair] = [], groups: [ColumnPair] = [], tables: [ColumnPair] = []) {
    self.products = products
    self.groups = groups
    self.tables = tables
  }
}

/// How many contribute how much.
public struct SumLimits: Sendable, Hashable {
  /// Nothing is released below this number of contributors, at least 2.
  public let minimumContributors: Int
  /// At most this many contributions are taken, up to 1,000,000.
  public let maximumContributors: Int
  /// At most this many rows in one contribution, up to 1,000,000.
  public let maximumRows: Int

  /// Takes all three unchecked; `SumStudy` checks.
  public init(minimumContributors: Int, maximumContributors: Int, maximumRows: Int) {
    self.minimumContributors = minimumContributors
    self.maximumContributors = maximumContributors
    self.maximumRows = maximumRows
  }
}

/// From when to when contributions are taken, in seconds since 1970 (UTC).
public struct SumPeriod: Sendable, Hashable {
  /// The first second.
  public let opening: Int64
  /// The first second after.
  public let closing: Int64

  /// Takes both unchecked; `SumStudy` checks.
  public init(opening: Int64, closing: Int64) {
    self.opening = opening
    self.closing = closing
  }
}

/// The keys that a study fixes.
public struct SumKeys: Sendable, Hashable {
  /// Signs the study.
  public let analyst: SigningPublicKey
  /// Signs receipts and manifests.
  public let provider: SigningPublicKey
  /// Countersigns manifests; another key than the analyst's and the provider's.
  public let auditor: SigningPublicKey
  /// `SumPlan.fingerprint` of the key that contributions are encrypted under, 32 bytes.
  public let encryptionKey: [UInt8]

  /// Takes all four unchecked; `SumStudy` checks.
  public init(
    analyst: SigningPublicKey, provider: SigningPublicKey, auditor: SigningPublicKey, encryptionKey: [UInt8]
  ) {
    self.analyst = analyst
    self.provider = provider
    self.auditor = auditor
    self.encryptionKey = encryptionKey
  }
}

/// Noise of a differentially private release (discrete Laplace), added by the provider before the analyst decrypts.
public struct SumPrivacy: Sendable, Hashable {
  /// What neighbouring data differ by.
  public enum Unit: String, Sendable, Hashable, CaseIterable {
    /// One row of one contributor.
    case row
    /// One contributor with all its rows.
    case contributor
  }

  /// The whole release's ε, split evenly over the blocks of the layout.
  public let epsilon: Epsilon
  /// What neighbouring data differ by.
  public let unit: Unit

  /// Takes both; `SumStudy` checks that ε is not zero.
  public init(epsilon: Epsilon, unit: Unit) {
    self.epsilon = epsilon
    self.unit = unit
  }
}
