import SetIntersection

/// The provider's side of a run, message in, message out. Ask `next` what to do until it says `finished`.
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
    /// All is done.
    case finished
  }

  /// What the provider brings to an aggregation.
  public struct Records: Sendable {
    /// For each cell and table the weights of ids, by the index of the id.
    public var weights: [[[(id: Int, weight: Int64)]]]
    /// For each cell and table the noise of every group.
    public var noise: [[[Int64]]]

    /// Takes weights and noise; both have an entry for each cell, and in it one for each table.
    public init(weights: [[[(id: Int, weight: Int64)]]], noise: [[[Int64]]]) {
      self.weights = weights
      self.noise = noise
    }
  }

  private enum Phase {
    case hello, sendHello, header, points, charge, hashes(Int), list(Int), key, uploads, chargeCells
    case answers(cell: Int), pending(cell: Int, [RunMessage]), finish, finished
  }

  private let shape: RunShape
  private let records: Records
  private var matching: MatchingProvider
  private var phase = Phase.hello
  private var waiting: [UInt8] = []
  private var publicKey: [UInt8] = []
  private var uploads: Aggregator.Uploads
  private var aggregator: Aggregator?
  private var done = 0
  /// In `elements` for both: the common ids, in the order of the list.
  public private(set) var commonIDs: [[UInt8]] = []

  /// `ids` and `dummies` as for `MatchingProvider`. Throws `shapeOutOfRange`.
  public init(
    _ shape: RunShape, ids: [[UInt8]], dummies: [Int], records: Records
  ) throws(CrossStatisticsError) {
    let cells = shape.aggregation?.shape.cells ?? 0
    guard records.weights.count == cells, records.noise.count == cells else { throw .shapeOutOfRange }
    self.init(shape, try Self.matching(shape.matching, ids: ids, dummies: dummies), records)
  }

  private init(_ shape: RunShape, _ matching: consuming MatchingProvider, _ records: Records) {
    self.shape = shape
    self.matching = matching
    self.records = records
    uploads = Aggregator.Uploads()
  }

  private static func matching(
    _ shape: MatchingShape, ids: [[UInt8]], dummies: [Int]
  ) throws(CrossStatisticsError) -> MatchingProvider {
    do throws(MatchingError) {
      return try MatchingProvider(shape, ids: ids, dummies: dummies)
    } catch { throw .shapeOutOfRange }
  }

  /// How much of the run is done, and of how much; the unit is a point, an upload counts as a thousand.
  public var progress: (done: Int, total: Int) {
    let points = shape.matching.points + shape.matching.hashes + shape.matching.rows
    guard let plan = shape.aggregation else { return (done, points) }
    return (done, points + (plan.packs * plan.chunks + plan.packs * plan.shape.cells) * 1000)
  }

  /// What to do next.
  public mutating func next() throws(CrossStatisticsError) -> Step {
    switch phase {
    case .sendHello:
      phase = .header
      return .send(.hello(isAnalyst: false, digest: shape.digest, terms: shape.terms))
    case .charge:
      return .chargeMatch
    case .hashes(let group):
      return try sendHashes(group)
    case .list(let start):
      return try sendList(start)
    case .chargeCells:
      return .chargeCells
    case .answers(let cell):
      return try computeAnswers(cell)
    case .pending(let cell, let messages):
      var rest = messages
      let message = rest.removeFirst()
      phase = rest.isEmpty ? afterCell(cell) : .pending(cell: cell, rest)
      done += 1000
      return .send(message)
    case .finished:
      return .finished
    case .hello, .header, .points, .key, .uploads, .finish:
      return .receive
    }
  }

  /// The match is paid for: hashes may leave.
  public mutating func chargedMatch() {
    guard case .charge = phase else { preconditionFailure("charged out of turn") }
    phase = .hashes(0)
  }

  /// The cells are paid for: answers may leave.
  public mutating func chargedCells() {
    guard case .chargeCells = phase else { preconditionFailure("charged out of turn") }
    phase = .answers(cell: 0)
  }

  private mutating func sendHashes(_ group: Int) throws(CrossStatisticsError) -> Step {
    let limit = MatchingShape.batch * shape.matching.hashBytes
    var group = group
    do throws(MatchingError) {
      while waiting.isEmpty, group < shape.matching.groupLengths.count {
        waiting = try matching.hashes(ofGroup: group)
        group += 1
      }
    } catch { throw .shapeOutOfRange }
    guard !waiting.isEmpty else {
      phase = .list(0)
      return try sendList(0)
    }
    let part = Array(waiting.prefix(limit))
    waiting.removeFirst(part.count)
    phase = .hashes(group)
    done += part.count / shape.matching.hashBytes
    return .send(RunMessage(.hashes, part))
  }

  private mutating func sendList(_ start: Int) throws(CrossStatisticsError) -> Step {
    guard start < shape.matching.rows else {
      phase = shape.aggregation == nil ? .finish : .key
      return .receive
    }
    let range = start..<min(shape.matching.rows, start + MatchingShape.batch)
    phase = .list(range.upperBound)
    done += range.count
    do throws(MatchingError) {
      return .send(RunMessage(.providerPoints, try matching.points(range)))
    } catch { throw .shapeOutOfRange }
  }

  private mutating func computeAnswers(_ cell: Int) throws(CrossStatisticsError) -> Step {
    guard let aggregator else { throw .invalidMessage }
    let rows = matching.rowOfID
    let weights = records.weights[cell].map { table -> Aggregator.Weights in
      table.map { (row: Int(rows[$0.id]), weight: $0.weight) }
    }
    let answers = try aggregator.answers(weights: weights, noise: records.noise[cell])
    phase = .pending(cell: cell, answers.map { RunMessage(.answers, RunMessage.joined($0)) })
    return try next()
  }

  private func afterCell(_ cell: Int) -> Phase {
    cell + 1 == records.weights.count ? .finish : .answers(cell: cell + 1)
  }

  /// Takes the peer's next message. Throws `studyMismatch`, or `invalidMessage` for anything out of turn or malformed.
  public mutating func receive(_ message: RunMessage) throws(CrossStatisticsError) {
    switch (phase, message.kind) {
    case (.hello, .hello):
      guard message == .hello(isAnalyst: true, digest: shape.digest, terms: shape.terms) else {
        throw .studyMismatch
      }
      phase = .sendHello
    case (.header, .header), (.points, .analystPoints):
      try match(message)
    case (.key, .publicKey):
      publicKey = message.payload
      phase = .uploads
    case (.uploads, .upload):
      try take(upload: message.payload)
    case (.finish, .finish):
      try finish(message.payload)
    default:
      throw .invalidMessage
    }
  }

  private mutating func match(_ message: RunMessage) throws(CrossStatisticsError) {
    do throws(MatchingError) {
      if message.kind == .header {
        try matching.receive(header: message.payload)
        phase = .points
      } else {
        guard !message.payload.isEmpty else { throw MatchingError.invalidMessage }
        try matching.receive(points: message.payload)
        done += message.payload.count / MatchingShape.pointBytes
        if matching.isReady { phase = .charge }
      }
    } catch { throw .invalidMessage }
  }

  private mutating func take(upload bytes: [UInt8]) throws(CrossStatisticsError) {
    guard let plan = shape.aggregation else { throw .invalidMessage }
    try uploads.append(bytes, plan: plan)
    done += 1000
    if uploads.count == plan.packs * plan.chunks {
      aggregator = try Aggregator(plan, publicKey: publicKey, uploads: uploads)
      uploads = Aggregator.Uploads()
      phase = .chargeCells
    }
  }

  private mutating func finish(_ payload: [UInt8]) throws(CrossStatisticsError) {
    guard shape.tellsProvider ? payload.count % 4 == 0 : payload.isEmpty else { throw .invalidMessage }
    let rows = stride(from: 0, to: payload.count, by: 4).map { start in
      payload[start..<(start + 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    commonIDs = matching.ids(atRows: rows)
    guard commonIDs.count == rows.count, Set(rows).count == rows.count else { throw .invalidMessage }
    phase = .finished
  }
}
