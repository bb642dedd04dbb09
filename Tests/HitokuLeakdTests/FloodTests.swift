#if Services
import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// Clients that hold on to what they have.
@Suite(.serialized) struct FloodTests {
  private func connect(_ daemon: RunningDaemon, _ protocols: [String]?) async throws -> any Channel {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.certificateVerification = .none
    tls.applicationProtocols = protocols ?? []
    let context = try NIOSSLContext(configuration: tls)
    let isSecure = protocols != nil
    return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard isSecure else { return }
          try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: context, serverHostname: nil))
        }
      }.connect(host: "127.0.0.1", port: daemon.port).get()
  }

  /// A request for a document of some length over HTTP/1.1.
  private let request = Array("GET /openapi.yaml HTTP/1.1\r\nHost: a\r\n\r\n".utf8)

  /// The same over HTTP/2 (RFC 9113), after the preface and settings with this window for streams.
  private func opening(window: UInt32) -> [UInt8] {
    func frame(_ type: UInt8, flags: UInt8, stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
      [0, 0, UInt8(payload.count), type, flags, 0, 0, 0, stream] + payload
    }
    let settings: [UInt8] =
      [0, 4] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: window >> UInt32($0)) }
    // RFC 7541: GET and https of the static table, then path and authority as literals.
    let path = Array("/openapi.yaml".utf8)
    let fields: [UInt8] = [0x82, 0x87, 0x04, UInt8(path.count)] + path + [0x01, 1, 0x61]
    return Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, flags: 0, stream: 0, settings)
      + frame(1, flags: 5, stream: 1, fields)
  }

  private func stage() throws -> DaemonStage {
    let stage = try DaemonStage()
    try stage.build("passwords", words: 0..<10)
    try stage.point(to: "passwords")
    return stage
  }

  @Test(.timeLimit(.minutes(2))) func clientsThatReadNoAnswersLoseTheirConnections() async throws {
    let stage = try stage()
    let daemon = try await stage.start([
      "--connections", "2", "--connections-per-client", "8", "--answer-seconds", "1",
    ])
    var deaf: [any Channel] = []
    for _ in 0..<2 {
      let channel = try await connect(daemon, ["http/1.1"])
      try await channel.writeAndFlush(ByteBuffer(bytes: request))
      try await channel.setOption(.autoRead, value: false).get()
      channel.writeAndFlush(
        ByteBuffer(bytes: Array(repeating: request, count: 20_000).flatMap { $0 }), promise: nil)
      deaf.append(channel)
    }
    try await withPeer(stage, daemon) { peer in
      let reply = try await peer.send("/health")
      #expect(reply.status == 200, "a connection was free again")
    }
    for channel in deaf { channel.close(promise: nil) }
    #expect(daemon.stop() == 0)
  }

  @Test(.timeLimit(.minutes(2))) func aClosedWindowCostsTheConnectionAndAnOpenOneDoesNot() async throws {
    let stage = try stage()
    let daemon = try await stage.start(["--answer-seconds", "1"])
    let shut = try await connect(daemon, ["h2"])
    try await shut.writeAndFlush(ByteBuffer(bytes: opening(window: 0)))
    let open = try await connect(daemon, ["h2"])
    try await open.writeAndFlush(ByteBuffer(bytes: opening(window: 1 << 20)))
    let old = try await connect(daemon, ["http/1.1"])
    try await old.writeAndFlush(ByteBuffer(bytes: request))
    try await shut.closeFuture.get()
    try await Task.sleep(for: .seconds(1))
    #expect(open.isActive && old.isActive)
    for channel in [open, old] { channel.close(promise: nil) }
    #expect(daemon.stop() == 0)
  }

  @Test(.timeLimit(.minutes(2))) func noClientHasMoreConnectionsThanItsShare() async throws {
    let stage = try stage()
    let daemon = try await stage.start(["--connections-per-client", "3"])
    var held: [any Channel] = []
    for _ in 0..<3 { held.append(try await connect(daemon, ["http/1.1"])) }
    for channel in held { try await channel.writeAndFlush(ByteBuffer(bytes: request)) }
    try await connect(daemon, nil).closeFuture.get()
    #expect(held.filter(\.isActive).count == 3)
    try await held[0].close()
    // The daemon hears of it a moment later.
    try await withPeer(stage, daemon) { peer in
      var status: Int?
      while status == nil { status = try? await peer.send("/health").status }
      #expect(status == 200)
    }
    for channel in held.dropFirst() { channel.close(promise: nil) }
    #expect(daemon.stop() == 0)
  }
}
#endif
