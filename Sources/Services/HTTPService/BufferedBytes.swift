import Synchronization

/// Bytes of bodies and answers that a service holds for all of its clients, so that many connections cannot take more memory than
/// so much.
final class BufferedBytes: Sendable {
  private let limit: Int
  private let held = Atomic(0)

  /// At most `limit` ≥ 1 bytes of bodies.
  init(limit: Int) {
    precondition(limit > 0)
    self.limit = limit
  }

  /// Whether nothing more should come in.
  var isFull: Bool { held.load(ordering: .relaxed) >= limit }

  /// Counts bytes of a body; false where there is no room, and then nothing was counted.
  func take(_ count: Int) -> Bool {
    if held.add(count, ordering: .relaxed).newValue <= limit { return true }
    release(count)
    return false
  }

  /// Counts bytes of an answer, which exists already.
  func add(_ count: Int) { held.add(count, ordering: .relaxed) }

  /// Gives back.
  func release(_ count: Int) { held.subtract(count, ordering: .relaxed) }
}

/// What one body has taken of the common room.
final class BodyRoom: Sendable {
  private let buffered: BufferedBytes
  private let taken = Atomic(0)

  init(_ buffered: BufferedBytes) { self.buffered = buffered }

  deinit { buffered.release(taken.load(ordering: .relaxed)) }

  /// Counts bytes that came; false where there is no room.
  func take(_ count: Int) -> Bool {
    guard buffered.take(count) else { return false }
    taken.add(count, ordering: .relaxed)
    return true
  }
}
