import Foundation
import SumStatistics
import TestSupport
import Testing

/// Runs where `HITOKU_TEST_PYTHON` (default: python3 on the path) can import scipy; tested against 1.17.1.
@Suite(.enabled(if: Scipy.isInstalled, "scipy is not installed: pip install scipy"))
struct ScipyComparisonTests {
  @Test func statisticsOfSumsEqualScipysOfThePooledTable() throws {
    var generator = SeededGenerator()
    for _ in 0..<3 {
      let seed = UInt32.random(in: .min ... .max, using: &generator)
      let truth = try Scipy.pooled(seed)
      let message: Comment = "seed \(generator.seed), table \(seed)"
      let (x, y) = (Self.sums(truth.x), Self.sums(truth.y))
      let pair = PairSums(x: x, y: y, products: zip(truth.x, truth.y).reduce(0) { $0 + $1.0 * $1.1 })
      let mean = try #require(x.meanEstimate())
      expect([mean.value, mean.interval.lowerBound, mean.interval.upperBound], truth.mean, message)
      expect([try #require(x.variance)], [truth.variance], message)
      let spread = try #require(x.varianceInterval())
      expect([spread.lowerBound, spread.upperBound], truth.spread, message)
      expect([try #require(x.standardDeviation)], [truth.deviation], message)
      let r = try #require(pair.correlation())
      let interval = try #require(r.interval)
      expect([r.coefficient, r.pValue, interval.lowerBound, interval.upperBound], truth.correlation, message)
      let line = try #require(pair.regression())
      let slope = line.slope
      expect(
        [
          slope.value, slope.standardError, line.pValue, slope.interval.lowerBound, slope.interval.upperBound,
        ], truth.slope, message)
      expect([line.intercept.value, line.intercept.standardError], truth.intercept, message)
      let groups = [1, 0].map { label in Self.sums(zip(truth.x, truth.sex).filter { $0.1 == label }.map(\.0))
      }
      let welch = try #require(WelchTest(groups[0], groups[1]))
      let difference = welch.difference.interval
      expect(
        [welch.statistic, welch.degrees, welch.pValue, difference.lowerBound, difference.upperBound],
        truth.welch, message)
      let chi = try #require(ChiSquareTest(truth.table))
      expect([chi.statistic, Double(chi.degrees), chi.pValue], truth.chi2, message)
    }
  }

  private static func sums(_ values: [Int]) -> SampleSums {
    SampleSums(
      count: values.count, sum: values.reduce(0, +), squares: values.reduce(0) { $0 + $1 * $1 }, decimals: 0)
  }

  /// Nine digits: p-values far out in a tail magnify the last digits of a statistic a thousandfold.
  private func expect(_ ours: [Double], _ theirs: [Double], _ message: Comment) {
    #expect(ours.count == theirs.count)
    for (a, b) in zip(ours, theirs) { #expect(abs(a - b) <= 1e-9 * max(abs(a), abs(b)), message) }
  }
}

/// The Python package, in a process of its own.
enum Scipy {
  struct Table: Decodable {
    var x: [Int]
    var y: [Int]
    var sex: [Int]
    var table: [[Int]]
    var mean: [Double]
    var variance: Double
    var spread: [Double]
    var deviation: Double
    var correlation: [Double]
    var slope: [Double]
    var intercept: [Double]
    var welch: [Double]
    var chi2: [Double]
  }

  static let isInstalled = (try? run(["-c", "import numpy, scipy.stats"])) != nil

  static func pooled(_ seed: UInt32) throws -> Table {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "scipy_values.py")
    return try JSONDecoder().decode(Table.self, from: try run([script.path, "pooled", String(seed)]))
  }

  private struct Failed: Error {}

  private static func run(_ arguments: [String]) throws -> Data {
    let python = ProcessInfo.processInfo.environment["HITOKU_TEST_PYTHON"] ?? "python3"
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed() }
    return data
  }
}
