#if Services
import Foundation
import ServiceClient
import LeakClient
import ServiceContracts
import TestSupport
import Testing

/// What a check may ask, when its requests go out, and what is left of one that ends early.
@Suite(.serialized) struct LeakBoundsTests {
  private static let words = (0..<150).map { "word\($0)" }

  private func stage(_ build: [String] = [], daemon: [String] = []) throws -> LeakStage {
    let stage = try LeakStage()
    try stage.write("words.txt", Self.words)
    try stage.serve(
      "words.txt", build: ["--set", "lookup-bucket-n1024", "--format", "words"] + build, daemon: daemon)
    return stage
  }

  private func object(_ ending: RunningProgram.Ending) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aStoppedCheckPrintsWhatIsKnown(_ signal: Int32) throws {
    let stage = try stage()
    let check = try stage.startCheck(["--json"], input: Self.words.map { $0 + "\n" }.joined())
    #expect(check.waitForLine("checking: 10 %") != nil)
    check.signal(signal)
    let ending = check.end()
    #expect(ending.code == 130 && ending.errors.contains("was stopped"), "\(ending.errors)")
    let report = try object(ending)
    let checked = try #require(report["checked"] as? Int)
    #expect(report["complete"] as? Bool == false && report["total"] as? Int == 150)
    #expect((15..<150).contains(checked) && report["leaked"] as? Int == checked)
    let entries = try stage.entries(ending)
    #expect(entries.map { $0["entry"] as? String } == (1...checked).map { "line \($0)" })
  }

  @Test func answersBeforeTheServerEndedAreNotLost() throws {
    let stage = try stage()
    let check = try stage.startCheck([], input: Self.words.map { $0 + "\n" }.joined())
    #expect(check.waitForLine("checking: 10 %") != nil)
    stage.stopDaemon()
    let ending = check.end()
    #expect(ending.code == 69 && ending.errors.contains("cannot be reached"), "\(ending.errors)")
    #expect(ending.output.contains("LEAKED  line 1\n") && ending.output.contains("of 150 not checked"))
  }

  @Test func aDatabaseThatTurnsIntoOneOfUsersIsNotAskedForThem() async throws {
    let stage = try LeakStage()
    try stage.write("words.txt", ["one"])
    try stage.write("export.csv", ["name,url,username,password", "x,https://x,ann@example.org,one"])
    try stage.serve("words.txt", build: ["--format", "words"])
    let connection = try ServiceConnection(
      "127.0.0.1:\(stage.port)", trust: .certificate(file: stage.path("server/certificate.pem")), token: nil)
    let document = try await connection.send(
      "GET", "/v1/database", expecting: "application/json", limit: 1 << 16)
    await connection.close()
    try Data(document).write(to: stage.folder.appending(path: "document.json"))
    let (server, port) = try stage.serveOddly("switch", "server")
    defer { server.signal(SIGKILL) }
    let ending = try stage.run([
      "leak", "check", "--server", "127.0.0.1:\(port)", "--peer", "server/certificate.pem", "--key",
      "oprf.key.pub", "--export", "export.csv",
    ])
    #expect(ending.code == 76 && ending.errors.contains("replaced its database"), "\(ending.errors)")
    let asked = try String(contentsOfFile: stage.path("requests.txt"), encoding: .utf8).split(separator: "\n")
    #expect(asked.count { $0 == "/v1/database" } == 2)
    #expect(asked.allSatisfy { $0 == "/v1/database" || $0.hasSuffix("/tables/0/description") }, "\(asked)")
  }

  @Test func aCheckThatAsksMoreThanItMayAsksNothing() throws {
    let stage = try LeakStage()
    let users = (0..<20).map { "user\($0)@example.org" }
    try stage.write("pairs.txt", users.map { $0 + ":x" })
    try stage.serve(
      "pairs.txt", build: ["--kind", "credentials", "--set", "lookup-bucket-n1024", "--buckets", "64"])
    try stage.alter("nothing", at: 0)
    let pairs = users.map { $0 + ":x\n" }.joined()
    let options = ["--stdin", "--credentials"]
    let buckets = try stage.check(options + ["--max-buckets", "3"], input: pairs)
    #expect(buckets.code == 65 && buckets.errors.contains("--max-buckets"), "\(buckets.errors)")
    let partition = try stage.check(options + ["--max-partition", "32"], input: pairs)
    #expect(partition.code == 65 && partition.errors.contains("--max-partition"), "\(partition.errors)")
    let queries = try stage.check(options + ["--max-queries", "19"], input: pairs)
    #expect(queries.code == 65 && queries.errors.contains("20 lookups; 19"), "\(queries.errors)")
    #expect(try stage.requests() == ["database", "database", "database"])
    let all = try stage.check(options + ["--max-queries", "20"], input: pairs)
    #expect(all.code == 1 && all.errors.contains("20 lookups one by one"), "\(all.errors)")
    #expect(all.output.contains("20 of 20 passwords are in test (20 items)"))
  }

  @Test func aPinnedVersionIsTheOnlyOneThatIsAsked() throws {
    let stage = try stage()
    let info = try stage.run(["leak", "info", "db", "--json"])
    let facts = try #require(try object(info)["facts"] as? [String: Any])
    let version = try #require(facts["version"] as? String)
    let options = ["--stdin", "--version-pin"]
    #expect(try stage.check(options + [version.uppercased()], input: "word1\n").code == 1)
    try stage.alter("nothing", at: 0)
    let other = String(version.reversed())
    let refused = try stage.check(options + [other], input: "word1\n")
    #expect(refused.code == 69 && refused.errors.contains(version), "\(refused.errors)")
    #expect(try stage.requests() == ["database"])
    #expect(try stage.check(options + ["abc"], input: "word1\n").code == 64)
  }

  @Test func severalLookupsWithoutBatchesAreAnnounced() throws {
    let stage = try stage(["--batch"])
    let two = "word1\nx\n"
    #expect(try !stage.check(input: two).errors.contains("one by one"))
    let singly = try stage.check(["--stdin", "--single"], input: two)
    #expect(singly.errors.contains("2 lookups one by one") && !singly.errors.contains("no table"))
    #expect(try !stage.check(input: "x\n").errors.contains("one by one"))
    let plain = try self.stage()
    #expect(try plain.check(input: two).errors.contains("the server has no table for batches: 2 lookups"))
  }

  @Test func questionsBeginAtWholeTicksAndAtLeastOneBehindTheAnswer() {
    var random = SeededGenerator()
    for _ in 0..<10_000 {
      let arrival = Duration.microseconds(Int.random(in: 0...10_000_000, using: &random))
      let slot = RequestSchedule.slot(after: arrival)
      let isWhole = slot == RequestSchedule.tick * Int(slot / RequestSchedule.tick)
      #expect(isWhole && slot - arrival > RequestSchedule.tick, "seed \(random.seed)")
      #expect(slot - arrival <= RequestSchedule.tick * 2, "seed \(random.seed)")
    }
  }

  @Test func longChecksKeepBelowTheServersRate() {
    let schedule = RequestSchedule(
      LeakDocument.Limits(elements: [1], elementsPerDay: 9, requestsPerMinute: 60, burst: 20))
    #expect(schedule.earliest(after: 10) == .zero)
    #expect(schedule.earliest(after: 70) == .seconds(63))
    #expect(schedule.duration(queries: 35, requests: 70) == .seconds(63))
    #expect(schedule.duration(queries: 3, requests: 7) == RequestSchedule.tick * 9)
  }

  @Test(arguments: [
    ["name,url,username,password,note", "Shop,https://s.example,Ann@Example.org ,pass:word,"],
    ["\"url\",\"username\",\"password\",\"httpRealm\"", "\"Shop\",\"ann@example.org\",\"pass:word\",\"\""],
    [
      "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp",
      ",,login,Shop,,,0,https://s.example,ANN@example.org,pass:word,",
    ],
    ["Title,Url,Username,Password,OTPAuth", "Shop,https://s.example,ann@example.org,pass:word,"],
  ])
  func credentialsOfExportsAreFoundInListsOfThem(_ export: [String]) throws {
    let stage = try LeakStage()
    try stage.write("pairs.txt", ["ann@example.org:pass:word", "bob@example.org:x"])
    try stage.serve(
      "pairs.txt", build: ["--kind", "credentials", "--set", "lookup-bucket-n1024", "--buckets", "4"])
    try stage.write("export.csv", export)
    let ending = try stage.check(["--export", "export.csv", "--credentials", "--json"])
    #expect(ending.code == 1, "\(ending.errors)")
    let entries = try stage.entries(ending)
    #expect(entries.map { $0["leaked"] as? Bool } == [true] && entries[0]["entry"] as? String == "Shop")
  }
}
#endif
