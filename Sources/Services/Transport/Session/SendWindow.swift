/// The frames that this side has sent and the other side has not acknowledged, at most `limit` bytes of them: what a
/// new link needs to go on where the old one stopped.
struct SendWindow: Sendable {
  private let limit: Int
  private var frames = FrameQueue()
  /// The sum of the costs of `frames`.
  private(set) var used = 0
  /// The sequence number of the first of `frames`: everything before is acknowledged.
  private(set) var acknowledged: UInt64 = 0
  /// The sequence number of the next frame to put on the link.
  private(set) var cursor: UInt64 = 0
  /// Everything before was on some link already.
  private var transmitted: UInt64 = 0

  init(limit: Int) { self.limit = limit }

  /// The sequence number of the next new frame.
  var end: UInt64 { acknowledged + UInt64(frames.count) }

  var isEmpty: Bool { frames.count == 0 }

  /// Whether a frame with so long a payload may be added now.
  func hasRoom(forPayload byteCount: Int) -> Bool { used + byteCount + Frame.overhead <= limit }

  /// Adds a frame, which must fit, and numbers it.
  mutating func append(_ frame: Frame) {
    precondition(hasRoom(forPayload: frame.payload.count))
    var numbered = frame
    numbered.sequence = end
    used += numbered.cost
    frames.append(numbered)
  }

  /// The next frame to put on the link, if one waits.
  mutating func next() -> Frame? {
    guard let frame = frames.frame(at: Int(cursor - acknowledged)) else { return nil }
    cursor += 1
    transmitted = max(transmitted, cursor)
    return frame
  }

  /// The other side has consumed `count` frames since the beginning: they can be forgotten.
  ///
  /// Throws `malformedFrame(.acknowledgement)` where they were never sent or the number goes back.
  mutating func acknowledge(_ count: UInt64) throws(TransportError) {
    guard (acknowledged...cursor).contains(count) else { throw .malformedFrame(.acknowledgement) }
    while acknowledged < count, let frame = frames.removeFirst() {
      used -= frame.cost
      acknowledged += 1
    }
  }

  /// On a new link, the other side says that it has received `count` frames since the beginning: goes on behind them.
  ///
  /// Throws `malformedFrame(.acknowledgement)` where it cannot have, or where they are forgotten already.
  mutating func rewind(to count: UInt64) throws(TransportError) {
    guard (acknowledged...transmitted).contains(count) else { throw .malformedFrame(.acknowledgement) }
    cursor = count
  }
}
