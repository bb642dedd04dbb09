import ByteCoding

/// The unit on a link: a header of 24 bytes, then up to 1 MiB of payload.
///
///     offset  bytes  field (little-endian)
///          0      4  length of the payload
///          4      1  kind
///          5      1  message type (data frames; otherwise zero)
///          6      2  zero
///          8      8  sequence number (data, finish), or the number of frames consumed (acknowledge)
///         16      8  how many bytes of the same message follow in later frames (data frames; otherwise zero)
package struct Frame: Equatable, Sendable {
  /// What a frame is for.
  package enum Kind: UInt8, Sendable {
    /// Listener to joiner, first of all: version and nonce.
    case greeting = 1
    /// The joiner's answer: study digest, window, how many frames it has received.
    case hello = 2
    /// The listener's consent, with the same fields.
    case welcome = 3
    /// A message or a piece of one.
    case data = 4
    /// How many frames this side has consumed; also the heartbeat.
    case acknowledge = 5
    /// Nothing follows after the frames so far.
    case finish = 6
    /// The sender has everything, and knows that the receiver has everything.
    case goodbye = 7
    /// The run is over; the payload is the code.
    case abort = 8
  }

  package var kind: Kind
  package var messageType: UInt8 = 0
  package var sequence: UInt64 = 0
  package var remaining: UInt64 = 0
  package var payload: [UInt8] = []

  package init(
    kind: Kind, messageType: UInt8 = 0, sequence: UInt64 = 0, remaining: UInt64 = 0, payload: [UInt8] = []
  ) {
    self.kind = kind
    self.messageType = messageType
    self.sequence = sequence
    self.remaining = remaining
    self.payload = payload
  }

  /// The end of a run, told to the other side.
  package static func abort(_ code: AbortCode) -> Frame {
    var writer = ByteWriter()
    writer.append(code.rawValue)
    return Frame(kind: .abort, payload: writer.bytes)
  }

  /// The length of the header.
  package static let headerByteCount = 24
  /// The longest payload.
  package static let maximumPayload = 1 << 20
  /// What a frame costs of the window beside its payload, so that many empty frames fill it too.
  package static let overhead = 256

  /// What the frame takes of the window.
  package var cost: Int { payload.count + Self.overhead }

  /// The 24 bytes before the payload.
  package var header: [UInt8] {
    var writer = ByteWriter(capacity: Self.headerByteCount)
    writer.append(UInt32(payload.count))
    writer.append(kind.rawValue)
    writer.append(messageType)
    writer.append(UInt16(0))
    writer.append(sequence)
    writer.append(remaining)
    return writer.bytes
  }

  /// Header and payload.
  package var encoded: [UInt8] { header + payload }
}

extension Frame.Kind {
  /// The payload lengths that a frame of this kind may have.
  var payloadLengths: ClosedRange<UInt32> {
    switch self {
    case .greeting: UInt32(Greeting.byteCount)...UInt32(Greeting.byteCount)
    case .hello, .welcome: UInt32(Hello.byteCount)...UInt32(Hello.byteCount)
    case .data: 0...UInt32(Frame.maximumPayload)
    case .acknowledge, .finish, .goodbye: 0...0
    case .abort: 2...2
    }
  }

  var hasSequence: Bool { self == .data || self == .acknowledge || self == .finish }
}

extension AbortCode {
  /// The code in an abort frame, whose length the decoder has checked.
  init(_ frame: Frame) { self.init(rawValue: UInt16(frame.payload[0]) | UInt16(frame.payload[1]) << 8) }
}
