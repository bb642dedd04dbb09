/// One side of a run, over as many links as it takes: numbering, windows, resumption, liveness and the close.
///
/// A pure state machine: the time and the frames come in as arguments, frames to put on the link come out.
///
///     side X                       side Y
///     data 0, 1, 2 …        ──▶
///                           ◀──    acknowledge (taken by the application; also the heartbeat)
///     finish                ──▶
///                           ◀──    acknowledge, finish
///     acknowledge, goodbye  ──▶    Y knows that X has everything
///                           ◀──    goodbye
package struct Session: Sendable {
  /// What an arriving frame means to the owner of the session.
  package enum Arrival: Equatable, Sendable {
    case progress
    case abort(AbortCode)
  }

  /// What the time demands.
  package enum Demand: Equatable, Sendable {
    case nothing
    /// The link has been silent for too long: drop it.
    case dropLink
    /// There was no link for too long, or no goodbye: the run has failed, unless this side is complete.
    case giveUp
  }

  private struct Outgoing {
    let ticket: UInt64
    let message: Message
    var sent = 0
  }

  private let heartbeatInterval: Duration
  private let idleTimeout: Duration
  private let resumeLimit: Duration
  private let pieceByteCount: Int

  private var window: SendWindow
  private var inbox: ReceiveQueue
  private var assembler = MessageAssembler()
  private var waiting: [Outgoing] = []
  private var nextTicket: UInt64 = 0

  private var owesAcknowledgement = false
  private var isClosing = false
  private var hasAppendedFinish = false
  private var hasTakenFinish = false
  private var hasSentGoodbye = false
  private var hasGoodbye = false

  private var isLinked = false
  private var lastHeard: ContinuousClock.Instant
  private var lastSent: ContinuousClock.Instant
  /// When the link dropped, until a frame has come over its successor.
  private var droppedAt: ContinuousClock.Instant?
  /// Since when this side waits for nothing but a goodbye.
  private var completeAt: ContinuousClock.Instant?

  /// A session without a link. `windowBytes` is what both sides agreed on.
  package init(configuration: TransportConfiguration, windowBytes: Int, now: ContinuousClock.Instant) {
    heartbeatInterval = configuration.heartbeatInterval
    idleTimeout = configuration.idleTimeout
    resumeLimit = configuration.resumeLimit
    // Pieces are small beside the window, so that some are always under way, and beside what a link carries in a second.
    pieceByteCount = min(256 << 10, windowBytes / 8)
    window = SendWindow(limit: windowBytes)
    inbox = ReceiveQueue(limit: windowBytes)
    lastHeard = now
    lastSent = now
  }
}

// MARK: Sending

extension Session {
  /// Takes a message to send; the ticket comes back from `fillWindow` once all of it has room.
  package mutating func enqueue(_ message: Message) -> UInt64 {
    defer { nextTicket += 1 }
    waiting.append(Outgoing(ticket: nextTicket, message: message))
    return nextTicket
  }

  /// No message follows. Everything that is enqueued still goes.
  package mutating func close() { isClosing = true }

  /// Whether this side may still send.
  package var isOpenForSending: Bool { !isClosing }

  /// Moves pieces of waiting messages into the window while there is room; the tickets of messages moved to their end.
  package mutating func fillWindow() -> [UInt64] {
    var done: [UInt64] = []
    while var next = waiting.first {
      let payload = next.message.payload
      let length = min(pieceByteCount, payload.count - next.sent)
      guard window.hasRoom(forPayload: length) else { return done }
      let end = next.sent + length
      // A piece owns its bytes, so that a long message is free as soon as its owner drops it.
      window.append(
        Frame(
          kind: .data, messageType: next.message.type, remaining: UInt64(payload.count - end),
          payload: length == payload.count ? payload : Array(payload[next.sent..<end])))
      next.sent = end
      if end == payload.count {
        done.append(next.ticket)
        waiting.removeFirst()
      } else {
        waiting[0] = next
      }
    }
    if isClosing, !hasAppendedFinish, window.hasRoom(forPayload: 0) {
      window.append(Frame(kind: .finish))
      hasAppendedFinish = true
    }
    return done
  }

  /// The next frame to put on the link, if there is one. Acknowledgements go first.
  package mutating func nextFrame(now: ContinuousClock.Instant) -> Frame? {
    guard isLinked, let frame = pendingFrame() else { return nil }
    lastSent = now
    return frame
  }

  private mutating func pendingFrame() -> Frame? {
    if owesAcknowledgement || inbox.owesAcknowledgement {
      owesAcknowledgement = false
      return inbox.makeAcknowledgement()
    }
    if let frame = window.next() { return frame }
    if isComplete && !hasSentGoodbye {
      hasSentGoodbye = true
      return Frame(kind: .goodbye)
    }
    return nil
  }
}

// MARK: Receiving

extension Session {
  /// What `receive` gives out.
  package enum Delivery: Equatable, Sendable {
    case message(Message)
    /// The other side has closed; everything it sent has been given out.
    case end
    /// Nothing yet.
    case wait
  }

  /// A frame has come over the link.
  ///
  /// Throws `malformedFrame`, or `unexpectedMessage` where a message comes to a side that has closed.
  package mutating func arrived(_ frame: Frame, now: ContinuousClock.Instant) throws(TransportError)
    -> Arrival
  {
    lastHeard = now
    droppedAt = nil
    switch frame.kind {
    case .data, .finish:
      try inbox.append(frame)
      if isClosing { try takeEnd() }
    case .acknowledge: try window.acknowledge(frame.sequence)
    case .goodbye:
      guard isComplete else { throw .malformedFrame(.outOfPlace) }
      hasGoodbye = true
    case .abort: return .abort(AbortCode(frame))
    case .greeting, .hello, .welcome: throw .malformedFrame(.outOfPlace)
    }
    return .progress
  }

  /// Bytes of a frame have come that is not complete yet.
  package mutating func heard(now: ContinuousClock.Instant) { lastHeard = now }

  /// Takes the next message, if all of it is there.
  ///
  /// Throws `unexpectedMessage`, `messageTooLarge`, `malformedFrame(.continuation)`.
  package mutating func receive(_ limits: MessageLimits) throws(TransportError) -> Delivery {
    while inbox.firstMessageType != nil, let frame = inbox.take() {
      if let message = try assembler.append(frame, limits: limits) { return .message(message) }
    }
    try takeEnd()
    return hasTakenFinish ? .end : .wait
  }

  /// Takes the other side's finish if it is next. A message in its place is refused.
  package mutating func takeEnd() throws(TransportError) {
    if let type = inbox.firstMessageType { throw .unexpectedMessage(type: type) }
    guard inbox.hasFinish, inbox.take() != nil else { return }
    guard !assembler.isInsideMessage else { throw .malformedFrame(.continuation) }
    hasTakenFinish = true
  }
}

// MARK: Links, time and the end

extension Session {
  /// How many frames this side has received; a new link goes on behind them.
  package var received: UInt64 { inbox.received }

  /// How long a complete side stays for the other's sake: it may miss this side's last acknowledgement.
  private static let goodbyeLimit: Duration = .seconds(10)

  /// Each side has everything that the other sent, and this side knows it.
  package var isComplete: Bool { hasAppendedFinish && window.isEmpty && hasTakenFinish }

  /// This side is not needed any more: the other side is complete too.
  package var isOver: Bool { hasGoodbye && (hasSentGoodbye || !isLinked) }

  /// A link stands, over which the other side has received so many frames before.
  ///
  /// Throws `malformedFrame(.acknowledgement)` where it cannot have.
  package mutating func linked(peerReceived: UInt64, now: ContinuousClock.Instant) throws(TransportError) {
    try window.rewind(to: peerReceived)
    isLinked = true
    lastHeard = now
    // The last acknowledgement and goodbye may have been lost with the old link.
    owesAcknowledgement = true
    hasSentGoodbye = false
  }

  /// The link is gone.
  package mutating func unlinked(now: ContinuousClock.Instant) {
    isLinked = false
    if droppedAt == nil { droppedAt = now }
  }

  /// To be called now and then; also makes the heartbeats due.
  package mutating func tick(now: ContinuousClock.Instant) -> Demand {
    if isComplete {
      completeAt = completeAt ?? now
      if let completeAt, now - completeAt >= min(resumeLimit, Self.goodbyeLimit) { return .giveUp }
    }
    guard isLinked else {
      guard let droppedAt else { return .nothing }
      return now - droppedAt >= resumeLimit ? .giveUp : .nothing
    }
    if now - lastHeard >= idleTimeout { return .dropLink }
    if now - lastSent >= heartbeatInterval { owesAcknowledgement = true }
    return .nothing
  }
}
