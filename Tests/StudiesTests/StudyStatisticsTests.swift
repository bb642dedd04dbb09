import DisclosureControl
import Glibc
import Studies
import Testing

@Suite struct StudyStatisticsTests {
  private static let text = """
    {"format": 1, "name": "s", "mode": "cross", "population": "p", "id": {"kind": "plain"},
     "analyst": {"id_column": "i", "maximum_ids": 100, "groups": [{"column": "g", "values": ["a", "b"]}]},
     "provider": {"id_column": "i", "maximum_ids": 100, "maximum_rows": 100,
       "cells": [{"column": "c", "values": ["x"]}]},
     "measures": [{"column": "m", "decimals": 1, "minimum": -2, "maximum": 8, "encoding": "ENCODING",
       "statistics": ["sum", "mean", "variance"]}],
     "maximum_rows_per_id": 1, "minimum_count": MINIMUM, "privacy": PRIVACY}
    """

  private func statistics(
    encoding: String, minimum: Int = 0, privacy: String = "\"exact\"", _ tables: [[[Int64]]]
  ) throws -> StudyStatistics {
    let text = Self.text.replacing("ENCODING", with: encoding).replacing("MINIMUM", with: "\(minimum)")
      .replacing("PRIVACY", with: privacy)
    let study = try Study(decoding: Array(text.utf8))
    return StudyStatistics(study, try study.plan(), tables: tables)
  }

  /// Values 1.5, −0.5, 4 in units of 0.1: sum 50, squares 1850.
  @Test(arguments: [("signed", 50, 1850), ("offset", 110, 35 * 35 + 15 * 15 + 60 * 60)])
  func statisticsOfThreeValuesDoNotDependOnTheEncoding(encoding: String, sum: Int, squares: Int) throws {
    let tables: [[[Int64]]] = [[[3], [0]], [[Int64(sum)], [0]], [[Int64(squares)], [0]]]
    let result = try statistics(encoding: encoding, tables)
    #expect(result.quantities.map(\.name) == ["count", "m_sum", "m_mean", "m_variance"])
    let values = result.numbers[0][0].map { number -> Double in
      if case .value(let value, halfWidth: 0) = number { value } else { .nan }
    }
    let expected = [3, 5, 5.0 / 3, (2.25 + 0.25 + 16) / 3 - 25.0 / 9]
    #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(values)")
    #expect(
      result.numbers[1][0] == [.value(0, halfWidth: 0), .value(0, halfWidth: 0), .undefined, .undefined])
  }

  @Test func cellsBelowTheMinimumAreHiddenWithAllTheirNumbers() throws {
    let result = try statistics(encoding: "signed", minimum: 3, [[[3], [2]], [[1], [1]], [[1], [1]]])
    #expect(result.numbers[1][0] == [.hidden, .hidden, .hidden, .hidden])
    #expect(!result.numbers[0][0].contains(.hidden))
  }

  @Test func oneDrawsIntervalIsTheLaplaceQuantile() throws {
    let privacy =
      "{\"epsilon\": {\"match\": 0.5, \"cells\": {\"counts\": 0.5, \"measures\": {\"m\": {\"sum\": 1, \"squares\": 1}}}}, \"delta\": \"2^-38\"}"
    let result = try statistics(
      encoding: "signed", privacy: privacy, [[[9], [9]], [[80], [80]], [[900], [900]]])
    guard case .value(9, let count) = result.numbers[0][0][0],
      case .value(8, let sum) = result.numbers[0][0][1]
    else { throw DisclosureControlError.invalidName }
    #expect(abs(count - 2 * log(20)) < 1e-9, "scale 1/ε = 2")
    #expect(abs(sum - 8 * log(20)) < 1e-9, "scale 80/1 in units of a tenth")
  }

  /// P[|X + Y| > w] for independent Laplace X, Y of scales a > b is (a²·e^(−w/a) − b²·e^(−w/b)) / (a² − b²).
  @Test func theIntervalOfASumOfTwoDrawsHoldsAtLeastNinetyFivePercent() {
    for ratio in stride(from: 0.01, to: 1, by: 0.01) {
      let width = log(20) * (1 + ratio * ratio).squareRoot()
      let outside = (exp(-width) - ratio * ratio * exp(-width / ratio)) / (1 - ratio * ratio)
      #expect(outside <= 0.05 + 1e-12, "\(ratio)")
    }
  }
}
