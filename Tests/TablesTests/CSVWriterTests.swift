import Foundation
import Tables
import Testing

@Suite struct CSVWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func written(
    _ rows: [[String]], lineEnding: CSVWriter.LineEnding = .crlf, guardsFormulas: Bool = false
  ) throws -> String {
    let path = folder.path("out.csv")
    var writer = CSVWriter(
      try OutputFile(path: path), lineEnding: lineEnding, guardsFormulas: guardsFormulas)
    for row in rows { try writer.write(row) }
    try writer.finish()
    return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }

  @Test func fieldsAreQuotedWhereTheyMustBe() throws {
    let row = ["plain", "a,b", "say \"x\"", "two\nlines", " lead", "", "é"]
    #expect(
      try written([row]) == "plain,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\" lead\",,é\r\n")
    #expect(try written([["a"], [""]], lineEnding: .lf) == "a\n\"\"\n")
  }

  @Test func formulasAreGuardedOnlyOnRequest() throws {
    let row = ["=1+1", "-3.5", "+x", "@a", "ok"]
    #expect(try written([row], lineEnding: .lf) == "=1+1,-3.5,+x,@a,ok\n")
    #expect(try written([row], lineEnding: .lf, guardsFormulas: true) == "'=1+1,-3.5,'+x,'@a,ok\n")
  }

  @Test func aFileIsThereCompleteOrNotAtAll() throws {
    let path = folder.path("table.csv")
    do {
      var file = try OutputFile(path: path)
      try file.write(Array("half".utf8))
    }
    #expect(folder.names.isEmpty)
    var file = try OutputFile(path: path)
    try file.write(Array("whole".utf8))
    #expect(!folder.names.contains("table.csv"))
    try file.commit()
    #expect(folder.names == ["table.csv"])
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func aFolderThatIsNotThereIsNamed() {
    #expect(throws: TableError.writeFailed(path: "/nowhere/out.csv", errno: ENOENT)) {
      _ = try OutputFile(path: "/nowhere/out.csv")
    }
  }
}
