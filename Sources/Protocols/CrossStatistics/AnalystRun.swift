import ByteCoding
import DisclosureControl
import PrivateComparison
import SetIntersection

/// The analyst's side of a run, message in, message out. Ask `next` what to do until it says `finished`.
///
/// Order: hello both ways; α·B and points; short hashes; the provider's points; public key and uploads; answers; the circuit
/// that opens cells, where the study wants one; finish.
/// Between the match and the last upload nothing depends on what matched, not in its time either. After an error every
/// call throws `invalidMessage`. What only the key shows of an answer changes nothing that is sent: the run goes on to its
/// end, and then there is no result. (Where the tables themselves are to be sent, it ends after the last answer.)
///
/// Where the result is to be passed on, the analyst's own noise goes onto it once its ledger has the charge, and then the
/// result is that: nobody holds the other one. Where a circuit opens cells, the noise is under the masks before it runs, and
/// the charge comes after it, before anything is told or returned.
public struct AnalystRun: ~Copyable {
  /// What the driver does next.
  public enum Step: Sendable {
    /// Send this.
    case send(RunMessage)
    /// Receive one message and hand it to `receive`.
    case receive
    /// Charge the publication durably, then call `chargedPublication`.
    case chargePublication
    /// All is done; `result` may be called.
    case finished
  }

  /// What the analyst learned, and may pass on where its own noise is in it.
  public struct Result: Sendable {
    /// Matched rows of each group, dummies included; in `elements` the number of common ids. Empty where tables are
    /// published: these counts have no noise of the analyst's own.
    public var counts: [Int]
    /// For each table, group and cell the entry, noise included; 0 where the cell is suppressed.
    public var tables: [[[Int64]]]
    /// For each group and cell whether it stayed closed, where a circuit opens cells; empty where everything is opened.
    public var suppressed: [[Bool]]
    /// In `elements`: the indices of the common ids, ascending.
    public var common: [Int]
  }

  enum Phase {
    case hello, peerHello, header, points(Int), matching, key, upload(Int), answers(cell: Int, pack: Int)
    case publish, opening, finish, finished, failed
  }

  let shape: RunShape
  var matching: MatchingAnalyst
  var upload: GroupUpload?
  var phase = Phase.hello
  var tables: [[[Int64]]] = []
  var suppressed: [[Bool]] = []
  var counts: [Int] = []
  /// Whether all answers were what honest ones could be.
  var isSound = true
  /// Where cells are opened by a circuit: what was decrypted, under the provider's masks.
  var masked: SecretResidues?
  var publicKey: [UInt8] = []
  var session: [UInt8] = []
  var opening: CellOpening<ComparisonEvaluator>?
  /// The most bytes of its next message.
  var openingLimit = 0
  /// What charges name, once the run has a name.
  private var run: RunIdentifier?
  private var publicationNoise: CellNoise?
  private var received = 0

  /// `identifiers` and the group of each as for `MatchingAnalyst`. `publicationNoise`: where the shape has a publication,
  /// noise for every entry of every table, or for one cell of one table where only match counts are the result; within the
  /// tables' `publicationBound` where a circuit opens cells. Throws `shapeOutOfRange`.
  public init(
    _ shape: RunShape, identifiers: ByteStrings, groups: [Int32],
    publicationNoise: consuming CellNoise = CellNoise()
  ) throws(CrossStatisticsError) {
    try shape.checkPublicationNoise(publicationNoise)
    let matching: MatchingAnalyst
    do throws(MatchingError) {
      matching = try MatchingAnalyst(shape.matching, identifiers: identifiers, groups: groups)
    } catch { throw .shapeOutOfRange }
    self.init(shape, matching, publicationNoise)
  }

  private init(
    _ shape: RunShape, _ matching: consuming MatchingAnalyst, _ publicationNoise: consuming CellNoise
  ) {
    self.shape = shape
    self.publicationNoise = consume publicationNoise
    self.matching = matching
    if let plan = shape.aggregation {
      let empty = [[Int64]](
        repeating: [Int64](repeating: 0, count: plan.shape.cells), count: plan.shape.groups)
      tables = plan.shape.tables.map { _ in empty }
      if plan.isMasked {
        masked = SecretResidues(modulus: plan.parameters.plaintextModulus, count: plan.maskCount)
        suppressed = empty.map { $0.map { _ in true } }
      }
    }
  }

  /// Names the run: once, before its charge if it has one, which must be of this name.
  public mutating func begin(run: RunIdentifier) {
    precondition(self.run == nil, "a machine serves one run")
    self.run = run
  }

  /// How much of the run is done, in messages sent and received, and of how many.
  public var progress: (done: Int, total: Int) {
    let points = shape.matching.points + shape.matching.hashes + shape.matching.rows
    guard let plan = shape.aggregation else { return (received, points) }
    return (received, points + (plan.packs * plan.chunks + plan.packs * plan.shape.cells) * 1000)
  }

  /// What may come now: the most bytes of a message of each kind. Nothing else is received, nor memory taken for it.
  public var limits: [RunMessage.Kind: Int] {
    switch phase {
    case .peerHello: RunMessage.limits(.hello)
    case .matching: RunMessage.limits(.hashes, .providerPoints)
    case .answers: [.answers: shape.aggregation?.answerLimit ?? 0]
    case .opening: [.opening: openingLimit]
    case .hello, .header, .points, .key, .upload, .publish, .finish, .finished, .failed: [:]
    }
  }

  /// What to do next.
  public mutating func next() throws(CrossStatisticsError) -> Step {
    switch phase {
    case .hello:
      phase = .peerHello
      return .send(.hello(isAnalyst: true, digest: shape.digest, terms: shape.terms))
    case .header:
      phase = .points(0)
      return .send(RunMessage(.header, matching.header()))
    case .points(let start) where start < shape.matching.points:
      let range = start..<min(shape.matching.points, start + MatchingShape.batch)
      phase = .points(range.upperBound)
      received += range.count
      do throws(MatchingError) {
        return .send(RunMessage(.analystPoints, try matching.points(range)))
      } catch { throw .shapeOutOfRange }
    case .points:
      phase = .matching
      return .receive
    case .key:
      return try sendKey()
    case .upload(let index):
      return try sendUpload(index)
    case .publish:
      return .chargePublication
    case .opening:
      return try openCells()
    case .finish:
      phase = .finished
      return .send(RunMessage(.finish, disclosed()))
    case .finished:
      return .finished
    case .failed:
      throw .invalidMessage
    case .peerHello, .matching, .answers:
      return .receive
    }
  }

  private mutating func sendKey() throws(CrossStatisticsError) -> Step {
    guard let plan = shape.aggregation else { throw .invalidMessage }
    let made = try GroupUpload(plan, labels: matching.rowLabels)
    let key = made.publicKey()
    upload = consume made
    if plan.isMasked { publicKey = key }
    phase = .upload(0)
    return .send(RunMessage(.publicKey, key))
  }

  private mutating func sendUpload(_ index: Int) throws(CrossStatisticsError) -> Step {
    guard let plan = shape.aggregation else { throw .invalidMessage }
    guard index < plan.packs * plan.chunks else {
      phase = .answers(cell: 0, pack: 0)
      return .receive
    }
    guard let bytes = try upload?.upload(index) else { throw .invalidMessage }
    phase = .upload(index + 1)
    received += 1000
    return .send(RunMessage(.upload, bytes))
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
    case (.peerHello, .hello):
      guard message == .hello(isAnalyst: false, digest: shape.digest, terms: shape.terms) else {
        throw .studyMismatch
      }
      phase = .header
    case (.matching, .hashes), (.matching, .providerPoints):
      try match(message)
    case (.answers(let cell, let pack), .answers):
      try open(message.payload, cell: cell, pack: pack)
    case (.opening, .opening):
      try opening?.receive(message.payload)
    default:
      throw .invalidMessage
    }
  }

  private mutating func match(_ message: RunMessage) throws(CrossStatisticsError) {
    guard !message.payload.isEmpty else { throw .invalidMessage }
    do throws(MatchingError) {
      if message.kind == .hashes {
        try matching.receive(hashes: message.payload)
        received += message.payload.count / shape.matching.hashBytes
      } else {
        try matching.receive(points: message.payload)
        received += message.payload.count / MatchingShape.pointBytes
      }
    } catch { throw .invalidMessage }
    guard matching.isComplete else { return }
    if shape.aggregation == nil { concludeTables() } else { phase = .key }
  }

  private mutating func open(_ payload: [UInt8], cell: Int, pack: Int) throws(CrossStatisticsError) {
    guard let plan = shape.aggregation else { throw .invalidMessage }
    if plan.isMasked {
      try keep(payload, plan, cell: cell, pack: pack)
    } else {
      guard let opened = try upload?.open(payload, pack: pack, isSound: &isSound) else {
        throw .invalidMessage
      }
      for (table, values) in opened.enumerated() {
        for (offset, value) in values.enumerated() {
          tables[table][pack * plan.groupsPerPack + offset][cell] = value
        }
      }
    }
    received += 1000
    let isLastPack = pack + 1 == plan.packs
    if isLastPack && cell + 1 == plan.shape.cells {
      guard isSound || shape.disclosure == .nothing else { throw .invalidMessage }
      return concludeTables()
    }
    phase = .answers(cell: isLastPack ? cell + 1 : cell, pack: isLastPack ? 0 : pack + 1)
  }

  /// All is decrypted: the key goes. The analyst's own noise is next where there is any: under masks at once, since nothing
  /// is opened without it; else once it is paid for.
  private mutating func concludeTables() {
    upload = nil
    counts = matching.counts
    guard let plan = shape.aggregation, plan.isMasked else {
      phase = shape.publication == nil ? .finish : .publish
      return
    }
    if shape.publication != nil, let noise = publicationNoise.take() {
      addUnderMasks(noise, plan)
      counts = []
    }
    phase = .opening
  }

  /// The publication is paid for: the result gets this side's noise, unless it has it. Throws `wrongCharge` unless the charge covers the
  /// planned cost and is of this run, after which the machine has failed, or where none was asked for.
  public mutating func chargedPublication(
    _ charge: consuming DurableCharge
  ) throws(CrossStatisticsError) {
    guard case .publish = phase, let run else { throw .wrongCharge }
    do throws(CrossStatisticsError) {
      try shape.checkPublication(charge.charge, of: run)
      if shape.aggregation?.isMasked != true { try addNoise() }
    } catch {
      phase = .failed
      throw error
    }
    phase = .finish
  }

  /// Entries of answers that are not sound have any value: nobody will see them.
  private mutating func addNoise() throws(CrossStatisticsError) {
    guard let noise = publicationNoise.take() else { throw .wrongCharge }
    guard isSound else { return }
    if tables.isEmpty {
      noise.add(to: &counts)
    } else {
      noise.add(to: &tables)
      counts = []
    }
  }
}
