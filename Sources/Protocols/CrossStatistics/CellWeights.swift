/// What each id of the provider adds to each cell: rows added up per id and cell, cell by cell.
public struct CellWeights: Sendable {
  /// The number of cells.
  public let cells: Int
  /// The number of tables.
  public let tables: Int
  /// Where each cell's entries end.
  private let ends: [Int]
  /// The id of each entry, every id once in a cell, ascending.
  private let identifiers: [Int32]
  /// For each entry its weight in the first table, then for each in the second, and so on.
  private let weights: [Int64]

  /// No cells.
  public init() { (cells, tables, ends, identifiers, weights) = (0, 0, [], [], []) }

  /// `rowIdentifiers` and `rowCells`: for each row its id in 0..<`identifierCount` and its cell in 0..<`cells`.
  /// `contribution` says what a row adds to a table; sums that leave 64 bits saturate, beyond every bound.
  public init(
    cells: Int, tables: Int, identifierCount: Int, rowIdentifiers: [Int32], rowCells: [Int32],
    contribution: (_ row: Int, _ table: Int) -> Int64
  ) {
    precondition(rowIdentifiers.count == rowCells.count && rowIdentifiers.count <= Int(Int32.max))
    let byID = Self.sorted(Array(0..<Int32(rowCells.count)), by: rowIdentifiers, below: identifierCount)
    let rows = Self.sorted(byID, by: rowCells, below: cells)
    // Rows of one cell and id are neighbours now; each first of them makes an entry.
    var (entryOfRow, found) = ([Int32](), [Int32]())
    var ends = [Int](repeating: 0, count: cells)
    entryOfRow.reserveCapacity(rows.count)
    var previous: (cell: Int32, identifier: Int32)?
    for row in rows {
      let (cell, identifier) = (rowCells[Int(row)], rowIdentifiers[Int(row)])
      if previous.map({ $0 != (cell, identifier) }) ?? true {
        found.append(identifier)
        previous = (cell, identifier)
      }
      entryOfRow.append(Int32(found.count - 1))
      ends[Int(cell)] = found.count
    }
    for cell in ends.indices.dropFirst() { ends[cell] = max(ends[cell], ends[cell - 1]) }
    var weights = [Int64](repeating: 0, count: found.count * tables)
    for table in 0..<tables {
      for (position, row) in rows.enumerated() {
        let place = table * found.count + Int(entryOfRow[position])
        let (sum, overflow) = weights[place].addingReportingOverflow(contribution(Int(row), table))
        weights[place] = overflow ? .max : sum
      }
    }
    (self.cells, self.tables, self.ends) = (cells, tables, ends)
    (identifiers, self.weights) = (found, weights)
  }

  /// The entries of a cell.
  func entries(ofCell cell: Int) -> Range<Int> { (cell == 0 ? 0 : ends[cell - 1])..<ends[cell] }

  /// The id of an entry.
  func identifier(_ entry: Int) -> Int { Int(identifiers[entry]) }

  /// The weight of an entry in a table.
  func weight(_ entry: Int, table: Int) -> Int64 { weights[table * identifiers.count + entry] }

  /// The largest id of all entries, −1 where there are none.
  var largestIdentifier: Int { Int(identifiers.max() ?? -1) }

  /// The largest magnitude in a table.
  func largestMagnitude(table: Int) -> UInt64 {
    weights[(table * identifiers.count)..<((table + 1) * identifiers.count)].reduce(0) {
      max($0, $1.magnitude)
    }
  }

  /// A counting sort, stable.
  private static func sorted(_ rows: [Int32], by keys: [Int32], below count: Int) -> [Int32] {
    var next = [Int](repeating: 0, count: count + 1)
    for key in keys { next[Int(key) + 1] += 1 }
    for key in 0..<count { next[key + 1] += next[key] }
    var result = [Int32](repeating: 0, count: rows.count)
    for row in rows {
      let key = Int(keys[Int(row)])
      result[next[key]] = row
      next[key] += 1
    }
    return result
  }
}
