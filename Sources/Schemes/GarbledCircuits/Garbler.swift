import Primitives
import Secrets

// Fence: labels and tables by pointer, behind checked lengths.

/// The party that makes the tables: half gates (Zahur, Rosulek and Evans, eprint 2014/756) with free XOR and point and permute.
///
///     garbler                                            evaluator
///     offset Δ, zero labels W of all wires
///     own inputs x: labels W ⊕ x·Δ are the stream of the run's seed, which both expand
///     evaluator's inputs y: correlated transfers give   W  and  W ⊕ y·Δ
///                              tables, 32 bytes per AND
///                         ───────────────────────────▶   active labels of all wires
///                           check values of outputs
///                         ───────────────────────────▶   outputs
///
/// The evaluator learns the outputs that it is given check values for, and nothing else; the garbler nothing. An evaluator may do
/// what it wants if the transfers withstand it; a garbler is trusted to garble the circuit. Bound: docs/garbled-circuits.md.
/// Constant-time in labels, offset and inputs.
@safe
public struct Garbler: ~Copyable {
  /// Bytes of check values for each output and row.
  public static let checkByteCount = 16

  private let offset: SecretBuffer<Block>
  var hash: TweakedHash
  private var own: RandomStream
  var labels = WireLabels()
  var scratch = SecretBuffer<Block>(count: 4 * CircuitPlan.gatesPerKey)

  /// `offset` is one block whose lowest bit is set, drawn for this run; `seed` is public and as fresh.
  public init(offset: consuming SecretBuffer<Block>, seed: Seed) {
    precondition(offset.count == 1, "an offset is one block")
    let lowest = unsafe offset.withUnsafeBufferPointer { unsafe color($0[0]) }
    precondition(lowest == 1, "an offset's lowest bit is set")
    self.offset = offset
    hash = TweakedHash(seed: seed, stream: RunStream.gates)
    own = RandomStream(seed: seed, stream: RunStream.garblerLabels)
  }

  /// A fresh offset from the system's random source.
  public static func randomOffset() -> SecretBuffer<Block> {
    unsafe SecretBuffer<Block>(count: 1) { block in
      unsafe SystemRandom.fill(UnsafeMutableRawBufferPointer(block))
      unsafe block[0].x |= 1
    }
  }

  var offsetBlock: Block { unsafe offset.withUnsafeBufferPointer { unsafe $0[0] } }

  /// Starts a plan: then come the labels of all inputs, the tables, the outputs.
  public mutating func begin(_ plan: CircuitPlan) { labels.begin(plan) }

  /// Zero labels for the garbler's own inputs with the numbers in `inputs`: `bits` has, lowest bit of a byte first, all
  /// rows of the first of them, then all rows of the next, and so on.
  public mutating func setOwnInputs(_ inputs: Range<Int>, bits: [UInt8]) {
    let offset = offsetBlock
    unsafe labels.withSlots(inputs) { slots in
      precondition(bits.count == (slots.count + 7) / 8, "a bit for each input and row")
      unsafe own.fill(UnsafeMutableRawBufferPointer(slots))
      for index in slots.indices {
        unsafe slots[index] ^= offset & mask(UInt64(bits[index >> 3] >> UInt8(index & 7)))
      }
    }
  }

  /// Lets `body` write the zero labels of the evaluator's inputs in `inputs`: all rows of the first, then of the next.
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

  /// The zero labels of the outputs, once all tables are made.
  public mutating func outputs() -> OutputLabels { labels.outputs(offset: offsetBlock) }

  /// What lets the evaluator open outputs: for each eight bytes of the hash of the label of 0, then of that of 1. It has one of
  /// these labels, and knows by its hash which; a label that was altered is neither.
  public mutating func decoding(of outputs: borrowing OutputLabels) -> [UInt8] {
    let offset = offsetBlock
    return unsafe outputs.blocks.withUnsafeBufferPointer { zero in
      unsafe [UInt8](unsafeUninitializedCapacity: Self.checkByteCount * zero.count) { message, initialized in
        unsafe writeChecks(zero, offset, into: UnsafeMutableRawBufferPointer(message))
        initialized = Self.checkByteCount * zero.count
      }
    }
  }

  private mutating func writeChecks(
    _ zero: UnsafeBufferPointer<Block>, _ offset: Block, into checks: UnsafeMutableRawBufferPointer
  ) {
    for start in stride(from: 0, to: zero.count, by: CircuitPlan.gatesPerKey) {
      let count = min(CircuitPlan.gatesPerKey, zero.count - start)
      unsafe scratch.withUnsafeMutableBufferPointer { scratch in
        guard let blocks = scratch.baseAddress else { return }
        for k in 0..<count {
          unsafe blocks[2 * k] = zero[start + k]
          unsafe blocks[2 * k + 1] = zero[start + k] ^ offset
        }
        unsafe hash.hash(blocks, count: 2 * count, .two)
        for k in 0..<2 * count {
          unsafe checks.storeBytes(of: blocks[k].x, toByteOffset: 16 * start + 8 * k, as: UInt64.self)
        }
      }
    }
  }

  /// Opens outputs from what the evaluator proves about them: its colours, and the SHA-256 digest of its labels. The bits,
  /// eight to a byte.
  ///
  /// Throws `messageLength`, or `wrongLabel` where the evaluator does not have the labels of these bits.
  public func open(
    _ outputs: borrowing OutputLabels, proof: [UInt8]
  ) throws(GarbledCircuitsError) -> [UInt8] {
    let colorByteCount = (outputs.count + 7) / 8
    let expected = colorByteCount + SHA256.byteCount
    guard proof.count == expected else { throw .messageLength(proof.count, expected: expected) }
    let offset = offsetBlock
    var bits = [UInt8](repeating: 0, count: colorByteCount)
    let active = unsafe SecretBuffer<Block>(count: outputs.count) { active in
      unsafe outputs.blocks.withUnsafeBufferPointer { zero in
        for index in zero.indices {
          let bit = unsafe color(zero[index]) ^ UInt64(proof[index >> 3] >> UInt8(index & 7) & 1)
          bits[index >> 3] |= UInt8(bit) << UInt8(index & 7)
          unsafe active[index] = zero[index] ^ (offset & mask(bit))
        }
      }
    }
    guard constantTimeEquals(digest(active), Array(proof[colorByteCount...])) else { throw .wrongLabel }
    return bits
  }
}

/// The streams of a run's seed.
public enum RunStream {
  /// Keys of the gates' hash.
  static let gates: UInt64 = 0
  /// Active labels of the garbler's inputs.
  static let garblerLabels: UInt64 = 1
  /// The first stream that is free for others, such as oblivious transfers.
  public static let firstFree: UInt64 = 2
}

/// SHA-256 of labels, read where they lie.
func digest(_ labels: borrowing SecretBuffer<Block>) -> [UInt8] {
  var batch = SHA256Batch()
  return unsafe labels.withUnsafeBufferPointer { labels in
    unsafe [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { target, initialized in
      unsafe batch.hash(UnsafeRawBufferPointer(labels), into: UnsafeMutableRawBufferPointer(target))
      initialized = SHA256.byteCount
    }
  }
}
