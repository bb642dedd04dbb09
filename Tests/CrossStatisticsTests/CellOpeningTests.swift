import CrossStatistics
import DisclosureControl
import TestSupport
import Testing

/// Cells that a circuit opens: those of the plain rule on the same noisy values, and none else.
@Suite struct CellOpeningTests {
  @Test(arguments: CellOpeningSample.Noise.allCases, [1, 3, 14])
  func theOpenedTableIsThePlainRuleOnTheSameNoisyValues(noise: CellOpeningSample.Noise, groups: Int) throws {
    var random = SeededGenerator()
    for minimum in [1, 4, 20] as [Int64] {
      let sample = try CellOpeningSample(
        groups: groups,
        tables: groups == 1 ? [CellOpeningSample.count] : [CellOpeningSample.count, CellOpeningSample.wide],
        minimum: minimum,
        noise: noise, disclosure: noise == .both ? .tables : .nothing, &random)
      var analyst = try sample.analyst(), provider = try sample.provider()
      var log: [String] = []
      try drive(&analyst, &provider, price: CellOpeningSample.price, log: &log)
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
      // What it costs and when is what it was; the circuit comes last, and then the analyst's own charge.
      #expect(
        log.filter { $0 == "charge match" || $0 == "charge cells" } == ["charge match", "charge cells"])
      #expect(log.last == (noise == .both ? "charge publication" : "opening"))
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
    func sample(_ minimum: Int64, _ random: inout SeededGenerator) throws -> CellOpeningSample {
      try CellOpeningSample(
        groups: 3, tables: [CellOpeningSample.count], minimum: minimum, noise: .none, disclosure: .nothing,
        &random)
    }
    var analyst = try sample(3, &random).analyst(), provider = try sample(4, &other).provider()
    var log: [String] = []
    #expect(throws: CrossStatisticsError.studyMismatch) {
      try drive(&analyst, &provider, price: CellOpeningSample.price, log: &log)
    }
  }

  /// A count, and the totals of values and squares of 32 measures.
  @Test func aRunOpensAsManyTablesAsAStudyCanHave() throws {
    var random = SeededGenerator()
    let tables = [AggregationShape.Table](
      repeating: CellOpeningSample.count, count: AggregationShape.largestTableCount)
    let sample = try CellOpeningSample(
      groups: 2, tables: tables, minimum: 4, noise: .provider, disclosure: .nothing, &random)
    var analyst = try sample.analyst(), provider = try sample.provider()
    var log: [String] = []
    try drive(&analyst, &provider, price: CellOpeningSample.price, log: &log)
    let result = try analyst.result()
    #expect(result.tables.count == 65 && result.suppressed.joined().contains(false), "seed \(random.seed)")
    for (group, row) in result.suppressed.enumerated() {
      for (cell, isClosed) in row.enumerated() {
        #expect(isClosed == (sample.expected[0][group][cell] < 4))
        #expect(
          result.tables.map { $0[group][cell] } == sample.expected.map { isClosed ? 0 : $0[group][cell] })
      }
    }
  }

  /// What the circuit opened is looked at by whoever asks for the result, as soon as there is one.
  @Test func theResultIsWholeOnceTheLastMessageIsGivenOut() throws {
    var random = SeededGenerator()
    let sample = try CellOpeningSample(
      groups: 3, tables: [CellOpeningSample.count], minimum: 4, noise: .provider, disclosure: .nothing,
      &random)
    var analyst = try sample.analyst(), provider = try sample.provider()
    var log: [String] = []
    try drive(&analyst, &provider, price: CellOpeningSample.price, log: &log, stopsAtFinish: true)
    let result = try analyst.result()
    #expect(result.suppressed == sample.expected[0].map { $0.map { $0 < 4 } }, "seed \(random.seed)")
    let again = try analyst.result()
    #expect(again.tables == result.tables && again.suppressed == result.suppressed)
  }

  /// The provider gets what the analyst tells: a cell is suppressed in all tables or in none, and only where cells can be.
  @Test func aToldTableSuppressesACellInAllTablesOrInNone() throws {
    var random = SeededGenerator()
    for place in 0..<4 {
      let sample = try CellOpeningSample(
        groups: 2, tables: [CellOpeningSample.count, CellOpeningSample.wide], minimum: 10, noise: .both,
        disclosure: .tables, &random)
      var analyst = try sample.analyst(), provider = try sample.provider()
      var log: [String] = []
      #expect(throws: CrossStatisticsError.invalidMessage) {
        try drive(&analyst, &provider, price: CellOpeningSample.price, log: &log) { messages, _ in
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
