import CrossStatistics
import DisclosureControl
import TestSupport
import Testing

/// Cells that a circuit opens: those of the plain rule on the same noisy values, and none else.
@Suite struct CellOpeningTests {
  private static let price = RunPrice.noisy(match: .zero, cells: .zero)

  enum Noise: CaseIterable, Sendable { case none, provider, both }

  /// A run on random rows.
  private struct Sample {
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
        price: kind == .none ? .exact : CellOpeningTests.price,
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

  private static let count = AggregationShape.Table(weightBound: 40, totalBound: 240, noiseBound: 9)
  /// Cut into limbs.
  private static let wide = AggregationShape.Table(
    weightBound: 1 << 24, totalBound: 240 << 24, noiseBound: 1 << 20)

  @Test(arguments: Noise.allCases, [1, 3, 14])
  func theOpenedTableIsThePlainRuleOnTheSameNoisyValues(noise: Noise, groups: Int) throws {
    var random = SeededGenerator()
    for minimum in [1, 4, 20] as [Int64] {
      let sample = try Sample(
        groups: groups, tables: groups == 1 ? [Self.count] : [Self.count, Self.wide], minimum: minimum,
        noise: noise, disclosure: noise == .both ? .tables : .nothing, &random)
      var analyst = try sample.analyst(), provider = try sample.provider()
      var log: [String] = []
      try drive(&analyst, &provider, price: noise == .none ? .exact : Self.price, log: &log)
      let result = try analyst.result()
      let rule = MinimumCount(Int(minimum))
      let visible = rule.visibility(of: sample.expected[0].map { $0.map { Int($0) } }).cells
      let note: Comment = "\(noise), \(groups) groups, from \(minimum), seed \(random.seed)"
      #expect(result.suppressed == visible.map { $0.map { !$0 } }, note)
      for (table, entries) in sample.expected.enumerated() {
        let shown = zip(entries, visible).map { row, isShown in zip(row, isShown).map { $1 ? $0 : 0 } }
        #expect(result.tables[table] == shown, note)
      }
      let shared = provider.shared
      if noise == .both {
        #expect(shared?.tables == result.tables && shared?.suppressed == result.suppressed, note)
        #expect(result.counts.isEmpty)
      } else {
        #expect(shared == nil)
      }
      // What it costs and when is what it was; the circuit comes last.
      let charges = noise == .none ? ["charge match"] : ["charge match", "charge cells"]
      #expect(log.filter { $0 == "charge match" || $0 == "charge cells" } == charges)
      #expect(log.last == "opening")
    }
  }

  @Test func whatTheAnalystDecryptsIsUniformWhateverTheEntriesAre() throws {
    let shape = AggregationShape(
      rows: 16, groups: 1, cells: 2000, tables: [.init(weightBound: 1, totalBound: 3, noiseBound: 0)],
      opening: .cells(minimum: 2))
    let plan = try AggregationPlan(shape)
    let upload = try GroupUpload(plan, labels: [Int32](repeating: 0, count: 16))
    var received = Aggregator.Uploads()
    for index in 0..<upload.uploadCount { try received.append(upload.upload(index), plan: plan) }
    // Three rows in every cell.
    var aggregator = try Aggregator(
      plan, publicKey: upload.publicKey(), uploads: received,
      records: .init(
        weights: CellWeights(
          cells: 2000, tables: 1, identifierCount: 3, rowIdentifiers: (0..<6000).map { Int32($0 % 3) },
          rowCells: (0..<6000).map { Int32($0 / 3) }, contribution: { _, _ in 1 }),
        noise: CellNoise(shape, [Int64](repeating: 0, count: 2000))), rowOfID: [3, 7, 9])
    var values: [Int] = []
    while case let more = try aggregator.nextAnswers(), !more.isEmpty {
      for answer in more { values.append(Int(exactly: try upload.numbers(answer)[0]) ?? -1) }
    }
    let size = try #require(Int(exactly: plan.radix))
    #expect(values.count == 2000 && size == 8)
    let ratio = chiSquareRatio(
      Dictionary(grouping: values) { $0 }.mapValues(\.count), in: 0...size - 1
    ) { _ in 1 / Double(size) }
    #expect(ratio < 1, "once in ten thousand runs it is more")
  }

  @Test func openingsOutOfRangeAreRefused() {
    func plan(_ opening: AggregationShape.Opening, publicationBound: Int64 = 0) throws {
      _ = try AggregationPlan(
        AggregationShape(
          rows: 9, groups: 2, cells: 2,
          tables: [
            .init(weightBound: 1, totalBound: 9, noiseBound: 2, publicationBound: publicationBound)
          ], opening: opening))
    }
    for minimum in [0, -1, .min, .max] as [Int64] {
      #expect(throws: CrossStatisticsError.shapeOutOfRange) { try plan(.cells(minimum: minimum)) }
    }
    #expect(throws: CrossStatisticsError.shapeOutOfRange) { try plan(.everything, publicationBound: 2) }
    #expect(throws: Never.self) { try plan(.cells(minimum: 1 << 59)) }
  }

  /// Both sides compute the minimum from the study; where they do not agree nothing is opened.
  @Test func sidesWithDifferentMinimumsEndTheRun() throws {
    var random = SeededGenerator()
    var other = random
    func sample(_ minimum: Int64, _ random: inout SeededGenerator) throws -> Sample {
      try Sample(
        groups: 3, tables: [Self.count], minimum: minimum, noise: .none, disclosure: .nothing, &random)
    }
    var analyst = try sample(3, &random).analyst(), provider = try sample(4, &other).provider()
    var log: [String] = []
    #expect(throws: CrossStatisticsError.studyMismatch) { try drive(&analyst, &provider, log: &log) }
  }

  /// The provider gets what the analyst tells: a cell is suppressed in all tables or in none, and only where cells can be.
  @Test func aToldTableSuppressesACellInAllTablesOrInNone() throws {
    var random = SeededGenerator()
    for place in 0..<4 {
      let sample = try Sample(
        groups: 2, tables: [Self.count, Self.wide], minimum: 10, noise: .both, disclosure: .tables, &random)
      var analyst = try sample.analyst(), provider = try sample.provider()
      var log: [String] = []
      #expect(throws: CrossStatisticsError.invalidMessage) {
        try drive(&analyst, &provider, price: Self.price, log: &log) { messages, _ in
          guard messages[0].kind == .finish else { return }
          var payload = messages[0].payload
          // One entry of a table becomes open or closed; entries are 8 bytes, closed ones end in 0x80.
          let start = 8 * 5 * place
          let isClosed = payload[start + 7] == 0x80
          payload.replaceSubrange(
            start..<start + 8, with: [0, 0, 0, 0, 0, 0, 0, isClosed ? 0 : 0x80])
          messages[0] = RunMessage(.finish, payload)
        }
      }
    }
  }
}
