import CrossStatistics
import DisclosureControl
import TestSupport
import Testing

/// A provider that garbles wrongly, or breaks off: it learns nothing of it, and spends no budget but its own.
@Suite struct CellOpeningFaultTests {
  /// Labels that are not the provider's: it sees no sign of them, and there is no result.
  @Test func aWrongLabelChangesNothingThatIsSent() throws {
    var random = SeededGenerator()
    let sample = try CellOpeningSample(
      groups: 3, tables: [CellOpeningSample.count], minimum: 4, noise: .provider, disclosure: .nothing,
      &random)
    for kind in [6, 7] as [UInt8] {
      var transcripts: [[String]] = []
      for isTampered in [false, true] {
        var analyst = try sample.analyst(), provider = try sample.provider()
        var log: [String] = []
        var sent: [String] = []
        try drive(&analyst, &provider, price: CellOpeningSample.price, log: &log) { messages, toProvider in
          if toProvider { sent.append("\(messages[0].kind) \(messages[0].payload.count)") }
          Self.spoil(&messages, kind: isTampered && !toProvider ? kind : 0)
        }
        transcripts.append(sent)
        do {
          _ = try analyst.result()
          #expect(!isTampered)
        } catch CrossStatisticsError.invalidMessage { #expect(isTampered) }
      }
      #expect(transcripts[0] == transcripts[1] && transcripts[1].last == "finish 0", "kind \(kind)")
    }
  }

  /// Changes what the circuit's messages of a kind carry: 6 are tables, 7 check values.
  private static func spoil(_ messages: inout [RunMessage], kind: UInt8) {
    guard messages[0].kind == .opening, messages[0].payload.first == kind else { return }
    messages[0] = RunMessage(.opening, [kind] + messages[0].payload.dropFirst().map { $0 ^ 0x55 })
  }

  /// Who makes the circuit fail, or breaks off in it, does not spend the analyst's budget.
  @Test func aPublicationIsChargedOnceTheCircuitHasRunWell() throws {
    var random = SeededGenerator()
    let sample = try CellOpeningSample(
      groups: 2, tables: [CellOpeningSample.count], minimum: 10, noise: .both, disclosure: .tables, &random)
    var log: [String] = []
    var analyst = try sample.analyst(), provider = try sample.provider()
    #expect(throws: CrossStatisticsError.invalidMessage) {
      try drive(&analyst, &provider, price: CellOpeningSample.price, log: &log) { messages, _ in
        Self.spoil(&messages, kind: 7)
      }
    }
    analyst = try sample.analyst()
    provider = try sample.provider()
    #expect(throws: Stalled.self) {
      try drive(&analyst, &provider, price: CellOpeningSample.price, log: &log) { messages, toProvider in
        if !toProvider, messages[0].kind == .opening, messages[0].payload.first == 7 { messages = [] }
      }
    }
    #expect(log.contains("charge cells") && !log.contains("charge publication"))
  }

  /// Larger noise would borrow from the next group's digit; exact match counts would give closed cells away.
  @Test func noiseBeyondItsBoundAndExactRunsAreRefused() throws {
    func shape(_ price: RunPrice, publication: PrivacyCost?) throws -> RunShape {
      try runShape(
        groups: [4, 4], rows: 9,
        aggregation: AggregationShape(
          rows: 9, groups: 2, cells: 1,
          tables: [.init(weightBound: 1, totalBound: 9, noiseBound: 5, publicationBound: 3)],
          opening: .cells(minimum: 2)), price: price, publication: publication)
    }
    #expect(throws: CrossStatisticsError.shapeOutOfRange) { _ = try shape(.exact, publication: nil) }
    let noisy = try shape(CellOpeningSample.price, publication: .zero)
    let cells = try #require(noisy.aggregation).shape
    for (noise, isRefused) in [([3, -3], false), ([4, 0], true), ([0, -4], true)] as [([Int64], Bool)] {
      do {
        _ = try AnalystRun(
          noisy, identifiers: identifiers(0..<2), groups: [0, 1], publicationNoise: CellNoise(cells, noise))
        #expect(!isRefused)
      } catch CrossStatisticsError.shapeOutOfRange { #expect(isRefused) }
    }
  }
}
