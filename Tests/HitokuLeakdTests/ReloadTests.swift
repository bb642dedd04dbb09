#if Services
import Crypto
import Foundation
import Identities
import Primitives
import ServiceClient
import ServiceContracts
import Synchronization
import TestSupport
import Testing
import X509

/// What is read again at SIGHUP, and certificates of clients.
@Suite(.serialized) struct ReloadTests {
  private func line(_ name: String, _ token: String) -> String {
    "\(name) \(hex(SHA256.hash(Array(token.utf8))))\n"
  }

  private func stage() throws -> DaemonStage {
    let stage = try DaemonStage()
    try stage.build("passwords", words: 0..<10)
    try stage.point(to: "passwords")
    return stage
  }

  /// Where a request ends that pins the certificate of `server`.
  private func outcome(
    _ stage: DaemonStage, _ daemon: RunningDaemon, pinning server: String, token: String? = nil,
    as identity: Identity? = nil, _ path: String = "/health"
  ) async throws -> ServiceClientError? {
    let connection = try ServiceConnection(
      daemon.base, trust: .certificate(file: stage.path("\(server)/certificate.pem")), token: token,
      identity: identity)
    var outcome: ServiceClientError?
    do throws(ServiceClientError) {
      _ = try await connection.send("GET", path, expecting: "application/json", limit: 1 << 16)
    } catch { outcome = error }
    await connection.close()
    return outcome
  }

  @Test func certificateAndTokensAreReloadedWithoutADroppedRequest() async throws {
    let stage = try stage()
    try stage.write("tokens", Data(line("one", "1").utf8))
    let daemon = try await stage.start(["--tokens", stage.path("tokens"), "--require-token"])
    try await withPeer(stage, daemon) { peer in
      let isOver = Flag()
      let counts = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 {
          group.addTask {
            var count = 0
            while !isOver.value.load(ordering: .relaxed) {
              let reply = try await peer.send("/v1/database", headers: ["authorization": "Bearer 1"])
              #expect(reply.status == 200)
              count += 1
            }
            return count
          }
        }
        #expect(try await outcome(stage, daemon, pinning: "identity") == nil)
        _ = try Identity.create(folder: stage.path("next"), name: "test")
        try FileManager.default.moveItem(atPath: stage.path("identity"), toPath: stage.path("former"))
        try FileManager.default.copyItem(atPath: stage.path("next"), toPath: stage.path("identity"))
        try stage.write("tokens", Data((line("one", "1") + line("two", "2")).utf8))
        daemon.signal(SIGHUP)
        try await daemon.wait(for: "reloaded")
        #expect(daemon.lines("identity reloaded").count == 1 && daemon.lines("tokens reloaded").count == 1)
        #expect(try await outcome(stage, daemon, pinning: "former") == .untrusted(.notPinned))
        #expect(try await outcome(stage, daemon, pinning: "next") == nil)
        #expect(try await outcome(stage, daemon, pinning: "next", token: "2", "/v1/database") == nil)
        isOver.value.store(true, ordering: .relaxed)
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(counts.allSatisfy { $0 > 0 })
      // A token that is gone from the file is nobody's at once, also on connections that are there.
      try stage.write("tokens", Data(line("two", "2").utf8))
      daemon.signal(SIGHUP)
      try await daemon.wait(for: "tokens reloaded", count: 2)
      let reply = try await peer.send("/v1/database", headers: ["authorization": "Bearer 1"])
      #expect(reply.problem == .unauthorized)
    }
    #expect(daemon.stop() == 0)
  }

  @Test func whatIsRefusedAtAReloadStaysAsItWasAndIsLogged() async throws {
    let stage = try stage()
    try stage.write("tokens", Data(line("one", "1").utf8))
    let daemon = try await stage.start(["--tokens", stage.path("tokens"), "--require-token"])
    let key = stage.path("identity/key.pem")
    let good = try Data(contentsOf: URL(filePath: key))
    var refusals = 0
    func reload(refusing part: String, _ reason: String) async throws {
      daemon.signal(SIGHUP)
      refusals += 1
      let line = try await daemon.wait(for: "reload refused", count: refusals)
      #expect(line["part"] as? String == part && line["level"] as? String == "error")
      #expect((line["reason"] as? String)?.contains(reason) == true, "\(line)")
      // The other parts were taken.
      try await daemon.wait(for: "reloaded", count: refusals)
      #expect(try await outcome(stage, daemon, pinning: "identity", token: "1", "/v1/database") == nil)
    }
    try stage.write("tokens", Data("one and more\n".utf8))
    try await reload(refusing: "tokens", "line 1")
    try FileManager.default.removeItem(atPath: stage.path("tokens"))
    try await reload(refusing: "tokens", "cannot read")
    try stage.write("tokens", Data(line("one", "1").utf8))
    try Data("no key".utf8).write(to: URL(filePath: key))
    try await reload(refusing: "identity", "key")
    try stage.write("identity/key.pem", good, mode: 0o644)
    try await reload(refusing: "identity", "chmod 600")
    _ = try Identity.create(folder: stage.path("other"), name: "test")
    try FileManager.default.removeItem(atPath: key)
    try FileManager.default.copyItem(atPath: stage.path("other/key.pem"), toPath: key)
    try await reload(refusing: "identity", "does not belong")
    try await withPeer(stage, daemon) { peer in
      let operators = Peer(http: peer.http, base: daemon.operators)
      let text = String(decoding: try await operators.send("/metrics").body, as: UTF8.self)
      #expect(text.contains("hitoku_reloads_total{part=\"identity\",result=\"refused\"} 3\n"))
      #expect(text.contains("hitoku_reloads_total{part=\"tokens\",result=\"refused\"} 2\n"))
      #expect(text.contains("hitoku_reloads_total{part=\"database\",result=\"done\"} 5\n"))
    }
    #expect(daemon.stop() == 0)
  }

  @Test func onlyClientsWithAKnownCertificateAreLetIn() async throws {
    let stage = try stage()
    let (known, other) = (
      try Identity.create(folder: stage.path("known"), name: "known"),
      try Identity.create(folder: stage.path("other"), name: "other")
    )
    let clients = stage.path("clients.pem")
    try FileManager.default.copyItem(atPath: stage.path("known/certificate.pem"), toPath: clients)
    let daemon = try await stage.start(["--client-certificates", clients])
    #expect(try await outcome(stage, daemon, pinning: "identity", as: known) == nil)
    #expect(try await outcome(stage, daemon, pinning: "identity") == .certificateRefused)
    #expect(try await outcome(stage, daemon, pinning: "identity", as: other) == .certificateRefused)
    // Another list, by a reload.
    try stage.write("clients.pem", Data(contentsOf: URL(filePath: stage.path("other/certificate.pem"))))
    daemon.signal(SIGHUP)
    try await daemon.wait(for: "reloaded")
    #expect(try await outcome(stage, daemon, pinning: "identity", as: known) == .certificateRefused)
    #expect(try await outcome(stage, daemon, pinning: "identity", as: other) == nil)
    try stage.write("clients.pem", Data())
    daemon.signal(SIGHUP)
    try await daemon.wait(for: "reload refused")
    #expect(try await outcome(stage, daemon, pinning: "identity", as: other) == nil, "it stays")
    #expect(daemon.stop() == 0)
  }

  /// A certificate on P-256, from `issuer` or self-signed, in a folder as identities have them.
  private func certificate(
    _ stage: DaemonStage, _ name: String, isAuthority: Bool = false,
    from issuer: (name: String, key: P256.Signing.PrivateKey)? = nil
  ) throws -> P256.Signing.PrivateKey {
    let key = P256.Signing.PrivateKey()
    let subject = try DistinguishedName { CommonName(name) }
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
      notValidBefore: .now - 3600, notValidAfter: .now + 3600,
      issuer: try DistinguishedName { CommonName(issuer?.name ?? name) }, subject: subject,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        if isAuthority {
          Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        } else {
          Critical(BasicConstraints.notCertificateAuthority)
        }
      }, issuerPrivateKey: .init(issuer?.key ?? key))
    try FileManager.default.createDirectory(
      atPath: stage.path(name), withIntermediateDirectories: false)
    try stage.write("\(name)/certificate.pem", Data(try certificate.serializeAsPEM().pemString.utf8))
    try stage.write("\(name)/key.pem", Data(key.pemRepresentation.utf8), mode: 0o600)
    return key
  }

  @Test func anAuthorityLetsInWhatItIssuedAndNothingElse() async throws {
    let stage = try stage()
    let key = try certificate(stage, "authority", isAuthority: true)
    _ = try certificate(stage, "issued", from: ("authority", key))
    // The same name, another key.
    _ = try certificate(stage, "forged", from: ("authority", P256.Signing.PrivateKey()))
    let file = stage.path("authority/certificate.pem")
    let daemon = try await stage.start(["--client-certificates", file])
    func outcome(as name: String) async throws -> ServiceClientError? {
      try await self.outcome(
        stage, daemon, pinning: "identity", as: try Identity(folder: stage.path(name)))
    }
    #expect(try await outcome(as: "issued") == nil)
    #expect(try await outcome(as: "forged") == .certificateRefused)
    #expect(try await self.outcome(stage, daemon, pinning: "identity") == .certificateRefused)
    #expect(daemon.stop() == 0)
    let mixed = try ["authority", "issued"].map {
      try String(contentsOfFile: stage.path("\($0)/certificate.pem"), encoding: .utf8)
    }
    try stage.write("mixed.pem", Data(mixed.joined(separator: "\n").utf8))
    let refused = try stage.launch(["--client-certificates", stage.path("mixed.pem")])
    #expect(refused.end() == 65 && refused.log.contains("Give one kind"), "\(refused.log)")
  }
}
#endif
