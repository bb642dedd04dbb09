#if Services
import PrivateComparison
import Reports
import Transport

/// A run of a comparison over a connection.
struct ComparisonLink {
  private let connection: Connection
  private let limits: MessageLimits = [
    1: bound(.hello), 2: bound(.setup), 3: bound(.choices), 4: bound(.challenge), 5: bound(.response),
    6: bound(.tables), 7: bound(.decoding), 8: bound(.proof),
  ]

  init(_ connection: Connection) { self.connection = connection }

  private static func bound(_ kind: ComparisonMessage.Kind) -> Int {
    ComparisonMessage.maximumBytes[kind] ?? 0
  }

  /// Does what the machine says until it is finished; ends the run on both sides where anything fails.
  func drive<Party: ComparisonParty & ~Copyable>(
    _ party: inout Party, _ rows: inout ComparisonRows, _ answers: inout ComparisonAnswers
  ) async throws {
    var progress = ProgressLine("comparing", unit: "rows")
    do {
      loop: while true {
        switch try party.next() {
        case .send(let message):
          try await connection.send(Message(type: message.kind.rawValue, payload: message.payload))
        case .receive: try party.receive(try await receive())
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
        case TransportError.cancelled: .cancelled
        default: .failed
        }
      await connection.abort(code)
      throw error
    }
    progress.finish()
    note("done: \(rows.count) rows")
  }

  private func receive() async throws -> ComparisonMessage {
    guard let message = try await connection.receive(limits),
      let kind = ComparisonMessage.Kind(rawValue: message.type)
    else {
      throw CommandFailure(
        "the other side ended the run early.", hint: "Look at its messages.", code: .unavailable)
    }
    return ComparisonMessage(kind, message.payload)
  }
}
#endif
