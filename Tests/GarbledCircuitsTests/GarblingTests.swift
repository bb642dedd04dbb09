import GarbledCircuits
import TestSupport
import Testing

@Suite struct GarblingTests {
  /// Random gates over all earlier wires, negations included.
  private func randomCircuit(inputs: Int, gates: Int, _ random: inout SeededGenerator) -> Circuit {
    circuit([inputs]) { builder, words in
      var wires = words[0] + [.one]
      for _ in 0..<gates {
        var (a, b) = (
          wires.randomElement(using: &random) ?? .one, wires.randomElement(using: &random) ?? .one
        )
        if Bool.random(using: &random) { a = !a }
        if Bool.random(using: &random) { b = !b }
        wires.append(Bool.random(using: &random) ? builder.and(a, b) : builder.xor(a, b))
      }
      return [wires.suffix(20) + [.zero, .one, words[0][0], !words[0][1]]]
    }
  }

  @Test(arguments: [1, 2, 3, 33, 63, 64, 65, 100, 128, 256])
  func garbledOutputsAreThoseOfTheCircuitInTheOpen(rows: Int) throws {
    var random = SeededGenerator()
    for inputs in [2, 40] {
      let circuit = randomCircuit(inputs: inputs, gates: 300, &random)
      let values = (0..<rows).map { _ in (0..<inputs).map { _ in Bool.random(using: &random) } }
      var dealer = Dealer()
      // Two runs under one offset and seed, as a protocol makes many.
      for _ in 0..<2 {
        let outputs = try dealer.run(circuit, values, garblerCount: inputs / 2)
        #expect(outputs == values.map(circuit.evaluate), "seed \(random.seed)")
      }
    }
  }

  @Test func tablesComeInPiecesOfBoundedLength() throws {
    let product = circuit([64, 64]) { builder, words in [builder.multiply(words[0], words[1], width: 128)] }
    for rows in [3, 200] {
      let plan = try CircuitPlan(product, rows: rows)
      #expect(plan.pieceByteCounts.reduce(0, +) == plan.tableByteCount)
      #expect(plan.tableByteCount == 32 * rows * product.andCount)
      #expect(plan.pieceByteCounts.allSatisfy { $0 <= CircuitPlan.pieceByteCount })
    }
    #expect(try CircuitPlan(product, rows: 200).pieceByteCounts.count > 10)
  }

  @Test func aTableOfAnotherLengthIsRefused() throws {
    let sum = circuit([8, 8]) { builder, words in [builder.add(words[0], words[1])] }
    let plan = try CircuitPlan(sum, rows: 2)
    for change in [-1, 1, -32, 32] {
      var dealer = Dealer()
      dealer.deal(plan, [bits(3, 16), bits(5, 16)], garblerCount: 8)
      #expect(throws: GarbledCircuitsError.self) {
        try dealer.transfer { _, tables in
          if change > 0 { tables += [UInt8](repeating: 0, count: change) } else { tables.removeLast(-change) }
        }
      }
    }
    var dealer = Dealer()
    dealer.deal(plan, [bits(3, 16), bits(5, 16)], garblerCount: 8)
    try dealer.transfer()
    #expect(throws: GarbledCircuitsError.unexpectedMessage) { try dealer.evaluator.receive(tables: []) }
  }

  @Test func anAlteredTableNeverYieldsAWrongAnswerSilently() throws {
    var random = SeededGenerator()
    let compare = circuit([32, 32]) { builder, words in [[builder.isLess(words[0], words[1], .unsigned)]] }
    var caught = 0
    for _ in 0..<200 {
      let rows = (0..<70).map { _ in bits(random.next(), 64) }
      let plan = try CircuitPlan(compare, rows: rows.count)
      var dealer = Dealer()
      dealer.deal(plan, rows, garblerCount: 32)
      let position = Int.random(in: 0..<plan.tableByteCount, using: &random)
      let flip = UInt8.random(in: 1...255, using: &random)
      try dealer.transfer { _, tables in tables[position] ^= flip }
      let zero = dealer.garbler.outputs(), active = dealer.evaluator.outputs()
      let decoding = dealer.garbler.decoding(of: zero)
      do {
        let opened = try dealer.evaluator.open(active, decoding: decoding)
        // A table row that no label of this run selects changes nothing.
        #expect(
          unpacked(opened, width: 1, rows: rows.count) == rows.map(compare.evaluate), "seed \(random.seed)")
      } catch {
        #expect(error == .wrongLabel)
        caught += 1
        #expect(throws: GarbledCircuitsError.wrongLabel) {
          _ = try dealer.garbler.open(zero, proof: dealer.evaluator.proof(of: active))
        }
      }
    }
    #expect(caught > 50, "seed \(random.seed)")
  }

  @Test func alteredCheckValuesAndProofsAreRefused() throws {
    let compare = circuit([8, 8]) { builder, words in [builder.maximum(words[0], words[1], .signed)] }
    let rows = (0..<5).map { bits(UInt64($0) * 12345, 16) }
    var dealer = Dealer()
    dealer.deal(try CircuitPlan(compare, rows: 5), rows, garblerCount: 8)
    try dealer.transfer()
    let zero = dealer.garbler.outputs(), active = dealer.evaluator.outputs()
    let proof = dealer.evaluator.proof(of: active)
    for index in proof.indices {
      var altered = proof
      altered[index] ^= 1
      #expect(throws: GarbledCircuitsError.wrongLabel) { try dealer.garbler.open(zero, proof: altered) }
    }
    #expect(throws: GarbledCircuitsError.self) { try dealer.garbler.open(zero, proof: proof.dropLast()) }
    let decoding = dealer.garbler.decoding(of: zero)
    #expect(throws: GarbledCircuitsError.self) {
      _ = try dealer.evaluator.open(active, decoding: decoding + [0])
    }
    // Eight of the sixteen bytes belong to the label that the evaluator does not have.
    var caught = 0
    for index in decoding.indices {
      // Opening uses up a key, as a run does once.
      var dealer = Dealer()
      dealer.deal(try CircuitPlan(compare, rows: 5), rows, garblerCount: 8)
      try dealer.transfer()
      let zero = dealer.garbler.outputs(), active = dealer.evaluator.outputs()
      var altered = dealer.garbler.decoding(of: zero)
      altered[index] ^= 1
      do {
        let opened = try dealer.evaluator.open(active, decoding: altered)
        #expect(unpacked(opened, width: 8, rows: 5) == rows.map(compare.evaluate))
      } catch {
        #expect(error == .wrongLabel)
        caught += 1
      }
    }
    #expect(caught == decoding.count / 2)
  }

  @Test func outputsCanBeInputsOfAnotherCircuit() throws {
    var random = SeededGenerator()
    let compare = circuit([16, 16]) { builder, words in [[builder.isLess(words[0], words[1], .unsigned)]] }
    let anyOf = circuit([90]) { builder, words in [[builder.any(words[0])]] }
    for expected in [true, false] {
      let rows = (0..<90).map { row in
        bits(UInt64(row == 71 && expected ? 3 : 9), 16) + bits(UInt64.random(in: 4...9, using: &random), 16)
      }
      var dealer = Dealer()
      dealer.deal(try CircuitPlan(compare, rows: 90), rows, garblerCount: 16)
      try dealer.transfer()
      let zero = dealer.garbler.outputs(), active = dealer.evaluator.outputs()
      let plan = try CircuitPlan(anyOf, rows: 1)
      dealer.garbler.begin(plan)
      dealer.evaluator.begin(plan)
      dealer.garbler.setInputs(0..<90, from: zero, at: 0)
      dealer.evaluator.setInputs(0..<90, from: active, at: 0)
      try dealer.transfer()
      let decoding = dealer.garbler.decoding(of: dealer.garbler.outputs())
      let opened = try dealer.evaluator.open(dealer.evaluator.outputs(), decoding: decoding)
      #expect(opened == [expected ? 1 : 0], "seed \(random.seed)")
    }
  }
}
