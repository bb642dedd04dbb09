#if Services
import EncryptedSum
import Foundation
import ServiceClient
import ServiceContracts
import Studies
import SumClient
import TestSupport
import Testing

/// Requests with bodies that no client of this house sends. Every refusal is a problem of the type that its status says:
/// `ServiceConnection` takes no other one.
@Suite(.serialized) struct SumRefusalTests {
  @Test func malformedCiphertextsAreRefusedWithoutATrace() async throws {
    var random = SeededGenerator()
    let stage = try SumStage()
    let digest = try stage.create()
    let other = try stage.create("other.json")
    try stage.makeToken("registrant", name: "one", study: digest)
    try stage.makeToken("registrant", name: "elsewhere", study: other)
    let (one, elsewhere) = (try stage.connection("one"), try stage.connection("elsewhere"))
    let path = SumPath.part(of: digest, .contribution).text
    let plan = try await plan(one, digest, stage)
    let vector = try plan.layout.vector(of: [SumRow(values: [100, 20], labels: [0, 0])], study: plan.study)
    let good = try plan.encrypt(vector)
    var bodies: [(name: String, bytes: [UInt8], status: Int)] = [
      ("empty", [], 400), ("one byte", [0], 400), ("short", Array(good.dropLast()), 400),
      ("long", good + [0], 413), ("twice", good + good, 413),
      ("zeros", [UInt8](repeating: 0, count: good.count), 400),
      ("ones", [UInt8](repeating: 0xFF, count: good.count), 400),
    ]
    for index in 0..<8 {
      var changed = good
      changed[index] ^= 0x10
      bodies.append(("head, byte \(index)", changed, 400))
    }
    // No randomness: anybody could read it.
    var transparent = good
    let head = good.count / 2
    for index in head..<good.count { transparent[index] = 0 }
    bodies.append(("half of it zero", transparent, 400))
    for body in bodies {
      for method in ["POST", "PUT"] {
        let found = try await one.status(method, path, .init(SumPath.bytes, body.bytes))
        #expect(found.status == body.status, "\(body.name), \(method)")
      }
    }
    for _ in 0..<30 {
      var noise = good
      for _ in 0..<64 { noise[.random(in: 0..<64, using: &random)] = .random(in: 0...255, using: &random) }
      let status = try await one.status("POST", path, .init(SumPath.bytes, noise)).status
      #expect(status == 400, "seed \(random.seed)")
    }
    #expect(
      try await elsewhere.status("POST", path, .init(SumPath.bytes, good)) == (403, "not-permitted"))
    #expect(
      try await one.status(
        "POST", SumPath.part(of: digest, .numbers).text, .init(SumPath.lines, [0x7B])
      ).status == 404, "a study of ciphertexts takes no lines")
    let analyst = try SumServer(
      stage.address, trust: .certificate(file: stage.path("server/certificate.pem")),
      token: try stage.token("analyst"))
    #expect(try await analyst.progress(of: digest).contributors == 0)
    #expect(try await one.status("POST", path, .init(SumPath.bytes, good)).status == 200)
    await analyst.close()
    for connection in [one, elsewhere] { await connection.close() }
  }

  /// The head of a body, and then nothing: a client that holds on to its place.
  @Test func bodiesThatComeTooSlowlyAre408AndGiveThePlaceBack() async throws {
    let stage = try SumStage(options: ["--body-seconds", "1"])
    let digest = try stage.create()
    try stage.makeToken("registrant", name: "one", study: digest)
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "slow_body.py").path()
    let ending = try RunningProgram(
      [
        "python3", script, stage.address, SumPath.part(of: digest, .contribution).text,
        try stage.token("one"),
      ], of: "/usr/bin/env", in: stage.folder
    ).end()
    #expect(ending.output.hasPrefix("HTTP/1.1 408"), "\(ending.output) \(ending.errors)")
    #expect(ending.output.lowercased().contains("content-type: application/problem+json"))
    #expect(ending.output.contains("urn:hitoku:problem:too-slow"))
    #expect(stage.stop() == 0)
  }

  @Test func linesThatAreNotPythonPailliersAreRefused() async throws {
    let stage = try SumStage()
    try stage.expectSuccess(["sum", "keys", "paillier-keys", "--paillier", "2048"])
    let digest = try stage.create(
      draft: """
        {"format": 1, "kind": "sum", "title": "Lines", "scheme": "paillier", "paillier_form": "separate",
         "fields": [{"column": "x", "minimum": 0, "maximum": 9, "squares": false}],
         "minimum_contributors": 2, "maximum_contributors": 9, "maximum_rows": 9, "privacy": "exact",
         "opening": "2020-01-01T00:00:00Z", "closing": "2999-01-01T00:00:00Z"}
        """, keys: "paillier-keys")
    try stage.makeToken("registrant", name: "one", study: digest)
    let one = try stage.connection("one")
    let path = SumPath.part(of: digest, .numbers).text
    let encrypt = ["paillier", "encrypt", "paillier-keys/paillier.json", "--output"]
    try stage.expectSuccess(encrypt + ["integers", "--exponent", "0", "--", "1", "2"])
    try stage.expectSuccess(encrypt + ["fraction", "--exponent", "-1", "--", "0.5"])
    let lines = try (stage.read("integers") + stage.read("fraction")).split(separator: "\n").map(String.init)
    for (text, status) in [
      ("", 400), ("\n\n", 400), ("{}", 400), ("[]\n[]", 400), (lines[0], 400), (lines[0] + "\n{}", 400),
      (lines.joined(separator: "\n"), 400), (lines[0] + "\n" + lines[2], 400),
      (#"{"v": "0", "e": 0}"# + "\n" + lines[1], 400), (#"{"v": "1e9", "e": 0}"# + "\n" + lines[1], 400),
      (lines[0] + "\n" + #"{"v": ""# + String(repeating: "9", count: 2_000) + #"", "e": 0}"#, 400),
      (String(repeating: lines[0] + "\n", count: 100), 413), (lines[0] + "\n" + lines[0], 200),
    ] {
      let found = try await one.status("POST", path, .init(SumPath.lines, Array(text.utf8)))
      #expect(found.status == status, "\(text.prefix(60))")
    }
    let bytes = ServiceConnection.Body(SumPath.bytes, Array(lines[0].utf8))
    #expect(try await one.status("PUT", path, bytes).status == 415)
    await one.close()
  }

  @Test func documentsWithOtherMembersAndNamesThatAreNoneAreRefused() async throws {
    let stage = try SumStage()
    let provider = try stage.connection("provider")
    for (text, status) in [
      (#"{"role": "auditor", "name": "second", "expires": 4000000000}"#, 200),
      (#"{"role": "auditor", "name": "second", "expires": 4000000000, "studdy": "aa"}"#, 400),
      (#"{"role": "auditor", "name": "second", "expires": 4000000000, "study": null}"#, 400),
      (#"{"role": "auditor", "name": "a\u0007b", "expires": 4000000000}"#, 400),
      (#"{"role": "auditor", "name": "", "expires": 4000000000}"#, 400),
      (#"{"role": "emperor", "name": "second", "expires": 4000000000}"#, 400),
      (#"{"role": "registrant", "name": "second", "expires": 4000000000}"#, 400), ("[]", 400), ("", 400),
    ] {
      let found = try await provider.status(
        "POST", SumPath.tokens.text, .init(SumPath.json, Array(text.utf8)))
      #expect(found.status == status, "\(text)")
    }
    #expect(try await provider.status("DELETE", "/v1/tokens/auditor/a%07b").status == 400)
    await provider.close()
  }

  private func plan(_ connection: ServiceConnection, _ digest: String, _ stage: SumStage) async throws
    -> SumPlan
  {
    let key = try await connection.send(
      "GET", SumPath.part(of: digest, .key).text, expecting: SumPath.bytes, limit: 1 << 20)
    return try SumSession.plan(
      SumStudy(decoding: Array(try stage.read("study.json").utf8)), encodedKey: key)
  }
}
#endif
