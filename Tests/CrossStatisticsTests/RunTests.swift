import ByteCoding
import CrossStatistics
import DisclosureControl
import SetIntersection
import TestSupport
import Testing

@Suite struct RunTests {
  @Test func crossTablesEqualThePlainJoinPlusNoise() throws {
    var random = SeededGenerator()
    let provided = (250..<700).shuffled(using: &random)
    let tables: [AggregationShape.Table] = [
      .init(weightBound: 5, totalBound: 5 * 600, noiseBound: 50),
      .init(weightBound: 1000, totalBound: 1000 * 600, noiseBound: 5000),
    ]
    let aggregation = AggregationShape(rows: 600, groups: 3, cells: 4, tables: tables)
    let price = RunPrice.noisy(
      match: PrivacyCost(epsilon: try #require(Epsilon(micros: 5)), delta: Delta(powerOfHalf: 40)),
      cells: PrivacyCost(epsilon: try #require(Epsilon(micros: 7)), delta: Delta(powerOfHalf: 39)))
    let shape = try runShape(
      groups: [320, 200, 64], dummies: 8, rows: 600, aggregation: aggregation, price: price)
    // Some ids have two rows in one cell, some none.
    var rows: [(id: Int, cell: Int, weights: [Int64])] = []
    for id in provided.indices {
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        rows.append(
          (
            id, Int.random(in: 0..<4, using: &random),
            tables.map { Int64.random(in: -$0.weightBound / 5...$0.weightBound / 5, using: &random) }
          ))
      }
    }
    rows.shuffle(using: &random)
    let noise = (0..<(4 * 2 * 3)).map { index in
      let bound = tables[index / 3 % 2].noiseBound
      return Int64.random(in: -bound...bound, using: &random)
    }
    var analyst = try AnalystRun(
      shape, identifiers: identifiers(0..<520),
      groups: (0..<520).map { $0 < 300 ? 0 : $0 < 500 ? 1 : 2 })
    var provider = try ProviderRun(
      shape, identifiers: identifiers(provided), dummies: [4, 0, 7],
      records: .init(
        weights: CellWeights(
          cells: 4, tables: 2, identifierCount: provided.count, rowIdentifiers: rows.map { Int32($0.id) },
          rowCells: rows.map { Int32($0.cell) }, contribution: { rows[$0].weights[$1] }),
        noise: CellNoise(aggregation, noise)))
    var log: [String] = []
    try drive(&analyst, &provider, price: price, log: &log)
    let result = try analyst.result()
    #expect(result.counts == [50 + 4, 200, 20 + 7])
    for table in tables.indices {
      for cell in 0..<4 {
        for (group, range) in [0..<300, 300..<500, 500..<520].enumerated() {
          let sum = rows.reduce(Int64(0)) {
            $1.cell == cell && range.contains(provided[$1.id]) ? $0 + $1.weights[table] : $0
          }
          #expect(
            result.tables[table][group][cell] == sum + noise[(cell * 2 + table) * 3 + group],
            "table \(table), cell \(cell), group \(group), seed \(random.seed)")
        }
      }
    }
    // Paid before it leaves; computed in whole before the first answer does.
    #expect(
      log.filter { $0 != "working" } == [
        "hello", "charge match", "hashes", "providerPoints", "charge cells", "answers",
      ])
    #expect(log.lastIndex(of: "working")! < log.firstIndex(of: "answers")!)
  }

  @Test func elementsForBothTellsBothTheCommonIds() throws {
    let shape = try runShape(groups: [100], rows: 90, purpose: .elements, disclosure: .commonRows)
    var analyst = try AnalystRun(
      shape, identifiers: identifiers(0..<100), groups: [Int32](repeating: 0, count: 100))
    var provider = try ProviderRun(
      shape, identifiers: identifiers(80..<160), dummies: [0], records: .init())
    var log: [String] = []
    try drive(&analyst, &provider, log: &log)
    #expect(log.contains("charge match") && !log.contains("charge cells"))
    let common = provider.commonIDs
    #expect(Set(common.map { Array($0) }) == Set(identifiers(80..<100).map { Array($0) }))
    let own = try analyst.result().common
    #expect(own == Array(80..<100))
  }

  @Test func limitsFollowThePhaseAndTheShape() throws {
    let shape = try runShape(groups: [4], rows: 5, purpose: .elements, disclosure: .commonRows)
    var analyst = try AnalystRun(shape, identifiers: identifiers(0..<4), groups: [0, 0, 0, 0])
    var provider = try ProviderRun(
      shape, identifiers: identifiers(0..<5), dummies: [0], records: .init())
    let (first, none) = (provider.limits, analyst.limits)
    #expect(first == [.hello: 128] && none.isEmpty)
    var log: [String] = []
    try drive(&analyst, &provider, log: &log)
    let last = provider.limits
    #expect(last.isEmpty)
    #expect(RunMessage.maximumBytes[.finish] == 4 * MatchingShape.longestList)
  }

  @Test func thereIsNoResultBeforeTheEnd() throws {
    var analyst = try AnalystRun(
      runShape(groups: [4], rows: 4), identifiers: identifiers(0..<4), groups: [0, 0, 0, 0])
    do {
      _ = try analyst.result()
      Issue.record("a result before the end")
    } catch CrossStatisticsError.invalidMessage {}
  }

  @Test func anotherStudyIsRefusedBeforeAnythingElse() throws {
    var analyst = try AnalystRun(
      runShape(groups: [4], rows: 4, digest: 1), identifiers: identifiers(0..<4), groups: [0, 0, 0, 0])
    var provider = try ProviderRun(
      runShape(groups: [4], rows: 4, digest: 2), identifiers: identifiers(0..<4),
      dummies: [0], records: .init())
    guard case .send(let hello) = try analyst.next() else { throw CrossStatisticsError.invalidMessage }
    #expect(throws: CrossStatisticsError.studyMismatch) { try provider.receive(hello) }
  }

  @Test func recordsBeyondTheBoundsAreRefused() throws {
    let aggregation = AggregationShape(
      rows: 8, groups: 2, cells: 2,
      tables: [.init(weightBound: 1000, totalBound: 8000, noiseBound: 10)])
    let shape = try runShape(groups: [4, 4], rows: 8, aggregation: aggregation)
    func provider(_ weight: Int64, noise: Int64, cells: Int = 2, ids: Int = 3) throws {
      _ = try ProviderRun(
        shape, identifiers: identifiers(0..<ids), dummies: [0, 0],
        records: .init(
          // Two rows of one id in one cell: their sum counts.
          weights: CellWeights(
            cells: cells, tables: 1, identifierCount: 3, rowIdentifiers: [2, 2, 1], rowCells: [0, 0, 1],
            contribution: { row, _ in row == 2 ? 5 : weight }),
          noise: CellNoise(aggregation, [0, 0, noise, 0])))
    }
    try provider(500, noise: -10)
    for (weight, noise, cells, ids) in [
      (501, 0, 2, 3), (-501, 0, 2, 3), (.max, 0, 2, 3), (.min, 0, 2, 3), (1, 11, 2, 3), (1, -11, 2, 3),
      (1, .max, 2, 3), (1, .min, 2, 3), (1, 0, 3, 3), (1, 0, 2, 2),
    ] as [(Int64, Int64, Int, Int)] {
      #expect(throws: CrossStatisticsError.weightOutOfRange, "\(weight) \(noise) \(cells) \(ids)") {
        try provider(weight, noise: noise, cells: cells, ids: ids)
      }
    }
  }
}
