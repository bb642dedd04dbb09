import HTTPService
import Synchronization
import Testing

/// Seconds that a test sets.
final class Hands: Sendable {
  private let value: Mutex<Double>
  init(_ start: Double) { value = Mutex(start) }
  var now: Double {
    get { value.withLock { $0 } }
    set { value.withLock { $0 = newValue } }
  }
}

@Suite struct RateLimiterTests {
  @Test func aBurstIsLetThroughAndThenTheRate() {
    let hands = Hands(100)
    let limiter = RateLimiter<String>(perMinute: 30, burst: 3) { hands.now }
    for _ in 0..<3 { #expect(limiter.refusal(of: "a") == nil) }
    #expect(limiter.refusal(of: "a") == 2, "one every two seconds")
    #expect(limiter.refusal(of: "b") == nil, "others are not concerned")
    hands.now += 1.9
    #expect(limiter.refusal(of: "a") == 1)
    hands.now += 0.2
    #expect(limiter.refusal(of: "a") == nil)
    #expect(limiter.refusal(of: "a") == 2)
    hands.now += 1000
    for _ in 0..<3 { #expect(limiter.refusal(of: "a") == nil) }
    #expect(limiter.refusal(of: "a") != nil, "no more than the burst is saved up")
  }

  @Test func memoryIsBoundedAndNewcomersShareWhatIsLeft() {
    let hands = Hands(0)
    let limiter = RateLimiter<Int>(perMinute: 60, burst: 2, places: 100) { hands.now }
    for client in 0..<100 { #expect(limiter.refusal(of: client) == nil) }
    #expect((100..<200).count { limiter.refusal(of: $0) == nil } == 2, "newcomers share one bucket")
    #expect(limiter.clientCount == 100)
    #expect(limiter.refusal(of: 7) == nil, "who is known keeps its own")
    hands.now += 10
    for client in 300..<350 { #expect(limiter.refusal(of: client) == nil, "full buckets make room") }
    #expect(limiter.clientCount <= 100)
  }
}
