#if Services
import EncryptedSum
import Foundation
import Primitives
import Secrets
import ServiceClient
import ServiceContracts
import Studies
import SumClient
import TestSupport
import Testing

/// What the parties of a sum do not take on trust from the server, nor the server from whoever has a token.
@Suite struct SumTrustTests {
  private static let row = ["wage,age,sex,branch", "10,30,f,a"]

  private func submit(
    _ stage: SumStage, _ name: String, _ options: [String] = [], token: String? = nil
  ) throws -> RunningProgram.Ending {
    try stage.write("row.csv", Self.row)
    return try stage.run(
      ["sum", "submit", "study.json", "row.csv", "--name", name, "--receipt", "\(name).receipt"] + options
        + stage.server(token ?? name))
  }

  private func release(_ stage: SumStage) throws {
    try stage.expectSuccess(["sum", "close", "study.json"] + stage.server("analyst"))
    try stage.expectSuccess(audit(stage))
    try stage.expectSuccess(["sum", "release", "study.json"] + stage.server("analyst"))
  }

  private func audit(_ stage: SumStage) -> [String] {
    ["sum", "audit", "study.json", "--keys", "auditor-keys"] + stage.server("auditor")
  }

  private func result(_ stage: SumStage) -> [String] {
    ["sum", "result", "study.json", "--keys", "analyst-keys"] + stage.server("analyst")
  }

  @Test func tokensAloneContributeNothingWhereContributorsAreListed() async throws {
    let stage = try SumStage()
    let digest = try stage.create(listing: ["one", "two"])
    for name in ["one", "two", "ghost"] { try stage.makeToken("registrant", name: name, study: digest) }
    let missing = try submit(stage, "one")
    #expect(missing.code == 65 && missing.errors.contains("--keys"), "\(missing.errors)")
    let other = try submit(stage, "one", stage.signing("two"))
    #expect(other.code == 65 && other.errors.contains("another key"), "\(other.errors)")
    #expect(try submit(stage, "ghost", stage.signing("one")).code == 77)

    let study = try SumStudy(decoding: Array(try stage.read("study.json").utf8))
    let (one, ghost) = (try stage.connection("one"), try stage.connection("ghost"))
    let key = try await one.send(
      "GET", SumPath.part(of: digest, .key).text, expecting: SumPath.bytes, limit: 1 << 20)
    let plan = try SumSession.plan(study, encodedKey: key)
    let vector = try plan.layout.vector(of: [SumRow(values: [100, 20], labels: [0, 0])], study: study)
    let body = try plan.encrypt(vector)
    let path = SumPath.part(of: digest, .contribution).text
    func status(
      _ method: String, _ connection: ServiceConnection, _ signature: ContributionSignature?, _ body: [UInt8]
    ) async throws -> (status: Int, rule: String?) {
      let fields =
        signature.map {
          [
            (SumPath.contributionVersion, "\($0.version)"),
            (SumPath.contributionSignature, SumSession.digits($0.bytes)),
          ]
        } ?? []
      do {
        _ = try await connection.send(
          method, path, .init(SumPath.bytes, body), fields: fields, expecting: SumPath.json, limit: 1 << 16)
        return (200, nil)
      } catch {
        guard case .refused(let problem, _) = error else { throw error }
        return (problem.status, problem.rule)
      }
    }
    let seed = try Data(contentsOf: stage.folder.appending(path: "one-keys/signing.key"))
    let own = SigningKey(seed: Self.secret([UInt8](seed))) ?? SigningKey()
    func signed(_ body: [UInt8], _ version: Int) -> ContributionSignature {
      plan.signature(of: body, by: "one", version: version, key: own)
    }
    let forged = plan.signature(of: body, by: "one", version: 5, key: SigningKey())
    #expect(try await status("POST", one, nil, body) == (403, "not-signed"))
    #expect(try await status("POST", one, forged, body) == (403, "not-signed"))
    #expect(try await status("POST", ghost, signed(body, 5), body) == (403, "not-listed"))
    let short = ContributionSignature(version: 5, bytes: [1])
    #expect(try await status("POST", one, short, body).status == 400)
    #expect(try await status("POST", one, signed(body, 5), body).status == 200)
    // An earlier version, and one that was withdrawn, do not come back.
    let better = try plan.encrypt(vector)
    #expect(try await status("PUT", one, signed(better, 5), better) == (409, "version-not-newer"))
    #expect(try await status("PUT", one, signed(better, 6), better).status == 200)
    #expect(try await one.status("DELETE", path).status == 200)
    #expect(try await status("POST", one, signed(body, 5), body) == (409, "version-not-newer"))
    await one.close()
    await ghost.close()
  }

  @Test func analystsKeysDecryptOneReleaseOfOneStudy() throws {
    let stage = try SumStage()
    let digest = try stage.create()
    try stage.write("draft.json", [try stage.read("draft.json").replacing("Wages study.json", with: "Other")])
    // What the server refuses leaves the keys free for a corrected draft.
    let create = ["--auditor-key", stage.auditorKey, "--out", "new.json"] + stage.server("analyst")
    try stage.expectSuccess(["sum", "keys", "new-keys"])
    let start = ["sum", "create", "draft.json", "--keys", "new-keys", "--provider-key"]
    let refused = try stage.run(start + [String(repeating: "1b", count: 32)] + create)
    #expect(refused.code == 69 && refused.errors.contains("another provider"), "\(refused.errors)")
    for _ in 0..<2 { try stage.expectSuccess(start + [stage.providerKey] + create) }
    let second = try stage.run(
      [
        "sum", "create", "draft.json", "--keys", "analyst-keys", "--provider-key", stage.providerKey,
        "--auditor-key", stage.auditorKey, "--out", "second.json",
      ] + stage.server("analyst"))
    #expect(second.code == 65 && second.errors.contains("another study's"), "\(second.errors)")
    for name in ["one", "two"] {
      try stage.makeToken("registrant", name: name, study: digest)
      #expect(try submit(stage, name).code == 0)
    }
    try release(stage)
    try stage.expectSuccess(audit(stage))
    try stage.expectSuccess(result(stage))
    try stage.expectSuccess(result(stage))
    // The manifest that these keys decrypted was another one.
    try Data(repeating: 7, count: 32).write(to: stage.folder.appending(path: "analyst-keys/decrypted"))
    let other = try stage.run(result(stage))
    #expect(other.code == 69 && other.errors.contains("another manifest"), "\(other.errors)")
  }

  @Test func auditorSignsOneManifestOfTheLogThatItSawBeforeItsSeed() throws {
    let stage = try SumStage()
    let digest = try stage.create()
    for name in ["one", "two"] {
      try stage.makeToken("registrant", name: name, study: digest)
      #expect(try submit(stage, name).code == 0)
    }
    let early = try stage.run(audit(stage))
    #expect(early.code == 77 && early.errors.contains("before-closing"), "\(early.errors)")
    try release(stage)
    let mark = stage.folder.appending(path: "auditor-keys/log-\(digest)")
    let seen = try Data(contentsOf: mark)
    // What was seen of the log is another hash now; then another commitment.
    for (index, words) in [(seen.count - 1, "the log"), (40, "committed")] {
      var changed = seen
      changed[index] ^= 1
      try changed.write(to: mark)
      let refused = try stage.run(audit(stage))
      #expect(refused.code == 69 && refused.errors.contains(words), "\(refused.errors)")
    }
    try FileManager.default.removeItem(at: mark)
    let lost = try stage.run(audit(stage))
    #expect(lost.code == 69 && lost.errors.contains("seed"), "\(lost.errors)")
    try seen.write(to: mark)
    let signed = stage.folder.appending(path: "auditor-keys/manifest-\(digest)")
    try Data(repeating: 7, count: 32).write(to: signed)
    let other = try stage.run(audit(stage))
    #expect(other.code == 69 && other.errors.contains("another manifest"), "\(other.errors)")
    #expect(try stage.run(result(stage)).code == 69)
    try FileManager.default.removeItem(at: signed)
    try stage.expectSuccess(audit(stage))
    try stage.expectSuccess(audit(stage))
    try stage.expectSuccess(result(stage))
  }

  @Test func receiptsAreKeptWhateverTheyAreWorthAndFetchedAgain() throws {
    let stage = try SumStage()
    let digest = try stage.create()
    for name in ["one", "two"] { try stage.makeToken("registrant", name: name, study: digest) }
    // With another's token the contribution counts under that name: the receipt says so.
    let other = try submit(stage, "one", token: "two")
    #expect(other.code == 65 && other.errors.contains("for the name two"), "\(other.errors)")
    try stage.expectSuccess(["sum", "verify-receipt", "study.json", "one.receipt"])
    #expect(try submit(stage, "two", ["--replace"]).code == 0)
    #expect(try submit(stage, "two", ["--replace"]).code == 0)
    let kept = try stage.read("two.receipt").split(separator: "\n")
    #expect(kept.count == 2)
    let listed = try stage.expectSuccess(
      ["sum", "receipts", "study.json", "--receipt", "all.receipt"] + stage.server("two"))
    #expect(listed.output.split(separator: "\n").count == 3, "\(listed.output)")
    // The same receipts, but by the server's word.
    let fetched = try stage.read("all.receipt").split(separator: "\n").suffix(2)
    #expect(fetched.map { String($0).replacing("\"fetched\":true,", with: "") } == kept.map(String.init))
    let check = ["sum", "verify-receipt", "study.json"]
    let early = try stage.run(check + ["all.receipt"] + stage.server("two"))
    #expect(early.code == 69 && early.errors.contains("not released"), "\(early.errors)")
    #expect(try submit(stage, "one").code == 0)
    try release(stage)
    let unsigned = try stage.run(check + ["all.receipt"] + stage.server("two"))
    #expect(unsigned.code == 69 && unsigned.errors.contains("not countersigned"), "\(unsigned.errors)")
    try stage.expectSuccess(audit(stage))
    try stage.expectSuccess(check + ["all.receipt"] + stage.server("two"))
    // The first of them was replaced: alone it is not what counts.
    try stage.write(
      "first.receipt", [String(try #require(stage.read("all.receipt").split(separator: "\n").first))])
    let replaced = try stage.run(check + ["first.receipt"] + stage.server("two"))
    #expect(replaced.code == 69 && replaced.errors.contains("does not count"), "\(replaced.errors)")
  }

  private static func secret(_ bytes: [UInt8]) -> SecretBytes {
    unsafe SecretBytes(count: bytes.count) { (buffer: UnsafeMutableBufferPointer<UInt8>) in
      for index in buffer.indices { unsafe buffer[index] = bytes[index] }
    }
  }
}
#endif
