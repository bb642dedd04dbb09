import ByteCoding
import CrossStatistics
import DisclosureControl
import SetIntersection
import TestSupport
import Testing

/// Identifiers with numbers for names.
func identifiers(_ numbers: some Sequence<Int>) -> ByteStrings {
  ByteStrings(numbers.map { Array("id\($0)".utf8) })
}

/// A small study's public numbers: `aggregation` nil for a count.
func runShape(
  groups: [Int], dummies: Int = 0, rows: Int, aggregation: AggregationShape? = nil,
  purpose: MatchingShape.Purpose = .statistics, disclosure: Disclosure = .nothing, digest: UInt8 = 9,
  price: RunPrice = .exact, publication: PrivacyCost? = nil
) throws -> RunShape {
  let digest = [UInt8](repeating: digest, count: 32)
  let matching = try MatchingShape(
    purpose: purpose, groupLengths: groups, maximumDummies: dummies, rows: rows, hashBits: 80, salt: digest)
  return try RunShape(
    digest: digest, matching: matching, aggregation: aggregation.map { try AggregationPlan($0) },
    disclosure: disclosure, price: price,
    publication: publication)
}

/// Charges as a ledger would write them.
enum Charges {
  static let run: RunIdentifier = {
    guard let run = RunIdentifier(bytes: [UInt8](repeating: 1, count: 16)) else {
      preconditionFailure("a run's name has 16 bytes")
    }
    return run
  }()

  static func charge(
    _ kind: ChargeKind, _ cost: PrivacyCost = .zero, run: RunIdentifier = run
  ) throws -> DurableCharge {
    DurableCharge(
      afterWriting: Charge(
        run: run, kind: kind, account: try LedgerAccount(population: "p", counterpart: "c"), cost: cost))
  }

  /// Pays what a machine asks for.
  static func pay(_ provider: inout ProviderRun, cells: Bool, price: RunPrice) throws {
    switch (price, cells) {
    case (.exact, false): try provider.chargedMatch(try charge(.exact))
    case (.noisy(let cost, _), false): try provider.chargedMatch(try charge(.match, cost))
    case (.noisy(_, let cost), true): try provider.chargedCells(try charge(.cells, cost))
    case (.exact, true): Issue.record("an exact run has no charge for cells")
    }
  }
}

/// Both machines against each other, messages in memory. `tamper` may change a message on its way; `stopsAtFinish` leaves
/// the machines when the analyst has given its last message out.
func drive(
  _ analyst: inout AnalystRun, _ provider: inout ProviderRun, price: RunPrice = .exact,
  log: inout [String], publication: (ChargeKind, PrivacyCost) = (.publication, .zero),
  analystRun: RunIdentifier = Charges.run, stopsAtFinish: Bool = false,
  tamper: (inout [RunMessage], _ toProvider: Bool) -> Void = { _, _ in }
) throws {
  provider.begin(run: Charges.run)
  analyst.begin(run: analystRun)
  var toAnalyst: [RunMessage] = []
  var toProvider: [RunMessage] = []
  func deliver(_ message: RunMessage, _ queue: inout [RunMessage], toProvider: Bool) {
    var messages = [message]
    tamper(&messages, toProvider)
    queue += messages
  }
  for _ in 0..<100_000 {
    var isIdle = true
    switch try analyst.next() {
    case .send(let message):
      if stopsAtFinish, message.kind == .finish { return }
      deliver(message, &toProvider, toProvider: true)
      isIdle = false
    case .receive:
      if !toAnalyst.isEmpty {
        try analyst.receive(toAnalyst.removeFirst())
        isIdle = false
      }
    case .chargePublication:
      log.append("charge publication")
      try analyst.chargedPublication(try Charges.charge(publication.0, publication.1))
      isIdle = false
    case .finished: break
    }
    switch try provider.next() {
    case .send(let message):
      if log.last != "\(message.kind)" { log.append("\(message.kind)") }
      deliver(message, &toAnalyst, toProvider: false)
      isIdle = false
    case .receive:
      if !toProvider.isEmpty {
        try provider.receive(toProvider.removeFirst())
        isIdle = false
      }
    case .chargeMatch:
      log.append("charge match")
      try Charges.pay(&provider, cells: false, price: price)
      isIdle = false
    case .chargeCells:
      log.append("charge cells")
      try Charges.pay(&provider, cells: true, price: price)
      isIdle = false
    case .working:
      isIdle = false
      log.append("working")
    case .finished:
      if case .finished = try analyst.next(), toAnalyst.isEmpty { return }
    }
    if isIdle { throw Stalled() }
  }
}

/// Both machines wait: what a lost message leads to, and a time-out ends.
struct Stalled: Error {}
