#if Services
import CrossStatistics
import Transport

/// Messages of a run over a connection.
struct RunLink {
  let connection: Connection
  private let limits: MessageLimits = [
    1: bound(.hello), 2: bound(.header), 3: bound(.analystPoints), 4: bound(.hashes),
    5: bound(.providerPoints),
    6: bound(.publicKey), 7: bound(.upload), 8: bound(.answers), 9: bound(.finish),
  ]

  init(_ connection: Connection) { self.connection = connection }

  private static func bound(_ kind: RunMessage.Kind) -> Int { RunMessage.maximumBytes[kind] ?? 0 }

  func send(_ message: RunMessage) async throws {
    try await connection.send(Message(type: message.kind.rawValue, payload: message.payload))
  }

  func receive() async throws -> RunMessage {
    guard let message = try await connection.receive(limits),
      let kind = RunMessage.Kind(rawValue: message.type)
    else { throw CommandFailure("the other side ended the run early.", hint: "Look at its messages.") }
    return RunMessage(kind, message.payload)
  }

  /// Runs `body`; ends the run on both sides where it throws.
  func guarding<Value>(_ body: () async throws -> Value) async throws -> Value {
    do { return try await body() } catch {
      let code: AbortCode =
        switch error {
        case CrossStatisticsError.studyMismatch: .studyMismatch
        case CrossStatisticsError.invalidMessage: .protocolViolation
        default: .failed
        }
      await connection.abort(code)
      if let error = error as? TransportError { throw CommandFailure(error, hint: error.hint) }
      throw error
    }
  }
}

/// Says on standard error how far a run is, at most once for each twentieth.
struct ProgressNotes {
  private var last = -1

  mutating func update(_ progress: (done: Int, total: Int)) {
    let step = progress.total > 0 ? 20 * progress.done / progress.total : 20
    guard step > last else { return }
    last = step
    note("\(min(100, 5 * step)) %")
  }
}
#endif
