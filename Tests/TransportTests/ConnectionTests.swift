#if Services
import Identities
import Synchronization
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
  @Test func bothSidesReceiveWhatTheOtherSent() async throws {
    let pair = try await Pair()
    #expect(pair.joining.sessionID == pair.serving.sessionID)
    var generator = SeededGenerator()
    let forth = randomMessages(&generator, count: 40, sizes: 0...1_500_000)
    let back = randomMessages(&generator, count: 40, sizes: 0...1_500_000)
    async let sentForth: Void = pair.joining.send(all: forth)
    async let sentBack: Void = pair.serving.send(all: back)
    async let arrivedForth = pair.serving.receive(count: forth.count)
    async let arrivedBack = pair.joining.receive(count: back.count)
    try await sentForth
    try await sentBack
    #expect(try await arrivedForth == forth, "seed \(generator.seed)")
    #expect(try await arrivedBack == back, "seed \(generator.seed)")
    try await pair.close()
  }

  @Test func receiveGivesNilAfterTheOtherSideHasClosed() async throws {
    let pair = try await Pair()
    try await pair.joining.send(Message(type: 1, payload: [1, 2, 3]))
    async let closed: Void = pair.joining.close()
    #expect(try await pair.serving.receive([1: 3]) == Message(type: 1, payload: [1, 2, 3]))
    #expect(try await pair.serving.receive([1: 3]) == nil)
    try await pair.serving.close()
    try await closed
    #expect(await fault { try await pair.joining.send(Message(type: 1, payload: [])) } == .closed)
    #expect(await fault { _ = try await pair.serving.receive([:]) } == .closed)
  }

  @Test func observerSeesAHybridKeyExchangeAndNoNames() async throws {
    let started = Mutex<Proxy?>(nil)
    let pair = try await Pair { target in
      let proxy = try await Proxy.start(to: target)
      started.withLock { $0 = proxy }
      return proxy.port
    }
    try await pair.joining.send(Message(type: 0, payload: Array("in confidence".utf8)))
    _ = try await pair.serving.receive(anyOfThree)
    try await pair.close()
    let overheard = try #require(started.withLock { $0?.overheard })
    // ServerHello, extension key_share of 1124 bytes: X25519MLKEM768 (0x11EC), 1120 bytes.
    #expect(overheard.contains([0x00, 0x33, 0x04, 0x64, 0x11, 0xEC, 0x04, 0x60]))
    for name in ["joiner", "listener", "confidence"] { #expect(!overheard.contains(Array(name.utf8))) }
    #expect(!overheard.contains(study))
  }

  @Test func senderIsNeverFartherAheadOfASlowReaderThanTheWindow() async throws {
    var configuration = TransportConfiguration()
    configuration.windowBytes = 1 << 20
    let pair = try await Pair(configuration)
    let sent = Mutex(0)
    let size = 64 << 10
    async let sending: Void = {
      for _ in 0..<400 {
        try await pair.joining.send(Message(type: 0, payload: [UInt8](repeating: 5, count: size)))
        sent.withLock { $0 += 1 }
      }
    }()
    for received in 0..<400 {
      // Taken and not yet acknowledged messages are still in the sender's window; one more may be in a hand.
      #expect(sent.withLock { $0 } <= received + (1 << 20) / size + 1)
      #expect(try await pair.serving.receive([0: size])?.payload.count == size)
      if received % 40 == 0 { try await Task.sleep(for: .milliseconds(5)) }
    }
    try await sending
    try await pair.close()
  }

  @Test func abortEndsTheOtherSideWithItsCode() async throws {
    let pair = try await Pair()
    let code = AbortCode(rawValue: 777)
    async let receiving = fault { _ = try await pair.joining.receive(anyOfThree) }
    async let sending = fault {
      while true {
        try await pair.joining.send(Message(type: 0, payload: .init(repeating: 1, count: 1 << 20)))
      }
    }
    _ = try await pair.serving.receive(anyOfThree)
    await pair.serving.abort(code)
    #expect(await receiving == .peerAborted(code))
    #expect(await sending == .peerAborted(code))
    #expect(await fault { try await pair.joining.close() } == .peerAborted(code))
    #expect(await fault { try await pair.serving.close() } == .cancelled)
  }

  @Test func cancelledTaskEndsBothSides() async throws {
    let pair = try await Pair()
    let waiting = Task { await fault { _ = try await pair.serving.receive(anyOfThree) } }
    async let other = fault { _ = try await pair.joining.receive(anyOfThree) }
    waiting.cancel()
    #expect(await waiting.value == .cancelled)
    #expect(await other == .peerAborted(.cancelled))
  }

  @Test func droppedConnectionEndsTheOtherSide() async throws {
    var pair: Pair? = try await Pair()
    let joining = try #require(pair?.joining)
    pair = nil
    #expect(await fault { _ = try await joining.receive(anyOfThree) } == .peerAborted(.cancelled))
  }

  @Test func refusedMessageEndsBothSides() async throws {
    for (limits, expected): (MessageLimits, TransportError) in [
      ([1: 999_999], .messageTooLarge(type: 1, byteCount: 1_000_000, maximum: 999_999)),
      ([2: 1_000_000], .unexpectedMessage(type: 1)),
    ] {
      let pair = try await Pair()
      try await pair.joining.send(Message(type: 1, payload: .init(repeating: 0, count: 1_000_000)))
      #expect(await fault { _ = try await pair.serving.receive(limits) } == expected)
      #expect(await fault { _ = try await pair.joining.receive([:]) } == .peerAborted(.messageRefused))
    }
  }

  @Test func closeWithUnreadMessagesEndsBothSides() async throws {
    let pair = try await Pair()
    try await pair.joining.send(Message(type: 1, payload: [1]))
    async let closed = fault { try await pair.joining.close() }
    #expect(await fault { try await pair.serving.close() } == .unexpectedMessage(type: 1))
    #expect(await closed == .peerAborted(.messageRefused))
  }

  @Test func quietConnectionStaysAliveByHeartbeats() async throws {
    let pair = try await Pair(quickConfiguration())
    try await Task.sleep(for: .milliseconds(1500))
    try await pair.close()
  }

  @Test func cancelledAcceptAndConnectEnd() async throws {
    let organisations = try Organisations.shared.get()
    let listener = try await Listener.listen(
      host: "127.0.0.1", port: 0, identity: organisations.listener, peer: organisations.joiner.fingerprint,
      studyDigest: study)
    let accepting = Task { await fault { _ = try await listener.accept() } }
    accepting.cancel()
    #expect(await accepting.value == .cancelled)
    let connecting = Task {
      await fault {
        _ = try await Connection.connect(
          host: "127.0.0.1", port: listener.port, identity: organisations.joiner,
          peer: organisations.listener.fingerprint, studyDigest: study)
      }
    }
    connecting.cancel()
    #expect(await connecting.value == .cancelled)
  }

  @Test func configurationOutOfRangeIsRefused() async throws {
    let organisations = try Organisations.shared.get()
    var idle = TransportConfiguration()
    idle.idleTimeout = .seconds(9)
    var window = TransportConfiguration()
    window.windowBytes = 1000
    for configuration in [idle, window] {
      let found = await fault {
        _ = try await Listener.listen(
          host: "127.0.0.1", port: 0, identity: organisations.listener,
          peer: organisations.joiner.fingerprint,
          studyDigest: study, configuration: configuration)
      }
      #expect(found == .invalidConfiguration)
    }
  }
}
#endif
