import Synchronization

/// Token buckets, one for each client: so many requests a minute on average, so many at once.
///
/// It remembers a bounded number of clients. Buckets that are full again are forgotten; where all places are taken by clients
/// that are not, newcomers share one bucket.
public final class RateLimiter<Client: Hashable & Sendable>: Sendable {
  private struct Bucket {
    var level: Double
    var time: Double
  }
  private struct State {
    var buckets: [Client: Bucket] = [:]
    var shared: Bucket
    var nextSweep: Double
  }

  private let perSecond: Double
  private let burst: Double
  private let places: Int
  private let clock: @Sendable () -> Double
  private let state: Mutex<State>

  /// At most `perMinute` ≥ 1 requests a minute on average, at most `burst` ≥ 1 at once, for `places` ≥ 1 clients. `clock` gives
  /// seconds that never go back.
  public init(perMinute: Int, burst: Int, places: Int = 65_536, clock: @escaping @Sendable () -> Double) {
    precondition(perMinute > 0 && burst > 0 && places > 0)
    perSecond = Double(perMinute) / 60
    self.burst = Double(burst)
    self.places = places
    self.clock = clock
    state = Mutex(State(shared: Bucket(level: Double(burst), time: clock()), nextSweep: 0))
  }

  /// Takes a request of this client: nil where it may go on, else after how many seconds, at least 1, it may ask again.
  public func refusal(of client: Client) -> Int? {
    let now = clock()
    return state.withLock { state in
      if state.buckets[client] == nil && state.buckets.count >= places { sweep(&state, now) }
      if let bucket = state.buckets[client] {
        let (refusal, changed) = take(bucket, now)
        state.buckets[client] = changed
        return refusal
      }
      let isFull = state.buckets.count >= places
      let (refusal, changed) = take(isFull ? state.shared : Bucket(level: burst, time: now), now)
      if isFull { state.shared = changed } else { state.buckets[client] = changed }
      return refusal
    }
  }

  /// Whether the next request of this client would be refused; takes none.
  public func isSpent(by client: Client) -> Bool {
    let now = clock()
    return state.withLock { state in
      if let bucket = state.buckets[client] { return level(bucket, now) < 1 }
      return state.buckets.count >= places && level(state.shared, now) < 1
    }
  }

  /// Clients that are remembered.
  public var clientCount: Int { state.withLock { $0.buckets.count } }

  private func level(_ bucket: Bucket, _ now: Double) -> Double {
    min(burst, bucket.level + (now - bucket.time) * perSecond)
  }

  private func take(_ bucket: Bucket, _ now: Double) -> (Int?, Bucket) {
    let level = level(bucket, now)
    guard level >= 1 else {
      return (max(1, Int(((1 - level) / perSecond).rounded(.up))), Bucket(level: level, time: now))
    }
    return (nil, Bucket(level: level - 1, time: now))
  }

  /// Forgets full buckets, at most once a second: a flood of new clients must not make every request look at all of them.
  private func sweep(_ state: inout State, _ now: Double) {
    guard now >= state.nextSweep else { return }
    state.nextSweep = now + 1
    state.buckets = state.buckets.filter { level($0.value, now) < burst }
  }
}
