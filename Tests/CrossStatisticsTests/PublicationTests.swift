import CrossStatistics
import DisclosureControl
import SetIntersection
import TestSupport
import Testing

/// Results that are passed on: with the analyst's own noise, paid for, and the same on both sides.
@Suite struct PublicationTests {
  private static let aggregation = AggregationShape(
    rows: 30, groups: 2, cells: 3, tables: [.init(weightBound: 4, totalBound: 80, noiseBound: 30)])
  private static let price = RunPrice.noisy(match: .zero, cells: .zero)
  private static func cost(_ micros: UInt64) throws -> PrivacyCost {
    PrivacyCost(epsilon: try #require(Epsilon(micros: micros)), delta: .zero)
  }

  /// Ids 5 to 19 are common; the provider's row k has cell k mod 3 and weight k mod 5, k being the id less 5.
  private static func plainSum(group: Int, cell: Int) -> Int64 {
    var sum: Int64 = 0
    for row in 0..<15 where (row + 5) / 10 == group && row % 3 == cell { sum += Int64(row % 5) }
    return sum
  }

  private func shape(_ publication: PrivacyCost?, price: RunPrice = price) throws -> RunShape {
    try runShape(
      groups: [20, 20], rows: 30, aggregation: Self.aggregation, disclosure: .tables, price: price,
      publication: publication)
  }

  private func provider(_ shape: RunShape, noise: [Int64]) throws -> ProviderRun {
    try ProviderRun(
      shape, identifiers: identifiers(5..<25), dummies: [0, 0],
      records: .init(
        weights: CellWeights(
          cells: 3, tables: 1, identifierCount: 20, rowIdentifiers: (0..<20).map { Int32($0) },
          rowCells: (0..<20).map { Int32($0 % 3) }, contribution: { row, _ in Int64(row % 5) }),
        noise: CellNoise(Self.aggregation, noise)))
  }

  @Test func bothSidesHoldTheTableWithBothNoises() throws {
    var random = SeededGenerator()
    let own = (0..<6).map { _ in Int64.random(in: -30...30, using: &random) }
    let other = (0..<6).map { _ in Int64.random(in: -30...30, using: &random) }
    let shape = try shape(.zero)
    let groups = (0..<20).map { Int32($0 / 10) }
    var analyst = try AnalystRun(
      shape, identifiers: identifiers(0..<20), groups: groups,
      publicationNoise: CellNoise(Self.aggregation, own))
    var provider = try provider(shape, noise: other)
    var log: [String] = []
    try drive(&analyst, &provider, price: Self.price, log: &log)
    #expect(log.contains("charge publication"))
    let result = analyst.result()
    for group in 0..<2 {
      for cell in 0..<3 {
        let sum = Self.plainSum(group: group, cell: cell)
        let noise = own[cell * 2 + group] + other[cell * 2 + group]
        #expect(result.tables[0][group][cell] == sum + noise, "seed \(random.seed)")
      }
    }
    let shared = provider.shared?.tables
    #expect(shared == result.tables)
  }

  @Test func matchCountsArePublishedTheSameWay() throws {
    let shape = try runShape(
      groups: [20, 20], rows: 30, disclosure: .tables, price: Self.price, publication: .zero)
    let oneCell = AggregationShape(
      rows: 30, groups: 2, cells: 1, tables: [.init(weightBound: 1, totalBound: 20, noiseBound: 9)])
    var analyst = try AnalystRun(
      shape, identifiers: identifiers(0..<20), groups: (0..<20).map { Int32($0 / 10) },
      publicationNoise: CellNoise(oneCell, [7, -9]))
    var provider = try ProviderRun(
      shape, identifiers: identifiers(5..<25), dummies: [0, 0], records: .init())
    var log: [String] = []
    try drive(&analyst, &provider, price: Self.price, log: &log)
    let counts = analyst.result().counts
    let shared = provider.shared?.counts
    #expect(counts == [12, 1] && shared == counts)
  }

  @Test func aTableWithTheProvidersNoiseAloneNeverGoesToTheProvider() throws {
    #expect(throws: CrossStatisticsError.shapeOutOfRange) { try shape(nil) }
    #expect(throws: CrossStatisticsError.shapeOutOfRange) { try shape(.zero, price: .exact) }
  }

  @Test func noiseOfTheWrongShapeIsRefused() throws {
    let wide = AggregationShape(
      rows: 30, groups: 3, cells: 2, tables: [.init(weightBound: 4, totalBound: 80, noiseBound: 30)])
    let shape = try shape(.zero)
    #expect(throws: CrossStatisticsError.shapeOutOfRange) {
      _ = try AnalystRun(
        shape, identifiers: identifiers(0..<2), groups: [0, 1],
        publicationNoise: CellNoise(wide, [1, 1, 1, 1, 1, 1]))
    }
    #expect(throws: CrossStatisticsError.shapeOutOfRange) {
      _ = try AnalystRun(shape, identifiers: identifiers(0..<2), groups: [0, 1])
    }
  }

  @Test func publicationTakesAChargeOfItsKindAndCost() throws {
    for (kind, micros) in [(ChargeKind.cells, 10), (.publication, 9)] as [(ChargeKind, UInt64)] {
      let shape = try shape(try Self.cost(10))
      var analyst = try AnalystRun(
        shape, identifiers: identifiers(0..<20), groups: (0..<20).map { Int32($0 / 10) },
        publicationNoise: CellNoise(Self.aggregation, [Int64](repeating: 1, count: 6)))
      var provider = try provider(shape, noise: [Int64](repeating: 0, count: 6))
      var log: [String] = []
      #expect(throws: CrossStatisticsError.wrongCharge) {
        try drive(
          &analyst, &provider, price: Self.price, log: &log, publication: (kind, try Self.cost(micros)))
      }
    }
  }
}
