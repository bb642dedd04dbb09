/// The rule that a cell with fewer rows than agreed is not shown to a report's readers.
///
/// Where noisy counts are decrypted first, it protects the report's readers alone; `SmallCells` opens cells by the same rule.
public struct MinimumCount: Sendable, Hashable {
  /// A cell is shown from this count on; 0 or 1 shows every cell that has rows.
  public let threshold: Int

  /// A threshold of at least 0.
  public init(_ threshold: Int) {
    precondition(threshold >= 0, "a threshold is a count")
    self.threshold = threshold
  }

  /// Whether a cell of this (noisy) count is shown, with all its sums.
  public func shows(_ count: Int) -> Bool { count >= threshold }

  /// Which cells of `counts` (rows of equal length) are shown, and of which rows and columns a total may be: only where no
  /// cell below is hidden, for a total minus the others would uncover the hidden one.
  public func visibility(of counts: [[Int]]) -> Visibility {
    let cells = counts.map { $0.map(shows) }
    let columns = (cells.first ?? []).indices.map { column in cells.allSatisfy { $0[column] } }
    return Visibility(cells: cells, rowTotals: cells.map { $0.allSatisfy { $0 } }, columnTotals: columns)
  }

  /// What of a table is shown.
  public struct Visibility: Sendable, Hashable {
    /// The cells, row by row.
    public let cells: [[Bool]]
    /// The totals of the rows.
    public let rowTotals: [Bool]
    /// The totals of the columns.
    public let columnTotals: [Bool]

    /// Whether the total of everything is shown.
    public var total: Bool { rowTotals.allSatisfy { $0 } }
  }
}
