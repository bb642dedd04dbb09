import Dispatch
import ServiceContracts
import Synchronization

/// A fixed number of threads for computations, with a queue of a fixed length, so that event loops stay free and a flood of
/// requests cannot take more memory than so many requests hold.
public final class WorkPool: Sendable {
  private typealias Job = @Sendable () -> Void
  private struct State {
    var running = 0
    var waiting: [Job] = []
    /// Jobs of `waiting` that were taken already.
    var taken = 0
    var waitingCount: Int { waiting.count - taken }
  }

  private let threads: Int
  private let places: Int
  private let queue = DispatchQueue(label: "hitoku.work", qos: .userInitiated, attributes: .concurrent)
  private let state = Mutex(State())

  /// `threads` ≥ 1 computations at once, and `places` ≥ 0 that wait.
  public init(threads: Int, places: Int) {
    precondition(threads > 0 && places >= 0)
    self.threads = threads
    self.places = places
  }

  /// Computations that run, and that wait.
  public var load: (running: Int, waiting: Int) { state.withLock { ($0.running, $0.waitingCount) } }

  /// Whether another computation would be refused now.
  public var isFull: Bool { state.withLock { $0.running >= threads && $0.waitingCount >= places } }

  /// Computes on one of the threads, in the order of the calls. Throws `busy` where all places are taken, at once.
  public func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws(Problem) -> Value {
    let value: Value? = await withCheckedContinuation { continuation in
      let job: Job = { continuation.resume(returning: body()) }
      if !admit(job) { continuation.resume(returning: nil) }
    }
    guard let value else { throw Problem(.busy, "Too many requests wait already.") }
    return value
  }

  private func admit(_ job: @escaping Job) -> Bool {
    enum Admission { case start, wait, refuse }
    let admission = state.withLock { state -> Admission in
      if state.running < threads {
        state.running += 1
        return .start
      }
      guard state.waitingCount < places else { return .refuse }
      state.waiting.append(job)
      return .wait
    }
    if admission == .start { queue.async { [self] in work(job) } }
    return admission != .refuse
  }

  /// Runs a job, then those that wait, then gives the thread back.
  private func work(_ first: @escaping Job) {
    var next: Job? = first
    while let job = next {
      job()
      next = state.withLock { state in
        guard state.waitingCount > 0 else {
          state.running -= 1
          return nil
        }
        let job = state.waiting[state.taken]
        state.taken += 1
        if state.taken >= 64 || state.taken == state.waiting.count {
          state.waiting.removeFirst(state.taken)
          state.taken = 0
        }
        return job
      }
    }
  }
}
