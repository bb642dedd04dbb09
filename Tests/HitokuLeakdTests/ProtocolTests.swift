#if Services
import NIOCore
import NIOSSL
import TestSupport
import Testing

/// Peers that break HTTP or TLS on purpose: they lose their connection, and nobody else notices.
@Suite(.serialized) struct ProtocolTests {
  private func stage() throws -> DaemonStage {
    let stage = try DaemonStage()
    try stage.build("passwords", words: 0..<10)
    try stage.point(to: "passwords")
    return stage
  }

  /// The requests that the daemon has answered or begun to answer at a place.
  private func requests(_ stage: DaemonStage, _ daemon: RunningDaemon, at place: String) async throws -> Int {
    try await withPeer(stage, daemon) { peer in
      #expect(try await peer.send("/health").status == 200, "others are served")
      let operators = Peer(http: peer.http, base: daemon.operators)
      let text = String(decoding: try await operators.send("/metrics").body, as: UTF8.self)
      return text.split(separator: "\n").filter { $0.hasPrefix("hitoku_requests_total{place=\"\(place)\"") }
        .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
    }
  }

  /// What the daemon says to `bytes` until it closes the connection.
  private func answer(
    _ daemon: RunningDaemon, to bytes: [UInt8], _ protocols: [String]? = ["http/1.1"]
  ) async throws -> String {
    let heard = RawConnection.Heard()
    let channel = try await RawConnection.open(daemon.port, protocols, heard: heard)
    // It may be closed before all of them are through.
    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    #expect(try await RawConnection.isClosed(channel))
    return heard.text
  }

  @Test(.timeLimit(.minutes(2))) func streamsThatAreResetAtOnceEndTheConnectionAfterFew() async throws {
    let stage = try stage()
    let daemon = try await stage.start()
    let cancel: [UInt8] = [0, 0, 0, 8]
    let flood = (0..<4000).flatMap { number in
      RawConnection.get(stream: 2 * number + 1)
        + RawConnection.frame(3, flags: 0, stream: 2 * number + 1, cancel)
    }
    _ = try await answer(daemon, to: RawConnection.opening(window: 1 << 20) + flood, ["h2"])
    #expect(try await requests(stage, daemon, at: "openapi") <= 400, "RFC 9113, section 10.5")
    #expect(daemon.stop() == 0)
  }

  @Test(.timeLimit(.minutes(2))) func headersWithoutEndAndHeadersThatGrowEndTheConnection() async throws {
    let stage = try stage()
    let daemon = try await stage.start()
    let opening = RawConnection.opening(window: 1 << 20)
    // HEADERS without END_HEADERS, then CONTINUATION frames.
    let endless =
      RawConnection.frame(1, flags: 1, stream: 1, RawConnection.fields())
      + (0..<5000).flatMap { _ in RawConnection.frame(9, flags: 0, stream: 1, [0x40, 1, 0x78, 1, 0x79]) }
    _ = try await answer(daemon, to: opening + endless, ["h2"])
    // One long field in the table, named by a byte again and again (RFC 7541, section 7.3).
    let long: [UInt8] = [0x40, 1, 0x78, 0x7F, 0xA1, 0x1E] + Array(repeating: 0x79, count: 4000)
    let bomb = RawConnection.fields() + long + Array(repeating: 0xBE, count: 8000)
    _ = try await answer(daemon, to: opening + RawConnection.frame(1, flags: 5, stream: 1, bomb), ["h2"])
    // The same without compression.
    let lines = (0..<100_000).map { "x-\($0): y\r\n" }.joined()
    let refused = try await answer(daemon, to: Array(("GET /health HTTP/1.1\r\n" + lines).utf8))
    #expect(!refused.contains(" 200 "))
    #expect(try await requests(stage, daemon, at: "openapi") == 0)
    #expect(daemon.stop() == 0)
  }

  @Test(
    .timeLimit(.minutes(2)),
    arguments: [
      "Content-Length: 4\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 4",
      "Content-Length: 4\r\nContent-Length: 5", "Content-Length: 4, 5", "Content-Length: +4",
      "Content-Length : 4", "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, identity",
      "Transfer-Encoding:\u{0B}chunked", "X: y\rContent-Length: 4", "X\u{00}: y",
    ])
  func requestsWhoseLengthIsInDoubtAreRefusedWithTheirConnection(_ fields: String) async throws {
    let stage = try stage()
    let daemon = try await stage.start()
    let smuggled = "GET /openapi.yaml HTTP/1.1\r\nHost: a\r\n\r\n"
    let text = "POST /health HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n0\r\n\r\n" + smuggled
    let said = try await answer(daemon, to: Array(text.utf8))
    #expect(!said.contains("openapi:") && said.components(separatedBy: "HTTP/1.1 ").count <= 2, "\(said)")
    #expect(try await requests(stage, daemon, at: "openapi") == 0)
    #expect(daemon.stop() == 0)
  }

  @Test(.timeLimit(.minutes(2))) func olderTLSAndHTTP2WithoutItsProtocolAreRefused() async throws {
    let stage = try stage()
    let daemon = try await stage.start()
    let heard = RawConnection.Heard()
    let old = try await RawConnection.open(daemon.port, ["h2"], latest: .tlsv12, heard: heard)
    old.writeAndFlush(ByteBuffer(bytes: RawConnection.opening(window: 1)), promise: nil)
    #expect(try await RawConnection.isClosed(old))
    #expect(heard.text.isEmpty)
    let frames = RawConnection.opening(window: 1 << 20) + RawConnection.get(stream: 1)
    for protocols in [["http/1.1"], nil] {
      let said = try await answer(daemon, to: frames, protocols)
      #expect(!said.contains("openapi:"), "\(said)")
    }
    #expect(try await requests(stage, daemon, at: "openapi") == 0)
    #expect(daemon.stop() == 0)
  }

  @Test(.timeLimit(.minutes(2)), arguments: [true, false])
  func bodiesThatDoNotComeInTimeEndTheirRequest(http2: Bool) async throws {
    let stage = try stage()
    let daemon = try await stage.start(["--body-seconds", "1"])
    let version = try await withPeer(stage, daemon) { peer in try await peer.document().version }
    let path = "/v1/databases/\(version)/evaluate"
    let type: [UInt8] = [0x0F, 0x10, 24] + Array("application/octet-stream".utf8)
    let said =
      if http2 {
        try await stalled(
          daemon, ["h2"],
          RawConnection.opening(window: 1 << 20)
            + RawConnection.frame(1, flags: 4, stream: 1, RawConnection.fields(path, isPost: true) + type)
            + RawConnection.frame(0, flags: 0, stream: 1, [1, 2, 3]))
      } else {
        try await stalled(
          daemon, ["http/1.1"],
          Array(
            "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\nContent-Length: 32\r\n\r\nabc"
              .utf8))
      }
    #expect(said.text.contains("urn:hitoku:problem:too-slow"), "\(said.text)")
    #expect(said.goesOn == http2, "other streams of a connection do not end with it")
    #expect(daemon.stop() == 0)
  }

  /// What the daemon says to a request that does not go on, and whether it answers on the same connection then.
  private func stalled(
    _ daemon: RunningDaemon, _ protocols: [String], _ bytes: [UInt8]
  ) async throws -> (text: String, goesOn: Bool) {
    let heard = RawConnection.Heard()
    let channel = try await RawConnection.open(daemon.port, protocols, heard: heard)
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    while channel.isActive, !heard.text.contains("too-slow") { try await Task.sleep(for: .milliseconds(20)) }
    channel.writeAndFlush(ByteBuffer(bytes: RawConnection.get(stream: 3)), promise: nil)
    let deadline = ContinuousClock.now + .seconds(10)
    while channel.isActive, !heard.text.contains("openapi:"), .now < deadline {
      try await Task.sleep(for: .milliseconds(20))
    }
    let goesOn = heard.text.contains("openapi:")
    channel.close(promise: nil)
    return (heard.text, goesOn)
  }

  @Test(.timeLimit(.minutes(2))) func whoClosesHalfOfAConnectionIsAnsweredOrCutOff() async throws {
    let stage = try stage()
    let daemon = try await stage.start()
    for protocols in [["http/1.1"], nil] as [[String]?] {
      let port =
        protocols == nil ? daemon.lines("listening for operators").first?["port"] as? Int : daemon.port
      let heard = RawConnection.Heard()
      let channel = try await RawConnection.open(try #require(port), protocols, heard: heard)
      let request = Array("GET /health HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
      try await channel.writeAndFlush(ByteBuffer(bytes: request))
      channel.close(mode: .output, promise: nil)
      #expect(try await RawConnection.isClosed(channel))
      #expect(heard.text.isEmpty || heard.text.hasPrefix("HTTP/1.1 200"))
    }
    #expect(try await requests(stage, daemon, at: "health") >= 1)
    #expect(daemon.stop() == 0)
  }

  @Test(.timeLimit(.minutes(2))) func operatorsHaveSixteenConnections() async throws {
    let stage = try stage()
    let daemon = try await stage.start()
    let port = try #require(daemon.lines("listening for operators").first?["port"] as? Int)
    let request = ByteBuffer(string: "GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
    var held: [(channel: any Channel, heard: RawConnection.Heard)] = []
    for _ in 0..<17 {
      let heard = RawConnection.Heard()
      let channel = try await RawConnection.open(port, nil, heard: heard)
      try await channel.writeAndFlush(request)
      held.append((channel, heard))
      while held.count <= 16, heard.text.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    }
    try await Task.sleep(for: .milliseconds(300))
    #expect(held[16].heard.text.isEmpty, "it waits")
    try await held[0].channel.close()
    while held[16].heard.text.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    #expect(held[16].heard.text.hasPrefix("HTTP/1.1 200"))
    for connection in held { connection.channel.close(promise: nil) }
    #expect(daemon.stop() == 0)
  }
}
#endif
