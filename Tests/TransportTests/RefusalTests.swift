#if Services
import Identities
import Synchronization
import TestSupport
import Testing
import Transport

/// Collects a listener's events.
private final class EventLog: Sendable {
  private let events = Mutex<[TransportEvent]>([])

  var all: [TransportEvent] { events.withLock { $0 } }

  /// Whether these and no other events come within five seconds.
  func becomes(_ expected: [TransportEvent]) async throws -> Bool {
    for _ in 0..<1000 where all != expected { try await Task.sleep(for: .milliseconds(5)) }
    return all == expected
  }

  func configuration() -> TransportConfiguration {
    var configuration = quickConfiguration()
    configuration.onEvent = { event in self.events.withLock { $0.append(event) } }
    return configuration
  }
}

@Suite(.timeLimit(.minutes(1))) struct RefusalTests {
  private let organisations: Organisations

  init() throws { organisations = try Organisations.shared.get() }

  private func listen(
    as identity: Identity? = nil, for peer: Identity? = nil,
    configuration: TransportConfiguration = quickConfiguration()
  ) async throws -> Listener {
    try await Listener.listen(
      host: "127.0.0.1", port: 0, identity: identity ?? organisations.listener,
      peer: (peer ?? organisations.joiner).fingerprint, studyDigest: study, configuration: configuration)
  }

  private func join(_ port: Int, as identity: Identity? = nil, study digest: [UInt8] = study) async throws
    -> Connection
  {
    try await Connection.connect(
      host: "127.0.0.1", port: port, identity: identity ?? organisations.joiner,
      peer: organisations.listener.fingerprint, studyDigest: digest, configuration: quickConfiguration())
  }

  private func credentials(_ name: String) throws -> RawPeer.Credentials {
    try #require(organisations.credentials[name])
  }

  @Test func joinerRefusesAListenerWithAnotherCertificate() async throws {
    let log = EventLog()
    let listener = try await listen(as: organisations.stranger, configuration: log.configuration())
    let found = await fault { _ = try await join(listener.port) }
    #expect(found == .peerNotPinned(organisations.stranger.fingerprint))
    await listener.close()
    #expect(!log.all.contains(.established))
  }

  @Test func listenerRefusesAJoinerWithAnotherCertificateAndGoesOnWaiting() async throws {
    let log = EventLog()
    let listener = try await listen(configuration: log.configuration())
    async let serving = listener.accept()
    #expect(await fault { _ = try await join(listener.port, as: organisations.stranger) } == .notAccepted)
    #expect(try await log.becomes([.refusedCertificate(organisations.stranger.fingerprint)]))
    let joining = try await join(listener.port)
    #expect(try await serving.sessionID == joining.sessionID)
    #expect(log.all.last == .established)
  }

  @Test func strangerHearsNoApplicationByte() async throws {
    let listener = try await listen()
    let hello = Frame(kind: .hello, payload: .init(repeating: 0, count: 108)).encoded
    let heard = try await RawPeer.talk(
      to: listener.port, as: try .identity(credentials("stranger")), sending: hello)
    #expect(heard.isEmpty)
    await listener.close()
  }

  @Test func joinerWithoutCertificateOrWithOldTLSIsRefused() async throws {
    let log = EventLog()
    let listener = try await listen(configuration: log.configuration())
    let old = try RawPeer.Security.identity(credentials("joiner"), version: .tlsv12)
    for security in [RawPeer.Security.anonymous, old] {
      #expect(try await RawPeer.talk(to: listener.port, as: security, sending: []).isEmpty)
    }
    #expect(try await log.becomes([.refusedLink, .refusedLink]))
    await listener.close()
  }

  @Test func expiredCertificateIsRefusedThoughItIsPinned() async throws {
    let port = try await RawPeer.serve(as: .identity(credentials("expired")), sending: [])
    let organisations = organisations
    let found = await fault {
      _ = try await Connection.connect(
        host: "127.0.0.1", port: port, identity: organisations.joiner, peer: organisations.expiredPin,
        studyDigest: study)
    }
    #expect(found == .peerCertificateOutsideValidity)
  }

  @Test func sidesWithDifferentStudiesBothEnd() async throws {
    let listener = try await listen()
    async let serving = fault { _ = try await listener.accept() }
    let other = [UInt8](repeating: 8, count: 32)
    #expect(await fault { _ = try await join(listener.port, study: other) } == .studyMismatch)
    #expect(await serving == .studyMismatch)
  }

  @Test func secondProcessOfTheSameIdentityIsRefusedAndTheRunGoesOn() async throws {
    let listener = try await listen()
    async let accepted = listener.accept()
    let joining = try await join(listener.port)
    let serving = try await accepted
    #expect(await fault { _ = try await join(listener.port) } == .busy)
    try await joining.send(Message(type: 1, payload: [1]))
    #expect(try await serving.receive([1: 1]) == Message(type: 1, payload: [1]))
  }

  @Test func garbageInsteadOfTLSLeavesTheListenerWell() async throws {
    let log = EventLog()
    let listener = try await listen(configuration: log.configuration())
    async let serving = listener.accept()
    var generator = SeededGenerator()
    for count in [1, 100, 100_000] {
      // The first byte is no TLS record's.
      let garbage = [0xFF] + (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      #expect(
        try await RawPeer.talk(to: listener.port, sending: garbage).count < 100, "seed \(generator.seed)")
    }
    #expect(try await log.becomes([.refusedLink, .refusedLink, .refusedLink]))
    _ = try await join(listener.port)
    _ = try await serving
  }

  @Test func joinerRefusesGarbageInsteadOfTLS() async throws {
    let port = try await RawPeer.serve(sending: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
    #expect(await fault { _ = try await join(port) } == .secureHandshakeFailed)
  }

  @Test func nobodyThereIsUnreachable() async throws {
    let listener = try await listen()
    await listener.close()
    #expect(await fault { _ = try await join(listener.port) } == .unreachable)
  }

  @Test func addressInUseCannotBeListenedOn() async throws {
    let listener = try await listen()
    let organisations = organisations
    let found = await fault {
      _ = try await Listener.listen(
        host: "127.0.0.1", port: listener.port, identity: organisations.listener,
        peer: organisations.joiner.fingerprint, studyDigest: study)
    }
    #expect(found == .cannotListen)
    await listener.close()
  }

  @Test func malformedFramesOfThePinnedPeerEndTheRun() async throws {
    var oversized = Frame(kind: .data).header
    oversized[3] = 1
    let cases: [([UInt8], TransportError)] = [
      (.init(repeating: 0xFF, count: 24), .malformedFrame(.unknownKind(0xFF))),
      (oversized, .malformedFrame(.payloadLength(1 << 24))),
      (Frame(kind: .data, payload: [1]).encoded, .malformedFrame(.outOfPlace)),
      (Frame(kind: .hello, payload: .init(repeating: 0xFF, count: 108)).encoded, .malformedFrame(.handshake)),
      (Frame.abort(AbortCode(rawValue: 300)).encoded, .peerAborted(AbortCode(rawValue: 300))),
    ]
    for (bytes, expected) in cases {
      let listener = try await listen()
      async let serving = fault { _ = try await listener.accept() }
      _ = try await RawPeer.talk(to: listener.port, as: try .identity(credentials("joiner")), sending: bytes)
      #expect(await serving == expected)
    }
  }

  @Test func silentAndUnfinishedHandshakesAreDroppedInTime() async throws {
    var configuration = quickConfiguration()
    configuration.handshakeTimeout = .milliseconds(300)
    let listener = try await listen(configuration: configuration)
    let unfinished = Frame(kind: .hello, payload: .init(repeating: 0, count: 108)).encoded.dropLast(1)
    let heard = try await RawPeer.talk(
      to: listener.port, as: try .identity(credentials("joiner")), sending: Array(unfinished))
    #expect(heard.count == 24 + 33)
    #expect(try await RawPeer.talk(to: listener.port, sending: []).isEmpty)
    await listener.close()
  }

  @Test func joinerOfAnotherVersionSaysSo() async throws {
    let greeting = Frame(kind: .greeting, payload: [2] + [UInt8](repeating: 0, count: 32)).encoded
    let port = try await RawPeer.serve(as: try .identity(credentials("listener")), sending: greeting)
    #expect(await fault { _ = try await join(port) } == .wrongVersion(2))
  }
}
#endif
