import Dispatch
import ServiceContracts
import Synchronization

/// A fixed number of threads for computations, with a queue of a fixed length, so that event loops stay free and a flood of
/// requests cannot take more memory than so many requests hold.
public final class WorkPool: Sendable {
  private typealias Job = @Sendable () -> Void
  private struct State {
    var running = 0
    var waiting: [(job: Job, client: String?)] = []
    /// How many of them each client has.
    var places: [String: Int] = [:]
    /// Jobs of `waiting` that were taken already.
    var taken = 0
    var waitingCount: Int { waiting.count - taken }
  }

  private let threads: Int
  private let places: Int
  /// The most places of one client, so that none can keep the others out.
  private let placesPerClient: Int
  private let queue = DispatchQueue(label: "hitoku.work", qos: .userInitiated, attributes: .concurrent)
  private let state = Mutex(State())

  /// `threads` ≥ 1 computations at once, and `places` ≥ 0 that wait.
  public init(threads: Int, places: Int) {
    precondition(threads > 0 && places >= 0)
    self.threads = threads
    self.places = places
    placesPerClient = max(1, places / 8)
  }

  /// Computations that run, and that wait.
  public var load: (running: Int, waiting: Int) { state.withLock { ($0.running, $0.waitingCount) } }

  /// Whether another computation would be refused now.
  public var isFull: Bool { isFull(for: nil) }

  /// Whether another computation of this client would be refused now.
  public func isFull(for client: String?) -> Bool {
    state.withLock { $0.running >= threads && !hasPlace(client, $0) }
  }

  /// Computes on one of the threads, in the order of the calls. Throws `busy`, at once, where all places are taken, or an eighth of
  /// them by this client; nil is nobody in particular.
  public func run<Value: Sendable>(
    for client: String? = nil, _ body: @escaping @Sendable () -> Value
  ) async throws(Problem) -> Value {
    let value: Value? = await withCheckedContinuation { continuation in
      let job: Job = { continuation.resume(returning: body()) }
      if !admit(job, client) { continuation.resume(returning: nil) }
    }
    guard let value else { throw Problem(.busy, "Too many requests wait already.") }
    return value
  }

  private func hasPlace(_ client: String?, _ state: borrowing State) -> Bool {
    let isOpen = client.map { (state.places[$0] ?? 0) < placesPerClient } ?? true
    return isOpen && state.waitingCount < places
  }

  private func admit(_ job: @escaping Job, _ client: String?) -> Bool {
    enum Admission { case start, wait, refuse }
    let admission = state.withLock { state -> Admission in
      if state.running < threads {
        state.running += 1
        return .start
      }
      guard hasPlace(client, state) else { return .refuse }
      state.waiting.append((job, client))
      if let client { state.places[client, default: 0] += 1 }
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
        let (job, client) = state.waiting[state.taken]
        if let client, let count = state.places[client] {
          state.places[client] = count > 1 ? count - 1 : nil
        }
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
