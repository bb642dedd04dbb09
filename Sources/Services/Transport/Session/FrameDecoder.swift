/// Cuts a stream of bytes into frames. Lengths are checked before memory is taken for them, and at most one frame is
/// under construction.
///
/// A decoder that has thrown is of no further use.
package struct FrameDecoder: Sendable {
  private var header: [UInt8] = []
  private var frame: Frame?
  private var missing = 0

  package init() {}

  /// Takes the next bytes of the stream and appends every frame they complete.
  ///
  /// Throws `malformedFrame`.
  package mutating func decode(_ bytes: some Collection<UInt8>, into frames: inout [Frame])
    throws(TransportError)
  {
    var rest = bytes[...]
    while !rest.isEmpty {
      if frame == nil {
        let piece = rest.prefix(Frame.headerByteCount - header.count)
        header.append(contentsOf: piece)
        rest = rest.dropFirst(piece.count)
        guard header.count == Frame.headerByteCount else { return }
        (frame, missing) = try Self.parse(header)
        header.removeAll(keepingCapacity: true)
        frame?.payload.reserveCapacity(missing)
      }
      let piece = rest.prefix(missing)
      frame?.payload.append(contentsOf: piece)
      missing -= piece.count
      rest = rest.dropFirst(piece.count)
      if missing == 0, let complete = frame.take() { frames.append(complete) }
    }
  }

  /// A frame without its payload, and the payload's length.
  private static func parse(_ header: [UInt8]) throws(TransportError) -> (Frame, Int) {
    func number(_ range: Range<Int>) -> UInt64 { header[range].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    guard let kind = Frame.Kind(rawValue: header[4]) else { throw .malformedFrame(.unknownKind(header[4])) }
    let length = UInt32(number(0..<4))
    guard kind.payloadLengths.contains(length) else { throw .malformedFrame(.payloadLength(length)) }
    let frame = Frame(
      kind: kind, messageType: header[5], sequence: number(8..<16), remaining: number(16..<24))
    let hasReservedBits =
      number(6..<8) != 0 || (kind != .data && (frame.messageType != 0 || frame.remaining != 0))
      || (!kind.hasSequence && frame.sequence != 0)
    guard !hasReservedBits else { throw .malformedFrame(.reservedBits) }
    // A piece of a message that brings it no further could repeat for ever.
    guard kind != .data || length > 0 || frame.remaining == 0 else { throw .malformedFrame(.continuation) }
    return (frame, Int(length))
  }
}
