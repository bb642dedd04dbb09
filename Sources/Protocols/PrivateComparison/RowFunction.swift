import ByteCoding
import GarbledCircuits
import Primitives

/// What is computed of each row: a circuit over the garbler's fields and the evaluator's fields of that row.
public struct RowFunction: Sendable {
  /// The garbler's fields first, then the evaluator's; one output for each field of a result.
  public let circuit: Circuit
  /// Of the circuit, for the terms.
  private let circuitDigest: [UInt8]
  /// The widths of the garbler's fields of a row, in bits, 1…64 each.
  public let garblerWidths: [Int]
  /// The widths of the evaluator's fields of a row, in bits, 1…64 each.
  public let evaluatorWidths: [Int]
  /// Whether only the disjunction over all rows is opened, and no row.
  public let opensAny: Bool
  /// What the function is called in the terms that both sides compare.
  let name: String

  /// Bits of a party's row at most.
  static let maximumBits = 1 << 16

  /// A function of the fields of both sides, built by `body` from one word for each field.
  ///
  /// `name` says everything about it that the widths do not. Throws `shapeOutOfRange`.
  package init(
    _ name: String, garbler: [Int], evaluator: [Int], opensAny: Bool = false,
    _ body: (inout CircuitBuilder, [Word], [Word]) -> [Word]
  ) throws(ComparisonError) {
    for widths in [garbler, evaluator] {
      guard !widths.isEmpty, widths.count <= Self.maximumBits, widths.allSatisfy((1...64).contains),
        widths.reduce(0, +) <= Self.maximumBits
      else { throw .shapeOutOfRange }
    }
    var builder = CircuitBuilder()
    let own = garbler.map { builder.input($0) }, other = evaluator.map { builder.input($0) }
    for output in body(&builder, own, other) { builder.output(output) }
    circuit = builder.finish()
    circuitDigest = circuit.digest
    self.name = name
    self.opensAny = opensAny
    garblerWidths = garbler
    evaluatorWidths = evaluator
  }

  var garblerBits: Int { garblerWidths.reduce(0, +) }
  var evaluatorBits: Int { evaluatorWidths.reduce(0, +) }

  /// Rows that are computed together: so many that a flight's tables fill about one message, and its choices 8 MiB at most.
  public var rowsPerFlight: Int {
    let byTables = (1 << 20) / (32 * max(1, circuit.andCount)) / 64 * 64
    let byChoices = (1 << 19) / evaluatorBits
    return max(1, min(max(64, min(byTables, 1024)), byChoices))
  }

  /// Flights that the evaluator begins before it has the answers of the first: few enough bytes that both sides
  /// can send all of them without waiting for each other.
  var flightsAhead: Int { max(1, min(4, (4 << 20) / (16 * evaluatorBits * rowsPerFlight))) }

  /// SHA-256 over name, widths, receivers and the circuit's digest: equal where both sides compute the same.
  public func terms(_ rules: ComparisonRules) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(lengthPrefixed: Array(name.utf8))
    for widths in [garblerWidths, evaluatorWidths, circuit.outputWidths] {
      writer.append(UInt32(widths.count))
      for width in widths { writer.append(UInt32(width)) }
    }
    writer.append(bytes: circuitDigest)
    writer.append(rules.receivers.rawValue)
    writer.append(UInt8(rules.checksEvaluator ? 1 : 0))
    return SHA256.hash(writer.finish())
  }

  /// The bits of rows as a plan takes them: all rows of the first bit, then of the next; eight to a byte.
  static func packed(_ values: [UInt64], widths: [Int]) -> [UInt8] {
    let rows = values.count / widths.count
    var bytes = [UInt8](repeating: 0, count: (rows * widths.reduce(0, +) + 7) / 8)
    var start = 0
    for (field, width) in widths.enumerated() {
      for bit in 0..<width {
        var place = field
        for index in start..<start + rows {
          bytes[index &>> 3] |=
            UInt8(truncatingIfNeeded: values[place] &>> UInt64(bit) & 1) &<< UInt8(index & 7)
          place += widths.count
        }
        start += rows
      }
    }
    return bytes
  }

  /// The other way: for each row the values of all fields.
  static func unpacked(_ bytes: [UInt8], widths: [Int], rows: Int) -> [UInt64] {
    var values = [UInt64](repeating: 0, count: rows * widths.count)
    var start = 0
    for (field, width) in widths.enumerated() {
      for bit in 0..<width {
        var place = field
        for index in start..<start + rows {
          values[place] |= UInt64(bytes[index &>> 3] &>> UInt8(index & 7) & 1) &<< UInt64(bit)
          place += widths.count
        }
        start += rows
      }
    }
    return values
  }

  /// The disjunction of `count` ≥ 1 bits.
  static func disjunction(count: Int) -> Circuit {
    var builder = CircuitBuilder()
    let bits = builder.input(count)
    builder.output([builder.any(bits)])
    return builder.finish()
  }
}

/// Who learns the results, and what is checked.
public struct ComparisonRules: Sendable, Hashable {
  /// Who learns the results.
  public enum Receivers: UInt8, Sendable, CaseIterable {
    /// The garbler alone.
    case garbler = 1
    /// The evaluator alone.
    case evaluator = 2
    /// Both.
    case both = 3
  }

  /// Who learns the results.
  public var receivers: Receivers
  /// Whether the garbler checks that the evaluator's choices are consistent, which costs a round trip for each flight: the
  /// garbler's data are then protected from an evaluator that does what it wants.
  public var checksEvaluator: Bool

  /// Takes both.
  public init(receivers: Receivers, checksEvaluator: Bool = false) {
    self.receivers = receivers
    self.checksEvaluator = checksEvaluator
  }

  var opensToGarbler: Bool { receivers != .evaluator }
  var opensToEvaluator: Bool { receivers != .garbler }
}
