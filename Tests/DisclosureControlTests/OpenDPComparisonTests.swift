import DisclosureControl
import Foundation
import TestSupport
import Testing

/// Runs where `HITOKU_TEST_PYTHON` (default: python3 on the path) can import opendp; tested against 0.16.0.
@Suite(.enabled(if: OpenDP.isInstalled, "opendp is not installed: pip install opendp"))
struct OpenDPComparisonTests {
  private let count = 100_000

  @Test(arguments: [1, 10, 575] as [UInt64])
  func laplaceMomentsAgreeWithOpenDP(scale: UInt64) throws {
    let laplace = DiscreteLaplace(scale: try NoiseScale(numerator: scale, denominator: 1))
    var coins = coins(seed: 8)
    let ours = moments(histogram(count: count) { laplace.sample(using: &coins) })
    // The fourth central moment is about six squared variances, for scale 1 a little more.
    try compare(ours, OpenDP.moments("laplace", scale, count), kurtosis: 7)
  }

  @Test(arguments: [1, 10, 575] as [UInt64])
  func gaussianMomentsAgreeWithOpenDP(scale: UInt64) throws {
    let gaussian = try DiscreteGaussian(varianceNumerator: scale * scale, denominator: 1)
    var coins = coins(seed: 9)
    let ours = moments(histogram(count: count) { gaussian.sample(using: &coins) })
    try compare(ours, OpenDP.moments("gaussian", scale, count), kurtosis: 3.1)
  }

  /// Two independent samples: their means and variances differ by six deviations once in 10^9 runs.
  private func compare(
    _ ours: (mean: Double, variance: Double), _ theirs: (mean: Double, variance: Double), kurtosis: Double
  ) {
    let variance = max(ours.variance, theirs.variance)
    let spread = (2 / Double(count)).squareRoot()
    #expect(abs(ours.mean - theirs.mean) < 6 * variance.squareRoot() * spread)
    #expect(abs(ours.variance - theirs.variance) < 6 * variance * (kurtosis - 1).squareRoot() * spread)
  }
}

/// The Python package, in a process of its own.
enum OpenDP {
  static let isInstalled = (try? run(["-c", "import opendp.prelude"])) != nil

  static func moments(_ kind: String, _ scale: UInt64, _ count: Int) throws -> (
    mean: Double, variance: Double
  ) {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("opendp_moments.py")
    let words = try run([script.path, kind, String(scale), String(count)]).split(separator: " ")
    return (try #require(Double(words[0])), try #require(Double(words[1])))
  }

  private struct Failed: Error {}

  private static func run(_ arguments: [String]) throws -> String {
    let python = ProcessInfo.processInfo.environment["HITOKU_TEST_PYTHON"] ?? "python3"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed() }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
