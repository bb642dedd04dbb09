import GarbledCircuits
import Primitives
import Secrets
import TestSupport

/// Bits of rows as the machines take them: all rows of the first input, then all of the next; eight to a byte.
func packed(_ rows: [[Bool]]) -> [UInt8] {
  let width = rows.first?.count ?? 0
  var bytes = [UInt8](repeating: 0, count: (width * rows.count + 7) / 8)
  for bit in 0..<width {
    for (row, values) in rows.enumerated() where values[bit] {
      let index = bit * rows.count + row
      bytes[index >> 3] |= 1 << UInt8(index & 7)
    }
  }
  return bytes
}

/// The other way.
func unpacked(_ bytes: [UInt8], width: Int, rows: Int) -> [[Bool]] {
  (0..<rows).map { row in
    (0..<width).map { bit in
      let index = bit * rows + row
      return bytes[index >> 3] >> UInt8(index & 7) & 1 == 1
    }
  }
}

/// The low `width` bits of a number, lowest first.
func bits(_ value: UInt64, _ width: Int) -> [Bool] {
  (0..<width).map { $0 < 64 && value >> UInt64($0) & 1 == 1 }
}

/// Bits, lowest first, as a number.
func number(_ bits: some Sequence<Bool>) -> UInt64 {
  var value: UInt64 = 0
  for (index, bit) in bits.enumerated() where bit { value |= 1 << UInt64(index) }
  return value
}

/// Both parties of a circuit in one place; the evaluator's labels are picked by an all-knowing dealer.
struct Dealer: ~Copyable {
  var garbler: Garbler
  var evaluator: Evaluator
  let offset: Block

  init() {
    let seed = Seed.random()
    let secret = Garbler.randomOffset()
    offset = unsafe secret.withUnsafeBufferPointer { unsafe $0[0] }
    garbler = Garbler(offset: secret, seed: seed)
    evaluator = Evaluator(seed: seed)
  }

  /// Gives labels to the inputs: the first `garblerCount` bits are the garbler's.
  mutating func deal(_ plan: CircuitPlan, _ rows: [[Bool]], garblerCount: Int) {
    let count = plan.circuit.inputCount
    garbler.begin(plan)
    evaluator.begin(plan)
    garbler.setOwnInputs(0..<garblerCount, bits: packed(rows.map { Array($0[..<garblerCount]) }))
    evaluator.setPeerInputs(0..<garblerCount)
    var stream = RandomStream.fromSystem()
    var zeros: [Block] = []
    unsafe garbler.withInputLabels(garblerCount..<count) { labels in
      unsafe stream.fill(UnsafeMutableRawBufferPointer(labels))
      zeros = unsafe Array(labels)
    }
    unsafe evaluator.withInputLabels(garblerCount..<count) { labels in
      for index in zeros.indices {
        let (bit, row) = index.quotientAndRemainder(dividingBy: plan.rows)
        unsafe labels[index] = rows[row][garblerCount + bit] ? zeros[index] ^ offset : zeros[index]
      }
    }
  }

  /// All tables, changed on the way.
  mutating func transfer(_ change: (Int, inout [UInt8]) -> Void = { _, _ in }) throws(GarbledCircuitsError) {
    var index = 0
    while var tables = garbler.nextTables() {
      change(index, &tables)
      try evaluator.receive(tables: tables)
      index += 1
    }
  }

  /// Garbles and evaluates the rows; the outputs of each.
  mutating func run(
    _ circuit: Circuit, _ rows: [[Bool]], garblerCount: Int
  ) throws(GarbledCircuitsError) -> [[Bool]] {
    let plan = try CircuitPlan(circuit, rows: rows.count)
    deal(plan, rows, garblerCount: garblerCount)
    try transfer()
    let zero = garbler.outputs(), active = evaluator.outputs()
    let opened = try evaluator.open(active, decoding: garbler.decoding(of: zero))
    let proven = try garbler.open(zero, proof: evaluator.proof(of: active))
    precondition(opened == proven, "both sides open the same")
    return unpacked(opened, width: circuit.outputCount, rows: rows.count)
  }
}

/// A circuit of some words, and what it should compute.
func circuit(_ widths: [Int], _ body: (inout CircuitBuilder, [Word]) -> [Word]) -> Circuit {
  var builder = CircuitBuilder()
  let inputs = widths.map { builder.input($0) }
  for output in body(&builder, inputs) { builder.output(output) }
  return builder.finish()
}
