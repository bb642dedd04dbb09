import Primitives
import Secrets

// Fence: labels by pointer, behind checked slots.

/// The labels of one plan's wires, one for each slot and row: zero labels at the garbler, active ones at the evaluator.
@safe
struct WireLabels: ~Copyable {
  private var blocks = SecretBuffer<Block>(count: 0)
  private(set) var plan: CircuitPlan?
  private(set) var nextPiece = 0

  /// Makes room for the slots of `plan` and forgets what was computed before.
  mutating func begin(_ plan: CircuitPlan) {
    let count = plan.slotCount * plan.rows
    if blocks.count < count { blocks = SecretBuffer(count: count) }
    self.plan = plan
    nextPiece = 0
    // The constant false is the zero block on both sides; the garbler's label of true is its offset.
    unsafe withSlots(plan.circuit.inputCount..<plan.circuit.inputCount + 1) { slot in
      for row in slot.indices { unsafe slot[row] = Block() }
    }
  }

  /// The labels of neighbouring slots, row by row.
  mutating func withSlots<R, E: Error>(
    _ slots: Range<Int>, _ body: (UnsafeMutableBufferPointer<Block>) throws(E) -> R
  ) throws(E) -> R {
    guard let plan else { preconditionFailure("labels belong to a plan") }
    precondition(slots.lowerBound >= 0 && slots.upperBound <= plan.slotCount, "slots of a plan")
    return unsafe try blocks.withUnsafeMutableBufferPointer { blocks throws(E) in
      unsafe try body(
        UnsafeMutableBufferPointer(
          rebasing: blocks[slots.lowerBound * plan.rows..<slots.upperBound * plan.rows]))
    }
  }

  /// All labels, and the piece that comes next; nil after the last.
  mutating func takePiece() -> CircuitPlan.Piece? {
    guard let plan, nextPiece < plan.pieces.count else { return nil }
    nextPiece += 1
    return plan.pieces[nextPiece - 1]
  }

  /// What the next message of tables must be long; nil where none is expected.
  var nextPieceByteCount: Int? {
    guard let plan, nextPiece < plan.pieces.count else { return nil }
    return plan.pieces[nextPiece].byteCount
  }

  /// The labels of the outputs, output by output, each with all rows; `offset` is added to negated ones.
  mutating func outputs(offset: Block) -> OutputLabels {
    guard let plan, nextPiece == plan.pieces.count else { preconditionFailure("outputs come last") }
    let copy = unsafe blocks.withUnsafeMutableBufferPointer { blocks in
      unsafe SecretBuffer<Block>(count: plan.outputs.count * plan.rows) { target in
        var position = 0
        for output in plan.outputs {
          let start = Int(output >> 1) * plan.rows
          let negation = output & 1 == 1 ? offset : Block()
          for row in 0..<plan.rows {
            unsafe target[position] = blocks[start + row] ^ negation
            position += 1
          }
        }
      }
    }
    return OutputLabels(blocks: copy)
  }
}

/// Labels of a circuit's outputs, output by output, each with all rows: zero labels at the garbler, active ones at the
/// evaluator. They can be opened, or be inputs of another circuit of the same two parties.
public struct OutputLabels: ~Copyable, Sendable {
  var blocks: SecretBuffer<Block>

  /// The number of labels.
  public var count: Int { blocks.count }

  init(blocks: consuming SecretBuffer<Block>) { self.blocks = blocks }
}

/// The lowest bit of a label, which tells the evaluator what to do with it and nothing of its meaning.
@inline(__always) func color(_ label: Block) -> UInt64 { label.x & 1 }

/// All ones where the lowest bit is set, else zero.
@inline(__always) func mask(_ bit: UInt64) -> Block { Block(repeating: 0 &- (bit & 1)) }
