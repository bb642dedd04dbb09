import GarbledCircuits

/// Circuit files in Bristol Fashion; a circuit that is accepted computes, is laid out, and computes the same after it was
/// written and read again.
enum CircuitFileRun {
  static func run(_ input: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    guard let circuit = try? Circuit(bristolFashion: input) else { return .refused }
    try FuzzFinding.unless(circuit.gateCount <= input.count, "gates are in proportion to the text")
    guard let again = try? Circuit(bristolFashion: circuit.bristolFashion()) else {
      throw FuzzFinding(promise: "a circuit that is written can be read")
    }
    try FuzzFinding.unless(
      again.inputWidths == circuit.inputWidths && again.outputWidths == circuit.outputWidths
        && again.andCount <= circuit.andCount, "a circuit that is read again has the same shape")
    for pattern in [0, 1, 3, 7] {
      let bits = (0..<circuit.inputCount).map { ($0 * 5 + pattern) % 8 < pattern }
      try FuzzFinding.unless(
        again.evaluate(bits) == circuit.evaluate(bits), "a circuit that is read again computes the same")
    }
    for rows in [3, 64] {
      guard let plan = try? CircuitPlan(circuit, rows: rows) else { continue }
      try FuzzFinding.unless(
        plan.pieceByteCounts.reduce(0, +) == plan.tableByteCount, "a plan's pieces are all of its tables")
    }
    return .accepted
  }
}
