#if Services
import Synchronization

/// The versions that are served: the current one, and older ones until their time is over.
final class DatabaseShelf: Sendable {
  private struct State {
    var current: ServedDatabase
    var older: [(database: ServedDatabase, until: ContinuousClock.Instant)] = []
  }

  private let grace: Duration
  private let state: Mutex<State>

  /// Older versions are served for `grace` after they were replaced.
  init(_ first: ServedDatabase, grace: Duration) {
    self.grace = grace
    state = Mutex(State(current: first))
  }

  /// What new clients use.
  var current: ServedDatabase { state.withLock { $0.current } }

  /// The database with this version; nil for one that is not served.
  func database(_ version: String, at now: ContinuousClock.Instant = .now) -> ServedDatabase? {
    state.withLock { state in
      if state.current.version == version { return state.current }
      return state.older.first { $0.database.version == version && $0.until > now }?.database
    }
  }

  /// Puts a new version in front. The same content keeps its place, under the limits and the key file of the new one.
  func replace(with database: ServedDatabase, at now: ContinuousClock.Instant = .now) {
    state.withLock { state in
      let former = state.current
      state.current = database
      state.older.removeAll { $0.database.version == database.version }
      if former.version != database.version { state.older.append((former, now + grace)) }
    }
  }

  /// Lets go of versions whose time is over; requests that hold one keep it until they are answered.
  func dropExpired(at now: ContinuousClock.Instant = .now) {
    state.withLock { $0.older.removeAll { $0.until <= now } }
  }
}
#endif
