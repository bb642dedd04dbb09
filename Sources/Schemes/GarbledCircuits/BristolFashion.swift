extension Circuit {
  /// The most gates of a circuit file that is read, those that its MANDs stand for included.
  public static let maximumFileGates = 1 << 24
  /// The most bits of its inputs.
  public static let maximumFileInputs = 1 << 20
  /// What the text of a gate takes at least, with its line feed: `1 1 0 1 EQ`.
  private static let leastGateBytes = 11

  /// Whether a text of so many bytes can hold so many gates, its last line without a line feed.
  fileprivate static func canHold(gates: Int, bytes: Int) -> Bool {
    gates <= maximumFileGates && gates <= (bytes + 1) / leastGateBytes
  }

  /// Reads a circuit in Bristol Fashion (https://nigelsmart.github.io/MPC-Circuits/): gates XOR, AND, INV, EQ, EQW and
  /// MAND, wires assigned once and before they are used, outputs on the last wires.
  ///
  /// Takes memory in proportion to the text, whatever sizes it states, and to its inputs. Throws `malformedCircuit` with its
  /// line, or `circuitTooLarge`.
  public init(bristolFashion text: [UInt8]) throws(GarbledCircuitsError) {
    var reader = BristolReader(text)
    self = try reader.circuit()
  }
}

/// Reads line by line into a builder.
private struct BristolReader {
  private var rest: ArraySlice<UInt8>
  private var line = 0
  private var builder = CircuitBuilder()
  private var wires: [Wire?] = []

  init(_ text: [UInt8]) { rest = text[...] }

  mutating func circuit() throws(GarbledCircuitsError) -> Circuit {
    let sizes = try numbers(exactly: 2)
    let byteCount = rest.endIndex
    guard Circuit.canHold(gates: sizes[0], bytes: byteCount) else { throw .circuitTooLarge }
    let inputs = try widths(wires: sizes[1])
    let outputs = try widths(wires: sizes[1])
    // A wire is an input's, or its number stands in a gate's line: two bytes at least.
    let inputCount = inputs.reduce(0, +)
    guard inputCount <= Circuit.maximumFileInputs, sizes[1] - inputCount <= byteCount / 2 else {
      throw .circuitTooLarge
    }
    wires = [Wire?](repeating: nil, count: sizes[1])
    var position = 0
    for width in inputs {
      for wire in builder.input(width) {
        wires[position] = wire
        position += 1
      }
    }
    for _ in 0..<sizes[0] {
      try readGate()
      guard builder.gateCount <= Circuit.maximumFileGates else { throw .circuitTooLarge }
    }
    guard nextFields().isEmpty else { throw .malformedCircuit(line: line) }
    position = wires.count - outputs.reduce(0, +)
    for width in outputs {
      var word: Word = []
      for wire in position..<position + width { word.append(try self.wire(wire)) }
      builder.output(word)
      position += width
    }
    return builder.finish()
  }

  /// A line of a count and as many widths, which together are at most `wires`.
  private mutating func widths(wires: Int) throws(GarbledCircuitsError) -> [Int] {
    let fields = try numbers(exactly: nil)
    guard fields.count >= 2, fields[0] == fields.count - 1, fields.dropFirst().allSatisfy({ $0 > 0 }),
      fields.dropFirst().allSatisfy({ $0 <= wires }), fields.dropFirst().reduce(0, +) <= wires
    else { throw .malformedCircuit(line: line) }
    return Array(fields.dropFirst())
  }

  private mutating func readGate() throws(GarbledCircuitsError) {
    let fields = nextFields()
    guard fields.count >= 5, let name = fields.last else { throw .malformedCircuit(line: line) }
    var values: [Int] = []
    for field in fields.dropLast() { values.append(try number(field)) }
    let (inputs, outputs) = (values[0], values[1])
    guard inputs <= values.count, outputs <= values.count, values.count == 2 + inputs + outputs else {
      throw .malformedCircuit(line: line)
    }
    let from = Array(values[2..<2 + inputs]), to = Array(values[(2 + inputs)...])
    switch (String(decoding: name, as: UTF8.self), inputs, outputs) {
    case ("XOR", 2, 1): try assign(to[0], builder.xor(wire(from[0]), wire(from[1])))
    case ("AND", 2, 1): try assign(to[0], builder.and(wire(from[0]), wire(from[1])))
    case ("INV", 1, 1): try assign(to[0], !wire(from[0]))
    case ("EQW", 1, 1): try assign(to[0], wire(from[0]))
    case ("EQ", 1, 1):
      guard from[0] <= 1 else { throw .malformedCircuit(line: line) }
      try assign(to[0], .constant(from[0] == 1))
    case ("MAND", let count, outputs) where count == 2 * outputs:
      for index in 0..<outputs {
        try assign(to[index], builder.and(wire(from[index]), wire(from[outputs + index])))
      }
    default: throw .malformedCircuit(line: line)
    }
  }

  private func wire(_ index: Int) throws(GarbledCircuitsError) -> Wire {
    guard wires.indices.contains(index), let wire = wires[index] else { throw .malformedCircuit(line: line) }
    return wire
  }

  private mutating func assign(_ index: Int, _ wire: Wire) throws(GarbledCircuitsError) {
    guard wires.indices.contains(index), wires[index] == nil else { throw .malformedCircuit(line: line) }
    wires[index] = wire
  }

  private mutating func numbers(exactly count: Int?) throws(GarbledCircuitsError) -> [Int] {
    var values: [Int] = []
    for field in nextFields() { values.append(try number(field)) }
    guard count == nil || values.count == count else { throw .malformedCircuit(line: line) }
    return values
  }

  private func number(_ field: ArraySlice<UInt8>) throws(GarbledCircuitsError) -> Int {
    var value = 0
    guard (1...10).contains(field.count) else { throw .malformedCircuit(line: line) }
    for byte in field {
      guard (0x30...0x39).contains(byte) else { throw .malformedCircuit(line: line) }
      value = 10 * value + Int(byte - 0x30)
    }
    return value
  }

  /// The fields of the next line that has any; none at the end.
  private mutating func nextFields() -> [ArraySlice<UInt8>] {
    while !rest.isEmpty {
      line += 1
      let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
      let fields = rest[..<end].split { [0x20, 0x09, 0x0D].contains($0) }
      rest = end < rest.endIndex ? rest[rest.index(after: end)...] : rest[end...]
      if !fields.isEmpty { return fields }
    }
    return []
  }
}
