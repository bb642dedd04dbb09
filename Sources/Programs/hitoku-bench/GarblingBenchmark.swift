import GarbledCircuits
import ObliviousTransfer
import Primitives
import ProcessorFeatures
import Secrets

// Fence: labels and rows by pointer.

/// Times garbling, evaluation and oblivious transfer in memory, on one thread, in processor time.
struct GarblingBenchmark {
  var stopwatch = Stopwatch()

  /// All operations but those over sockets.
  func rows() throws -> [RateRow] {
    let independent = circuitOfIndependentGates(16)
    return try garblingRows("", try CircuitPlan(independent, rows: 256))
      + garblingRows("-aes", try CircuitPlan(.aes128(), rows: 64))
      + garblingRows("-aes-single", try CircuitPlan(.aes128(), rows: 1)) + transferRows()
  }

  /// No gate needs another's output.
  private func circuitOfIndependentGates(_ count: Int) -> Circuit {
    var builder = CircuitBuilder()
    let a = builder.input(count), b = builder.input(count)
    builder.output(builder.and(a, b))
    return builder.finish()
  }

  private func garblingRows(_ suffix: String, _ plan: CircuitPlan) throws -> [RateRow] {
    let seed = Seed.random()
    var garbler = Garbler(offset: Garbler.randomOffset(), seed: seed)
    var evaluator = Evaluator(seed: seed)
    let inputs = 0..<plan.circuit.inputCount
    garbler.begin(plan)
    garbler.setOwnInputs(
      inputs, bits: [UInt8](repeating: 0x5A, count: (inputs.count * plan.rows + 7) / 8))
    var tables: [[UInt8]] = []
    while let piece = garbler.nextTables() { tables.append(piece) }
    evaluator.begin(plan)
    evaluator.setPeerInputs(inputs)
    let gates = Double(plan.circuit.andCount * plan.rows)
    // A plan that begins again garbles what its slots hold: the labels of the pass before.
    let garbling = stopwatch.median {
      garbler.begin(plan)
      while let piece = garbler.nextTables() { consume(piece) }
    }
    let evaluation = try stopwatch.median {
      evaluator.begin(plan)
      for piece in tables { try evaluator.receive(tables: piece) }
    }
    return [
      RateRow(name: "gc/garble\(suffix)", unit: "and_per_s", perSecond: gates / garbling * 1e6, bytes: 32),
      RateRow(
        name: "gc/evaluate\(suffix)", unit: "and_per_s", perSecond: gates / evaluation * 1e6, bytes: 32),
    ]
  }

  /// Each side alone, and both one after another; hashed to independent keys too.
  private func transferRows() throws -> [RateRow] {
    let count = 1 << 16
    let session = SystemRandom.bytes(count: 32)
    let offset = Garbler.randomOffset()
    let chooser = try BaseTransferReceiver(session: session, choices: TransferSender.choices(of: offset))
    let base = BaseTransferSender(session: session)
    let (question, answer) = (chooser.message, base.message)
    var receiver = TransferReceiver(keys: try base.keys(receiver: question))
    var sender = TransferSender(offset: offset, keys: try chooser.keys(sender: answer))
    var rows = SecretBuffer<Block>(count: count), otherRows = SecretBuffer<Block>(count: count)
    let choices = SystemRandom.bytes(count: count / 8)
    var message: [UInt8] = []
    let receiving = stopwatch.median {
      message = unsafe rows.withUnsafeMutableBufferPointer {
        unsafe receiver.extend(choices: choices, into: $0)
      }
    }
    let sending = try stopwatch.median {
      unsafe try otherRows.withUnsafeMutableBufferPointer {
        unsafe try sender.extend(message: message, into: $0)
      }
    }
    var hash = TweakedHash(seed: Seed.random(), stream: 0)
    let hashing = stopwatch.median {
      unsafe otherRows.withUnsafeBufferPointer {
        consume(unsafe sender.keys(of: $0, &hash))
      }
    }
    func row(_ name: String, _ microseconds: Double) -> RateRow {
      RateRow(name: name, unit: "per_s", perSecond: Double(count) / microseconds * 1e6, bytes: 16)
    }
    return [
      row("ot/extend-receiver", receiving), row("ot/extend-sender", sending),
      row("ot/extend", receiving + sending), row("ot/hash-sender", hashing),
    ]
  }
}
