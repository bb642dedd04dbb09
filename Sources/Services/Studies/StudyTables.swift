import ByteCoding
import Tables

/// The analyst's table as its study sees it: each id once, in its group.
public struct AnalystTable: Sendable {
  /// The ids in their normal form.
  public let identifiers: ByteStrings
  /// The group of each id, an index into `StudyPlan.groups`.
  public let groups: [Int32]
  /// What became of the rows.
  public let counts: RowCounts

  /// Reads a table. `progress` is told the number of rows now and then.
  ///
  /// Throws `table`, `duplicateID`, `unknownCategory`, `tooManyIDs` or `groupTooLarge`.
  public init(
    _ reader: consuming CSVReader, study: Study, progress: (_ rows: Int) -> Void = { _ in }
  ) throws(StudyTableError) {
    var rows = try RowReader(
      reader, study: study, idColumn: study.analyst.idColumn, categories: study.analyst.groups, measures: [])
    var identifiers = IdentifierSet()
    var groups: [Int32] = []
    var sizes = Array(repeating: 0, count: study.analyst.maximumIDsPerGroup.count)
    while let row = try rows.next() {
      if rows.counts.read.isMultiple(of: 65_536) { progress(rows.counts.read) }
      guard identifiers.insert(row.identifier).isNew else {
        if study.policies.duplicateIDs == .error { throw .duplicateID(line: row.line) }
        rows.count { $0.duplicateID += 1 }
        continue
      }
      groups.append(Int32(row.category))
      sizes[row.category] += 1
      try Self.check(identifiers.count, sizes, group: row.category, study)
    }
    rows.count { $0.used = identifiers.count }
    self.identifiers = identifiers.identifiers
    self.groups = groups
    counts = rows.counts
  }

  private static func check(
    _ count: Int, _ sizes: [Int], group: Int, _ study: Study
  ) throws(StudyTableError) {
    guard count <= study.analyst.maximumIDs else { throw .tooManyIDs(maximum: study.analyst.maximumIDs) }
    let maximum = study.analyst.maximumIDsPerGroup[group]
    guard sizes[group] <= maximum else {
      throw .groupTooLarge(group: study.analyst.groups.combinations[group], maximum: maximum)
    }
  }
}

/// The provider's table as its study sees it: each id once, and its rows, at most `maximumRowsPerID` each, by columns.
public struct ProviderTable: Sendable {
  /// The ids in their normal form, those included whose rows were all dropped for their measures.
  public let identifiers: ByteStrings
  /// The id of each row, an index into `identifiers`.
  public let rowIdentifiers: [Int32]
  /// The cell of each row, an index into `StudyPlan.cells`.
  public let rowCells: [Int32]
  /// For each measure of the study, the value of each row in units, within the measure's bounds.
  public let values: [[Int]]
  /// What became of the rows.
  public let counts: RowCounts

  /// Reads a table. `progress` is told the number of rows now and then.
  ///
  /// Throws `table`, `duplicateID` (in modes `elements` and `count`), `unknownCategory`, `invalidMeasure`, `outOfRange`,
  /// `excessRow`, `tooManyIDs` or `tooManyRows`.
  public init(
    _ reader: consuming CSVReader, study: Study, progress: (_ rows: Int) -> Void = { _ in }
  ) throws(StudyTableError) {
    var rows = try RowReader(
      reader, study: study, idColumn: study.provider.idColumn, categories: study.provider.cells,
      measures: study.measures)
    var builder = Builder(study: study)
    while let row = try rows.next() {
      if rows.counts.read.isMultiple(of: 65_536) { progress(rows.counts.read) }
      try builder.add(row, from: &rows)
    }
    rows.count { $0.used = builder.rowIdentifiers.count }
    identifiers = builder.identifiers.identifiers
    rowIdentifiers = builder.rowIdentifiers
    rowCells = builder.rowCells
    values = builder.values
    counts = rows.counts
  }

  private struct Builder {
    let study: Study
    var identifiers = IdentifierSet()
    var rowCounts: [Int32] = []
    var rowIdentifiers: [Int32] = []
    var rowCells: [Int32] = []
    var values: [[Int]]

    init(study: Study) {
      self.study = study
      values = Array(repeating: [], count: study.measures.count)
    }

    mutating func add(_ row: RowReader.Row, from rows: inout RowReader) throws(StudyTableError) {
      let (id, isNew) = identifiers.insert(row.identifier)
      if isNew {
        rowCounts.append(0)
        guard identifiers.count <= study.provider.maximumIDs else {
          throw .tooManyIDs(maximum: study.provider.maximumIDs)
        }
      }
      guard rowCounts[id] < study.maximumRowsPerID else {
        try refuse(row, from: &rows)
        return
      }
      guard try rows.appendMeasures(to: &values) else { return }
      rowCounts[id] += 1
      rowIdentifiers.append(Int32(id))
      rowCells.append(Int32(row.category))
      guard rowIdentifiers.count <= study.provider.maximumRows else {
        throw .tooManyRows(maximum: study.provider.maximumRows)
      }
    }

    private func refuse(_ row: RowReader.Row, from rows: inout RowReader) throws(StudyTableError) {
      if study.mode.countsIDs {
        if study.policies.duplicateIDs == .error { throw .duplicateID(line: row.line) }
        rows.count { $0.duplicateID += 1 }
      } else {
        if study.policies.excessRows == .error {
          throw .excessRow(line: row.line, maximum: study.maximumRowsPerID)
        }
        rows.count { $0.excess += 1 }
      }
    }
  }
}
