#if Services
import EncryptedSum
import Foundation
import ServiceClient
import ServiceContracts
import Studies
import SumClient
import TestSupport
import Testing

@Suite struct SumRightsTests {
  /// How each action is asked for, and the status for those who may, of an open study that nobody contributed to.
  private static func request(
    _ action: SumAction, _ digest: String
  ) -> (method: String, path: SumPath, body: ServiceConnection.Body?, type: String, status: Int) {
    let junk = ServiceConnection.Body(SumPath.json, Array(#"{"signature":"aa"}"#.utf8))
    let bytes = ServiceConnection.Body(SumPath.bytes, [1, 2, 3])
    func part(_ part: SumPath.Part) -> SumPath { .part(of: digest, part) }
    return switch action {
    case .createStudy: ("POST", .studies, junk, SumPath.json, 400)
    case .readStudy: ("GET", part(.key), nil, SumPath.bytes, 200)
    case .readProgress: ("GET", part(.progress), nil, SumPath.json, 200)
    case .contribute: ("POST", part(.contribution), bytes, SumPath.json, 400)
    case .readReceipts: ("GET", part(.contribution), nil, SumPath.json, 200)
    case .close: ("POST", part(.close), nil, SumPath.json, 409)
    case .readContributions: ("GET", part(.contributions), nil, SumPath.bytes, 409)
    case .exchangeSeeds: ("GET", part(.seed), nil, SumPath.json, 409)
    case .countersign: ("POST", part(.countersignature), junk, SumPath.json, 409)
    case .release: ("POST", part(.release), nil, SumPath.json, 409)
    case .readRelease: ("GET", part(.release), nil, SumPath.bytes, 404)
    case .readManifest: ("GET", part(.manifest), nil, SumPath.json, 404)
    case .publish: ("POST", part(.result), junk, SumPath.json, 409)
    case .readResult: ("GET", part(.result), nil, SumPath.json, 404)
    case .readLog: ("GET", part(.log), nil, SumPath.json, 200)
    case .manageTokens: ("POST", .tokens, junk, SumPath.json, 400)
    }
  }

  @Test func everyRoleMayWhatTheTableSaysAndNothingElse() async throws {
    let stage = try SumStage()
    let digest = try stage.create()
    let other = try stage.create("other.json")
    for role in SumRole.allCases {
      try stage.makeToken(role.rawValue, name: "here-\(role.rawValue)", study: digest)
      try stage.makeToken(role.rawValue, name: "there-\(role.rawValue)", study: other)
    }
    for role in SumRole.allCases {
      let here = try stage.connection("here-\(role.rawValue)")
      let there = try stage.connection("there-\(role.rawValue)")
      for action in SumAction.allCases {
        let asked = Self.request(action, digest)
        let found = try await here.status(asked.method, asked.path.text, asked.body, of: asked.type)
        let isAllowed = SumRights.permits(role, action)
        #expect(found.status == (isAllowed ? asked.status : 403), "\(role) \(action.rawValue)")
        if !isAllowed { #expect(found.rule == "not-permitted", "\(role) \(action.rawValue)") }
        // A token for another study is good for nothing in this one.
        if asked.path != .studies && asked.path != .tokens {
          let found = try await there.status(asked.method, asked.path.text, asked.body, of: asked.type)
          #expect(found.status == 403, "\(role) \(action.rawValue) elsewhere")
        }
      }
      await here.close()
      await there.close()
    }
    let nobody = try stage.connection(nil)
    for action in SumAction.allCases {
      let asked = Self.request(action, digest)
      let found = try await nobody.status(asked.method, asked.path.text, asked.body, of: asked.type)
      #expect(found.status == 401, "\(action.rawValue) without a token")
    }
    await nobody.close()
  }

  @Test func requestsAgainstTheRulesAreRefusedWithTheirStatus() async throws {
    let stage = try SumStage()
    let digest = try stage.create()
    let study = try SumStudy(decoding: Array(try stage.read("study.json").utf8))
    for name in ["one", "two"] { try stage.makeToken("registrant", name: name, study: digest) }
    let (one, two) = (try stage.connection("one"), try stage.connection("two"))
    let path = SumPath.part(of: digest, .contribution).text
    let key = try await one.send(
      "GET", SumPath.part(of: digest, .key).text, expecting: SumPath.bytes, limit: 1 << 20)
    let plan = try SumSession.plan(study, encodedKey: key)
    let vector = try plan.layout.vector(of: [SumRow(values: [100, 20], labels: [0, 0])], study: study)
    let bodies = try (0..<2).map { _ in ServiceConnection.Body(SumPath.bytes, try plan.encrypt(vector)) }

    #expect(try await one.status("PUT", path, bodies[0]) == (409, "nothing-contributed"))
    #expect(try await one.status("DELETE", path) == (409, "nothing-contributed"))
    let long = ServiceConnection.Body(SumPath.bytes, bodies[0].bytes + [0])
    #expect(try await one.status("POST", path, long).status == 413)
    let short = ServiceConnection.Body(SumPath.bytes, Array(bodies[0].bytes.dropLast()))
    #expect(try await one.status("POST", path, short).status == 400)
    let json = ServiceConnection.Body(SumPath.json, bodies[0].bytes)
    #expect(try await one.status("POST", path, json).status == 415)
    #expect(
      try await one.status("POST", path, bodies[0], key: String(repeating: "k", count: 129)).status == 400)
    #expect(try await one.status("PATCH", path, bodies[0]).status == 405)

    let first = try await one.send(
      "POST", path, bodies[0], fields: [(SumPath.idempotencyKey, "a")], expecting: SumPath.json,
      limit: 1 << 16)
    let again = try await one.send(
      "POST", path, bodies[0], fields: [(SumPath.idempotencyKey, "a")], expecting: SumPath.json,
      limit: 1 << 16)
    #expect(first == again)
    #expect(try await one.status("POST", path, bodies[1], key: "a").status == 422)
    #expect(try await one.status("POST", path, bodies[0], key: "b") == (409, "already-contributed"))
    #expect(try await two.status("POST", path, bodies[0]) == (409, "duplicate-ciphertext"))
    let unknown = SumPath.part(of: String(repeating: "0", count: 64), .progress).text
    let analyst = try stage.connection("analyst")
    #expect(try await analyst.status("GET", unknown).status == 404)
    #expect(try await analyst.status("GET", "/v1/studies/zz").status == 400)
    #expect(try await analyst.status("POST", SumPath.part(of: digest, .close).text) == (409, "closes-later"))

    _ = try await two.send("POST", path, bodies[1], expecting: SumPath.json, limit: 1 << 16)
    try stage.expectSuccess(["sum", "close", "study.json"] + stage.server("analyst"))
    #expect(try await two.status("DELETE", path) == (409, "after-closing"))
    let release = SumPath.part(of: digest, .release).text
    #expect(try await analyst.status("POST", release) == (409, "auditor-seed-missing"))
    try stage.expectSuccess(
      ["sum", "audit", "study.json", "--keys", "auditor-keys"] + stage.server("auditor"))
    try stage.expectSuccess(["sum", "release", "study.json"] + stage.server("analyst"))
    #expect(try await analyst.status("POST", release) == (409, "already-released"))
    let result = SumPath.part(of: digest, .result).text
    let published = ServiceConnection.Body(SumPath.json, Array("{}".utf8))
    #expect(try await analyst.status("POST", result, published) == (409, "not-countersigned"))
    try stage.expectSuccess(
      ["sum", "audit", "study.json", "--keys", "auditor-keys"] + stage.server("auditor"))
    // Not signed by the analyst.
    #expect(try await analyst.status("POST", result, published).status == 400)
    for connection in [one, two, analyst] { await connection.close() }
  }

  @Test func aStudyBelowItsMinimumIsNeverReleased() async throws {
    let stage = try SumStage()
    let closing = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 6).rounded())
    let digest = try stage.create(closing: closing.formatted(.iso8601))
    try await Task.sleep(for: .seconds(max(0, closing.timeIntervalSinceNow) + 0.1))
    try stage.expectSuccess(["sum", "close", "study.json"] + stage.server("analyst"))
    try stage.expectSuccess(
      ["sum", "audit", "study.json", "--keys", "auditor-keys"] + stage.server("auditor"))
    let analyst = try stage.connection("analyst")
    #expect(
      try await analyst.status("POST", SumPath.part(of: digest, .release).text) == (409, "below-minimum"))
    await analyst.close()
  }

  @Test func everybodySeesWhatIsPublicAndNothingElse() async throws {
    let stage = try SumStage()
    let (shown, hidden) = (try stage.create(), try stage.create("other.json"))
    #expect(stage.stop() == 0)
    try stage.start(["--public", shown])
    let nobody = try stage.connection(nil)
    let list = try await nobody.send(
      "GET", SumPath.publicStudies.text, expecting: SumPath.json, limit: 1 << 16)
    let studies = try JSONDecoder().decode(SumStudyList.self, from: Data(list)).studies
    #expect(studies.map(\.progress.digest) == [shown])
    #expect(try await nobody.status("GET", SumPath.publicStudy(shown).text).status == 200)
    #expect(try await nobody.status("GET", SumPath.publicResult(shown).text).status == 404)
    for path in [SumPath.publicStudy(hidden), .publicResult(hidden)] {
      #expect(try await nobody.status("GET", path.text).status == 404)
    }
    for part in SumPath.Part.allCases where part != .contributions {
      let found = try await nobody.status("GET", SumPath.part(of: shown, part).text)
      #expect([401, 405].contains(found.status), "\(part)")
    }
    #expect(try await nobody.status("GET", "/v1/public/studies/zz").status == 400)
    #expect(try await nobody.status("GET", SumPath.publicStudy(shown).text + "/log").status == 404)
    #expect(try await nobody.status("POST", SumPath.publicStudies.text).status == 405)
    await nobody.close()
    let wrong = try RunningProgram(
      ["serve", "--state", "state", "--identity", "server", "--public", "ABC"], of: "hitoku-sumd",
      in: stage.folder
    ).end()
    #expect(wrong.code == 64 && wrong.errors.contains("64 hexadecimal digits"), "\(wrong.errors)")
  }

  @Test func aRevokedTokenIsNobodys() async throws {
    let stage = try SumStage()
    let digest = try stage.create()
    try stage.makeToken("auditor", name: "second", study: digest)
    let (provider, second) = (try stage.connection("provider"), try stage.connection("second"))
    let log = SumPath.part(of: digest, .log).text
    #expect(try await second.status("GET", log).status == 200)
    #expect(
      try await provider.status("DELETE", SumPath.token(role: "auditor", name: "second").text).status == 200)
    #expect(try await second.status("GET", log).status == 401)
    for connection in [provider, second] { await connection.close() }
  }
}
#endif
