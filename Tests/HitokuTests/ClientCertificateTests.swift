#if Services
import Foundation
import TestSupport
import Testing

/// Daemons that ask clients for a certificate, and the commands that show one.
@Suite struct ClientCertificateTests {
  @Test func theLeakDaemonAnswersWhoShowsAKnownCertificate() throws {
    let stage = try LeakStage()
    for name in ["client", "stranger"] {
      try stage.expectSuccess(["identity", "create", name, "--name", name])
    }
    try stage.write("words.txt", ["hello", "world"])
    try stage.serve(
      "words.txt", build: ["--format", "words", "--set", "lookup-bucket-n1024"],
      daemon: ["--client-certificates", stage.path("client/certificate.pem")])
    let known = try stage.check(["--stdin", "--identity", "client"], input: "hello\n")
    #expect(known.code == 1, "leaked: \(known.errors)")
    for options in [["--stdin"], ["--stdin", "--identity", "stranger"]] {
      let refused = try stage.check(options, input: "hello\n")
      #expect(refused.code == 69 && refused.output.isEmpty)
      #expect(refused.errors.contains("clients that show a certificate"), "\(refused.errors)")
    }
  }

  @Test func theSumDaemonAnswersWhoShowsAKnownCertificateAndATokenAndTakesANewListAtSIGHUP() throws {
    let stage = try SumStage()
    for name in ["client", "stranger"] {
      try stage.expectSuccess(["identity", "create", name, "--name", name])
    }
    _ = try stage.create()
    #expect(stage.stop() == 0)
    let clients = stage.path("clients.pem")
    try FileManager.default.copyItem(atPath: stage.path("client/certificate.pem"), toPath: clients)
    let daemon = try RunningProgram(
      [
        "serve", "--state", stage.path("state"), "--identity", stage.path("server"), "--listen",
        "127.0.0.1:0", "--operator-listen", "127.0.0.1:0", "--client-certificates", clients,
      ], of: "hitoku-sumd", in: stage.folder)
    let line = try #require(daemon.waitForLine(holding: #""listening""#))
    let fields = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    let port = try #require(fields?["port"])
    func status(_ options: [String], token: String = "analyst.token") throws -> RunningProgram.Ending {
      try stage.run(
        [
          "sum", "status", "study.json", "--server", "127.0.0.1:\(port)", "--peer", "server/certificate.pem",
          "--token-file", token,
        ] + options)
    }
    let known = try status(["--identity", "client"])
    #expect(known.code == 0, "\(known.errors)")
    for options in [[], ["--identity", "stranger"]] {
      let refused = try status(options)
      #expect(refused.code == 69, "\(refused.errors)")
      #expect(refused.errors.contains("clients that show a certificate"), "\(refused.errors)")
    }
    try stage.write("false.token", ["no-token"])
    let tokenless = try status(["--identity", "client"], token: "false.token")
    #expect(tokenless.code == 77, "a certificate is no token: \(tokenless.errors)")
    try FileManager.default.removeItem(atPath: clients)
    try FileManager.default.copyItem(atPath: stage.path("stranger/certificate.pem"), toPath: clients)
    daemon.signal(SIGHUP)
    // It is read on another thread.
    while try status(["--identity", "stranger"]).code != 0 {}
    #expect(try status(["--identity", "client"]).code == 69)
    daemon.signal(SIGTERM)
    #expect(daemon.end().code == 0)
  }
}
#endif
