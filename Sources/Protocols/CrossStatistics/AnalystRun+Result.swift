// What a run ends with.
extension AnalystRun {
  func disclosed() -> [UInt8] {
    switch shape.disclosure {
    case .nothing: []
    case .commonRows: commonRows()
    case .tables: SharedTables(counts: counts, tables: tables, suppressed: suppressed).encoded
    }
  }

  /// The rows of the provider's list that are common, four bytes each.
  private func commonRows() -> [UInt8] {
    matching.rowLabels.enumerated().flatMap { row, label -> [UInt8] in
      unsafe label < 0 ? [] : withUnsafeBytes(of: UInt32(row).littleEndian) { unsafe Array($0) }
    }
  }

  /// What was learned, once `next` said `finished`; end the connection in peace first. Throws `invalidMessage` before, and
  /// where answers were not computed as agreed.
  public func result() throws(CrossStatisticsError) -> Result {
    guard case .finished = phase, isSound else { throw .invalidMessage }
    let common =
      shape.matching.purpose == .elements
      ? matching.rowLabels.filter { $0 >= 0 }.map { Int($0) }.sorted() : []
    return Result(counts: counts, tables: tables, suppressed: suppressed, common: common)
  }
}
