import CrossStatistics
import DisclosureControl
import TestSupport
import Testing

/// Nothing that costs privacy leaves the provider without a charge that pays for it.
@Suite struct ChargeTests {
  /// A provider that asks for its first charge.
  private func providerAtTheMatch(
    _ price: RunPrice, run: RunIdentifier? = Charges.run
  ) throws -> ProviderRun {
    let shape = try runShape(groups: [4], rows: 8, price: price)
    var analyst = try AnalystRun(shape, identifiers: identifiers(0..<4), groups: [0, 0, 0, 0])
    var provider = try ProviderRun(
      shape, identifiers: identifiers(2..<8), dummies: [0], records: .init())
    if let run { provider.begin(run: run) }
    for _ in 0..<10 {
      if case .send(let message) = try analyst.next() { try provider.receive(message) }
      switch try provider.next() {
      case .send(let message): try analyst.receive(message)
      case .chargeMatch: return provider
      default: break
      }
    }
    throw Stalled()
  }

  @Test func onlyAChargeOfThisRunAndKindThatCoversTheCostOpensTheMatch() throws {
    let cost = PrivacyCost(epsilon: try #require(Epsilon(micros: 500)), delta: Delta(powerOfHalf: 40))
    let less = PrivacyCost(epsilon: try #require(Epsilon(micros: 499)), delta: Delta(powerOfHalf: 40))
    let riskier = PrivacyCost(epsilon: try #require(Epsilon(micros: 500)), delta: Delta(powerOfHalf: 41))
    let other = try #require(RunIdentifier(bytes: [UInt8](repeating: 2, count: 16)))
    var provider = try providerAtTheMatch(.noisy(match: cost, cells: .zero))
    let wrong: [(ChargeKind, PrivacyCost, RunIdentifier)] = [
      (.match, less, Charges.run), (.match, riskier, Charges.run), (.match, cost, other),
      (.exact, cost, Charges.run), (.cells, cost, Charges.run), (.publication, cost, Charges.run),
    ]
    for (kind, cost, run) in wrong {
      #expect(throws: CrossStatisticsError.wrongCharge, "\(kind)") {
        try provider.chargedMatch(try Charges.charge(kind, cost, run: run))
      }
      guard case .chargeMatch = try provider.next() else {
        Issue.record("a wrong charge opened the match")
        return
      }
    }
    try provider.chargedMatch(try Charges.charge(.match, cost))
    guard case .send(let message) = try provider.next() else { throw Stalled() }
    #expect(message.kind == .hashes)
    // One charge, one match.
    #expect(throws: CrossStatisticsError.wrongCharge) {
      try provider.chargedMatch(try Charges.charge(.match, cost))
    }
  }

  @Test func aRunWithoutANameTakesNoCharge() throws {
    var provider = try providerAtTheMatch(.exact, run: nil)
    #expect(throws: CrossStatisticsError.wrongCharge) {
      try provider.chargedMatch(try Charges.charge(.exact))
    }
    provider.begin(run: Charges.run)
    try provider.chargedMatch(try Charges.charge(.exact))
  }

  @Test func anExactRunTakesNoOtherChargeThanAnExactOne() throws {
    var provider = try providerAtTheMatch(.exact)
    #expect(throws: CrossStatisticsError.wrongCharge) {
      try provider.chargedMatch(try Charges.charge(.match))
    }
    #expect(throws: CrossStatisticsError.wrongCharge) {
      try provider.chargedCells(try Charges.charge(.cells))
    }
    try provider.chargedMatch(try Charges.charge(.exact))
  }
}
