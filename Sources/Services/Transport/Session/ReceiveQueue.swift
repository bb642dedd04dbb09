/// The frames that have come and that nobody has taken yet, and what to acknowledge.
///
/// Frames are acknowledged when they are taken, not when they come: the other side's window then bounds this queue,
/// and a slow reader slows the sender down while acknowledgements and heartbeats pass.
struct ReceiveQueue: Sendable {
  private let limit: Int
  private var frames = FrameQueue()
  /// How many frames have come since the beginning.
  private(set) var received: UInt64 = 0
  /// How many frames have been taken since the beginning.
  private(set) var consumed: UInt64 = 0
  /// Whether the other side's last frame has come.
  private(set) var hasFinish = false
  /// What has come since the last acknowledgement was made; the other side keeps this within the window.
  private var outstanding = 0
  /// The part of `outstanding` that has been taken.
  private var taken = 0

  init(limit: Int) { self.limit = limit }

  /// Whether everything up to the other side's last frame has been taken.
  var isExhausted: Bool { hasFinish && frames.count == 0 }

  /// Whether so much has been taken that the other side should know.
  var owesAcknowledgement: Bool { taken >= limit / 4 || (taken > 0 && isExhausted) }

  /// The type of the message whose frame is in front, where a data frame is.
  var firstMessageType: UInt8? {
    guard let frame = frames.frame(at: 0), frame.kind == .data else { return nil }
    return frame.messageType
  }

  /// Adds the next data or finish frame.
  ///
  /// Throws `malformedFrame`: `.sequence` where it is not exactly the next one or follows the end, `.window` where the
  /// other side could not know that there is room.
  mutating func append(_ frame: Frame) throws(TransportError) {
    guard frame.sequence == received, !hasFinish else { throw .malformedFrame(.sequence) }
    guard outstanding + frame.cost <= limit else { throw .malformedFrame(.window) }
    outstanding += frame.cost
    received += 1
    hasFinish = frame.kind == .finish
    frames.append(frame)
  }

  /// Takes the frame in front.
  mutating func take() -> Frame? {
    guard let frame = frames.removeFirst() else { return nil }
    consumed += 1
    taken += frame.cost
    return frame
  }

  /// An acknowledgement of everything taken so far.
  mutating func makeAcknowledgement() -> Frame {
    outstanding -= taken
    taken = 0
    return Frame(kind: .acknowledge, sequence: consumed)
  }
}
