import ByteCoding
import GarbledCircuits
import ObliviousTransfer
import Primitives
import Secrets

/// The garbler's side of a run over many rows, message in, message out. Ask `next` what to do until it says `finished`.
///
///     garbler                                             evaluator
///              hello, terms        ────────────▶
///              ◀────────────   hello, terms, base message
///              seed, base message  ────────────▶
///     for each flight of rows, a few of them under way at once:
///              ◀────────────   number of rows, columns of an extension
///            [ challenge ────▶  ◀──── response: if the rules check the evaluator ]
///              tables        ────────────▶
///              check values  ────────────▶     opens, if the evaluator receives
///              ◀────────────   proof           opens, if the garbler receives
///
/// Each side learns the number of rows, and its results if it is a receiver; where results are of single rows, nothing else, and
/// where `opensAny`, one bit in all. The garbler is semi-honest. The evaluator is semi-honest too, or anything at all where the
/// rules check it. Altered tables, labels and answers end the run with `wrongLabel`.
public struct ComparisonGarbler: ComparisonParty, ~Copyable {
  enum Phase { case hello, peerHello, setup, flights, response, rows, tables, foldTables, decoding, finished }

  let function: RowFunction
  let rules: ComparisonRules
  let session: [UInt8]
  let seed = Seed.random()
  var phase = Phase.hello
  /// How many rows there are, where a side knows.
  var rows: Int?
  /// How many rows have been begun.
  var begun = 0
  var offset: SecretBuffer<Block>
  var garbler: Garbler
  var base: BaseTransferReceiver?
  var transfers: TransferSender?
  var plans: FlightPlans
  /// The flight that is being computed.
  var flight: Flight?
  /// Choices that came before their turn, at most as many as an evaluator may have under way.
  var waiting: [[UInt8]] = []
  /// Flights whose proofs are still to come.
  var unopened: [Flight] = []
  /// The disjunction of all rows so far.
  var disjunction: OutputLabels?
  var challenge = Seed.random()
  var outbox: [ComparisonMessage] = []
  var delivery: [UInt64]?

  /// `session` is 32 bytes that both sides have and no other run has; `rows` says how many rows `provide` will get, where
  /// that is known: then both sides compare it before anything is garbled.
  public init(_ function: RowFunction, rules: ComparisonRules, session: [UInt8], rows: Int? = nil) {
    precondition(session.count == 32, "a session has 32 bytes")
    self.rows = rows
    self.function = function
    self.rules = rules
    self.session = session
    plans = FlightPlans(function)
    let offset = Garbler.randomOffset()
    garbler = Garbler(offset: offset.copy(), seed: seed)
    self.offset = offset
  }

  /// What may come now.
  public var limits: [ComparisonMessage.Kind: Int] {
    let proof: [ComparisonMessage.Kind] = rules.opensToGarbler ? [.proof] : []
    let kinds: [ComparisonMessage.Kind] =
      switch phase {
      case .peerHello: [.hello]
      case .flights: [.choices] + proof
      case .response: [.choices, .response] + proof
      case .finished: proof
      case .hello, .setup, .rows, .tables, .foldTables, .decoding: []
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
    switch phase {
    case .hello:
      phase = .peerHello
      return .send(.hello(isGarbler: true, terms: function.terms(rules), rows: rows, base: []))
    case .flights where !waiting.isEmpty:
      try begin(waiting.removeFirst())
      return try next()
    case .rows:
      return .rows(function.rowsPerFlight)
    case .tables:
      return try nextTables()
    case .foldTables:
      return try nextFoldTables()
    case .decoding:
      sendDecoding()
      return try next()
    case .finished where unopened.isEmpty:
      return .finished
    case .peerHello, .setup, .flights, .response, .finished:
      return .receive
    }
  }

  /// Takes the peer's next message. Throws `differentTerms`, `differentRowCounts`, `wrongLabel`, `inconsistentReceiver`, or
  /// `invalidMessage` for anything out of turn or malformed.
  public mutating func receive(_ message: ComparisonMessage) throws(ComparisonError) {
    switch (phase, message.kind) {
    case (.peerHello, .hello):
      try setUp(message)
    case (.flights, .choices), (.response, .choices):
      guard waiting.count < function.flightsAhead else { throw .invalidMessage }
      waiting.append(message.payload)
    case (.response, .response):
      try check(message.payload)
    case (.flights, .proof), (.response, .proof), (.finished, .proof):
      guard rules.opensToGarbler, !unopened.isEmpty else { throw .invalidMessage }
      try open(unopened.removeFirst(), proof: message.payload)
    default:
      throw .invalidMessage
    }
  }

  private mutating func setUp(_ hello: ComparisonMessage) throws(ComparisonError) {
    let theirs: [UInt8]
    (rows, theirs) = try hello.accept(isGarbler: false, terms: function.terms(rules), rows: rows)
    do throws(ObliviousTransferError) {
      let base = try BaseTransferReceiver(session: session, choices: TransferSender.choices(of: offset))
      outbox.append(ComparisonMessage(.setup, seed.bytes + base.message))
      transfers = TransferSender(offset: offset.copy(), keys: try base.keys(sender: theirs))
    } catch { throw .invalidMessage }
    phase = .flights
  }

  private mutating func open(_ flight: Flight, proof: [UInt8]) throws(ComparisonError) {
    guard let outputs = flight.outputs.take() else { throw .invalidMessage }
    do throws(GarbledCircuitsError) {
      let bits = try garbler.open(outputs, proof: proof)
      delivery = RowFunction.unpacked(bits, widths: function.circuit.outputWidths, rows: flight.rows)
    } catch {
      throw error == .wrongLabel ? .wrongLabel : .invalidMessage
    }
  }
}
