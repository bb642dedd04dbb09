#if Services
import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// Clients that hold on to what they have.
@Suite(.serialized) struct FloodTests {
  private func connect(_ daemon: RunningDaemon, _ protocols: [String]?) async throws -> any Channel {
    try await RawConnection.open(daemon.port, protocols)
  }
  private let request = RawConnection.request
  private func opening(window: UInt32) -> [UInt8] {
    RawConnection.opening(window: window) + RawConnection.get(stream: 1)
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
