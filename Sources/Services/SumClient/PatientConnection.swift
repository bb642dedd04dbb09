#if Services
import ServiceClient
import ServiceContracts

/// A connection that waits as long as the server asks, and repeats what may be repeated.
struct PatientConnection: Sendable {
  let connection: ServiceConnection
  let onWait: @Sendable (_ seconds: Int) -> Void

  /// Refusals of one request that are waited for, and the longest of these waits in seconds: five minutes at most.
  private static let (waits, longestWait) = (5, 60)
  /// Before repetitions of a request that nobody answered.
  private static let pauses: [Duration] = [.milliseconds(200), .seconds(1), .seconds(3)]

  func close() async { await connection.close() }

  /// Sends a request as `ServiceConnection` does. A refusal for now (429, 503) says that nothing was done: the request is sent again after
  /// the server's time. One with an idempotency key is sent again also where nobody answered or the outcome is unknown.
  func send(
    _ method: String, _ path: String, _ body: ServiceConnection.Body? = nil, key: String? = nil,
    fields: [(name: String, value: String)] = [], expecting type: String, limit: Int
  ) async throws(ServiceClientError) -> [UInt8] {
    let fields = fields + (key.map { [(name: SumPath.idempotencyKey, value: $0)] } ?? [])
    var (waits, repetitions) = (0, 0)
    while true {
      let failure: ServiceClientError
      do throws(ServiceClientError) {
        return try await connection.send(method, path, body, fields: fields, expecting: type, limit: limit)
      } catch { failure = error }
      switch failure {
      case .refused(let problem, let seconds)
      where Self.isForNow(problem.kind, hasKey: key != nil) && waits < Self.waits
        && (seconds ?? 1) <= Self.longestWait:
        waits += 1
        let seconds = max(1, seconds ?? 1)
        onWait(seconds)
        do { try await Task.sleep(for: .seconds(seconds)) } catch { throw failure }
      case .unreachable where key != nil && repetitions < Self.pauses.count:
        do { try await Task.sleep(for: Self.pauses[repetitions]) } catch { throw failure }
        repetitions += 1
      default: throw failure
      }
    }
  }

  private static func isForNow(_ kind: Problem.Kind?, hasKey: Bool) -> Bool {
    switch kind {
    case .rateLimited, .busy: true
    case .outcomeUnknown: hasKey
    default: false
    }
  }
}
#endif
