#if Services
import Foundation
import TestSupport
import Testing

/// A named pipe with something in it.
private final class NamedPipe {
  private let descriptor: Int32

  init(_ url: URL, _ text: String) throws {
    guard unsafe mkfifo(url.path(), 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
    // For reading too, so that opening waits for nobody.
    descriptor = unsafe open(url.path(), O_RDWR)
    _ = unsafe Array(text.utf8).withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
  }

  func close() { _ = Glibc.close(descriptor) }
}

/// `hitoku compare` as people run it: two processes, real files, real TLS on loopback.
@Suite(.serialized) struct CompareTests {
  /// A folder with an identity for each side; removed at the end.
  private final class Tables {
    let folder: URL

    init() throws {
      folder = FileManager.default.temporaryDirectory.appending(path: "hitoku-test-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for side in ["a", "b"] {
        #expect(try start(["identity", "create", side, "--name", side]).end().code == 0)
      }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func write(_ name: String, _ lines: [String]) throws {
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: name))
    }

    /// The lines of an answer behind its header.
    func answers(_ name: String) throws -> [String] {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      return text.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
    }

    func exists(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: folder.appending(path: name).path())
    }

    /// Files that results are written to before they have their name.
    func partialFiles() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.contains(".partial") }
    }

    /// A named pipe that holds `text` and does not end before it is closed.
    func pipe(_ name: String, _ text: String) throws -> NamedPipe {
      try NamedPipe(folder.appending(path: name), text)
    }

    func start(_ arguments: [String]) throws -> RunningProgram {
      try RunningProgram(arguments, in: folder, state: "state")
    }

    /// Serves and joins with the same options but for those of one side.
    func compare(
      _ options: [String], serve: [String], join: [String]
    ) throws -> (serve: RunningProgram.Ending, join: RunningProgram.Ending) {
      let server = try start(
        ["compare", "serve", "--input", "a.csv", "--listen", "127.0.0.1:0", "--identity", "a"]
          + ["--peer", "b/certificate.pem"] + options + serve)
      let line = try #require(server.waitForLine("listening on port "))
      let joined = try start(
        ["compare", "join", "--input", "b.csv", "--connect", "127.0.0.1:\(line.dropFirst(18))"]
          + ["--identity", "b", "--peer", "a/certificate.pem"] + options + join
      ).end()
      return (server.end(), joined)
    }
  }

  @Test func bothSidesGetTheAnswersOfEveryRow() throws {
    var random = SeededGenerator()
    let stage = try Tables()
    let a = (0..<3000).map { _ in Int.random(in: -5000...5000, using: &random) }
    let b = (0..<3000).map { _ in Int.random(in: -5000...5000, using: &random) }
    func text(_ hundredths: Int) -> String {
      let digits = String(format: "%03d", hundredths.magnitude)
      return (hundredths < 0 ? "-" : "") + digits.dropLast(2) + "." + digits.suffix(2)
    }
    try stage.write("a.csv", ["name,bid"] + a.map { "x,\(text($0))" })
    try stage.write("b.csv", ["offer"] + b.map(text))
    let results = try stage.compare(
      ["--op", "lt", "--decimals", "2", "--bits", "24", "--result-to", "both", "--check-joiner"],
      serve: ["--column", "bid", "--out", "for-a.csv"], join: ["--column", "offer", "--out", "for-b.csv"])
    #expect(results.serve.code == 0 && results.join.code == 0, "\(results)")
    let want = zip(a, b).enumerated().map { "\($0 + 1),\($1.0 < $1.1 ? 1 : 0)" }
    #expect(try stage.answers("for-a.csv") == want, "seed \(random.seed)")
    #expect(try stage.answers("for-b.csv") == want, "seed \(random.seed)")

    let largest = try stage.compare(
      ["--op", "max", "--decimals", "2", "--result-to", "join"], serve: ["--column", "bid"],
      join: ["--column", "offer", "--out", "largest.csv"])
    #expect(largest.serve.code == 0 && largest.join.code == 0, "\(largest)")
    #expect(
      try stage.answers("largest.csv") == zip(a, b).enumerated().map { "\($0 + 1),\(text(max($1.0, $1.1)))" },
      "seed \(random.seed)")
  }

  @Test(arguments: [(12, "1"), (11, "0")]) func twoTrajectoriesGiveOneBit(limit: Int, want: String) throws {
    let stage = try Tables()
    // Two straight lines that pass 12 apart at the fiftieth of a hundred moments.
    try stage.write("a.csv", ["x,y,z"] + (0..<100).map { "\($0 * 10 - 500),0,7" })
    try stage.write("b.csv", ["x,y,z"] + (0..<100).map { "0,\($0 * 10 - 500),19" })
    let columns = ["--column", "x", "--column", "y", "--column", "z"]
    let results = try stage.compare(
      ["--op", "within", "--limit", "\(limit)", "--bits", "16", "--result-to", "serve"] + columns,
      serve: ["--out", "close.csv"], join: [])
    #expect(results.serve.code == 0 && results.join.code == 0, "\(results)")
    #expect(try stage.answers("close.csv") == [want])
  }

  @Test func tablesOfDifferentLengthEndTheRunOnBothSidesWithoutAnswers() throws {
    let stage = try Tables()
    try stage.write("a.csv", ["v", "1", "2", "3"])
    try stage.write("b.csv", ["v", "1", "2"])
    let results = try stage.compare(
      ["--op", "le", "--column", "v", "--result-to", "both"], serve: ["--out", "for-a.csv"],
      join: ["--out", "for-b.csv"])
    #expect(results.serve.code == 65 && results.serve.errors.contains("Hint:"), "\(results.serve.errors)")
    #expect(results.join.code == 65 && results.join.errors.contains("Hint:"), "\(results.join.errors)")
    #expect(!stage.exists("for-a.csv") && !stage.exists("for-b.csv"))
    // A table that can be read only once is found out later, and the other side is told why the run ended.
    let pipe = try stage.pipe("pipe.csv", "v\n1\n2\n3\n")
    let options = ["--op", "le", "--column", "v", "--result-to", "both"]
    let server = try stage.start(
      ["compare", "serve", "--input", "pipe.csv", "--listen", "127.0.0.1:0", "--identity", "a"]
        + ["--peer", "b/certificate.pem", "--out", "for-a.csv"] + options)
    let line = try #require(server.waitForLine("listening on port "))
    pipe.close()
    let joined = try stage.start(
      ["compare", "join", "--input", "b.csv", "--connect", "127.0.0.1:\(line.dropFirst(18))"]
        + ["--identity", "b", "--peer", "a/certificate.pem", "--out", "for-b.csv"] + options
    ).end()
    let served = server.end()
    #expect(served.code == 65 && joined.code == 65, "\(served) \(joined)")
    #expect(!stage.exists("for-a.csv") && !stage.exists("for-b.csv"))
  }

  /// Answers are written to a temporary file first; a table that stands still makes the first signal wait.
  @Test func aSecondSignalLeavesNoHalfFile() throws {
    let stage = try Tables()
    try stage.write("b.csv", ["v", "1", "2"])
    let pipe = try stage.pipe("a.csv", "v\n1\n")
    let server = try stage.start(
      ["compare", "serve", "--op", "le", "--input", "a.csv", "--column", "v", "--listen", "127.0.0.1:0"]
        + ["--identity", "a", "--peer", "b/certificate.pem", "--result-to", "both", "--out", "for-a.csv"])
    let line = try #require(server.waitForLine("listening on port "))
    #expect(try stage.partialFiles().count == 1)
    let joined = try stage.start(
      ["compare", "join", "--op", "le", "--input", "b.csv", "--column", "v", "--result-to", "both"]
        + ["--connect", "127.0.0.1:\(line.dropFirst(18))", "--identity", "b", "--peer", "a/certificate.pem"]
        + ["--out", "for-b.csv", "--patience", "2"])
    usleep(500_000)
    server.signal(SIGINT)
    #expect(server.waitForLine("stopping") != nil)
    server.signal(SIGTERM)
    #expect(server.end().code == 130)
    #expect(joined.end().code != 0)
    #expect(try stage.partialFiles().isEmpty)
    pipe.close()
  }

  @Test func sidesThatWantDifferentThingsDoNotRun() throws {
    let stage = try Tables()
    for name in ["a.csv", "b.csv"] { try stage.write(name, ["v", "1"]) }
    let results = try stage.compare(
      ["--op", "le", "--column", "v", "--result-to", "join"], serve: [],
      join: ["--out", "for-b.csv", "--bits", "16"])
    #expect(results.serve.code == 65 && results.join.code == 65, "\(results)")
    #expect(results.join.errors.contains("computing") || results.join.errors.contains("compute"))
    #expect(!stage.exists("for-b.csv"))
  }

  @Test func numbersThatDoNotFitAreRefusedWithTheirPlaceAndReason() throws {
    let stage = try Tables()
    for (value, reason) in [
      ("200", "too large for 8 bits"), ("x", "no number"), ("1.5", "more than 0 decimals"), ("", "blank"),
      ("--1", "no number"), (".", "no number"), ("1.2.3", "no number"),
      ("99999999999999999999999", "too large for 8 bits"),
    ] {
      try stage.write("a.csv", ["w,v", "1,1", "1,\(value)"])
      // Before anybody is talked to: there is nobody to talk to here.
      for side in [["serve", "--listen", "127.0.0.1:0"], ["join", "--connect", "127.0.0.1:1"]] {
        let ending = try stage.start(
          ["compare"] + side + ["--op", "eq", "--input", "a.csv", "--column", "v", "--bits", "8"]
            + ["--identity", "a", "--peer", "b/certificate.pem", "--result-to", "both", "--out", "out.csv"]
        ).end()
        #expect(
          ending.code == 65 && ending.errors.contains("line 3, column \"v\": "), "\(value): \(ending.errors)")
        #expect(ending.errors.contains(reason), "\(value): \(ending.errors)")
        #expect(!ending.errors.contains("listening"))
      }
      #expect(!stage.exists("out.csv"))
    }
  }

  @Test func refusedStrangersAreNamedAndDoNotEndTheWait() throws {
    let stage = try Tables()
    for name in ["a.csv", "b.csv"] { try stage.write(name, ["v", "1"]) }
    // Only its own certificate is pinned.
    let server = try stage.start(
      ["compare", "serve", "--op", "le", "--input", "a.csv", "--column", "v", "--listen", "127.0.0.1:0"]
        + ["--identity", "a", "--peer", "a/certificate.pem", "--result-to", "serve", "--out", "for-a.csv"])
    let line = try #require(server.waitForLine("listening on port "))
    let joined = try stage.start(
      ["compare", "join", "--op", "le", "--input", "b.csv", "--column", "v", "--result-to", "serve"]
        + ["--connect", "127.0.0.1:\(line.dropFirst(18))", "--identity", "b", "--peer", "a/certificate.pem"]
    ).end()
    #expect(joined.code == 69, "\(joined)")
    #expect(server.waitForLine("refused a stranger, whose certificate is ") != nil)
    server.signal(SIGTERM)
    #expect(server.end().code == 130)
    #expect(!stage.exists("for-a.csv"))
  }

  @Test func mistakesInUseAndEmptyTablesAreRefusedBeforeARun() throws {
    let stage = try Tables()
    try stage.write("a.csv", ["v", "1"])
    try stage.write("empty.csv", ["v"])
    func join(_ options: [String]) throws -> RunningProgram.Ending {
      try stage.start(
        ["compare", "join", "--connect", "127.0.0.1:1", "--identity", "a", "--peer", "b/certificate.pem"]
          + ["--patience", "1"] + options
      ).end()
    }
    let le = ["--op", "le", "--input", "a.csv", "--column", "v"]
    for (options, text) in [
      (le + ["--result-to", "both"], "--out"), (le + ["--result-to", "serve", "--out", "o.csv"], "--out"),
      (le + ["--result-to", "serve", "--bits", "65"], "--bits is 1 to 64"),
      (
        ["--op", "within", "--limit", "x", "--input", "a.csv", "--column", "v", "--result-to", "serve"],
        "--limit"
      ),
      (
        ["--op", "within", "--limit=-1", "--input", "a.csv", "--column", "v", "--result-to", "serve"],
        "--limit"
      ),
      (
        [
          "--op", "within", "--limit", "1", "--bits", "32", "--input", "a.csv", "--column", "v",
          "--result-to", "serve",
        ],
        "--bits is 1 to 31"
      ),
    ] {
      let ending = try join(options)
      #expect(ending.code == 64 && ending.errors.contains(text), "\(options): \(ending)")
    }
    let empty = try join(["--op", "le", "--input", "empty.csv", "--column", "v", "--result-to", "serve"])
    #expect(empty.code == 65 && empty.errors.contains("empty.csv has 0 rows"), "\(empty)")
    let column = try join(["--op", "le", "--input", "a.csv", "--column", "w", "--result-to", "serve"])
    #expect(
      column.code == 65 && column.errors.contains("--column") && !column.errors.contains("study"), "\(column)"
    )
    // Without --bits, within takes what it can: nobody is there, and nothing else is wrong.
    let within = try join(
      ["--op", "within", "--limit", "1", "--input", "a.csv", "--column", "v", "--result-to", "serve"])
    #expect(within.code == 69, "\(within)")
  }
}
#endif
