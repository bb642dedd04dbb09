// Fence: noise lies in wiped memory, written and read through its pointers.
import DisclosureControl
import Secrets

/// The noise of every entry of every table: drawn before the run, used once, and wiped.
public struct CellNoise: ~Copyable, Sendable {
  /// Cell by cell, table by table, group by group.
  private var values: SecretBuffer<Int64>
  let cells: Int
  let tables: Int
  let groups: Int

  /// No cells.
  public init() { self.init(groups: 0, tables: 0, cells: 0) }

  private init(groups: Int, tables: Int, cells: Int) {
    values = SecretBuffer(count: groups * tables * cells)
    (self.groups, self.tables, self.cells) = (groups, tables, cells)
  }

  /// A draw for each entry of `shape` from the distribution of its table; none where that is nil. What leaves a table's
  /// noise bound, with the probability that the bound was chosen for, is set to the bound.
  public init(_ shape: AggregationShape, _ distributions: [DiscreteLaplace?], using coins: inout RandomCoins)
  {
    precondition(distributions.count == shape.tables.count)
    self.init(groups: shape.groups, tables: shape.tables.count, cells: shape.cells)
    unsafe values.withUnsafeMutableBufferPointer { values in
      for index in values.indices {
        let table = index / shape.groups % shape.tables.count
        let bound = Int(shape.tables[table].noiseBound)
        let draw = distributions[table]?.sample(using: &coins) ?? 0
        unsafe values[index] = Int64(max(-bound, min(bound, draw)))
      }
    }
  }

  /// These values, cell by cell, table by table, group by group; there are as many as `shape` has entries.
  package init(_ shape: AggregationShape, _ chosen: [Int64]) {
    self.init(groups: shape.groups, tables: shape.tables.count, cells: shape.cells)
    precondition(chosen.count == values.count)
    unsafe values.withUnsafeMutableBufferPointer { values in
      for index in values.indices { unsafe values[index] = chosen[index] }
    }
  }

  /// Whether all of a table's noise is within ±`bound`. Takes the same time whatever the noise is.
  func isWithin(_ bound: Int64, table: Int) -> Bool {
    var excess: UInt64 = 0
    unsafe values.withUnsafeBufferPointer { values in
      for index in values.indices where index / groups % tables == table {
        excess |= unsafe (bound.magnitude &- values[index].magnitude) >> 63
      }
    }
    return excess == 0
  }

  /// The noise of groups `range` of one cell and table.
  func withValues<R>(
    cell: Int, table: Int, groups range: Range<Int>, _ body: (UnsafeBufferPointer<Int64>) -> R
  ) -> R {
    precondition(cell < cells && table < tables && range.upperBound <= groups)
    let start = (cell * tables + table) * groups
    return unsafe values.withUnsafeBufferPointer { values in
      unsafe body(
        UnsafeBufferPointer(rebasing: values[(start + range.lowerBound)..<(start + range.upperBound)]))
    }
  }

  /// Adds the noise of every entry to it, and is gone.
  consuming func add(to entries: inout [[[Int64]]]) {
    for table in 0..<tables {
      for cell in 0..<cells {
        unsafe withValues(cell: cell, table: table, groups: 0..<groups) { noise in
          for group in 0..<groups { unsafe entries[table][group][cell] += noise[group] }
        }
      }
    }
  }

  /// The same for one cell of one table.
  consuming func add(to counts: inout [Int]) {
    unsafe withValues(cell: 0, table: 0, groups: 0..<groups) { noise in
      for group in 0..<groups { unsafe counts[group] += Int(noise[group]) }
    }
  }
}
