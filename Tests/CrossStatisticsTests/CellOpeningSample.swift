import CrossStatistics
import DisclosureControl
import TestSupport

/// A run on random rows whose cells a circuit opens.
struct CellOpeningSample {
  static let price = RunPrice.noisy(match: .zero, cells: .zero)
  static let count = AggregationShape.Table(weightBound: 40, totalBound: 240, noiseBound: 9)
  /// Cut into limbs.
  static let wide = AggregationShape.Table(
    weightBound: 1 << 24, totalBound: 240 << 24, noiseBound: 1 << 20)

  enum Noise: CaseIterable, Sendable { case none, provider, both }

  let aggregation: AggregationShape
  let shape: RunShape
  let lengths: [Int]
  let noise: [Int64]
  let own: [Int64]
  /// For each table, group and cell the plain sum with all noise.
  let expected: [[[Int64]]]
  private let rows: [(id: Int, cell: Int, weights: [Int64])]

  init(
    groups: Int, tables: [AggregationShape.Table], minimum: Int64, noise kind: Noise,
    disclosure: Disclosure, _ random: inout SeededGenerator
  ) throws {
    let (ids, cells) = (120, 5)
    let bounded = tables.map { table in
      AggregationShape.Table(
        weightBound: table.weightBound, totalBound: table.totalBound,
        noiseBound: kind == .none ? 0 : table.noiseBound,
        publicationBound: kind == .both ? table.noiseBound : 0)
    }
    aggregation = AggregationShape(
      rows: 200, groups: groups, cells: cells, tables: bounded, opening: .cells(minimum: minimum))
    lengths = [Int](repeating: ids / groups + 1, count: groups)
    shape = try runShape(
      groups: lengths, rows: 200, aggregation: aggregation, disclosure: disclosure,
      price: Self.price,
      publication: kind == .both ? .zero : nil)
    // Small cells and large ones.
    let crowded = Int.random(in: 0..<cells, using: &random)
    rows = (0..<2 * ids).map { _ in
      (
        Int.random(in: 0..<ids, using: &random),
        Int.random(in: 0..<3, using: &random) == 0 ? Int.random(in: 0..<cells, using: &random) : crowded,
        bounded.enumerated().map { table, bounds in
          table == 0
            ? 1 : Int64.random(in: -bounds.weightBound / 8...bounds.weightBound / 8, using: &random)
        }
      )
    }
    func draw(_ isThere: Bool) -> [Int64] {
      (0..<cells * tables.count * groups).map { index in
        let bound = isThere ? tables[index / groups % tables.count].noiseBound : 0
        return Int64.random(in: -bound...bound, using: &random)
      }
    }
    let (drawn, added, records) = (draw(kind != .none), draw(kind == .both), rows)
    (noise, own) = (drawn, added)
    expected = tables.indices.map { table in
      (0..<groups).map { group in
        (0..<cells).map { cell in
          let index = (cell * tables.count + table) * groups + group
          return records.reduce(drawn[index] + added[index]) {
            $1.cell == cell && $1.id % groups == group ? $0 + $1.weights[table] : $0
          }
        }
      }
    }
  }

  func analyst() throws -> AnalystRun {
    try AnalystRun(
      shape, identifiers: identifiers(0..<120), groups: (0..<120).map { Int32($0 % lengths.count) },
      publicationNoise: shape.publication == nil ? CellNoise() : CellNoise(aggregation, own))
  }

  func provider() throws -> ProviderRun {
    try ProviderRun(
      shape, identifiers: identifiers(0..<120), dummies: lengths.map { _ in 0 },
      records: .init(
        weights: CellWeights(
          cells: aggregation.cells, tables: aggregation.tables.count, identifierCount: 120,
          rowIdentifiers: rows.map { Int32($0.id) }, rowCells: rows.map { Int32($0.cell) },
          contribution: { rows[$0].weights[$1] }),
        noise: CellNoise(aggregation, noise)))
  }
}
