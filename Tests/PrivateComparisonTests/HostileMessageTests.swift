import GarbledCircuits
import PrivateComparison
import TestSupport
import Testing

@Suite struct HostileMessageTests {
  private func run(
    _ rules: ComparisonRules, _ operation: ComparisonOperation = .lt,
    _ change: @escaping (inout ComparisonMessage) -> Void
  ) throws -> (Simulation, want: [UInt64]) {
    let function = try RowFunction.comparison(operation, columns: 1, bits: 16, limit: 3)
    let a = (0..<100).map { UInt64($0) }, b = (0..<100).map { UInt64(99 - $0) }
    var simulation = Simulation()
    simulation.change = change
    try simulation.run(function, rules, garbler: a, evaluator: b)
    return (simulation, operation == .within ? [1] : zip(a, b).map { $0 < $1 ? 1 : 0 })
  }

  /// Else the joiner could end a run before the server's last row, and the server would take it for the whole.
  @Test func aFullFlightCannotBeTheLast() throws {
    let function = try RowFunction.comparison(.lt, columns: 1, bits: 16)
    let rows = [UInt64](repeating: 1, count: function.rowsPerFlight)
    var simulation = Simulation()
    simulation.change = { message in
      guard message.kind == .choices, message.payload.count > 5 else { return }
      var payload = message.payload
      payload[4] = 1
      message = ComparisonMessage(.choices, payload)
    }
    #expect(throws: ComparisonError.invalidMessage) {
      try simulation.run(
        function, ComparisonRules(receivers: .both), garbler: rows + rows, evaluator: rows + rows)
    }
    #expect(simulation.garblerResults.isEmpty && simulation.evaluatorResults.isEmpty)
  }

  /// Two circuits of one name, shape and number of gates are two functions still: a negation, a constant, an order.
  @Test func sidesWithDifferentGatesDoNotRun() throws {
    func function(_ body: (inout CircuitBuilder, Wire, Wire) -> Wire) throws -> RowFunction {
      try RowFunction("f", garbler: [1], evaluator: [1]) { builder, own, other in
        [[body(&builder, own[0][0], other[0][0])]]
      }
    }
    let rules = ComparisonRules(receivers: .both)
    let functions = try [
      function { $0.and($1, $2) }, function { $0.and(!$1, $2) }, function { !$0.and($1, $2) },
      function { $0.xor($0.and($1, $2), $1) },
    ]
    #expect(Set(functions.map { $0.terms(rules) }).count == functions.count)
    var simulation = Simulation()
    #expect(throws: ComparisonError.differentTerms) {
      try simulation.run(functions[0], rules, garbler: [1], evaluator: [1], otherFunction: functions[1])
    }
    #expect(simulation.counts[.choices] == nil && simulation.counts[.tables] == nil)
  }

  /// Where both sides know, they compare before the first choices, let alone answers.
  @Test func differentNumbersOfRowsAreSeenBeforeAnythingIsGarbled() throws {
    let function = try RowFunction.comparison(.lt, columns: 1, bits: 16)
    let rules = ComparisonRules(receivers: .both)
    func run(_ own: Int?, _ other: Int?, rows: (Int, Int)) throws -> Simulation {
      var simulation = Simulation()
      simulation.announced = (own, other)
      do {
        try simulation.run(
          function, rules, garbler: [UInt64](repeating: 1, count: rows.0),
          evaluator: [UInt64](repeating: 2, count: rows.1))
      } catch ComparisonError.differentRowCounts {
        #expect(simulation.evaluatorResults.isEmpty && simulation.garblerResults.isEmpty)
        throw ComparisonError.differentRowCounts
      }
      return simulation
    }
    for (own, other) in [(5, 5), (nil, 5), (5, nil), (nil, nil)] as [(Int?, Int?)] {
      #expect(try run(own, other, rows: (5, 5)).garblerResults.count == 5)
    }
    #expect(throws: ComparisonError.differentRowCounts) { try run(5, 6, rows: (5, 6)) }
    // A side that says one thing and does another.
    for rows in [4, 6] {
      #expect(throws: ComparisonError.differentRowCounts) { try run(5, 5, rows: (rows, rows)) }
      #expect(throws: ComparisonError.differentRowCounts) { try run(nil, 5, rows: (rows, rows)) }
    }
  }

  @Test(arguments: ComparisonMessage.Kind.allCases, [-1, 1])
  func messagesOfAnotherLengthEndTheRun(kind: ComparisonMessage.Kind, change: Int) {
    let rules = ComparisonRules(receivers: .both, checksEvaluator: true)
    #expect(throws: ComparisonError.self) {
      try run(rules) { message in
        guard message.kind == kind else { return }
        let payload = change < 0 ? Array(message.payload.dropLast()) : message.payload + [0]
        message = ComparisonMessage(kind, payload)
      }
    }
    #expect(throws: ComparisonError.self) {
      try run(rules) { message in
        if message.kind == kind { message = ComparisonMessage(kind, []) }
      }
    }
  }

  @Test(arguments: ComparisonMessage.Kind.allCases)
  func messagesOfAnotherKindEndTheRun(kind: ComparisonMessage.Kind) {
    for other in ComparisonMessage.Kind.allCases where other != kind {
      #expect(throws: ComparisonError.self) {
        try run(ComparisonRules(receivers: .both, checksEvaluator: true)) { message in
          if message.kind == kind { message = ComparisonMessage(other, message.payload) }
        }
      }
    }
  }

  /// Every run with one flipped bit either ends with an error or gives the right answers to whoever gets any.
  @Test(
    arguments: [ComparisonOperation.lt, .within], ComparisonRules.Receivers.allCases)
  func anAlteredByteNeverYieldsAWrongAnswer(
    operation: ComparisonOperation, receivers: ComparisonRules.Receivers
  ) throws {
    var random = SeededGenerator()
    var failures = 0
    // Choices are the evaluator's own affair: to alter them is to have other inputs.
    for kind in ComparisonMessage.Kind.allCases where kind != .choices {
      for _ in 0..<5 {
        var isDone = false
        let place = random.next(), bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
        do {
          let (simulation, want) = try run(
            ComparisonRules(receivers: receivers, checksEvaluator: true), operation
          ) { message in
            guard message.kind == kind, !isDone, !message.payload.isEmpty else { return }
            isDone = true
            var payload = message.payload
            payload[Int(place % UInt64(payload.count))] ^= bit
            message = ComparisonMessage(kind, payload)
          }
          for results in [simulation.garblerResults, simulation.evaluatorResults] {
            #expect(results == want || results.isEmpty, "\(kind), seed \(random.seed)")
          }
        } catch is ComparisonError { failures += 1 }
      }
    }
    #expect(failures > 12, "seed \(random.seed)")
  }

  @Test func alteredChoicesAreCaughtWhereTheRulesCheckThem() {
    for place in [0, 4] {
      #expect(throws: ComparisonError.self) {
        try run(ComparisonRules(receivers: .both)) { message in
          guard message.kind == .choices else { return }
          var payload = message.payload
          payload[place] ^= 2
          message = ComparisonMessage(.choices, payload)
        }
      }
    }
    #expect(throws: ComparisonError.inconsistentReceiver) {
      try run(ComparisonRules(receivers: .both, checksEvaluator: true)) { message in
        guard message.kind == .choices, message.payload.count > 5 else { return }
        var payload = message.payload
        for place in stride(from: 5, to: payload.count, by: 7) { payload[place] ^= 1 }
        message = ComparisonMessage(.choices, payload)
      }
    }
  }
}
