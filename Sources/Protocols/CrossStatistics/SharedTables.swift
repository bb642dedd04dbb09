import ByteCoding

/// The result as the analyst hands it to the provider. The provider cannot check it: a semi-honest analyst hands over what
/// it holds itself.
public struct SharedTables: Sendable, Hashable {
  /// For each group its match count; empty where tables are the result.
  public let counts: [Int]
  /// For each table, group and cell the entry; 0 where the cell is suppressed.
  public let tables: [[[Int64]]]
  /// For each group and cell whether it is suppressed, where a circuit opens cells; empty where everything is opened.
  public let suppressed: [[Bool]]

  /// An entry is of at most this magnitude; sums of 2^61 with noise stay below.
  private static let bound: Int64 = 1 << 62

  /// What stands for an entry of a suppressed cell.
  private static let closed = Int64.min

  init(counts: [Int], tables: [[[Int64]]], suppressed: [[Bool]] = []) {
    self.counts = tables.isEmpty ? counts : []
    self.tables = tables
    self.suppressed = suppressed
  }

  /// Eight bytes for each entry, little-endian two's complement, in order; −2^63 for one of a suppressed cell.
  var encoded: [UInt8] {
    var writer = ByteWriter()
    for count in counts { writer.append(UInt64(bitPattern: Int64(count))) }
    for table in tables {
      for (group, row) in table.enumerated() {
        for (cell, entry) in row.enumerated() {
          let isClosed = !suppressed.isEmpty && suppressed[group][cell]
          writer.append(UInt64(bitPattern: isClosed ? Self.closed : entry))
        }
      }
    }
    return writer.finish()
  }

  /// Throws `invalidMessage` for any other length than the shape's, or an entry out of bounds.
  init(_ bytes: [UInt8], _ shape: RunShape) throws(CrossStatisticsError) {
    guard bytes.count == 8 * shape.entries else { throw .invalidMessage }
    var entries: [Int64] = []
    do throws(ByteCodingError) {
      var reader = ByteReader(bytes)
      for _ in 0..<shape.entries { entries.append(Int64(bitPattern: try reader.readUInt64())) }
      try reader.expectEnd()
    } catch { throw .invalidMessage }
    guard let cells = shape.aggregation?.shape else {
      guard entries.allSatisfy(Self.isEntry) else { throw .invalidMessage }
      self.init(counts: entries.map { Int($0) }, tables: [])
      return
    }
    let tables = cells.tables.indices.map { table in
      (0..<cells.groups).map { group in
        let start = (table * cells.groups + group) * cells.cells
        return Array(entries[start..<(start + cells.cells)])
      }
    }
    let closed = tables[0].map { $0.map { $0 == Self.closed } }
    let isMasked = cells.opening != .everything
    for table in tables {
      for (row, isClosed) in zip(table.joined(), closed.joined()) {
        // A cell is suppressed in all tables or in none.
        guard isClosed ? isMasked && row == Self.closed : Self.isEntry(row) else { throw .invalidMessage }
      }
    }
    self.init(
      counts: [], tables: tables.map { $0.map { $0.map { $0 == Self.closed ? 0 : $0 } } },
      suppressed: isMasked ? closed : [])
  }

  private static func isEntry(_ entry: Int64) -> Bool { entry.magnitude <= bound.magnitude }
}
