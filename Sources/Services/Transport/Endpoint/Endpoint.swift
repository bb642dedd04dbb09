#if Services
import Identities
import NIOCore
import NIOSSL
import Secrets

/// Names a link while its channel lives.
typealias LinkID = ObjectIdentifier

/// One side of one run: its session, its links, and who waits for what.
///
/// It runs on one event loop together with all of its channels, so that handlers call it without a hop. What happens is
/// decided by `Session`; here it is only carried out.
actor Endpoint {
  enum Role: Sendable {
    case listener
    case joiner(host: String, port: Int)
  }

  /// A TLS connection, as far as it has come.
  struct Link {
    enum Stage { case securing, greeting, attached, closing }
    let channel: any Channel
    let deadline: ContinuousClock.Instant
    var stage: Stage = .securing
    /// Whether the other side has proved to be the pinned one.
    var isKnown = false
    /// Why this side refused the other's certificate.
    var refusal: TransportError?
    /// TLS failed, by this side's or the other's judgement.
    var hasFailed = false
  }

  struct Receiver {
    let limits: MessageLimits
    let continuation: CheckedContinuation<Result<Message?, TransportError>, Never>
  }
  typealias Waiter = CheckedContinuation<Result<Void, TransportError>, Never>

  /// More links that have not shown the pinned certificate are not accepted.
  static let maximumLinks = 16

  nonisolated let loop: any EventLoop
  nonisolated let role: Role
  nonisolated let security: SecureChannel
  nonisolated let configuration: TransportConfiguration
  let studyDigest: [UInt8]
  let nonce = SystemRandom.bytes(count: Greeting.nonceByteCount)
  let startedAt = ContinuousClock.now

  var serverChannel: (any Channel)?
  var links: [LinkID: Link] = [:]
  var attached: LinkID?
  var identity: SessionIdentity?
  var session: Session?
  /// Set once, when the run is over; `.closed` where it ended well.
  var ended: TransportError?

  var opener: Waiter?
  var receiver: Receiver?
  var senders: [UInt64: Waiter] = [:]
  var closer: Waiter?
  var departures: [CheckedContinuation<Void, Never>] = []

  var hasOpened = false
  var isConnecting = false
  var attempts = 0
  var nextAttempt: Scheduled<Void>?
  var isTransmitting = false
  private var ticks: RepeatedTask?

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.executor.asUnownedSerialExecutor() }

  init(
    role: Role, security: SecureChannel, studyDigest: [UInt8], configuration: TransportConfiguration,
    loop: any EventLoop
  ) {
    self.role = role
    self.security = security
    self.studyDigest = studyDigest
    self.configuration = configuration
    self.loop = loop
  }

  /// Starts the clock; a joiner also starts to connect.
  func start() {
    let interval = TimeAmount(configuration.tickInterval)
    ticks = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
      self.assumeIsolated { endpoint in endpoint.tick() }
    }
    if case .joiner = role { connect() }
  }

  private func tick() {
    let now = ContinuousClock.now
    for (id, link) in links where link.stage != .attached && now >= link.deadline { drop(id) }
    guard ended == nil else { return }
    if session == nil, case .joiner = role, now - startedAt >= configuration.connectTimeout {
      fail(.unreachable)
    }
    switch session?.tick(now: now) {
    case .dropLink?: if let attached { drop(attached) }
    case .giveUp?: session?.isComplete == true ? finish() : fail(.linkLost)
    case .nothing?, nil: transmit()
    }
  }
}

// MARK: Progress and the end

extension Endpoint {
  /// Does whatever has become possible: pieces into the window, messages out, frames onto the link.
  func progress() {
    guard ended == nil, session != nil else { return }
    for ticket in session?.fillWindow() ?? [] {
      senders.removeValue(forKey: ticket)?.resume(returning: .success(()))
    }
    deliver()
    transmit()
    if session?.isOver == true { finish() }
  }

  private func deliver() {
    guard let waiting = receiver else { return }
    let delivery = attempt { session throws(TransportError) in try session.receive(waiting.limits) }
    switch delivery {
    case .wait?, nil: return
    case .end?: waiting.continuation.resume(returning: .success(nil))
    case .message(let message)?: waiting.continuation.resume(returning: .success(message))
    }
    receiver = nil
  }

  /// Asks the session; a fault of the other side ends the run.
  func attempt<R>(_ body: (inout Session) throws(TransportError) -> R) -> R? {
    guard var current = session.take() else { return nil }
    do throws(TransportError) {
      let result = try body(&current)
      session = current
      return result
    } catch {
      session = current
      fail(error)
      return nil
    }
  }

  /// Puts frames onto the link while it takes them.
  func transmit() {
    guard ended == nil, !isTransmitting, let channel = attached.flatMap({ links[$0]?.channel }) else {
      return
    }
    // Flushing can call back here.
    isTransmitting = true
    defer { isTransmitting = false }
    var unflushed = 0
    while channel.isWritable, let frame = session?.nextFrame(now: .now) {
      write(frame, to: channel)
      unflushed += frame.cost
      // A channel counts bytes when they are flushed.
      if unflushed >= 256 << 10 {
        channel.flush()
        unflushed = 0
      }
    }
    if unflushed > 0 { channel.flush() }
  }

  func write(_ frame: Frame, to channel: any Channel, promise: EventLoopPromise<Void>? = nil) {
    var buffer = channel.allocator.buffer(capacity: Frame.headerByteCount + frame.payload.count)
    buffer.writeBytes(frame.header)
    buffer.writeBytes(frame.payload)
    channel.write(buffer, promise: promise)
  }

  /// The run has ended well: both sides have everything and know it.
  func finish() {
    end(.closed, telling: nil)
  }

  /// The run has failed; `fault` decides what the other side is told.
  func fail(_ fault: TransportError) {
    if case .peerAborted = fault { return end(fault, telling: nil) }
    end(fault, telling: fault.abortCode)
  }

  /// Ends the run once and for all, and wakes everybody who waits.
  func end(_ reason: TransportError, telling code: AbortCode?) {
    guard ended == nil else { return }
    ended = reason
    ticks?.cancel()
    nextAttempt?.cancel()
    serverChannel?.close(promise: nil)
    for (id, link) in links { part(from: id, link, telling: code) }
    opener.take()?.resume(returning: .failure(reason))
    receiver.take()?.continuation.resume(returning: .failure(reason))
    for sender in senders.values { sender.resume(returning: .failure(reason)) }
    senders = [:]
    if reason != .closed { closer.take()?.resume(returning: .failure(reason)) }
    departIfAlone()
  }

  /// Wakes those who wait until nothing of the run is left on the network.
  func departIfAlone() {
    guard ended != nil, links.isEmpty else { return }
    closer.take()?.resume(returning: .success(()))
    for departure in departures { departure.resume() }
    departures = []
  }
}
#endif
