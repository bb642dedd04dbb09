import ByteCoding
import CrossStatistics
import DisclosureControl
import Glibc
import ProcessorFeatures
import SetIntersection

/// Both machines of a run in this process, messages handed over in memory: everything but CSV and transport.
struct PSIBenchmark {
  /// Ids of each side; half of them are common.
  let count: Int

  /// What was measured, of both sides together.
  struct Row {
    let name: String
    let count: Int
    let seconds: Double
    let processorSeconds: Double
    let bytes: Int
    let residentMegabytes: Int

    var json: String {
      """
      {"name":"\(name)","n":\(count),"variant":"\(VectorVariant.current.rawValue)","seconds":\(rounded(seconds)),\
      "cpu_seconds":\(rounded(processorSeconds)),"bytes_per_item":\(rounded(bytesPerItem)),"rss_mb":\(residentMegabytes)}
      """
    }

    var text: String {
      "\(name), \(count) × \(count) ids: \(rounded(seconds)) s, \(rounded(processorSeconds)) CPU s of both sides, "
        + "\(rounded(bytesPerItem)) bytes per item, \(residentMegabytes) MB resident for both"
    }

    private var bytesPerItem: Double { Double(bytes) / Double(count) }
    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
  }

  /// `psi/count`: dummies at ε = 0.5. `psi/cross`: 10 groups × 100 cells, a count and a sum of values up to 255.
  func rows() throws -> [Row] {
    [try row("psi/count", groups: 1, cells: 0), try row("psi/cross", groups: 10, cells: 100)]
  }

  private func row(_ name: String, groups: Int, cells: Int) throws -> Row {
    let clock = ContinuousClock(), start = clock.now, processor = Stopwatch.processorTime
    let bytes = try run(groups: groups, cells: cells)
    var usage = rusage()
    unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
    return Row(
      name: name, count: count, seconds: (clock.now - start) / .seconds(1),
      processorSeconds: (Stopwatch.processorTime - processor) / .seconds(1), bytes: bytes,
      residentMegabytes: usage.ru_maxrss / 1000)
  }

  private func shape(groups: Int, cells: Int) throws -> RunShape {
    let epsilon = Epsilon(micros: 500_000) ?? .zero
    let dummies = try DummyDistribution(epsilon: epsilon, delta: Delta(powerOfHalf: 40))
    let salt = [UInt8](repeating: 1, count: 32)
    let matching = try MatchingShape(
      purpose: .statistics, groupLengths: [Int](repeating: (count + groups - 1) / groups, count: groups),
      maximumDummies: dummies.maximum, rows: count + dummies.maximum * groups, hashBits: 0, salt: salt)
    let plan =
      try cells == 0
      ? nil
      : AggregationPlan(
        AggregationShape(
          rows: matching.rows, groups: groups, cells: cells,
          tables: [
            .init(weightBound: 1, totalBound: Int64(count), noiseBound: 100),
            .init(weightBound: 255, totalBound: 255 * Int64(count), noiseBound: 25_500),
          ]))
    return try RunShape(
      digest: salt, matching: matching, aggregation: plan, tellsProvider: false,
      price: .noisy(match: .zero, cells: .zero))
  }

  private func identifiers(from first: Int) -> ByteStrings {
    var identifiers = ByteStrings()
    for index in first..<(first + count) { identifiers.append(Array("user\(index)@example.com".utf8)) }
    return identifiers
  }

  private func run(groups: Int, cells: Int) throws -> Int {
    let shape = try shape(groups: groups, cells: cells)
    guard let identifier = RunIdentifier(bytes: [UInt8](repeating: 1, count: 16)) else { return 0 }
    let account = try LedgerAccount(population: "bench", counterpart: "bench")
    var analyst = try AnalystRun(
      shape, identifiers: identifiers(from: 0), groups: (0..<count).map { Int32($0 % groups) })
    var records = ProviderRun.Records()
    if let plan = shape.aggregation {
      var coins = RandomCoins.fromSystem()
      let noise = CellNoise(plan.shape, [nil, nil], using: &coins)
      let weights = CellWeights(
        cells: cells, tables: 2, identifierCount: count, rowIdentifiers: (0..<count).map { Int32($0) },
        rowCells: (0..<count).map { Int32($0 % cells) }, contribution: { $1 == 0 ? 1 : Int64($0 & 255) })
      records = ProviderRun.Records(weights: weights, noise: noise)
    }
    var provider = try ProviderRun(
      shape, run: identifier, identifiers: identifiers(from: count / 2),
      dummies: [Int](repeating: shape.matching.maximumDummies / 2, count: groups), records: records)
    var bytes = 0
    while true {
      // Whoever has something to send goes on; both sides wait in turn.
      drain: while true {
        switch try analyst.next() {
        case .send(let message):
          bytes += message.payload.count
          try provider.receive(message)
        case .receive, .finished: break drain
        }
      }
      switch try provider.next() {
      case .send(let message):
        bytes += message.payload.count
        try analyst.receive(message)
      case .chargeMatch:
        try provider.chargedMatch(
          DurableCharge(
            afterWriting: Charge(run: identifier, kind: .match, account: account, cost: .zero)))
      case .chargeCells:
        try provider.chargedCells(
          DurableCharge(
            afterWriting: Charge(run: identifier, kind: .cells, account: account, cost: .zero)))
      case .working, .receive: break
      case .finished: return bytes
      }
    }
  }
}
