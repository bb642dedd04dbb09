import ByteCoding

/// The result as the analyst hands it to the provider. The provider cannot check it: a semi-honest analyst hands over what
/// it holds itself.
public struct SharedTables: Sendable, Hashable {
  /// For each group its match count; empty where tables are the result.
  public let counts: [Int]
  /// For each table, group and cell the entry.
  public let tables: [[[Int64]]]

  /// An entry is of at most this magnitude; sums of 2^61 with noise stay below.
  private static let bound: Int64 = 1 << 62

  init(counts: [Int], tables: [[[Int64]]]) {
    self.counts = tables.isEmpty ? counts : []
    self.tables = tables
  }

  /// Eight bytes for each entry, little-endian two's complement, in order.
  var encoded: [UInt8] {
    var writer = ByteWriter()
    for count in counts { writer.append(UInt64(bitPattern: Int64(count))) }
    for entry in tables.joined().joined() { writer.append(UInt64(bitPattern: entry)) }
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
    guard entries.allSatisfy({ $0.magnitude <= Self.bound.magnitude }) else { throw .invalidMessage }
    guard let cells = shape.aggregation?.shape else {
      self.init(counts: entries.map { Int($0) }, tables: [])
      return
    }
    self.init(
      counts: [],
      tables: cells.tables.indices.map { table in
        (0..<cells.groups).map { group in
          let start = (table * cells.groups + group) * cells.cells
          return Array(entries[start..<(start + cells.cells)])
        }
      })
  }
}
