#if Services
import PrivateComparison
import Reports
import Transport

extension AbortCode {
  /// The two tables of a comparison have different numbers of rows.
  static let differentRowCounts = AbortCode(rawValue: 256)
}

/// A run of a comparison over a connection.
struct ComparisonLink {
  private let connection: Connection

  init(_ connection: Connection) { self.connection = connection }

  /// Does what the machine says until it is finished; ends the run on both sides where anything fails.
  func drive<Party: ComparisonParty & ~Copyable>(
    _ party: inout Party, _ rows: inout ComparisonRows, _ answers: inout ComparisonAnswers
  ) async throws {
    var progress = ProgressLine("comparing", unit: "rows")
    do {
      loop: while true {
        // Garbling and reading wait for nobody: a signal is seen here.
        try Task.checkCancellation()
        switch try party.next() {
        case .send(let message):
          try await connection.send(Message(type: message.kind.rawValue, payload: message.payload))
        case .receive: try party.receive(try await receive(party.limits))
        case .rows(let count):
          try party.provide(try rows.next(count))
          progress.update(rows.count, of: 0)
        case .results(let values): try answers.write(values)
        case .finished: break loop
        }
      }
      try await connection.close()
    } catch {
      let code: AbortCode =
        switch error {
        case ComparisonError.invalidMessage, ComparisonError.wrongLabel, ComparisonError.inconsistentReceiver:
          .protocolViolation
        case ComparisonError.differentTerms: .studyMismatch
        case ComparisonError.differentRowCounts: .differentRowCounts
        case TransportError.cancelled, is CancellationError: .cancelled
        default: .failed
        }
      await connection.abort(code)
      throw error
    }
    progress.finish()
    // Only now: the other side must not learn it from an early end.
    guard party.isSound else { throw ComparisonError.wrongLabel }
    note("done: \(counted(rows.count, "row"))")
  }

  /// The next message, which must be one that the machine expects now.
  private func receive(_ expected: [ComparisonMessage.Kind: Int]) async throws -> ComparisonMessage {
    let limits = Dictionary(uniqueKeysWithValues: expected.map { ($0.key.rawValue, $0.value) })
    guard let message = try await connection.receive(MessageLimits(limits)),
      let kind = ComparisonMessage.Kind(rawValue: message.type)
    else {
      throw CommandFailure(
        "the other side ended the run early.", hint: "Look at its messages.", code: .unavailable)
    }
    return ComparisonMessage(kind, message.payload)
  }
}
#endif
