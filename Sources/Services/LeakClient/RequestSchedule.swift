#if Services
import ServiceContracts

/// When requests go out: by how many were sent and when answers came, never by what they say.
///
/// Between an answer and the next question lies the opening of the answer. So questions begin at whole ticks alone, at least one
/// whole tick behind the answer, in which every answer is opened, whatever it holds. And a long check keeps below the server's
/// requests a minute, so that few are refused.
package struct RequestSchedule {
  private let interval: Duration
  /// Requests that go out at full speed.
  private let burst: Int
  private let start = ContinuousClock.now
  private var sent = 0
  /// Lookups that went out.
  private(set) var queries = 0

  package static let tick = Duration.milliseconds(20)

  /// Half of what is allowed at once, since others may share the address; then a little slower than allowed.
  package init(_ limits: LeakDocument.Limits) {
    interval = .seconds(63) / limits.requestsPerMinute
    burst = limits.burst / 2
  }

  /// The beginning of the next question after an answer, both since the first request.
  package static func slot(after arrival: Duration) -> Duration { tick * (Int(arrival / tick) + 2) }

  /// The earliest time of the next request since the first one, after `sent` requests.
  package func earliest(after sent: Int) -> Duration { interval * max(0, sent - burst) }

  /// About how long so many lookups and other requests take, a server that answers within a tick supposed.
  package func duration(queries: Int, requests: Int) -> Duration {
    max(Self.tick * 3 * queries, earliest(after: requests))
  }

  /// The time since the first request.
  var now: Duration { ContinuousClock.now - start }

  /// Waits for the beginning of the next question. Throws `stopped`.
  func waitForSlot(after arrival: Duration) async throws(LeakClientError) {
    try await sleep(until: Self.slot(after: arrival))
  }

  /// Waits until the next request may go out. Throws `stopped`.
  mutating func wait(isQuery: Bool = false) async throws(LeakClientError) {
    try await sleep(until: earliest(after: sent))
    sent += 1
    if isQuery { queries += 1 }
  }

  private func sleep(until time: Duration) async throws(LeakClientError) {
    do { try await Task.sleep(until: start + time, clock: .continuous) } catch { throw .stopped }
  }
}
#endif
