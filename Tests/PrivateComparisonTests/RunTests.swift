import PrivateComparison
import TestSupport
import Testing

@Suite struct RunTests {
  private static let rowCounts = [1, 2, 63, 1023, 1024, 1025, 5000]

  private func numbers(_ count: Int, bits: Int, _ random: inout SeededGenerator) -> [Int64] {
    let top: Int64 = bits == 64 ? .max : (1 << Int64(bits - 1)) - 1
    return (0..<count).map { _ in
      Bool.random(using: &random)
        ? Int64.random(in: -2...2, using: &random)
        : [-top - 1, top, Int64.random(in: -top - 1...top, using: &random)].randomElement(using: &random) ?? 0
    }
  }

  private func expected(
    _ operation: ComparisonOperation, _ a: ArraySlice<Int64>, _ b: ArraySlice<Int64>, bits: Int
  ) -> UInt64 {
    let all = Array(a) + Array(b)
    let largest = all.max() ?? 0
    return switch operation {
    case .lt: zip(a, b).allSatisfy { $0 < $1 } ? 1 : 0
    case .le: zip(a, b).allSatisfy { $0 <= $1 } ? 1 : 0
    case .eq: a.elementsEqual(b) ? 1 : 0
    case .max: bits == 64 ? field(largest) : field(largest) & ((1 << UInt64(bits)) - 1)
    case .argmax: UInt64(all.firstIndex(of: largest) ?? 0)
    case .within: 0
    }
  }

  @Test(arguments: [ComparisonOperation.lt, .le, .eq, .max, .argmax], [(1, 32), (1, 64), (3, 8)])
  func everyRowGetsTheAnswerThatIntegersGive(
    operation: ComparisonOperation, shape: (columns: Int, bits: Int)
  ) throws {
    var random = SeededGenerator()
    let function = try RowFunction.comparison(operation, columns: shape.columns, bits: shape.bits)
    for rows in [1, 65, 1500] {
      let a = numbers(rows * shape.columns, bits: shape.bits, &random)
      var b = numbers(rows * shape.columns, bits: shape.bits, &random)
      for index in b.indices where Int.random(in: 0..<4, using: &random) == 0 { b[index] = a[index] }
      var run = Simulation()
      try run.run(
        function, ComparisonRules(receivers: .both), garbler: a.map(field), evaluator: b.map(field))
      let want = (0..<rows).map { row in
        let range = row * shape.columns..<(row + 1) * shape.columns
        return expected(operation, a[range], b[range], bits: shape.bits)
      }
      #expect(run.garblerResults == want, "seed \(random.seed)")
      #expect(run.evaluatorResults == want, "seed \(random.seed)")
    }
  }

  @Test(arguments: ComparisonRules.Receivers.allCases, [false, true])
  func onlyReceiversGetResultsAtEveryNumberOfRows(
    receivers: ComparisonRules.Receivers, checks: Bool
  ) throws {
    var random = SeededGenerator()
    let function = try RowFunction.comparison(.lt, columns: 1, bits: 16)
    let rules = ComparisonRules(receivers: receivers, checksEvaluator: checks)
    for rows in Self.rowCounts + [0, 3 * function.rowsPerFlight] {
      let a = numbers(rows, bits: 16, &random), b = numbers(rows, bits: 16, &random)
      let want = zip(a, b).map { $0 < $1 ? UInt64(1) : 0 }
      var run = Simulation()
      try run.run(function, rules, garbler: a.map(field), evaluator: b.map(field))
      #expect(run.garblerResults == (receivers == .evaluator ? [] : want), "\(rows), seed \(random.seed)")
      #expect(run.evaluatorResults == (receivers == .garbler ? [] : want), "\(rows), seed \(random.seed)")
      #expect((run.counts[.decoding] == nil) == (receivers == .garbler || rows == 0))
      #expect((run.counts[.challenge] == nil) == (!checks || rows == 0))
    }
  }

  @Test(arguments: ComparisonRules.Receivers.allCases, [false, true])
  func trajectoriesThatComeCloseInOneRowAreFoundAndOneBitIsOpened(
    receivers: ComparisonRules.Receivers, checks: Bool
  ) throws {
    var random = SeededGenerator()
    let function = try RowFunction.comparison(.within, columns: 3, bits: 14, limit: 50)
    let rules = ComparisonRules(receivers: receivers, checksEvaluator: checks)
    for rows in [1, 2, 64, 65, 200] {
      for distance: Int64 in [50, 51] {
        // Far apart but for one row, where they are 50 or 51 apart along one axis.
        var a: [Int64] = [], b: [Int64] = []
        let close = Int.random(in: 0..<rows, using: &random)
        for row in 0..<rows {
          let point = (0..<3).map { _ in Int64.random(in: -4000...4000, using: &random) }
          a += point
          b += row == close ? [point[0], point[1] - distance, point[2]] : point.map { $0 + 4000 }
        }
        var run = Simulation()
        try run.run(function, rules, garbler: a.map(field), evaluator: b.map(field))
        let want: [UInt64] = [distance == 50 ? 1 : 0]
        #expect(run.garblerResults == (receivers == .evaluator ? [] : want), "\(rows), seed \(random.seed)")
        #expect(run.evaluatorResults == (receivers == .garbler ? [] : want), "\(rows), seed \(random.seed)")
        #expect(
          run.counts[.decoding, default: 0] + run.counts[.proof, default: 0] == (receivers == .both ? 2 : 1))
      }
    }
    var run = Simulation()
    #expect(throws: ComparisonError.noRows) { try run.run(function, rules, garbler: [], evaluator: []) }
  }

  @Test func extremeDistancesNeitherWrapNorHide() throws {
    let top: Int64 = (1 << 30) - 1
    for (a, b, limit, want) in [
      ([-top - 1, -top - 1, -top - 1], [top, top, top], UInt64(UInt32.max), UInt64(1)),
      ([-top - 1, -top - 1, -top - 1], [top, top, top], 3_719_550_785, 0),
      ([-top - 1, -top - 1, -top - 1], [top, top, top], 3_719_550_786, 1), ([0, 0, 0], [0, 0, 0], 0, 1),
    ] as [([Int64], [Int64], UInt64, UInt64)] {
      let function = try RowFunction.comparison(.within, columns: 3, bits: 31, limit: limit)
      var run = Simulation()
      try run.run(
        function, ComparisonRules(receivers: .evaluator), garbler: a.map(field), evaluator: b.map(field))
      #expect(run.evaluatorResults == [want], "\(limit)")
    }
  }

  @Test func differentNumbersOfRowsEndTheRun() throws {
    let function = try RowFunction.comparison(.lt, columns: 1, bits: 8)
    let size = function.rowsPerFlight
    for (own, other) in [
      (3, 4), (4, 3), (size, size + 1), (size, size - 1), (2 * size, size), (0, 1), (1, 0),
    ] {
      var run = Simulation()
      #expect(throws: ComparisonError.differentRowCounts) {
        try run.run(
          function, ComparisonRules(receivers: .both), garbler: .init(repeating: 1, count: own),
          evaluator: .init(repeating: 1, count: other))
      }
    }
  }

  @Test func sidesWithDifferentTermsDoNotRun() throws {
    let function = try RowFunction.comparison(.lt, columns: 1, bits: 8)
    for other in [
      try RowFunction.comparison(.le, columns: 1, bits: 8),
      try RowFunction.comparison(.lt, columns: 1, bits: 9),
    ] {
      var run = Simulation()
      #expect(throws: ComparisonError.differentTerms) {
        try run.run(
          function, ComparisonRules(receivers: .both), garbler: [1], evaluator: [2], otherFunction: other)
      }
    }
  }

  @Test func shapesOutOfRangeAreRefused() {
    for (columns, bits) in [(0, 8), (1025, 8), (1, 0), (1, 65)] {
      #expect(throws: ComparisonError.shapeOutOfRange) {
        try RowFunction.comparison(.lt, columns: columns, bits: bits)
      }
    }
    #expect(throws: ComparisonError.shapeOutOfRange) {
      try RowFunction.comparison(.within, columns: 3, bits: 32, limit: 1)
    }
    #expect(throws: ComparisonError.shapeOutOfRange) {
      try RowFunction.comparison(.within, columns: 3, bits: 16, limit: 1 << 32)
    }
  }
}
