import CrossStatistics
import SetIntersection
import TestSupport
import Testing

@Suite struct RunTests {
  /// Both machines against each other, messages in memory.
  private func drive(
    _ analyst: inout AnalystRun, _ provider: inout ProviderRun, charges: inout [String]
  ) throws {
    var toAnalyst: [RunMessage] = []
    var toProvider: [RunMessage] = []
    for _ in 0..<100_000 {
      var isIdle = true
      switch try analyst.next() {
      case .send(let message):
        toProvider.append(message)
        isIdle = false
      case .receive:
        if !toAnalyst.isEmpty {
          try analyst.receive(toAnalyst.removeFirst())
          isIdle = false
        }
      case .finished: if toProvider.isEmpty { return }
      }
      switch try provider.next() {
      case .send(let message):
        toAnalyst.append(message)
        isIdle = false
      case .receive:
        if !toProvider.isEmpty {
          try provider.receive(toProvider.removeFirst())
          isIdle = false
        }
      case .chargeMatch:
        #expect(!toAnalyst.contains { $0.kind == .hashes })
        charges.append("match")
        provider.chargedMatch()
        isIdle = false
      case .chargeCells:
        #expect(!toAnalyst.contains { $0.kind == .answers })
        charges.append("cells")
        provider.chargedCells()
        isIdle = false
      case .finished: break
      }
      try #require(!isIdle, "both machines wait")
    }
  }

  private func ids(_ numbers: some Sequence<Int>) -> [[UInt8]] { numbers.map { Array("id\($0)".utf8) } }

  @Test func crossTablesEqualThePlainJoinPlusNoise() throws {
    var random = SeededGenerator()
    let digest = [UInt8](repeating: 9, count: 32)
    let groups = [ids(0..<300), ids(300..<500), ids(500..<520)]
    let provided = (250..<700).shuffled(using: &random)
    let dummies = [4, 0, 7]
    let matching = try MatchingShape(
      purpose: .statistics, groupLengths: [320, 200, 64], maximumDummies: 8, rows: 600, hashBits: 80,
      salt: digest)
    let tables: [AggregationShape.Table] = [
      .init(weightBound: 5, totalBound: 5 * 600, noiseBound: 50),
      .init(weightBound: 1000, totalBound: 1000 * 600, noiseBound: 5000),
    ]
    let cells = 4
    let plan = try AggregationPlan(AggregationShape(rows: 600, groups: 3, cells: cells, tables: tables))
    let shape = try RunShape(digest: digest, matching: matching, aggregation: plan, tellsProvider: false)
    var weights: [[[(id: Int, weight: Int64)]]] = []
    var noise: [[[Int64]]] = []
    for _ in 0..<cells {
      weights.append(
        tables.map { table in
          provided.indices.filter { _ in Bool.random(using: &random) }.map {
            (id: $0, weight: Int64.random(in: -table.weightBound...table.weightBound, using: &random))
          }
        })
      noise.append(
        tables.map { table in
          (0..<3).map { _ in Int64.random(in: -table.noiseBound...table.noiseBound, using: &random) }
        })
    }
    var analyst = try AnalystRun(shape, groups: groups)
    var provider = try ProviderRun(
      shape, ids: ids(provided), dummies: dummies, records: .init(weights: weights, noise: noise))
    var charges: [String] = []
    try drive(&analyst, &provider, charges: &charges)
    #expect(charges == ["match", "cells"])
    let result = analyst.result()
    #expect(result.counts == [50 + 4, 200, 20 + 7])
    for table in tables.indices {
      for cell in 0..<cells {
        for (group, range) in [0..<300, 300..<500, 500..<520].enumerated() {
          let sum = weights[cell][table].reduce(Int64(0)) {
            range.contains(provided[$1.id]) ? $0 + $1.weight : $0
          }
          #expect(
            result.tables[table][group][cell] == sum + noise[cell][table][group],
            "table \(table), cell \(cell), group \(group), seed \(random.seed)")
        }
      }
    }
  }

  @Test func elementsForBothTellsBothTheCommonIds() throws {
    let digest = [UInt8](repeating: 3, count: 32)
    let matching = try MatchingShape(
      purpose: .elements, groupLengths: [100], maximumDummies: 0, rows: 90, hashBits: 80, salt: digest)
    let shape = try RunShape(digest: digest, matching: matching, aggregation: nil, tellsProvider: true)
    var analyst = try AnalystRun(shape, groups: [ids(0..<100)])
    var provider = try ProviderRun(
      shape, ids: ids(80..<160), dummies: [0], records: .init(weights: [], noise: []))
    var charges: [String] = []
    try drive(&analyst, &provider, charges: &charges)
    #expect(charges == ["match"])
    #expect(Set(provider.commonIDs) == Set(ids(80..<100)))
    #expect(analyst.result().common == Array(80..<100))
  }

  @Test func anotherStudyIsRefusedBeforeAnythingElse() throws {
    func shape(_ byte: UInt8) throws -> RunShape {
      let digest = [UInt8](repeating: byte, count: 32)
      let matching = try MatchingShape(
        purpose: .statistics, groupLengths: [4], maximumDummies: 0, rows: 4, hashBits: 80, salt: digest)
      return try RunShape(digest: digest, matching: matching, aggregation: nil, tellsProvider: false)
    }
    var analyst = try AnalystRun(shape(1), groups: [ids(0..<4)])
    var provider = try ProviderRun(
      shape(2), ids: ids(0..<4), dummies: [0], records: .init(weights: [], noise: []))
    guard case .send(let hello) = try analyst.next() else { throw CrossStatisticsError.invalidMessage }
    #expect(throws: CrossStatisticsError.studyMismatch) { try provider.receive(hello) }
  }

  @Test func messagesOutOfTurnAreRefused() throws {
    let digest = [UInt8](repeating: 1, count: 32)
    let matching = try MatchingShape(
      purpose: .statistics, groupLengths: [4], maximumDummies: 0, rows: 4, hashBits: 80, salt: digest)
    let shape = try RunShape(digest: digest, matching: matching, aggregation: nil, tellsProvider: false)
    for kind in RunMessage.Kind.allCases where kind != .hello {
      var provider = try ProviderRun(
        shape, ids: ids(0..<4), dummies: [0], records: .init(weights: [], noise: []))
      #expect(throws: CrossStatisticsError.invalidMessage) {
        try provider.receive(RunMessage(kind, [1, 2, 3]))
      }
      var analyst = try AnalystRun(shape, groups: [ids(0..<4)])
      #expect(throws: CrossStatisticsError.invalidMessage) {
        try analyst.receive(RunMessage(kind, [1, 2, 3]))
      }
    }
  }
}
