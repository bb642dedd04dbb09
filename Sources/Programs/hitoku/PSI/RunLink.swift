#if Services
import CrossStatistics
import Synchronization
import Transport

/// Messages of a run over a connection.
final class RunLink: Sendable {
  let connection: Connection
  private let count = Atomic<Int>(0)

  init(_ connection: Connection) { self.connection = connection }

  /// Bytes of all messages so far, both ways.
  var bytes: Int { count.load(ordering: .relaxed) }

  func send(_ message: RunMessage) async throws {
    count.add(message.payload.count, ordering: .relaxed)
    try await connection.send(Message(type: message.kind.rawValue, payload: message.payload))
  }

  /// The next message, which must be one that the machine expects now.
  func receive(_ expected: [RunMessage.Kind: Int]) async throws -> RunMessage {
    let limits = Dictionary(uniqueKeysWithValues: expected.map { ($0.key.rawValue, $0.value) })
    guard let message = try await connection.receive(MessageLimits(limits)),
      let kind = RunMessage.Kind(rawValue: message.type)
    else {
      throw CommandFailure(
        "the other side ended the run early.", hint: "Look at its messages.", code: .unavailable)
    }
    count.add(message.payload.count, ordering: .relaxed)
    return RunMessage(kind, message.payload)
  }

  /// Ends a run whose result is there. Where the other side is not heard of again the result stays.
  func close() async {
    do { try await connection.close() } catch {
      note("the result is whole, but the other side went away: \(error)")
    }
  }

  /// Runs `body`; where it throws, ends the run on both sides and tells the other one.
  func guarding<Value>(_ body: () async throws -> Value) async throws -> Value {
    do { return try await body() } catch {
      let code: AbortCode =
        switch error {
        case CrossStatisticsError.studyMismatch: .studyMismatch
        case CrossStatisticsError.invalidMessage: .protocolViolation
        case TransportError.cancelled, is CancellationError: .cancelled
        default: .failed
        }
      await connection.abort(code)
      throw error
    }
  }
}
#endif
