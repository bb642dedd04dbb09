import Primitives
import Secrets

// Fence: labels and tables by pointer. Slots come from a plan, which keeps them below its count.

extension Garbler {
  /// The next message of tables, of the length that the plan states; nil when all are made. All inputs have labels.
  public mutating func nextTables() -> [UInt8]? {
    guard let piece = labels.takePiece(), let plan = labels.plan else { return nil }
    let offset = offsetBlock
    return unsafe [UInt8](unsafeUninitializedCapacity: piece.byteCount) { message, initialized in
      unsafe labels.withSlots(0..<plan.slotCount) { labels in
        unsafe scratch.withUnsafeMutableBufferPointer { scratch in
          guard let base = labels.baseAddress, let blocks = scratch.baseAddress else { return }
          unsafe GarblingPass(plan: plan, offset: offset, labels: base, blocks: blocks)
            .run(piece.steps, &hash, into: UnsafeMutableRawBufferPointer(message).baseAddress)
        }
      }
      initialized = piece.byteCount
    }
  }
}

/// One run over some steps of a plan.
@safe
private struct GarblingPass {
  let plan: CircuitPlan
  let offset: Block
  let labels: UnsafeMutablePointer<Block>
  let blocks: UnsafeMutablePointer<Block>

  func run(_ steps: Range<Int>, _ hash: inout TweakedHash, into tables: UnsafeMutableRawPointer?) {
    var next = unsafe tables
    for step in plan.steps[steps] {
      guard step.isAnd else {
        unsafe xorSlots(plan.instructions[step.instructions], rows: plan.rows, labels)
        continue
      }
      guard let target = unsafe next else { return }
      unsafe garble(step.instructions, &hash, into: target)
      unsafe next = target + 32 * plan.rows * step.instructions.count
    }
  }

  private func garble(
    _ gates: Range<Int>, _ hash: inout TweakedHash, into tables: UnsafeMutableRawPointer
  ) {
    var target = unsafe tables
    var batch = GateBatch(gates: gates, rows: plan.rows)
    while batch.advance() {
      batch.forEachRun { gate, row, count, position in
        unsafe fill(plan.instructions[gate], row, count, blocks + 4 * position)
      }
      unsafe hash.hash(blocks, count: 4 * batch.count, .two)
      batch.forEachRun { gate, row, count, position in
        unsafe combine(
          plan.instructions[gate], row, count, blocks + 4 * position, target + 32 * position)
      }
      unsafe target += 32 * batch.count
    }
  }

  /// Both labels of both inputs.
  @inline(__always)
  private func fill(
    _ gate: CircuitPlan.Instruction, _ row: Int, _ count: Int, _ blocks: UnsafeMutablePointer<Block>
  ) {
    let a = unsafe labels + Int(gate.a >> 1) * plan.rows + row
    let b = unsafe labels + Int(gate.b >> 1) * plan.rows + row
    let negateA = offset & mask(UInt64(gate.a)), negateB = offset & mask(UInt64(gate.b))
    for k in 0..<count {
      let a0 = unsafe a[k] ^ negateA, b0 = unsafe b[k] ^ negateB
      unsafe blocks[4 &* k] = a0
      unsafe blocks[4 &* k &+ 1] = a0 ^ offset
      unsafe blocks[4 &* k &+ 2] = b0
      unsafe blocks[4 &* k &+ 3] = b0 ^ offset
    }
  }

  /// The garbler's half gate v_a ∧ p_b and the evaluator's half gate v_a ∧ (v_b ⊕ p_b) (eprint 2014/756, figure 2).
  @inline(__always)
  private func combine(
    _ gate: CircuitPlan.Instruction, _ row: Int, _ count: Int, _ hashes: UnsafePointer<Block>,
    _ tables: UnsafeMutableRawPointer
  ) {
    let a = unsafe labels + Int(gate.a >> 1) * plan.rows + row
    let b = unsafe labels + Int(gate.b >> 1) * plan.rows + row
    let output = unsafe labels + Int(gate.output) * plan.rows + row
    let negateA = offset & mask(UInt64(gate.a)), negateB = offset & mask(UInt64(gate.b))
    for k in 0..<count {
      let a0 = unsafe a[k] ^ negateA, b0 = unsafe b[k] ^ negateB
      let maskA = mask(a0.x), maskB = mask(b0.x)
      let hashA = unsafe hashes[4 &* k], hashB = unsafe hashes[4 &* k &+ 2]
      let tableG = unsafe hashA ^ hashes[4 &* k &+ 1] ^ (offset & maskB)
      let evaluatorHalf = unsafe hashB ^ hashes[4 &* k &+ 3]
      unsafe tables.storeBytes(of: tableG, toByteOffset: 32 &* k, as: Block.self)
      unsafe tables.storeBytes(of: evaluatorHalf ^ a0, toByteOffset: 32 &* k &+ 16, as: Block.self)
      unsafe output[k] = hashA ^ (tableG & maskA) ^ hashB ^ (evaluatorHalf & maskB)
    }
  }
}

/// Walks over the gates and rows of a step, at most `gatesPerKey` at a time, in runs that belong to one gate.
struct GateBatch {
  let gates: Range<Int>
  let rows: Int
  private var start = 0
  private(set) var count = 0

  init(gates: Range<Int>, rows: Int) {
    self.gates = gates
    self.rows = rows
  }

  /// Goes to the next batch; false at the end.
  mutating func advance() -> Bool {
    start += count
    count = min(CircuitPlan.gatesPerKey, gates.count * rows - start)
    return count > 0
  }

  /// Calls `body` with the gate, the first row, the number of rows and where in the batch they stand.
  @inline(__always)
  func forEachRun(_ body: (Int, Int, Int, Int) -> Void) {
    var gate = gates.lowerBound + start / rows
    var row = start % rows
    var position = 0
    while position < count {
      let run = min(rows - row, count - position)
      body(gate, row, run, position)
      position += run
      row = 0
      gate += 1
    }
  }
}

/// Label by label XOR, the same for both parties.
func xorSlots(
  _ instructions: ArraySlice<CircuitPlan.Instruction>, rows: Int, _ labels: UnsafeMutablePointer<Block>
) {
  for gate in instructions {
    let a = unsafe labels + Int(gate.a) * rows, b = unsafe labels + Int(gate.b) * rows
    let output = unsafe labels + Int(gate.output) * rows
    for row in 0..<rows { unsafe output[row] = a[row] ^ b[row] }
  }
}
