#if Services
import Foundation
import ServiceClient
import TestSupport
import Testing

/// What people read where the way to a server does not lead to one: a sentence, a hint, 69, and nothing of what the libraries say.
@Suite(.serialized) struct ServiceErrorTests {
  /// By `hitoku leak check`, and by the connection that `hitoku sum` has.
  private func expect(
    _ words: String, of stage: LeakStage, at address: String, peer: String? = nil,
    location: SourceLocation = #_sourceLocation
  ) async throws {
    let trust = peer.map { ["--peer", $0] } ?? []
    let ending = try stage.run(
      ["leak", "check", "--server", address, "--key", "oprf.key.pub", "--stdin"] + trust, input: "x\n")
    let lines = ending.errors.split(separator: "\n").map(String.init)
    #expect(ending.code == 69 && ending.output.isEmpty, "\(ending.errors)", sourceLocation: location)
    #expect(
      lines.count == 2 && lines[0].hasPrefix("Error: ") && lines[1].hasPrefix("Hint: "), "\(ending.errors)",
      sourceLocation: location)
    let connection = try ServiceConnection(
      address, trust: peer.map { .certificate(file: stage.path($0)) } ?? .system, token: nil)
    var said = [lines.joined(separator: "\n")]
    do throws(ServiceClientError) {
      _ = try await connection.send("GET", "/v1/studies", expecting: "application/json", limit: 1000)
    } catch { said.append("\(error)\n\(error.hint)") }
    await connection.close()
    #expect(said.count == 2, sourceLocation: location)
    for text in said {
      #expect(text.contains(words), "\(text)", sourceLocation: location)
      for word in ["NIO", "SSL", "HTTPClient", "errno"] {
        #expect(!text.contains(word), "\(text)", sourceLocation: location)
      }
    }
  }

  @Test func addressesThatLeadNowhereAreNamed() async throws {
    let stage = try LeakStage()
    try await expect("nobody listens at that address", of: stage, at: "127.0.0.1:1")
    try await expect("no host has that name", of: stage, at: "nobody.invalid:7443")
  }

  @Test(arguments: [
    ("silent", false, "it did not answer in time"), ("hangup", false, "it closed the connection"),
    ("clear", false, "does not speak TLS"), ("old", true, "does not speak TLS 1.3"),
    ("page", true, "what answers there is no"),
  ])
  func serversThatAreNoneAreNamed(_ mode: String, _ hasTLS: Bool, _ words: String) async throws {
    let stage = try LeakStage()
    let (server, port) = try stage.serveOddly(mode, hasTLS ? "server" : nil)
    defer { server.signal(SIGKILL) }
    try await expect(
      words, of: stage, at: "127.0.0.1:\(port)", peer: "server/certificate.pem")
  }

  @Test func anotherDaemonOfTheHouseIsNoLeakDaemon() throws {
    let stage = try LeakStage()
    let (server, port) = try stage.serveOddly("missing", "server")
    defer { server.signal(SIGKILL) }
    let ending = try stage.run(
      [
        "leak", "check", "--server", "127.0.0.1:\(port)", "--key", "oprf.key.pub", "--stdin", "--peer",
        "server/certificate.pem",
      ], input: "x\n")
    #expect(ending.code == 69 && ending.errors.contains("no hitoku-leakd"), "\(ending.errors)")
  }

  @Test func certificatesThatAreNotBelievedSayWhy() async throws {
    let stage = try LeakStage()
    let authority = try TestAuthority(in: stage.folder, file: "authority.pem")
    _ = try TestAuthority(in: stage.folder, file: "other.pem")
    try authority.issue("good", host: "localhost")
    try authority.issue("elsewhere", host: "leaks.example")
    try authority.issue("old", host: "localhost", days: -3 ... -1)
    try authority.issue("early", host: "localhost", days: 1...3)
    for (identity, peer, words) in [
      ("good", "authority.pem", "what answers there is no"), ("good", "other.pem", "signed by nobody"),
      ("good", nil, "signed by nobody"), ("good", "server/certificate.pem", "another certificate"),
      ("elsewhere", "authority.pem", "names other hosts"), ("old", "authority.pem", "has expired"),
      ("old", "old/certificate.pem", "has expired"), ("early", "authority.pem", "not valid yet"),
      ("early", "early/certificate.pem", "not valid yet"),
    ] {
      let (server, port) = try stage.serveOddly("page", identity)
      defer { server.signal(SIGKILL) }
      try await expect(words, of: stage, at: "localhost:\(port)", peer: peer)
    }
  }
}
#endif
