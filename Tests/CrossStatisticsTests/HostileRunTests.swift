import CrossStatistics
import DisclosureControl
import SetIntersection
import TestSupport
import Testing

/// What machines do with messages that were changed on their way: an error, never a trap, never a table beyond its bounds.
@Suite struct HostileRunTests {
  private static let aggregation = AggregationShape(
    rows: 60, groups: 2, cells: 2,
    tables: [
      .init(weightBound: 3, totalBound: 90, noiseBound: 4),
      .init(weightBound: 1000, totalBound: 30_000, noiseBound: 9),
    ])

  enum Mode: CaseIterable, Sendable { case count, cross, elements, shared, opened }

  private static let opened = AggregationShape(
    rows: 60, groups: 2, cells: 2, tables: aggregation.tables, opening: .cells(minimum: 12))

  private static func shape(_ mode: Mode) throws -> RunShape {
    switch mode {
    case .opened: try runShape(groups: [20, 20], dummies: 3, rows: 60, aggregation: opened)
    case .count: try runShape(groups: [20, 20], dummies: 3, rows: 60)
    case .cross: try runShape(groups: [20, 20], dummies: 3, rows: 60, aggregation: aggregation)
    case .shared:
      try runShape(
        groups: [20, 20], dummies: 3, rows: 60, aggregation: aggregation, disclosure: .tables)
    case .elements: try runShape(groups: [40], rows: 60, purpose: .elements, disclosure: .commonRows)
    }
  }

  private struct Machines: ~Copyable {
    var analyst: AnalystRun
    var provider: ProviderRun
  }

  private static func machines(_ mode: Mode) throws -> Machines {
    let shape = try shape(mode)
    let analyst = try AnalystRun(
      shape, identifiers: identifiers(0..<35),
      groups: (0..<35).map { mode == .elements ? 0 : $0 < 18 ? 0 : 1 })
    let rows = (0..<45).flatMap { [Int32($0), Int32($0)] }
    let records =
      mode == .cross || mode == .shared || mode == .opened
      ? ProviderRun.Records(
        weights: CellWeights(
          cells: 2, tables: 2, identifierCount: 50, rowIdentifiers: rows,
          rowCells: rows.indices.map { Int32($0 % 2) }, contribution: { $1 == 0 ? 1 : Int64(-10 * $0) }),
        noise: CellNoise(
          aggregation, (0..<8).map { [4, -3, 2, 0, 9, -9, 1, 2][$0] / ($0 / 2 % 2 == 0 ? 3 : 1) })
      ) : ProviderRun.Records()
    let provider = try ProviderRun(
      shape, identifiers: identifiers(10..<60), dummies: mode == .elements ? [0] : [3, 0],
      records: records)
    return Machines(analyst: analyst, provider: provider)
  }

  /// A run in which `tamper` changes message number `place`; the analyst's result if both sides end well.
  private static func run(
    _ mode: Mode, at place: Int, _ tamper: (inout [RunMessage]) -> Void
  ) throws -> AnalystRun.Result? {
    var both = try machines(mode)
    var log: [String] = []
    var sent = 0
    do {
      try drive(&both.analyst, &both.provider, log: &log) { messages, _ in
        if sent == place { tamper(&messages) }
        sent += 1
      }
    } catch is CrossStatisticsError { return nil } catch is Stalled { return nil }
    return try? both.analyst.result()
  }

  private static func messageCount(_ mode: Mode) throws -> Int {
    var both = try machines(mode)
    var log: [String] = []
    var sent = 0
    try drive(&both.analyst, &both.provider, log: &log) { _, _ in sent += 1 }
    return sent
  }

  @Test(arguments: Mode.allCases)
  func everyMessageMissingTwiceShortLongEmptyOrOfAnotherKindEndsTheRun(mode: Mode) throws {
    let count = try Self.messageCount(mode)
    for place in 0..<count {
      let changes: [(String, (inout [RunMessage]) -> Void)] = [
        ("missing", { $0 = [] }), ("twice", { $0 += $0 }),
        ("short", { $0[0] = RunMessage($0[0].kind, Array($0[0].payload.dropLast())) }),
        ("long", { $0[0] = RunMessage($0[0].kind, $0[0].payload + [0]) }),
        ("empty", { $0[0] = RunMessage($0[0].kind, []) }),
        ("enormous", { $0[0] = RunMessage($0[0].kind, [UInt8](repeating: 1, count: 5 << 20)) }),
      ]
      for (name, change) in changes {
        var isChanged = true
        let result = try Self.run(mode, at: place) { messages in
          let before = messages
          change(&messages)
          isChanged = messages != before
        }
        // After the last message nobody waits for another, and nothing in common is a thing to tell.
        let isGood = place == count - 1 && (name == "twice" || name == "empty")
        #expect(result == nil || !isChanged || isGood, "\(mode): message \(place) \(name)")
      }
      for kind in RunMessage.Kind.allCases {
        var isChanged = true
        let result = try Self.run(mode, at: place) { messages in
          isChanged = messages[0].kind != kind
          messages[0] = RunMessage(kind, messages[0].payload)
        }
        #expect(result == nil || !isChanged, "\(mode): message \(place) as \(kind)")
      }
    }
  }

  @Test func everyByteOfTheHelloMatters() throws {
    for side in 0..<2 {
      for index in 0..<100 {
        var isThere = false
        let result = try Self.run(.cross, at: side) { messages in
          isThere = index < messages[0].payload.count
          guard isThere else { return }
          var bytes = messages[0].payload
          bytes[index] ^= 1
          messages[0] = RunMessage(.hello, bytes)
        }
        #expect((result == nil) == isThere, "side \(side), byte \(index)")
      }
    }
  }

  /// Bits flipped anywhere. Points, keys and ciphertexts carry no proof of what is in them; what comes out is an error or
  /// entries that honest machines could have made.
  @Test(arguments: Mode.allCases)
  func mutatedTranscriptsEndInAnErrorOrInEntriesWithinBounds(mode: Mode) throws {
    var random = SeededGenerator()
    let count = try Self.messageCount(mode)
    for _ in 0..<120 {
      let place = Int.random(in: 2..<count, using: &random)
      let flips = Int.random(in: 1...3, using: &random)
      let isHead = Bool.random(using: &random)
      let result = try Self.run(mode, at: place) { messages in
        var bytes = messages[0].payload
        for _ in 0..<flips where !bytes.isEmpty {
          let range = isHead ? min(80, bytes.count) : bytes.count
          bytes[Int.random(in: 0..<range, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        messages[0] = RunMessage(messages[0].kind, bytes)
      }
      guard let result, mode == .cross || mode == .shared || mode == .opened else { continue }
      for (table, bounds) in Self.aggregation.tables.enumerated() {
        for entry in result.tables[table].joined() {
          #expect(entry.magnitude <= bounds.entryBound.magnitude, "seed \(random.seed)")
        }
      }
    }
  }

  @Test func aMachineThatFailedOnceStaysFailed() throws {
    var both = try Self.machines(.count)
    guard case .send(let hello) = try both.analyst.next() else { throw Stalled() }
    #expect(throws: CrossStatisticsError.studyMismatch) {
      try both.provider.receive(RunMessage(.hello, [1, 2, 3]))
    }
    #expect(throws: CrossStatisticsError.invalidMessage) { _ = try both.provider.next() }
    #expect(throws: CrossStatisticsError.invalidMessage) { try both.provider.receive(hello) }
    #expect(throws: CrossStatisticsError.studyMismatch) { try both.analyst.receive(hello) }
    #expect(throws: CrossStatisticsError.invalidMessage) { _ = try both.analyst.next() }
  }

  /// Whether an answer decrypts to what an honest one could be is seen with the key alone. The provider learns nothing of
  /// it: with any other behaviour it would learn one bit of each ciphertext it makes up.
  @Test(arguments: [Mode.cross, .opened])
  func anAnswerThatOnlyTheKeyShowsToBeWrongChangesNothingThatIsSent(mode: Mode) throws {
    func transcript(isTampered: Bool) throws -> (sent: [String], hasResult: Bool) {
      var both = try Self.machines(mode)
      var log: [String] = []
      var sent: [String] = []
      var answers = 0
      try drive(&both.analyst, &both.provider, log: &log) { messages, toProvider in
        if toProvider { sent.append("\(messages[0].kind) \(messages[0].payload.count)") }
        guard messages[0].kind == .answers else { return }
        answers += 1
        // Of the first answer both sides take the circuit's session.
        guard isTampered, answers == (mode == .opened ? 2 : 1) else { return }
        var bytes = messages[0].payload
        for index in (bytes.count / 4)..<(bytes.count / 4 + 200) { bytes[index] ^= 0x55 }
        messages[0] = RunMessage(.answers, bytes)
      }
      return (sent, (try? both.analyst.result()) != nil)
    }
    let honest = try transcript(isTampered: false)
    let tampered = try transcript(isTampered: true)
    // Under masks a wrong number may fall below the minimum, and then it is not seen at all.
    #expect(honest.hasResult && (!tampered.hasResult || mode == .opened))
    #expect(honest.sent == tampered.sent && honest.sent.last == "finish 0")
  }

  /// Rows that are told twice, not in order, beyond the list, or that hold no id.
  @Test func toldRowsMustBeRowsWithIds() throws {
    for payload in [[0, 0, 0, 0, 0, 0, 0, 0], [60, 0, 0, 0], [0, 0, 0, 255], [1, 2, 3]] as [[UInt8]] {
      let last = try Self.messageCount(.elements) - 1
      let result = try Self.run(.elements, at: last) { $0[0] = RunMessage(.finish, payload) }
      #expect(result == nil, "\(payload)")
    }
  }
}
