import ByteCoding
import DisclosureControl
import PrivateComparison
import SetIntersection

/// The provider's side of a run, message in, message out. Ask `next` what to do until it says `finished`.
///
/// All answers are computed before the first is sent: when they come says nothing of the rows of single cells. After an
/// error every call throws `invalidMessage`.
public struct ProviderRun: ~Copyable {
  /// What the driver does next.
  public enum Step: Sendable {
    /// Send this.
    case send(RunMessage)
    /// Receive one message and hand it to `receive`.
    case receive
    /// Charge the match durably, then call `chargedMatch`.
    case chargeMatch
    /// Charge the cells durably, then call `chargedCells`.
    case chargeCells
    /// A part of a long computation is done: ask again.
    case working
    /// All is done.
    case finished
  }

  /// What the provider brings to an aggregation.
  public struct Records: ~Copyable, Sendable {
    let weights: CellWeights
    let noise: CellNoise

    /// For a run without an aggregation.
    public init() { self.init(weights: CellWeights(), noise: CellNoise()) }

    /// What each id adds to each cell and table, ids by their index, and the noise of every entry.
    public init(weights: CellWeights, noise: consuming CellNoise) {
      self.weights = weights
      self.noise = noise
    }
  }

  enum Phase {
    case hello, sendHello, header, points, charge, hashes(Int), list(Int), key, uploads, chargeCells
    case computing, answers(Int), opening, finish, finished, failed
  }

  let shape: RunShape
  /// What charges name, once the run has a name.
  private var run: RunIdentifier?
  private var records: Records?
  private var matching: MatchingProvider
  var phase = Phase.hello
  var publicKey: [UInt8] = []
  private var uploads = Aggregator.Uploads()
  private var aggregator: Aggregator?
  var answers: [[UInt8]] = []
  /// Where cells are opened by a circuit: this side of it, once the answers are there.
  var opening: CellOpening<ComparisonGarbler>?
  /// The most bytes of its next message.
  var openingLimit = 0
  private var done = 0
  /// In `elements` for both: the common ids, in the order of the list.
  public private(set) var commonIDs = ByteStrings()
  /// Where the analyst tells its result: that.
  public private(set) var shared: SharedTables?

  /// `identifiers` and `dummies` as for `MatchingProvider`. Throws `shapeOutOfRange`, or `weightOutOfRange` where
  /// `records` exceed the bounds of the tables.
  ///
  /// Everything whose time depends on how many dummies there are happens here: make the machine before anybody can
  /// connect, and `begin` when somebody has.
  public init(
    _ shape: RunShape, identifiers: ByteStrings, dummies: [Int], records: consuming Records
  ) throws(CrossStatisticsError) {
    if let plan = shape.aggregation {
      try Aggregator.check(records.weights, records.noise, plan.shape)
      guard records.weights.largestIdentifier < identifiers.count else { throw .weightOutOfRange }
    } else {
      guard records.weights.cells == 0, records.noise.cells == 0 else { throw .shapeOutOfRange }
    }
    let matching: MatchingProvider
    do throws(MatchingError) {
      matching = try MatchingProvider(shape.matching, identifiers: identifiers, dummies: dummies)
    } catch { throw .shapeOutOfRange }
    self.init(shape, matching, records)
  }

  private init(
    _ shape: RunShape, _ matching: consuming MatchingProvider, _ records: consuming Records
  ) {
    self.shape = shape
    self.matching = matching
    self.records = consume records
  }

  /// Names the run: once, before its first charge, which must be of this name.
  public mutating func begin(run: RunIdentifier) {
    precondition(self.run == nil, "a machine serves one run")
    self.run = run
  }

  /// How much of the run is done, and of how much; the unit is a point, an upload or an answer counts as a thousand.
  public var progress: (done: Int, total: Int) {
    let points = shape.matching.points + shape.matching.hashes + shape.matching.rows
    guard let plan = shape.aggregation else { return (done, points) }
    return (done, points + (plan.packs * plan.chunks + 2 * plan.packs * plan.shape.cells) * 1000)
  }

  /// What may come now: the most bytes of a message of each kind. Nothing else is received, nor memory taken for it.
  public var limits: [RunMessage.Kind: Int] {
    switch phase {
    case .hello: RunMessage.limits(.hello)
    case .header: RunMessage.limits(.header)
    case .points: RunMessage.limits(.analystPoints)
    case .key: RunMessage.limits(.publicKey)
    case .uploads: RunMessage.limits(.upload)
    case .opening: [.opening: openingLimit]
    case .finish: [.finish: shape.finishLimit]
    case .sendHello, .charge, .hashes, .list, .chargeCells, .computing, .answers, .finished, .failed: [:]
    }
  }

  /// What to do next.
  public mutating func next() throws(CrossStatisticsError) -> Step {
    switch phase {
    case .sendHello:
      phase = .header
      return .send(.hello(isAnalyst: false, digest: shape.digest, terms: shape.terms))
    case .charge:
      return .chargeMatch
    case .hashes(let start) where start < shape.matching.hashes:
      let range = start..<min(shape.matching.hashes, start + MatchingShape.batch)
      phase = .hashes(range.upperBound)
      done += range.count
      return .send(RunMessage(.hashes, try matched { (m) throws(MatchingError) in try m.hashes(range) }))
    case .hashes:
      phase = .list(0)
      return try next()
    case .list(let start) where start < shape.matching.rows:
      let range = start..<min(shape.matching.rows, start + MatchingShape.batch)
      phase = .list(range.upperBound)
      done += range.count
      return .send(
        RunMessage(.providerPoints, try matched { (m) throws(MatchingError) in try m.points(range) }))
    case .list:
      phase = shape.aggregation == nil ? .finish : .key
      return .receive
    case .chargeCells:
      return .chargeCells
    case .computing:
      return try compute()
    case .answers(let index):
      return try sendAnswer(index)
    case .opening:
      return try open()
    case .finished:
      return .finished
    case .failed:
      throw .invalidMessage
    case .hello, .header, .points, .key, .uploads, .finish:
      return .receive
    }
  }

  /// The match is paid for: hashes may leave. Throws `wrongCharge` unless the charge is one of this run that covers the
  /// planned cost, or where none was asked for.
  public mutating func chargedMatch(_ charge: consuming DurableCharge) throws(CrossStatisticsError) {
    guard case .charge = phase, let run else { throw .wrongCharge }
    try shape.price.checkMatch(charge.charge, of: run)
    phase = .hashes(0)
  }

  /// The cells are paid for: answers may leave. Throws as `chargedMatch` does.
  public mutating func chargedCells(_ charge: consuming DurableCharge) throws(CrossStatisticsError) {
    guard case .chargeCells = phase, let run else { throw .wrongCharge }
    try shape.price.checkCells(charge.charge, of: run)
    phase = .computing
  }

  private mutating func compute() throws(CrossStatisticsError) -> Step {
    do throws(CrossStatisticsError) {
      guard let found = try aggregator?.nextAnswers() else { throw CrossStatisticsError.invalidMessage }
      answers += found
      done += 1000 * found.count
      if found.isEmpty {
        // The aggregator goes with its weights and noise.
        if let aggregator = aggregator.take() { try prepareOpening(aggregator.openingNumbers()) }
        phase = .answers(0)
      }
      return .working
    } catch {
      phase = .failed
      throw error
    }
  }

  private mutating func sendAnswer(_ index: Int) throws(CrossStatisticsError) -> Step {
    guard index < answers.count else {
      answers = []
      phase = .opening
      return try open()
    }
    let payload = answers[index]
    answers[index] = []
    phase = .answers(index + 1)
    done += 1000
    return .send(RunMessage(.answers, payload))
  }

  /// Takes the peer's next message. Throws `studyMismatch`, or `invalidMessage` for anything out of turn or malformed.
  public mutating func receive(_ message: RunMessage) throws(CrossStatisticsError) {
    do throws(CrossStatisticsError) { try take(message) } catch {
      phase = .failed
      throw error
    }
  }

  private mutating func take(_ message: RunMessage) throws(CrossStatisticsError) {
    guard let limit = limits[message.kind], message.payload.count <= limit else { throw .invalidMessage }
    switch (phase, message.kind) {
    case (.hello, .hello):
      guard message == .hello(isAnalyst: true, digest: shape.digest, terms: shape.terms) else {
        throw .studyMismatch
      }
      phase = .sendHello
    case (.header, .header):
      try matched { (m) throws(MatchingError) in try m.receive(header: message.payload) }
      phase = .points
    case (.points, .analystPoints):
      guard !message.payload.isEmpty else { throw .invalidMessage }
      try matched { (m) throws(MatchingError) in try m.receive(points: message.payload) }
      done += message.payload.count / MatchingShape.pointBytes
      if matching.isReady { phase = .charge }
    case (.key, .publicKey):
      publicKey = message.payload
      phase = .uploads
    case (.uploads, .upload):
      try take(upload: message.payload)
    case (.opening, .opening):
      try opening?.receive(message.payload)
    case (.finish, .finish):
      try finish(message.payload)
    default:
      throw .invalidMessage
    }
  }

  private mutating func matched<Value>(
    _ body: (inout MatchingProvider) throws(MatchingError) -> Value
  ) throws(CrossStatisticsError) -> Value {
    do throws(MatchingError) { return try body(&matching) } catch {
      phase = .failed
      throw error == .invalidMessage ? .invalidMessage : .shapeOutOfRange
    }
  }

  private mutating func take(upload bytes: [UInt8]) throws(CrossStatisticsError) {
    guard let plan = shape.aggregation else { throw .invalidMessage }
    try uploads.append(bytes, plan: plan)
    done += 1000
    guard uploads.count == plan.packs * plan.chunks, let own = records.take() else { return }
    aggregator = try Aggregator(
      plan, publicKey: publicKey, uploads: uploads, records: own, rowOfID: matching.rowOfID)
    uploads = Aggregator.Uploads()
    phase = shape.price == .exact ? .computing : .chargeCells
  }

  private mutating func finish(_ payload: [UInt8]) throws(CrossStatisticsError) {
    switch shape.disclosure {
    case .nothing: guard payload.isEmpty else { throw .invalidMessage }
    case .commonRows: try takeRows(payload)
    case .tables: shared = try SharedTables(payload, shape)
    }
    phase = .finished
  }

  private mutating func takeRows(_ payload: [UInt8]) throws(CrossStatisticsError) {
    guard payload.count % 4 == 0, payload.count / 4 <= shape.matching.rows else { throw .invalidMessage }
    let rows = stride(from: 0, to: payload.count, by: 4).map { start in
      payload[start..<(start + 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    // Ascending, so that none is there twice.
    guard zip(rows, rows.dropFirst()).allSatisfy({ $0 < $1 }) else { throw .invalidMessage }
    commonIDs = matching.identifiers(atRows: rows)
    guard commonIDs.count == rows.count else { throw .invalidMessage }
  }
}
