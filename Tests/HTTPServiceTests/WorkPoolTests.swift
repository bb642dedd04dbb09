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

  @Test func oneClientTakesNoMoreThanAnEighthOfThePlaces() async throws {
    let pool = WorkPool(threads: 1, places: 16)
    let gate = DispatchSemaphore(value: 0)
    async let first = pool.run(for: "a") {
      gate.wait()
      return 1
    }
    while pool.load.running < 1 { await Task.yield() }
    async let second = pool.run(for: "a") { 2 }
    async let third = pool.run(for: "a") { 3 }
    while pool.load.waiting < 2 { await Task.yield() }
    #expect(pool.isFull(for: "a") && !pool.isFull(for: "b") && !pool.isFull)
    do throws(Problem) {
      _ = try await pool.run(for: "a") { 4 }
      Issue.record("one client took a third place")
    } catch { #expect(error.kind == .busy) }
    async let other = pool.run(for: "b") { 5 }
    while pool.load.waiting < 3 { await Task.yield() }
    gate.signal()
    let results = try await [first, second, third, other]
    #expect(results == [1, 2, 3, 5])
    #expect(!pool.isFull(for: "a"))
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
