import ByteCoding
import GarbledCircuits
import ObliviousTransfer
import Primitives
import Secrets

// Fence: labels are written by `TransferReceiver` by pointer.

/// The evaluator's side of a run; see `ComparisonGarbler`.
public struct ComparisonEvaluator: ComparisonParty, ~Copyable {
  enum Phase { case hello, setup, flights, finished }

  let function: RowFunction
  let rules: ComparisonRules
  var phase = Phase.hello
  /// How many rows there are, where a side knows.
  var rows: Int?
  var base: BaseTransferSender?
  var transfers: TransferReceiver?
  var evaluator: Evaluator?
  var plans: FlightPlans
  /// Flights under way, the oldest first, which is being computed.
  var flights: [Flight] = []
  /// How many of them the garbler has checked.
  var checked = 0
  var isFolding = false
  var hasBegun = false
  var hasAllRows = false
  var disjunction: OutputLabels?
  /// The one answer for all rows, between the last table and its check values.
  var answer: Flight?
  var outbox: [ComparisonMessage] = []
  var delivery: [UInt64]?

  /// `session` and `rows` as for `ComparisonGarbler`.
  public init(_ function: RowFunction, rules: ComparisonRules, session: [UInt8], rows: Int? = nil) {
    precondition(session.count == 32, "a session has 32 bytes")
    self.rows = rows
    self.function = function
    self.rules = rules
    plans = FlightPlans(function)
    let base = BaseTransferSender(session: session)
    outbox = [.hello(isGarbler: false, terms: function.terms(rules), rows: rows, base: base.message)]
    self.base = consume base
  }

  /// What may come now.
  public var limits: [ComparisonMessage.Kind: Int] {
    let kinds: [ComparisonMessage.Kind] =
      switch phase {
      case .hello: [.hello]
      case .setup: [.setup]
      case .flights:
        [.tables] + (rules.opensToEvaluator ? [.decoding] : []) + (rules.checksEvaluator ? [.challenge] : [])
      case .finished: []
      }
    return function.limits(rules, kinds)
  }

  /// What to do next.
  public mutating func next() throws(ComparisonError) -> ComparisonStep {
    if let values = delivery {
      delivery = nil
      return .results(values)
    }
    if !outbox.isEmpty { return .send(outbox.removeFirst()) }
    if phase == .finished { return .finished }
    if phase == .flights, !hasAllRows, flights.count < function.flightsAhead {
      return .rows(function.rowsPerFlight)
    }
    return .receive
  }

  /// Takes the next rows: for each the values of all of the evaluator's fields, as unsigned words of which the low bits count.
  /// Fewer rows than were asked for are the last. Throws `invalidMessage` out of turn, `noRows` where there is no answer.
  public mutating func provide(_ values: [UInt64]) throws(ComparisonError) {
    guard phase == .flights, !hasAllRows, values.count % function.evaluatorWidths.count == 0 else {
      throw .invalidMessage
    }
    let rows = values.count / function.evaluatorWidths.count
    guard rows <= function.rowsPerFlight else { throw .invalidMessage }
    hasAllRows = rows < function.rowsPerFlight
    let wanted = rows * function.evaluatorBits
    var choices = RowFunction.packed(values, widths: function.evaluatorWidths)
    var count = wanted
    if rules.checksEvaluator, rows > 0 {
      count = ConsistencyCheck.transferCount(for: wanted)
      choices += SystemRandom.bytes(count: ConsistencyCheck.extraTransfers / 8)
    }
    var labels = SecretBuffer<Block>(count: count)
    let columns = unsafe labels.withUnsafeMutableBufferPointer {
      unsafe transfers?.extend(choices: choices, into: $0)
    }
    var writer = ByteWriter(capacity: 5)
    writer.append(UInt32(rows))
    writer.append(UInt8(hasAllRows ? 1 : 0))
    outbox.append(ComparisonMessage(.choices, writer.finish() + (columns ?? [])))
    let flight = Flight(rows: rows, isLast: hasAllRows, inputs: labels)
    if rules.checksEvaluator { flight.choices = choices }
    flights.append(flight)
    if flights.count == 1 { try begin() }
  }

  /// Starts the oldest flight.
  mutating func begin() throws(ComparisonError) {
    hasBegun = false
    guard let flight = flights.first else { return }
    guard flight.rows > 0 else { return try finishFlight() }
    guard evaluator != nil else { throw .invalidMessage }
    evaluator?.begin(try plans.plan(rows: flight.rows))
    evaluator?.setPeerInputs(function.garblerInputs)
    unsafe evaluator?.withInputLabels(function.evaluatorInputs) { unsafe flight.copyInputs(into: $0) }
    hasBegun = true
  }
}
