#if Services
import Foundation
import TestSupport
import Testing

/// The client and the daemon as people run them: two processes, real files, real TLS on loopback.
@Suite(.serialized) struct LeakProgramTests {
  /// SHA-1 of `123456` and `password`, and how often Have I Been Pwned once had them.
  private static let published = [
    "7C4A8D09CA3762AF61E59520943DC26494F8941B:37359195", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824",
  ]

  @Test func leakedPasswordsComeWithCountAndSourceAndTheExitCodeSaysSo() throws {
    let stage = try LeakStage()
    try stage.write("hashes.txt", Self.published)
    try stage.serve("hashes.txt", build: ["--set", "lookup-labels-expand", "--source", "HIBP"])
    let ending = try stage.check(
      ["--stdin", "--json"], input: "123456\ncorrect horse\r\n\npassword\n123456\n")
    #expect(ending.code == 1, "\(ending.errors)")
    let entries = try stage.entries(ending)
    #expect(entries.map { $0["entry"] as? String } == ["line 1", "line 2", "line 4", "line 5"])
    #expect(entries.map { $0["leaked"] as? Bool } == [true, false, true, true])
    #expect(entries.map { $0["seen"] as? Int } == [37_359_195, nil, 9_545_824, 37_359_195])
    #expect(entries[0]["source"] as? String == "HIBP")
    let text = try stage.check(input: "password\n")
    #expect(text.code == 1 && text.output.contains("LEAKED  line 1, seen 9,545,824 times, in HIBP"))
    let clean = try stage.check(input: "correct horse\n")
    #expect(
      clean.code == 0 && clean.output.contains("the password is not in test (2 items)"), "\(clean.errors)")
    for said in [ending, text, clean] {
      for word in ["123456", "correct horse"] { #expect(!(said.output + said.errors).contains(word)) }
    }
  }

  @Test func batchesWithLabelsSayCountAndSource() throws {
    let stage = try LeakStage()
    try stage.write("hashes.txt", Self.published)
    try stage.serve(
      "hashes.txt", build: ["--set", "lookup-bucket-n1024", "--source", "HIBP", "--batch-labels"])
    let ending = try stage.check(["--stdin", "--json"], input: "123456\nx\npassword\n")
    #expect(ending.code == 1 && ending.errors.isEmpty, "\(ending.errors)")
    let entries = try stage.entries(ending)
    #expect(entries.map { $0["seen"] as? Int } == [37_359_195, nil, 9_545_824])
    #expect(entries.map { $0["source"] as? String } == ["HIBP", nil, "HIBP"])
    #expect(try stage.check(input: "password\n").output.hasPrefix("LEAKED  line 1\n"), "no labels singly")
    let info = try stage.run(["leak", "info", "db"]).output
    #expect(info.contains("count and source (6 bytes)"), "\(info)")
  }

  @Test(arguments: [
    [
      "name,url,username,password,note", "Shop,https://shop.example,ann,password,",
      "Mail,https://m.example,ann,safe one,",
    ],
    [
      "\"url\",\"username\",\"password\",\"httpRealm\",\"formActionOrigin\",\"guid\"",
      "\"Shop\",\"ann\",\"password\",,\"\",\"{1}\"", "\"Mail\",\"ann\",\"safe one\",,\"\",\"{2}\"",
    ],
    [
      "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp",
      ",,login,Shop,,,0,https://shop.example,ann,password,",
      ",,login,Mail,,,0,https://m.example,ann,safe one,",
      ",,note,Empty,,,0,,,,",
    ],
    [
      "Title,Url,Username,Password,OTPAuth", "Shop,https://shop.example,ann,password,",
      "Mail,https://m.example,ann,safe one,",
    ],
  ])
  func exportsOfPasswordManagersAreChecked(_ export: [String]) throws {
    let stage = try LeakStage()
    try stage.write("hashes.txt", Self.published)
    try stage.serve("hashes.txt", build: ["--set", "lookup-bucket-n1024"])
    try stage.write("export.csv", export)
    let ending = try stage.check(["--export", "export.csv", "--json"])
    #expect(ending.code == 1, "\(ending.errors)")
    let entries = try stage.entries(ending)
    #expect(entries.map { $0["entry"] as? String } == ["Shop", "Mail"])
    #expect(entries.map { $0["user"] as? String } == ["ann", "ann"])
    #expect(entries.map { $0["leaked"] as? Bool } == [true, false])
    #expect(!ending.output.contains("safe one"))
  }

  @Test func credentialsAreAskedInTheBucketOfTheirUser() throws {
    let stage = try LeakStage()
    try stage.write(
      "breach.csv", ["email,password,source", "ann@example.org,pass:word,shop", "bob@example.org,x,shop"])
    try stage.serve(
      "breach.csv", build: ["--kind", "credentials", "--set", "lookup-bucket-n1024", "--buckets", "4"])
    let pairs = "Ann@Example.org:pass:word\nann@example.org:x\nbob@example.org:x\n"
    let ending = try stage.check(["--stdin", "--credentials", "--json"], input: pairs)
    #expect(ending.code == 1, "\(ending.errors)")
    #expect(try stage.entries(ending).map { $0["leaked"] as? Bool } == [true, false, true])
    #expect(try stage.check(["--stdin", "--user", "bob@example.org"], input: "y\nx\n").code == 1)
    let nameless = try stage.check(input: "x\n")
    #expect(nameless.code == 65 && nameless.errors.contains("no usable user name"))
  }

  @Test func nothingIsAskedUnderAnotherCertificateOrKey() throws {
    let stage = try LeakStage()
    try stage.write("hashes.txt", Self.published)
    try stage.serve("hashes.txt", build: ["--set", "lookup-bucket-n1024"])
    try stage.expectSuccess(["identity", "create", "other", "--name", "Leak check"])
    try stage.expectSuccess(["leak", "key", "other.key"])
    try stage.alter("evaluate", at: 0)
    let wrongPin = try stage.check(peer: "other/certificate.pem", input: "password\n")
    #expect(wrongPin.code == 69 && wrongPin.errors.contains("certificate"), "\(wrongPin.errors)")
    #expect(!FileManager.default.fileExists(atPath: stage.path("requests.txt")))
    let wrongKey = try stage.check(key: "other.key.pub", input: "password\n")
    #expect(wrongKey.code == 69 && wrongKey.errors.contains("another OPRF key"), "\(wrongKey.errors)")
    #expect(try stage.requests() == ["database"])
  }

  @Test(arguments: [0, 32, -1])
  func anAlteredEvaluationOrProofEndsTheCheckAndIsNotAskedAgain(_ place: Int) throws {
    let stage = try LeakStage()
    try stage.write("hashes.txt", Self.published)
    try stage.serve("hashes.txt", build: ["--set", "lookup-bucket-n1024"])
    try stage.alter("evaluate", at: place)
    let ending = try stage.check(input: "password\n")
    #expect(ending.code == 76 && ending.output.isEmpty, "\(ending.errors)")
    #expect(try stage.requests() == ["database", "description", "evaluate"])
  }

  @Test func aDatabaseThatIsReplacedBeforeTheFirstQueryIsAskedAnewAndLaterEndsTheCheck() throws {
    let once = ["database", "description", "evaluate", "lookup"]
    for (kind, code, requests) in [
      ("description", Int32(1), ["database", "description"] + once),
      ("evaluate", 1, Array(once.dropLast()) + once),
      ("lookup", 69, once),
    ] {
      let stage = try LeakStage()
      try stage.write("hashes.txt", Self.published)
      try stage.serve("hashes.txt", build: ["--set", "lookup-bucket-n1024"])
      try stage.refuseFirst(kind, with: "410:unknown-version")
      let ending = try stage.check(input: "password\n")
      #expect(ending.code == code, "\(kind): \(ending.errors)")
      #expect(try stage.requests() == requests)
      #expect((code == 69) == ending.errors.contains("was replaced"))
    }
  }

  @Test func whatTheServerWritesDoesNotSteerTheTerminal() throws {
    let stage = try LeakStage()
    try stage.write("hashes.txt", Self.published)
    try stage.serve("hashes.txt", build: ["--set", "lookup-bucket-n1024"])
    try stage.refuseFirst("database", with: "500:failed\u{1B}[31m")
    let ending = try stage.check(input: "password\n")
    #expect(ending.code == 69 && ending.errors.contains("the server refused"), "\(ending.errors)")
    #expect(!ending.errors.contains("\u{1B}") && !ending.errors.contains("Refused."))
  }

  @Test(arguments: ["429:rate-limited", "503:busy"])
  func aRequestThatIsRefusedForNowGoesOutAgain(_ problem: String) throws {
    let stage = try LeakStage()
    try stage.write("hashes.txt", Self.published)
    try stage.serve("hashes.txt", build: ["--set", "lookup-bucket-n1024"])
    try stage.refuseFirst("lookup", with: problem)
    let ending = try stage.check(input: "password\n")
    #expect(ending.code == 1, "\(ending.errors)")
    #expect(try stage.requests() == ["database", "description", "evaluate", "lookup", "lookup"])
  }

  @Test(arguments: ["0", "65536", "123456789012345678901234567890"])
  func addressesWithImpossiblePortsAreWrongUsage(_ port: String) throws {
    let stage = try LeakStage()
    let ending = try stage.run(
      ["leak", "check", "--server", "127.0.0.1:\(port)", "--key", "oprf.key.pub", "--stdin"], input: "x\n")
    #expect(ending.code == 64, "\(ending.errors)")
  }

  @Test func aReportThatCannotBeWrittenIsAFailure() throws {
    let stage = try LeakStage()
    try stage.write("hashes.txt", Self.published)
    try stage.serve("hashes.txt", build: ["--set", "lookup-bucket-n1024"])
    let program = try #require(RunningProgram.program("hitoku")).path()
    let ending = try RunningProgram(
      [
        "sh", "-c", "echo password | \"$0\" \"$@\" > /dev/full", program, "leak", "check", "--stdin",
        "--server", "127.0.0.1:\(stage.port)", "--peer", "server/certificate.pem", "--key", "oprf.key.pub",
      ], of: "/usr/bin/env", in: stage.folder
    ).end()
    #expect(ending.code == 73, "\(ending.errors)")
  }

  @Test func exportsAreForListsOfPasswordsUnlessCredentialsAreAskedFor() throws {
    let stage = try LeakStage()
    try stage.write("pairs.txt", ["ann@example.org:x"])
    try stage.serve("pairs.txt", build: ["--kind", "credentials", "--set", "lookup-bucket-n1024"])
    try stage.write("export.csv", ["name,url,username,password", "A,,ann@example.org,x", "B,,,y"])
    let refused = try stage.check(["--export", "export.csv"])
    #expect(refused.code == 65 && refused.errors.contains("--credentials"), "\(refused.errors)")
    let ending = try stage.check(["--export", "export.csv", "--credentials", "--json"])
    #expect(ending.code == 1 && ending.errors.contains("1 entry without user name was"), "\(ending.errors)")
    #expect(try stage.entries(ending).count == 1)
  }

  @Test func addingAKnownListIsAFailureAndNewVersionsHaveTheirOwnNames() throws {
    let stage = try LeakStage()
    try stage.write("one.txt", ["word1"])
    try stage.write("two.txt", ["word2"])
    let common = ["--key", "oprf.key", "--work", "work", "--format", "words"]
    try stage.expectSuccess(["leak", "build", "--out", "db1", "--name", "list"] + common + ["one.txt"])
    let again = try stage.run(["leak", "add", "--out", "db2"] + common + ["one.txt"])
    #expect(again.code == 65 && again.errors.contains("nothing was added"), "\(again.errors)")
    for (options, name) in [([], "list.2"), (["--name", "mine"], "mine")] {
      let out = "db-\(name)"
      let list = options.isEmpty ? "two.txt" : "three.txt"
      try stage.write("three.txt", ["word3"])
      try stage.expectSuccess(["leak", "add", "--out", out] + options + common + [list])
      let manifest = try String(contentsOfFile: stage.path(out + "/manifest.json"), encoding: .utf8)
      #expect(manifest.contains("\"name\" : \"\(name)\""))
    }
  }

  @Test func whatAKeyIsAndWhatABuildRefuses() throws {
    let stage = try LeakStage()
    func mode(_ name: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: stage.path(name))[.posixPermissions] as? Int
    }
    #expect(try mode("oprf.key") == 0o600 && mode("oprf.key.pub") == 0o644)
    #expect(try stage.run(["leak", "key", "oprf.key"]).code == 73)
    try stage.write("half.pub", ["x"])
    #expect(try stage.run(["leak", "key", "half"]).code == 73)
    #expect(!FileManager.default.fileExists(atPath: stage.path("half")), "no key without its public half")
    let nowhere = try stage.run(["leak", "key", "nowhere/oprf.key"])
    #expect(nowhere.code == 73 && nowhere.errors.contains("folder exists"), "\(nowhere.errors)")
    try stage.write("words.txt", ["word1"])
    try stage.write("file", [])
    let common = ["--key", "oprf.key", "--name", "x", "--format", "words"]
    let build = ["leak", "build", "words.txt", "--work", "work", "--out", "db"] + common
    for (options, code) in [
      (["--buckets", "2"], Int32(64)), (["--set", "nothing"], 64), (["--name", ""], 64),
      (["--name", "\u{1B}[31m"], 64),
      (["--batch", "--kind", "credentials", "--buckets", "2"], 64), (["missing.txt"], 65),
      (["--key", "missing"], 65),
      (["--format", "ntlm"], 65), (["--work", "file"], 73), (["--out", "nowhere/else/db"], 0),
      (["--out", "work"], 73),
      (["--range", "x", "--work", "rw"], 64),
    ] {
      let ending = try stage.run(build + options)
      #expect(ending.code == code, "\(options): \(ending.code) \(ending.errors)")
    }
    let range = ["leak", "build", "--range", "r", "--work", "rw", "words.txt"]
    #expect(try stage.run(range + ["--private"]).code == 77)
    #expect(
      try stage.run(["leak", "add", "--key", "oprf.key", "--work", "new", "--out", "x", "words.txt"]).code
        == 65)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: stage.path("oprf.key"))
    let exposed = try stage.run(["leak", "build", "words.txt", "--work", "w3", "--out", "db3"] + common)
    #expect(exposed.code == 65 && exposed.errors.contains("chmod 600"), "\(exposed.errors)")
  }

  @Test func passwordsInOtherEncodingsAreFoundByteForByte() throws {
    let stage = try LeakStage()
    let latin: [UInt8] = [0x63, 0x61, 0x66, 0xE9, 0x0A]
    try Data(latin).write(to: stage.folder.appending(path: "words.txt"))
    try stage.serve("words.txt", build: ["--set", "lookup-bucket-n1024", "--format", "words"])
    func code(_ input: [UInt8]) throws -> Int32 {
      try Data(input).write(to: stage.folder.appending(path: "input"))
      let program = try #require(RunningProgram.program("hitoku")).path()
      return try RunningProgram(
        [
          "sh", "-c", "\"$0\" \"$@\" < input", program, "leak", "check", "--stdin", "--server",
          "127.0.0.1:\(stage.port)", "--peer", "server/certificate.pem", "--key", "oprf.key.pub",
        ], of: "/usr/bin/env", in: stage.folder
      ).end().code
    }
    #expect(try code(latin) == 1)
    #expect(try code([0xEF, 0xBB, 0xBF] + latin) == 1, "a mark is no part of the first password")
    #expect(try code(Array("caf\u{E9}\r\n".utf8)) == 0, "other bytes are another password")
    #expect(try code([0xFF, 0xFE, 0x63, 0x00, 0x0A, 0x00]) == 65)
    #expect(try code(Array("a\0b\n".utf8)) == 65)
    #expect(try code(Array(repeating: 0x61, count: 5000)) == 65)
  }

  @Test func typedPasswordsAreNotShownAndControlCEndsTheInput() throws {
    let stage = try LeakStage()
    try stage.write("hashes.txt", Self.published)
    try stage.serve("hashes.txt", build: ["--set", "lookup-bucket-n1024"])
    let ending = try stage.type(["password", "correct horse", ""])
    #expect(ending.code == 1, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("LEAKED  password 1") && ending.output.contains("clean   password 2"))
    #expect(!ending.output.contains("correct horse"))
    let stopped = try stage.type(["password", "correct\\x03"])
    #expect(stopped.code == 130 && !stopped.output.contains("LEAKED"), "\(stopped.output)")
  }

  @Test func wrongUseAndUnusableInputHaveCodesOfTheirOwn() throws {
    let stage = try LeakStage()
    try stage.write("hashes.txt", Self.published)
    try stage.serve("hashes.txt", build: ["--set", "lookup-bucket-n1024"], daemon: ["--budget", "1024"])
    #expect(try stage.check(["--stdin", "--export", "x.csv"]).code == 64)
    #expect(try stage.check(["--credentials"]).code == 64)
    #expect(try stage.check(input: "").code == 65)
    #expect(try stage.check([], input: "password\n").code == 65, "no terminal")
    #expect(try stage.check(["--export", "missing.csv"]).code == 65)
    #expect(try stage.check(key: "server/certificate.pem", input: "x\n").code == 65)
    let users = try stage.check(["--stdin", "--user", "ann"], input: "x\n")
    #expect(users.code == 65 && users.errors.contains("another kind"))
    let many = try stage.check(input: (0..<1025).map { "w\($0)\n" }.joined())
    #expect(many.code == 69 && many.errors.contains("1,025 evaluations"))
    let nobody = try stage.run(
      ["leak", "check", "--server", "127.0.0.1:1", "--key", "oprf.key.pub", "--stdin"], input: "x\n")
    #expect(nobody.code == 69, "\(nobody.errors)")
  }

  @Test func everyPresentItemIsFoundAndNoAbsentOneSinglyAndInBatches() throws {
    let stage = try LeakStage()
    try stage.write("words.txt", (0..<3000).map { "word\($0)" })
    try stage.serve(
      "words.txt", build: ["--set", "lookup-bucket-n1024", "--format", "words", "--batch"])
    var random = SeededGenerator()
    func absent(_ count: Int) -> [String] { (0..<count).map { _ in "absent\(random.next())" } }
    for (count, present, options) in [(10_000, 3000, [String]()), (1000, 100, ["--single"])] {
      let asked = absent(count) + (0..<present).map { "word\($0)" }
      let ending = try stage.check(
        ["--stdin", "--json"] + options, input: asked.map { $0 + "\n" }.joined())
      let leaked = try stage.entries(ending).map { $0["leaked"] as? Bool }
      #expect(ending.code == 1 && leaked.count == asked.count, "seed \(random.seed)")
      #expect(leaked.prefix(count).allSatisfy { $0 == false }, "seed \(random.seed)")
      #expect(leaked.dropFirst(count).allSatisfy { $0 == true }, "seed \(random.seed)")
    }
  }
}
#endif
