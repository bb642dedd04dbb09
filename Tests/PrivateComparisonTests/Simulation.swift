import PrivateComparison

/// Both machines of a run in one place: what each is given, and what each gets.
struct Simulation {
  var garblerResults: [UInt64] = []
  var evaluatorResults: [UInt64] = []
  /// Messages of each kind.
  private(set) var counts: [ComparisonMessage.Kind: Int] = [:]
  /// Bytes of all messages.
  private(set) var byteCount = 0
  /// How many rows each side says it has.
  var announced: (garbler: Int?, evaluator: Int?)
  /// May change a message on its way.
  var change: (inout ComparisonMessage) -> Void = { _ in }

  /// Runs to the end; throws what either machine throws.
  mutating func run(
    _ function: RowFunction, _ rules: ComparisonRules, garbler own: [UInt64], evaluator other: [UInt64],
    otherFunction: RowFunction? = nil
  ) throws(ComparisonError) {
    let session = [UInt8](repeating: 9, count: 32)
    var garbler = ComparisonGarbler(
      function, rules: rules, session: session, rows: announced.garbler)
    var evaluator = ComparisonEvaluator(
      otherFunction ?? function, rules: rules, session: session, rows: announced.evaluator)
    var rows = (garbler: own[...], evaluator: other[...])
    var toGarbler: [ComparisonMessage] = [], toEvaluator: [ComparisonMessage] = []
    var isDone = (garbler: false, evaluator: false)
    while !isDone.garbler || !isDone.evaluator {
      var isIdle = true
      switch try evaluator.next() {
      case .send(let message):
        toGarbler.append(try carry(message))
        isIdle = false
      case .rows(let count):
        let taken = rows.evaluator.prefix(count * function.evaluatorWidths.count)
        rows.evaluator = rows.evaluator.dropFirst(taken.count)
        try evaluator.provide(Array(taken))
        isIdle = false
      case .results(let values):
        evaluatorResults += values
        isIdle = false
      case .receive where !toEvaluator.isEmpty:
        let message = toEvaluator.removeFirst()
        try Self.check(message, evaluator.limits)
        try evaluator.receive(message)
        isIdle = false
      case .receive: break
      case .finished: isDone.evaluator = true
      }
      switch try garbler.next() {
      case .send(let message):
        toEvaluator.append(try carry(message))
        isIdle = false
      case .rows(let count):
        let taken = rows.garbler.prefix(count * function.garblerWidths.count)
        rows.garbler = rows.garbler.dropFirst(taken.count)
        try garbler.provide(Array(taken))
        isIdle = false
      case .results(let values):
        garblerResults += values
        isIdle = false
      case .receive where !toGarbler.isEmpty:
        let message = toGarbler.removeFirst()
        try Self.check(message, garbler.limits)
        try garbler.receive(message)
        isIdle = false
      case .receive: break
      case .finished: isDone.garbler = true
      }
      // Over a connection, both machines would wait for each other until somebody gives up.
      guard !isIdle || isDone.garbler && isDone.evaluator else { throw .invalidMessage }
    }
    // Over a connection, a message that comes behind the end is an error.
    guard toGarbler.isEmpty, toEvaluator.isEmpty else { throw .invalidMessage }
  }

  /// As a transport does it: what the machine does not expect now is not received.
  private static func check(
    _ message: ComparisonMessage, _ limits: [ComparisonMessage.Kind: Int]
  ) throws(ComparisonError) {
    guard let limit = limits[message.kind], message.payload.count <= limit else { throw .invalidMessage }
  }

  private mutating func carry(_ message: ComparisonMessage) throws(ComparisonError) -> ComparisonMessage {
    var message = message
    change(&message)
    guard message.payload.count <= ComparisonMessage.maximumBytes[message.kind] ?? 0 else {
      throw .invalidMessage
    }
    counts[message.kind, default: 0] += 1
    byteCount += message.payload.count
    return message
  }
}

/// A signed number as a field.
func field(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) }
