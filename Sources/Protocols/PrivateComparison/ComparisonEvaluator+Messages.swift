import GarbledCircuits
import ObliviousTransfer
import Primitives
import Secrets

// Fence: labels are read by `TransferReceiver` by pointer.

extension ComparisonEvaluator {
  /// Takes the peer's next message. Throws `differentTerms`, `wrongLabel`, `noRows`, or `invalidMessage` for anything out of turn or
  /// malformed.
  public mutating func receive(_ message: ComparisonMessage) throws(ComparisonError) {
    switch (phase, message.kind) {
    case (.hello, .hello):
      let rest: [UInt8]
      (rows, rest) = try message.accept(isGarbler: true, terms: function.terms(rules), rows: rows)
      guard rest.isEmpty else { throw .invalidMessage }
      phase = .setup
    case (.setup, .setup):
      try setUp(message.payload)
    case (.flights, .challenge) where rules.checksEvaluator:
      try respond(message.payload)
    case (.flights, .tables):
      try evaluate(message.payload)
    case (.flights, .decoding):
      try open(message.payload)
    default:
      throw .invalidMessage
    }
  }

  private mutating func setUp(_ payload: [UInt8]) throws(ComparisonError) {
    guard payload.count >= Seed.byteCount, let seed = Seed(bytes: Array(payload[..<Seed.byteCount])),
      let base = base.take()
    else { throw .invalidMessage }
    do throws(ObliviousTransferError) {
      let keys = try base.keys(receiver: Array(payload[Seed.byteCount...]))
      transfers = TransferReceiver(keys: keys)
    } catch { throw .invalidMessage }
    evaluator = Evaluator(seed: seed)
    phase = .flights
  }

  private mutating func respond(_ payload: [UInt8]) throws(ComparisonError) {
    // Flights without rows are not checked.
    guard let challenge = Seed(bytes: payload), checked < flights.count, flights[checked].rows > 0 else {
      throw .invalidMessage
    }
    let flight = flights[checked]
    checked += 1
    outbox.append(
      ComparisonMessage(
        .response,
        unsafe flight.inputs.withUnsafeBufferPointer {
          unsafe TransferReceiver.response(to: challenge, rows: $0, choices: flight.choices)
        }))
  }

  private mutating func evaluate(_ tables: [UInt8]) throws(ComparisonError) {
    guard hasBegun, let flight = flights.first, evaluator?.expectsTables == true else {
      throw .invalidMessage
    }
    do throws(GarbledCircuitsError) { try evaluator?.receive(tables: tables) } catch { throw .invalidMessage }
    guard evaluator?.expectsTables == false, let outputs = evaluator?.outputs() else { return }
    if isFolding {
      isFolding = false
      disjunction = consume outputs
      return try finishFlight()
    }
    guard function.opensAny else {
      flight.outputs = consume outputs
      hasBegun = false
      if !rules.opensToEvaluator { try close(flight) }
      return
    }
    let count = outputs.count
    evaluator?.begin(try plans.fold(count: count + (disjunction == nil ? 0 : 1)))
    evaluator?.setInputs(0..<count, from: outputs, at: 0)
    if let earlier = disjunction.take() { evaluator?.setInputs(count..<count + 1, from: earlier, at: 0) }
    isFolding = true
  }

  private mutating func open(_ decoding: [UInt8]) throws(ComparisonError) {
    guard rules.opensToEvaluator, let flight = answer ?? flights.first, let outputs = flight.outputs.take()
    else { throw .invalidMessage }
    do throws(GarbledCircuitsError) {
      guard let bits = try evaluator?.open(outputs, decoding: decoding) else { throw .unexpectedMessage }
      delivery = RowFunction.unpacked(bits, widths: function.circuit.outputWidths, rows: flight.rows)
    } catch {
      throw error == .wrongLabel ? .wrongLabel : .invalidMessage
    }
    flight.outputs = consume outputs
    try close(flight)
  }

  /// Proves the results of a flight to a garbler that receives them.
  private mutating func close(_ flight: Flight) throws(ComparisonError) {
    if rules.opensToGarbler, let outputs = flight.outputs.take(),
      let proof = evaluator?.proof(of: outputs)
    {
      outbox.append(ComparisonMessage(.proof, proof))
    }
    guard answer == nil else {
      phase = .finished
      return
    }
    try finishFlight()
  }

  /// Goes on to the next flight, or after the last to the one answer for all rows.
  mutating func finishFlight() throws(ComparisonError) {
    let flight = flights.removeFirst()
    checked = max(0, checked - 1)
    hasBegun = false
    guard flight.isLast else { return try begin() }
    guard function.opensAny else {
      phase = .finished
      return
    }
    guard let labels = disjunction.take() else { throw .noRows }
    let last = Flight(rows: 1, isLast: true, inputs: SecretBuffer(count: 0))
    last.outputs = consume labels
    answer = last
    if !rules.opensToEvaluator { try close(last) }
  }
}
