import DisclosureControl

/// What an encrypted aggregation computes, in numbers that both parties know beforehand.
public struct AggregationShape: Sendable, Hashable {
  /// One table: for every group and cell the sum of a weight over the matched rows.
  public struct Table: Sendable, Hashable {
    /// Largest magnitude of one row's weight, at least 1.
    public var weightBound: Int64
    /// Largest magnitude of an entry without its noise.
    public var totalBound: Int64
    /// Largest magnitude of the noise that is added to an entry; 0 without noise.
    public var noiseBound: Int64

    /// Largest magnitude of the noise that the analyst adds before cells are opened; 0 where it adds none by then.
    public var publicationBound: Int64

    /// Largest magnitude of an entry with its noise.
    public var entryBound: Int64 { totalBound + noiseBound + publicationBound }

    /// Takes the bounds.
    public init(weightBound: Int64, totalBound: Int64, noiseBound: Int64, publicationBound: Int64 = 0) {
      self.weightBound = weightBound
      self.totalBound = totalBound
      self.noiseBound = noiseBound
      self.publicationBound = publicationBound
    }
  }

  /// Which entries the analyst may see.
  public enum Opening: Sendable, Hashable {
    /// All of them.
    case everything
    /// Those of the cells whose entry in the first table, noise included, is at least `minimum`, 1 or more.
    case cells(minimum: Int64)
  }

  /// Rows of the provider's list, dummies and padding included.
  public var rows: Int
  /// G.
  public var groups: Int
  /// C.
  public var cells: Int
  /// The tables, in the order of the answers.
  public var tables: [Table]
  /// Which entries the analyst may see.
  public var opening: Opening

  /// Takes all numbers.
  public init(rows: Int, groups: Int, cells: Int, tables: [Table], opening: Opening = .everything) {
    self.rows = rows
    self.groups = groups
    self.cells = cells
    self.tables = tables
    self.opening = opening
  }

  /// The count, and for each of 32 measures the totals of values and squares.
  public static let largestTableCount = 65

  /// Within the limits of this implementation.
  var isValid: Bool {
    (1...(1 << 28)).contains(rows) && (1...4096).contains(groups) && (1...65_536).contains(cells)
      && (1...Self.largestTableCount).contains(tables.count)
      && tables.allSatisfy {
        (1...Int64(NoisyRelease.largestSensitivity)).contains($0.weightBound)
          && (0...Int64(NoisyRelease.largestMagnitude)).contains($0.totalBound)
          && (0...Int64(NoisyRelease.largestMagnitude)).contains($0.noiseBound)
          && (0...Int64(NoisyRelease.largestMagnitude)).contains($0.publicationBound)
      } && hasValidOpening
  }

  private var hasValidOpening: Bool {
    switch opening {
    case .everything: tables.allSatisfy { $0.publicationBound == 0 }
    case .cells(let minimum): (1...Int64(NoisyRelease.largestMagnitude)).contains(minimum)
    }
  }

  /// The largest magnitude of an entry with its noise.
  var entryBound: Int64 { tables.map(\.entryBound).max() ?? 1 }
}

/// What can be wrong in this room. No case carries a value of a party.
public enum CrossStatisticsError: Error, Equatable, Sendable {
  /// Sizes or bounds are outside the limits, or no parameter set is wide enough.
  case shapeOutOfRange
  /// A weight exceeds the bound of its table, or a row or cell does not exist.
  case weightOutOfRange
  /// A message of the peer is malformed, of the wrong length, or out of turn.
  case invalidMessage
  /// A charge is of another run or kind, or less than what was planned.
  case wrongCharge
  /// The peer's study, version or sizes differ.
  case studyMismatch
}
