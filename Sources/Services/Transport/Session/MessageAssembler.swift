/// Joins the pieces of one message after the other.
struct MessageAssembler: Sendable {
  private var type: UInt8 = 0
  private var payload: [UInt8] = []
  private var remaining: UInt64 = 0

  /// Whether a message is begun and not complete.
  var isInsideMessage: Bool { remaining > 0 }

  /// Adds the next data frame; gives the message out when it is complete.
  ///
  /// The first piece states the whole length. Throws `unexpectedMessage` or `messageTooLarge` by that, before memory is
  /// taken, and `malformedFrame(.continuation)` where later pieces contradict the first.
  mutating func append(_ frame: Frame, limits: MessageLimits) throws(TransportError) -> Message? {
    let length = UInt64(frame.payload.count)
    if isInsideMessage {
      guard frame.messageType == type, length <= remaining, frame.remaining == remaining - length else {
        throw .malformedFrame(.continuation)
      }
      payload.append(contentsOf: frame.payload)
    } else {
      guard let maximum = limits.maximum(of: frame.messageType) else {
        throw .unexpectedMessage(type: frame.messageType)
      }
      let (total, overflow) = length.addingReportingOverflow(frame.remaining)
      guard !overflow, total <= UInt64(maximum) else {
        throw .messageTooLarge(
          type: frame.messageType, byteCount: overflow ? .max : total, maximum: maximum)
      }
      type = frame.messageType
      payload = frame.payload
      if frame.remaining > 0 { payload.reserveCapacity(Int(total)) }
    }
    remaining = frame.remaining
    guard remaining == 0 else { return nil }
    defer { payload = [] }
    return Message(type: type, payload: payload)
  }
}
