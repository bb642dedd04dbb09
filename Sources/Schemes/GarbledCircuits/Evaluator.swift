import Primitives
import Secrets

// Fence: labels and tables by pointer, behind checked lengths. Slots come from a plan, which keeps them below its count.

/// The party that evaluates; see `Garbler`. It does the same steps in the same order.
@safe
public struct Evaluator: ~Copyable {
  private var hash: TweakedHash
  private var peer: RandomStream
  private var labels = WireLabels()
  private var scratch = SecretBuffer<Block>(count: 2 * CircuitPlan.gatesPerKey)

  /// `seed` is the garbler's for this run.
  public init(seed: Seed) {
    hash = TweakedHash(seed: seed, stream: RunStream.gates)
    peer = RandomStream(seed: seed, stream: RunStream.garblerLabels)
  }

  /// Starts a plan: then come the labels of all inputs, the tables, the outputs.
  public mutating func begin(_ plan: CircuitPlan) { labels.begin(plan) }

  /// Expands the labels of the garbler's inputs with the numbers in `inputs`.
  public mutating func setPeerInputs(_ inputs: Range<Int>) {
    unsafe labels.withSlots(inputs) { unsafe peer.fill(UnsafeMutableRawBufferPointer($0)) }
  }

  /// Lets `body` write the active labels of the own inputs in `inputs`: all rows of the first, then of the next.
  public mutating func withInputLabels<E: Error>(
    _ inputs: Range<Int>, _ body: (UnsafeMutableBufferPointer<Block>) throws(E) -> Void
  ) throws(E) {
    unsafe try labels.withSlots(inputs) { slots throws(E) in unsafe try body(slots) }
  }

  /// Feeds outputs of an earlier plan into the inputs in `inputs`, as many labels as they have rows.
  public mutating func setInputs(_ inputs: Range<Int>, from outputs: borrowing OutputLabels, at start: Int) {
    unsafe labels.withSlots(inputs) { slots in
      unsafe outputs.blocks.withUnsafeBufferPointer { blocks in
        for index in slots.indices { unsafe slots[index] = blocks[start + index] }
      }
    }
  }

  /// Whether messages of tables are still to come.
  public var expectsTables: Bool { labels.nextPieceByteCount != nil }

  /// Takes the next message of tables. Throws `messageLength` or `unexpectedMessage`.
  public mutating func receive(tables message: [UInt8]) throws(GarbledCircuitsError) {
    guard let expected = labels.nextPieceByteCount else { throw .unexpectedMessage }
    guard message.count == expected else { throw .messageLength(message.count, expected: expected) }
    guard let piece = labels.takePiece(), let plan = labels.plan else { throw .unexpectedMessage }
    unsafe message.withUnsafeBytes { message in
      unsafe labels.withSlots(0..<plan.slotCount) { labels in
        unsafe scratch.withUnsafeMutableBufferPointer { scratch in
          guard let base = labels.baseAddress, let blocks = scratch.baseAddress else { return }
          unsafe EvaluationPass(plan: plan, labels: base, blocks: blocks)
            .run(piece.steps, &hash, message.baseAddress)
        }
      }
    }
  }

  /// The active labels of the outputs, once all tables are received.
  public mutating func outputs() -> OutputLabels { labels.outputs(offset: Block()) }

  /// Opens outputs by what `Garbler.decoding` made: the bits, eight to a byte.
  ///
  /// Throws `messageLength`, or `wrongLabel` where a label is not the garbler's; an altered one passes with
  /// probability 2^-64.
  public mutating func open(
    _ outputs: borrowing OutputLabels, decoding: [UInt8]
  ) throws(GarbledCircuitsError) -> [UInt8] {
    var isGenuine = true
    let bits = try open(outputs, decoding: decoding, isGenuine: &isGenuine)
    guard isGenuine else { throw .wrongLabel }
    return bits
  }

  /// The same for who must not show the garbler whether its labels are genuine: where one is not, `isGenuine` becomes false
  /// and all bits are zero. No branch and no address depends on bits or labels. Throws `messageLength`.
  public mutating func open(
    _ outputs: borrowing OutputLabels, decoding: [UInt8], isGenuine: inout Bool
  ) throws(GarbledCircuitsError) -> [UInt8] {
    let expected = Garbler.checkByteCount * outputs.count
    guard decoding.count == expected else { throw .messageLength(decoding.count, expected: expected) }
    var bits = [UInt8](repeating: 0, count: (outputs.count + 7) / 8)
    var fault: UInt64 = 0
    unsafe outputs.blocks.withUnsafeBufferPointer { active in
      for start in stride(from: 0, to: active.count, by: CircuitPlan.gatesPerKey) {
        let count = min(CircuitPlan.gatesPerKey, active.count - start)
        unsafe scratch.withUnsafeMutableBufferPointer { scratch in
          guard let blocks = scratch.baseAddress else { return }
          for k in 0..<count { unsafe blocks[k] = active[start + k] }
          unsafe hash.hash(blocks, count: count, .one)
          for k in 0..<count {
            let index = start + k
            let checks = unsafe decoding.withUnsafeBytes {
              unsafe $0.loadUnaligned(fromByteOffset: Garbler.checkByteCount * index, as: Block.self)
            }
            let isZero = unsafe equalityBit(checks.x, blocks[k].x)
            let isOne = unsafe equalityBit(checks.y, blocks[k].x)
            fault |= isZero ^ isOne ^ 1
            bits[index >> 3] |= UInt8(truncatingIfNeeded: isOne) &<< UInt8(index & 7)
          }
        }
      }
    }
    let kept = UInt8(truncatingIfNeeded: fault &- 1)
    for index in bits.indices { bits[index] &= kept }
    isGenuine = fault == 0 && isGenuine
    return bits
  }

  /// What lets the garbler open outputs, and believe them: the labels' colours, eight to a byte, and the SHA-256 digest of the
  /// labels. Says nothing to others, and nothing but the bits to the garbler.
  public func proof(of outputs: borrowing OutputLabels) -> [UInt8] {
    var colors = [UInt8](repeating: 0, count: (outputs.count + 7) / 8)
    unsafe outputs.blocks.withUnsafeBufferPointer { active in
      for index in active.indices {
        unsafe colors[index >> 3] |= UInt8(color(active[index])) << UInt8(index & 7)
      }
    }
    return colors + digest(outputs.blocks)
  }
}

/// 1 where both are equal, else 0, without a branch. Not optimised: who knows that the bit has two values makes branches of it.
@_optimize(none)
private func equalityBit(_ a: UInt64, _ b: UInt64) -> UInt64 {
  let difference = a ^ b
  return ((difference | (0 &- difference)) &>> 63) ^ 1
}

/// One run over some steps of a plan.
@safe
private struct EvaluationPass {
  let plan: CircuitPlan
  let labels: UnsafeMutablePointer<Block>
  let blocks: UnsafeMutablePointer<Block>

  func run(_ steps: Range<Int>, _ hash: inout TweakedHash, _ tables: UnsafeRawPointer?) {
    var next = unsafe tables
    for step in plan.steps[steps] {
      guard step.isAnd else {
        unsafe xorSlots(plan.instructions[step.instructions], rows: plan.rows, labels)
        continue
      }
      guard let source = unsafe next else { return }
      unsafe evaluate(step.instructions, &hash, source)
      unsafe next = source + 32 * plan.rows * step.instructions.count
    }
  }

  private func evaluate(_ gates: Range<Int>, _ hash: inout TweakedHash, _ tables: UnsafeRawPointer) {
    var source = unsafe tables
    var batch = GateBatch(gates: gates, rows: plan.rows)
    while batch.advance() {
      batch.forEachRun { gate, row, count, position in
        let instruction = plan.instructions[gate]
        let a = unsafe labels + Int(instruction.a >> 1) * plan.rows + row
        let b = unsafe labels + Int(instruction.b >> 1) * plan.rows + row
        let target = unsafe blocks + 2 * position
        for k in 0..<count {
          unsafe target[2 &* k] = a[k]
          unsafe target[2 &* k &+ 1] = b[k]
        }
      }
      unsafe hash.hash(blocks, count: 2 * batch.count, .one)
      batch.forEachRun { gate, row, count, position in
        unsafe combine(
          plan.instructions[gate], row, count, blocks + 2 * position, source + 32 * position)
      }
      unsafe source += 32 * batch.count
    }
  }

  /// Both half gates (eprint 2014/756, figure 2).
  @inline(__always)
  private func combine(
    _ gate: CircuitPlan.Instruction, _ row: Int, _ count: Int, _ hashes: UnsafePointer<Block>,
    _ tables: UnsafeRawPointer
  ) {
    let a = unsafe labels + Int(gate.a >> 1) * plan.rows + row
    let b = unsafe labels + Int(gate.b >> 1) * plan.rows + row
    let output = unsafe labels + Int(gate.output) * plan.rows + row
    for k in 0..<count {
      let labelA = unsafe a[k]
      let maskA = mask(labelA.x), maskB = unsafe mask(b[k].x)
      let tableG = unsafe tables.loadUnaligned(fromByteOffset: 32 &* k, as: Block.self)
      let tableE = unsafe tables.loadUnaligned(fromByteOffset: 32 &* k &+ 16, as: Block.self)
      unsafe output[k] =
        hashes[2 &* k] ^ (tableG & maskA) ^ hashes[2 &* k &+ 1] ^ ((tableE ^ labelA) & maskB)
    }
  }
}
