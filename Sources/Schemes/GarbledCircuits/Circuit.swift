import ByteCoding
import Primitives

/// A Boolean circuit of XOR and AND gates; negations are part of the references to wires, and cost nothing.
///
/// Wire 0 is the constant false, wires 1…`inputCount` are the inputs, and gate g computes wire `inputCount` + 1 + g from
/// earlier ones.
public struct Circuit: Sendable, Hashable {
  /// A wire or its negation: twice the wire's number, plus 1 where it is negated.
  struct Literal: Sendable, Hashable {
    var code: UInt32

    static let zero = Literal(code: 0)
    static let one = Literal(code: 1)

    init(code: UInt32) { self.code = code }
    init(wire: Int) { code = UInt32(wire) << 1 }

    var wire: Int { Int(code >> 1) }
    var isNegated: Bool { code & 1 == 1 }
    var isConstant: Bool { code < 2 }

    static prefix func ! (a: Self) -> Self { Literal(code: a.code ^ 1) }
  }

  /// One gate. The references of an XOR are never negated.
  struct Gate: Sendable, Hashable {
    var isAnd: Bool
    var a: Literal
    var b: Literal
  }

  /// The widths in bits of the inputs, in order.
  public let inputWidths: [Int]
  /// The widths in bits of the outputs, in order.
  public let outputWidths: [Int]
  let gates: [Gate]
  let outputs: [Literal]

  /// Bits of all inputs.
  public let inputCount: Int
  /// AND gates: what a garbled table is sent for, 32 bytes each.
  public let andCount: Int

  /// Bits of all outputs.
  public var outputCount: Int { outputs.count }
  /// Gates of both kinds.
  public var gateCount: Int { gates.count }

  var wireCount: Int { inputCount + 1 + gates.count }

  init(inputWidths: [Int], outputWidths: [Int], gates: [Gate], outputs: [Literal]) {
    self.inputWidths = inputWidths
    self.outputWidths = outputWidths
    self.gates = gates
    self.outputs = outputs
    inputCount = inputWidths.reduce(0, +)
    andCount = gates.count { $0.isAnd }
  }

  /// SHA-256 over everything it is made of: widths, gates, references with their negations, outputs.
  public var digest: [UInt8] {
    var writer = ByteWriter(capacity: 64 + 9 * gates.count + 4 * outputs.count)
    writer.append(bytes: Array("hitoku/circuit/1".utf8))
    for widths in [inputWidths, outputWidths] {
      writer.append(UInt32(widths.count))
      for width in widths { writer.append(UInt32(width)) }
    }
    writer.append(UInt32(gates.count))
    for gate in gates {
      writer.append(UInt8(gate.isAnd ? 1 : 0))
      writer.append(gate.a.code)
      writer.append(gate.b.code)
    }
    for output in outputs { writer.append(output.code) }
    return SHA256.hash(writer.finish())
  }

  /// The output bits for given input bits, in the open.
  public func evaluate(_ inputs: [Bool]) -> [Bool] {
    precondition(inputs.count == inputCount, "as many bits as the inputs have")
    var values = [false] + inputs
    values.reserveCapacity(wireCount)
    func value(_ literal: Literal) -> Bool { values[literal.wire] != literal.isNegated }
    for gate in gates {
      values.append(gate.isAnd ? value(gate.a) && value(gate.b) : value(gate.a) != value(gate.b))
    }
    return outputs.map(value)
  }
}
