/// Pearson's chi-square test of whether the rows and columns of a table of counts are independent, without continuity correction.
public struct ChiSquareTest: Sendable, Hashable {
  /// Σ (observed − expected)²/expected.
  public let statistic: Double
  /// (rows − 1)·(columns − 1).
  public let degrees: Int
  /// P[at least as large a statistic] if rows and columns were independent.
  public let pValue: Double
  /// The least expected count: below 5 the p-value is rough.
  public let leastExpected: Double

  /// Rows of equal length, two or more of each. Nil for a negative count (as noise makes them), or a row or column of
  /// zeros, for which nothing is expected.
  public init?(_ table: [[Int]]) {
    guard let width = table.first?.count, table.count > 1, width > 1,
      table.allSatisfy({ $0.count == width && $0.allSatisfy { (0...1 << 53).contains($0) } })
    else { return nil }
    let rows = table.map { $0.reduce(0) { $0 + Double($1) } }
    let columns = (0..<width).map { column in table.reduce(0) { $0 + Double($1[column]) } }
    guard rows.allSatisfy({ $0 > 0 }), columns.allSatisfy({ $0 > 0 }) else { return nil }
    let total = rows.reduce(0, +)
    var (statistic, least) = (0.0, Double.infinity)
    for (row, rowTotal) in zip(table, rows) {
      for (count, columnTotal) in zip(row, columns) {
        let expected = rowTotal / total * columnTotal
        statistic += (Double(count) - expected) * (Double(count) - expected) / expected
        least = min(least, expected)
      }
    }
    self.statistic = statistic
    degrees = (table.count - 1) * (width - 1)
    leastExpected = least
    pValue = ChiSquare(degrees: Double(degrees)).upperTail(statistic)
  }
}
