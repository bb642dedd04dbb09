/// One bit of a circuit under construction.
public struct Wire: Sendable, Hashable {
  let literal: Circuit.Literal

  /// The constant false.
  public static let zero = Wire(literal: .zero)
  /// The constant true.
  public static let one = Wire(literal: .one)

  /// A constant.
  public static func constant(_ value: Bool) -> Wire { value ? one : zero }

  /// The negation, which costs nothing.
  public static prefix func ! (a: Self) -> Self { Wire(literal: !a.literal) }
}

/// An unsigned number or a vector of bits under construction, least significant bit first.
public typealias Word = [Wire]

/// Builds a circuit gate by gate. Constants are folded and gates that no output needs are left out, so that
/// `Circuit.andCount` counts what is paid for.
///
/// Inputs come before all gates. Words that are combined have equal widths; results wrap modulo 2^width.
public struct CircuitBuilder: Sendable {
  private var inputWidths: [Int] = []
  private var inputCount = 0
  private var gates: [Circuit.Gate] = []
  private var outputWidths: [Int] = []
  private var outputs: [Circuit.Literal] = []

  /// Gates so far, those included that no output may need.
  var gateCount: Int { gates.count }

  /// An empty circuit.
  public init() {}

  /// The next input, of `width` ≥ 1 bits.
  public mutating func input(_ width: Int) -> Word {
    precondition(width >= 1 && gates.isEmpty, "inputs come first")
    inputWidths.append(width)
    inputCount += width
    return (inputCount - width + 1...inputCount).map { Wire(literal: .init(wire: $0)) }
  }

  /// The next output.
  public mutating func output(_ word: Word) {
    outputWidths.append(word.count)
    outputs += word.map(\.literal)
  }

  /// a ≠ b, free.
  public mutating func xor(_ a: Wire, _ b: Wire) -> Wire {
    if a.literal.isConstant { return a.literal.isNegated ? !b : b }
    if b.literal.isConstant { return b.literal.isNegated ? !a : a }
    let negated = a.literal.isNegated != b.literal.isNegated
    let (x, y) = (a.literal.wire, b.literal.wire)
    guard x != y else { return .constant(negated) }
    let wire = append(.init(isAnd: false, a: .init(wire: x), b: .init(wire: y)))
    return negated ? !wire : wire
  }

  /// a ∧ b, one AND gate.
  public mutating func and(_ a: Wire, _ b: Wire) -> Wire {
    if a == .zero || b == .zero || a == !b { return .zero }
    if a == .one || a == b { return b }
    if b == .one { return a }
    return append(.init(isAnd: true, a: a.literal, b: b.literal))
  }

  /// a ∨ b, one AND gate.
  public mutating func or(_ a: Wire, _ b: Wire) -> Wire { !and(!a, !b) }

  /// a where `condition` holds, else b; one AND gate.
  public mutating func select(_ condition: Wire, _ a: Wire, else b: Wire) -> Wire {
    xor(b, and(condition, xor(a, b)))
  }

  /// Bitwise `xor`.
  public mutating func xor(_ a: Word, _ b: Word) -> Word { zipped(a, b).map { xor($0, $1) } }

  /// Bitwise `and`.
  public mutating func and(_ a: Word, _ b: Word) -> Word { zipped(a, b).map { and($0, $1) } }

  /// Bitwise `select`, one AND gate for each bit.
  public mutating func select(_ condition: Wire, _ a: Word, else b: Word) -> Word {
    zipped(a, b).map { select(condition, $0, else: $1) }
  }

  /// Whether all bits are set; count − 1 AND gates at logarithmic depth.
  public mutating func all(_ bits: [Wire]) -> Wire {
    tree(bits, empty: .one) { builder, a, b in builder.and(a, b) }
  }

  /// Whether any bit is set; count − 1 AND gates at logarithmic depth.
  public mutating func any(_ bits: [Wire]) -> Wire { !all(bits.map { !$0 }) }

  /// Combines neighbours until one is left.
  mutating func tree<Value>(
    _ values: [Value], empty: Value, _ combine: (inout CircuitBuilder, Value, Value) -> Value
  ) -> Value {
    var level = values
    while level.count > 1 {
      var next: [Value] = []
      for index in stride(from: 0, to: level.count - 1, by: 2) {
        next.append(combine(&self, level[index], level[index + 1]))
      }
      if level.count % 2 == 1, let last = level.last { next.append(last) }
      level = next
    }
    return level.first ?? empty
  }

  func zipped(_ a: Word, _ b: Word) -> Zip2Sequence<Word, Word> {
    precondition(a.count == b.count, "words of equal widths")
    return zip(a, b)
  }

  private mutating func append(_ gate: Circuit.Gate) -> Wire {
    gates.append(gate)
    return Wire(literal: .init(wire: inputCount + gates.count))
  }

  /// The circuit, without the gates that no output needs.
  public consuming func finish() -> Circuit {
    var isNeeded = [Bool](repeating: false, count: inputCount + 1 + gates.count)
    for output in outputs { isNeeded[output.wire] = true }
    for (index, gate) in gates.enumerated().reversed() where isNeeded[inputCount + 1 + index] {
      isNeeded[gate.a.wire] = true
      isNeeded[gate.b.wire] = true
    }
    var kept: [Circuit.Gate] = []
    var numbers = Array(0...UInt32(inputCount))
    numbers.reserveCapacity(isNeeded.count)
    func renumbered(_ literal: Circuit.Literal) -> Circuit.Literal {
      .init(code: numbers[literal.wire] << 1 | literal.code & 1)
    }
    for (index, gate) in gates.enumerated() {
      numbers.append(UInt32(inputCount + 1 + kept.count))
      guard isNeeded[inputCount + 1 + index] else { continue }
      kept.append(.init(isAnd: gate.isAnd, a: renumbered(gate.a), b: renumbered(gate.b)))
    }
    return Circuit(
      inputWidths: inputWidths, outputWidths: outputWidths, gates: kept, outputs: outputs.map(renumbered))
  }
}
