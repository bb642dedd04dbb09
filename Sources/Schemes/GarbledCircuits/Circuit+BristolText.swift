extension Circuit {
  /// The circuit as a Bristol Fashion file, to be read by other programs.
  public func bristolFashion() -> [UInt8] {
    var text = BristolText(inputCount: inputCount)
    for (index, gate) in gates.enumerated() {
      let a = text.wire(gate.a), b = text.wire(gate.b)
      text.numbers[inputCount + 1 + index] = text.append(gate.isAnd ? "AND" : "XOR", [a, b])
    }
    // Outputs are the last wires.
    let references = outputs.map { text.wire($0) }
    for reference in references { _ = text.append("EQW", [reference]) }
    func line(_ widths: [Int]) -> String { ([widths.count] + widths).map(String.init).joined(separator: " ") }
    let head = "\(text.lines.count) \(text.wireCount)\n\(line(inputWidths))\n\(line(outputWidths))\n\n"
    return Array((head + text.lines.joined(separator: "\n") + "\n").utf8)
  }
}

/// The lines of a file, and how its wires are numbered.
private struct BristolText {
  var lines: [String] = []
  private(set) var wireCount: Int
  /// Numbers in the file by numbers in the circuit.
  var numbers: [Int: Int] = [:]
  private var negations: [Int: Int] = [:]

  init(inputCount: Int) {
    wireCount = inputCount
    for input in 0..<inputCount { numbers[input + 1] = input }
  }

  mutating func append(_ name: String, _ inputs: [Int]) -> Int {
    lines.append("\(inputs.count) 1 \(inputs.map(String.init).joined(separator: " ")) \(wireCount) \(name)")
    wireCount += 1
    return wireCount - 1
  }

  /// A wire of the file for a reference, which may be a constant or a negation.
  mutating func wire(_ literal: Circuit.Literal) -> Int {
    if !literal.isNegated, let number = numbers[literal.wire] { return number }
    if literal.isNegated, let number = negations[literal.wire] { return number }
    let number: Int
    if literal.isConstant {
      number = append("EQ", [literal.isNegated ? 1 : 0])
    } else {
      number = append("INV", [numbers[literal.wire, default: 0]])
    }
    if literal.isNegated { negations[literal.wire] = number } else { numbers[literal.wire] = number }
    return number
  }
}
