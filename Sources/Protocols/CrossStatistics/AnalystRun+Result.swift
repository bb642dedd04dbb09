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

  /// What was learned, once `next` said `finished`. End the connection in peace first: where a circuit opens cells, this
  /// looks at what it opened, which takes as long as many cells are open. Throws `invalidMessage` before, and where answers
  /// were not computed as agreed.
  public mutating func result() throws(CrossStatisticsError) -> Result {
    guard case .finished = phase else { throw .invalidMessage }
    try takeOpened()
    guard isSound else { throw .invalidMessage }
    let common =
      shape.matching.purpose == .elements
      ? matching.rowLabels.filter { $0 >= 0 }.map { Int($0) }.sorted() : []
    return Result(counts: counts, tables: tables, suppressed: suppressed, common: common)
  }
}
