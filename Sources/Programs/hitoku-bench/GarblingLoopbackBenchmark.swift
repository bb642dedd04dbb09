import Dispatch
import GarbledCircuits
import Primitives
import Secrets

/// The AES circuit garbled on one thread and evaluated on another, tables over a plain socket, in wall time.
struct GarblingLoopbackBenchmark {
  /// Instances of the circuit in all, a multiple of those that are garbled together.
  let instances = 6400
  let plan: CircuitPlan

  init() throws { plan = try CircuitPlan(.aes128(), rows: 64) }

  func row() throws -> RateRow {
    let (garblerEnd, evaluatorEnd) = try LoopbackSocket.pair()
    let seed = Seed.random()
    let clock = ContinuousClock()
    let start = clock.now
    let group = DispatchGroup()
    DispatchQueue.global().async(group: group) { [plan, instances] in
      var garbler = Garbler(offset: Garbler.randomOffset(), seed: seed)
      let bits = [UInt8](repeating: 0x5A, count: plan.circuit.inputCount * plan.rows / 8)
      for _ in 0..<instances / plan.rows {
        garbler.begin(plan)
        garbler.setOwnInputs(0..<plan.circuit.inputCount, bits: bits)
        while let tables = garbler.nextTables() { do { try garblerEnd.send(tables) } catch { return } }
        do { try garblerEnd.send(garbler.decoding(of: garbler.outputs())) } catch { return }
      }
    }
    var evaluator = Evaluator(seed: seed)
    let outputs = plan.circuit.outputCount * plan.rows
    for _ in 0..<instances / plan.rows {
      evaluator.begin(plan)
      evaluator.setPeerInputs(0..<plan.circuit.inputCount)
      for byteCount in plan.pieceByteCounts {
        try evaluator.receive(tables: evaluatorEnd.receive(byteCount))
      }
      let decoding = try evaluatorEnd.receive(Garbler.checkByteCount * outputs)
      consume(try evaluator.open(evaluator.outputs(), decoding: decoding))
    }
    group.wait()
    let seconds = (clock.now - start) / .seconds(1)
    garblerEnd.close()
    evaluatorEnd.close()
    let gates = Double(instances * plan.circuit.andCount)
    return RateRow(
      name: "gc/aes-loopback", unit: "and_per_s", perSecond: gates / seconds,
      bytes: Double(plan.tableByteCount + Garbler.checkByteCount * outputs)
        / Double(plan.rows * plan.circuit.andCount))
  }
}
