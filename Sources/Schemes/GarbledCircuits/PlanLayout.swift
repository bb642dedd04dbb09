/// Orders a circuit's gates and gives their wires slots.
struct PlanLayout {
  private(set) var instructions: [CircuitPlan.Instruction] = []
  private(set) var steps: [CircuitPlan.Step] = []
  private(set) var outputs: [UInt32] = []
  private(set) var slotCount: Int

  private let circuit: Circuit
  /// AND gates of one step at most, so that a step's tables stay below a quarter of a piece.
  private let gatesPerStep: Int
  private let isLayered: Bool
  private var slots: [UInt32]
  /// How often a wire is still to be read; outputs are never done with.
  private var reads: [Int32]
  private var free: [UInt32] = []

  init(_ circuit: Circuit, rows: Int) {
    self.circuit = circuit
    isLayered = rows < CircuitPlan.gatesPerKey
    gatesPerStep = isLayered ? max(1, CircuitPlan.maximumRows / rows) : 1
    slots = Array(repeating: 0, count: circuit.wireCount)
    reads = Array(repeating: 0, count: circuit.wireCount)
    // The inputs lie first, in order; the constant behind them.
    slotCount = circuit.inputCount + 1
    slots[0] = UInt32(circuit.inputCount)
    for input in 0..<circuit.inputCount { slots[input + 1] = UInt32(input) }
  }

  mutating func run() {
    for gate in circuit.gates {
      reads[gate.a.wire] += 1
      reads[gate.b.wire] += 1
    }
    reads[0] = .max
    for output in circuit.outputs { reads[output.wire] = .max }
    if isLayered { layOutLayers() } else { layOutInOrder() }
    outputs = circuit.outputs.map { slots[$0.wire] << 1 | $0.code & 1 }
  }

  private mutating func layOutInOrder() {
    for gate in circuit.gates.indices { append([gate], isAnd: circuit.gates[gate].isAnd) }
  }

  /// Layer by layer: the XORs of a depth in order, then the ANDs whose inputs have it.
  private mutating func layOutLayers() {
    var depths = [Int32](repeating: 0, count: circuit.wireCount)
    var layers: [(xors: [Int], ands: [Int])] = [([], [])]
    for (index, gate) in circuit.gates.enumerated() {
      let depth = max(depths[gate.a.wire], depths[gate.b.wire])
      depths[circuit.inputCount + 1 + index] = depth + (gate.isAnd ? 1 : 0)
      while layers.count <= depth { layers.append(([], [])) }
      if gate.isAnd { layers[Int(depth)].ands.append(index) } else { layers[Int(depth)].xors.append(index) }
    }
    for layer in layers {
      for xor in layer.xors { append([xor], isAnd: false) }
      for start in stride(from: 0, to: layer.ands.count, by: gatesPerStep) {
        append(Array(layer.ands[start..<min(start + gatesPerStep, layer.ands.count)]), isAnd: true)
      }
    }
  }

  private mutating func append(_ gates: [Int], isAnd: Bool) {
    let start = instructions.count
    // A single gate may write over its inputs, row by row; a gate of several may not write over the others'.
    if gates.count == 1 { release(gates[0]) }
    for index in gates {
      let gate = circuit.gates[index]
      let output = free.popLast() ?? UInt32(slotCount)
      if Int(output) == slotCount { slotCount += 1 }
      slots[circuit.inputCount + 1 + index] = output
      let (a, b) = (slots[gate.a.wire], slots[gate.b.wire])
      instructions.append(
        isAnd
          ? .init(a: a << 1 | gate.a.code & 1, b: b << 1 | gate.b.code & 1, output: output)
          : .init(a: a, b: b, output: output))
    }
    if gates.count > 1 { for index in gates { release(index) } }
    if !isAnd, let last = steps.indices.last, !steps[last].isAnd {
      steps[last].instructions = steps[last].instructions.lowerBound..<instructions.count
    } else {
      steps.append(.init(isAnd: isAnd, instructions: start..<instructions.count))
    }
  }

  private mutating func release(_ gate: Int) {
    for wire in [circuit.gates[gate].a.wire, circuit.gates[gate].b.wire] where reads[wire] != .max {
      reads[wire] -= 1
      if reads[wire] == 0 { free.append(slots[wire]) }
    }
  }
}
