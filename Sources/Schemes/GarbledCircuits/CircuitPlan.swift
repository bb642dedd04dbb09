/// A circuit laid out for a number of instances (rows) that are garbled together: in which order, in which places, with
/// which gates under one key.
///
/// Wires live in slots of one label for each row, reused as soon as they can be. With 64 rows or more every AND gate fills
/// keys by itself, and gates keep the circuit's order, which keeps labels in the cache. With fewer rows the gates of one
/// layer (of equal depth in AND gates) are hashed together. Both sides derive the same plan.
public struct CircuitPlan: Sendable {
  /// AND gates that share one key at most, over all rows: 64, so that 128 hashes are at points hidden by the offset.
  public static let gatesPerKey = 64
  /// Rows of one plan at most.
  public static let maximumRows = 8192
  /// Labels of a plan at most, 16 bytes each: those of all slots in all rows.
  public static let maximumLabels = 1 << 26
  /// A piece of tables has about so many bytes; more only where a single gate has.
  public static let pieceByteCount = 1 << 20

  /// The circuit.
  public let circuit: Circuit
  /// Instances that are garbled together.
  public let rows: Int

  /// One gate over slots. Codes of AND inputs are twice a slot plus 1 for a negation; those of XORs are slots.
  struct Instruction {
    var a: UInt32
    var b: UInt32
    var output: UInt32
  }

  /// Neighbouring instructions of one kind: XORs one after another, or ANDs that are hashed together.
  struct Step {
    var isAnd: Bool
    var instructions: Range<Int>
  }

  /// A message of tables: its steps and its length.
  struct Piece {
    var steps: Range<Int>
    var byteCount: Int
  }

  let instructions: [Instruction]
  let steps: [Step]
  let pieces: [Piece]
  /// For each output the slot that holds it, doubled, plus 1 where it is negated.
  let outputs: [UInt32]
  let slotCount: Int

  /// Lays out `circuit` for 1…`maximumRows` rows. Throws `circuitTooLarge` where it takes more than `maximumLabels`.
  public init(_ circuit: Circuit, rows: Int) throws(GarbledCircuitsError) {
    precondition((1...Self.maximumRows).contains(rows), "rows of a plan")
    var layout = PlanLayout(circuit, rows: rows)
    layout.run()
    guard layout.slotCount <= Self.maximumLabels / rows else { throw .circuitTooLarge }
    self.circuit = circuit
    self.rows = rows
    instructions = layout.instructions
    steps = layout.steps
    outputs = layout.outputs
    slotCount = layout.slotCount
    pieces = Self.cut(layout.steps, rows: rows)
  }

  /// Bytes of all tables.
  public var tableByteCount: Int { 32 * rows * circuit.andCount }

  /// The lengths of the messages that carry the tables, in order. At least one; it may be empty.
  public var pieceByteCounts: [Int] { pieces.map(\.byteCount) }

  private static func cut(_ steps: [Step], rows: Int) -> [Piece] {
    var pieces: [Piece] = []
    var current = Piece(steps: 0..<0, byteCount: 0)
    for (index, step) in steps.enumerated() {
      let byteCount = step.isAnd ? 32 * rows * step.instructions.count : 0
      if current.byteCount > 0, current.byteCount + byteCount > pieceByteCount {
        pieces.append(current)
        current = Piece(steps: index..<index, byteCount: 0)
      }
      current = Piece(
        steps: current.steps.lowerBound..<index + 1, byteCount: current.byteCount + byteCount)
    }
    return pieces + [current]
  }
}
