import Dispatch
import HTTPService
import ServiceContracts
import Synchronization
import Testing

/// How many run at once.
private final class Counter: Sendable {
  private let state = Mutex((running: 0, most: 0))
  var most: Int { state.withLock { $0.most } }
  func begin() {
    state.withLock {
      $0.running += 1
      $0.most = max($0.most, $0.running)
    }
  }
  func end() { state.withLock { $0.running -= 1 } }
}

@Suite struct WorkPoolTests {
  @Test func noMoreRunAtOnceThanThreadsAndWaitersComeInOrder() async throws {
    let pool = WorkPool(threads: 2, places: 1000)
    let counter = Counter()
    let results = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<200 {
        group.addTask {
          try await pool.run {
            counter.begin()
            defer { counter.end() }
            return index
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.sorted() == Array(0..<200))
    #expect(counter.most <= 2)
    #expect(pool.load == (0, 0))
  }

  @Test func aFullPoolRefusesAtOnceAndServesThoseItTook() async throws {
    let pool = WorkPool(threads: 1, places: 1)
    let gate = DispatchSemaphore(value: 0)
    async let first = pool.run {
      gate.wait()
      return 1
    }
    while pool.load.running < 1 { await Task.yield() }
    async let second = pool.run { 2 }
    while pool.load.waiting < 1 { await Task.yield() }
    #expect(pool.isFull)
    do throws(Problem) {
      _ = try await pool.run { 3 }
      Issue.record("a full pool took more")
    } catch { #expect(error.kind == .busy) }
    gate.signal()
    #expect(try await first == 1)
    #expect(try await second == 2)
    #expect(!pool.isFull)
  }
}
