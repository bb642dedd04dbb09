#if Services
import Identities
import NIOPosix

/// One run between exactly two processes: messages in order, each exactly once, over mutually authenticated TLS 1.3.
///
/// A link that drops is replaced unnoticed, or every call throws `linkLost` on both sides after `resumeLimit`. Memory is
/// bounded by the window, whoever is slow. A cancelled task that waits here ends the run on both sides; so does
/// dropping the last reference to an open connection.
///
/// Two sides that both send more than a window while neither receives wait for ever: receive while you send, or take
/// turns.
public final class Connection: Sendable {
  /// The other side's pinned certificate.
  public let peer: Fingerprint
  /// 32 bytes that name this run, the same on both sides: bound to both certificates, the study digest and fresh
  /// randomness of both sides. Public.
  public let sessionID: [UInt8]
  private let endpoint: Endpoint

  init(endpoint: Endpoint, sessionID: [UInt8]) {
    self.endpoint = endpoint
    self.sessionID = sessionID
    peer = endpoint.security.peer
  }

  deinit { endpoint.abortSoon(.cancelled) }

  /// Reaches for a listener at `host` and `port`, and waits until it has agreed to the run.
  ///
  /// `studyDigest` is the 32-byte digest of what both sides have agreed on, `peer` the listener's pinned certificate.
  /// Tries for `connectTimeout`, so that the joiner may be started first. Throws `unreachable`, `peerNotPinned`,
  /// `peerCertificateOutsideValidity`, `notAccepted`, `secureHandshakeFailed`, `wrongVersion`, `studyMismatch`,
  /// `busy`, `cancelled`, `invalidConfiguration`.
  public static func connect(
    host: String, port: Int, identity: Identity, peer: Fingerprint, studyDigest: [UInt8],
    configuration: TransportConfiguration = TransportConfiguration()
  ) async throws(TransportError) -> Connection {
    let endpoint = try Endpoint.make(
      role: .joiner(host: host, port: port), identity: identity, peer: peer, studyDigest: studyDigest,
      configuration: configuration)
    await endpoint.start()
    return try await open(endpoint)
  }

  static func open(_ endpoint: Endpoint) async throws(TransportError) -> Connection {
    let sessionID = try await endpoint.orCancel { await endpoint.open() }.get()
    return Connection(endpoint: endpoint, sessionID: sessionID)
  }

  /// Sends a message; returns when all of it has room in the window.
  ///
  /// Throws what ended the run, or `closed` after `close`.
  public func send(_ message: Message) async throws(TransportError) {
    try await endpoint.orCancel { await self.endpoint.send(message) }.get()
  }

  /// The next message, which must be of one of the types in `limits` and no longer than stated there; nil when the
  /// other side has closed and everything it sent was received.
  ///
  /// One call at a time. Throws what ended the run: `unexpectedMessage` and `messageTooLarge` end it on both sides.
  public func receive(_ limits: MessageLimits) async throws(TransportError) -> Message? {
    try await endpoint.orCancel { await self.endpoint.receive(limits) }.get()
  }

  /// Ends the run well: returns when each side has received everything that the other sent, and knows it.
  ///
  /// To be called on both sides, by each when it has received all it expects; a message that still comes ends the run
  /// with `unexpectedMessage`.
  public func close() async throws(TransportError) {
    try await endpoint.orCancel { await self.endpoint.close() }.get()
  }

  /// Ends the run as a failure; the other side's calls throw `peerAborted(code)`. Returns when it has been told, after
  /// 7 s at most. Does nothing after the end of a run.
  public func abort(_ code: AbortCode = .failed) async { await endpoint.abort(code) }
}

extension Endpoint {
  static func make(
    role: Role, identity: Identity, peer: Fingerprint, studyDigest: [UInt8],
    configuration: TransportConfiguration
  ) throws(TransportError) -> Endpoint {
    precondition(studyDigest.count == 32, "a study digest has 32 bytes")
    guard configuration.isValid else { throw .invalidConfiguration }
    return Endpoint(
      role: role, security: try SecureChannel(identity: identity, peer: peer), studyDigest: studyDigest,
      configuration: configuration, loop: MultiThreadedEventLoopGroup.singleton.next())
  }

  /// Waits, and ends the run where the waiting task is cancelled.
  nonisolated func orCancel<R: Sendable>(
    _ body: @Sendable () async -> Result<R, TransportError>
  ) async -> Result<R, TransportError> {
    await withTaskCancellationHandler(operation: body) { abortSoon(.cancelled) }
  }
}
#endif
