import Foundation
import Tables
import TestSupport
import Testing

/// All records of a table, the header among them.
func records(
  _ text: [UInt8], delimiter: UInt8 = 0x2C, limits: CSVLimits = CSVLimits()
) throws -> [[String]] {
  var reader = try CSVReader(ByteSource(bytes: text), delimiter: delimiter, limits: limits)
  var all = [reader.header.names]
  var record = CSVRecord()
  while try reader.next(&record) { all.append((0..<record.count).map(record.text)) }
  return all
}

func records(_ text: String) throws -> [[String]] { try records(Array(text.utf8)) }

@Suite struct CSVReaderTests {
  @Test(arguments: [
    ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
    ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
    ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
    ("\u{FEFF}a,b\n1,2", [["a", "b"], ["1", "2"]]),
    ("a,b\n,\n", [["a", "b"], ["", ""]]),
    ("a,b\n\"1\",\"2\"\n", [["a", "b"], ["1", "2"]]),
    ("a,b\n\"x \"\"y\"\"\",\"2,3\"\r\n", [["a", "b"], ["x \"y\"", "2,3"]]),
    ("a,b\n\"line\nbreak\",\"cr\r\nlf\"\n", [["a", "b"], ["line\nbreak", "cr\r\nlf"]]),
    ("a,b\n\n1,2\n\n\n", [["a", "b"], ["1", "2"]]),
    ("a\n\"\"\n1\n", [["a"], [""], ["1"]]),
    (" a , b\n 1 ,\n", [[" a ", " b"], [" 1 ", ""]]),
    ("\"a\"\"\",b\nü,日本\n", [["a\"", "b"], ["ü", "日本"]]),
    ("a,b\n\"\",\"\"", [["a", "b"], ["", ""]]),
    ("\u{FEFF}a", [["a"]]),
  ])
  func tablesOfRFC4180AreRead(text: String, expected: [[String]]) throws {
    #expect(try records(text) == expected)
  }

  @Test(arguments: [
    ("a,b\n1\n", 2, CSVProblem.fieldCount(expected: 2, found: 1)),
    ("a,b\n1,2\n1,2,3", 3, .fieldCount(expected: 2, found: 3)),
    ("a,b\n1\"2,3\n", 2, .strayQuote),
    ("a,b\n1,2\"\n", 2, .strayQuote),
    ("a,b\n\"1\"2,3\n", 2, .textAfterQuote),
    ("a,b\n\"x\ny\",2\n\"1,2\n3,4\n", 4, .unterminatedQuote),
    ("a,b\n1,2\r3,4\n", 2, .bareCarriageReturn),
    ("a,b\n\"1\"\r3,4\n", 2, .bareCarriageReturn),
    ("a,b\n1,2\r", 2, .bareCarriageReturn),
  ])
  func malformedRecordsAreRefusedWithTheirLine(text: String, line: Int, problem: CSVProblem) {
    #expect(throws: TableError.malformed(line: line, problem)) { try records(text) }
  }

  @Test func bytesThatAreNoUTF8AreRefused() {
    for bad in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] as [[UInt8]] {
      for (before, after) in [("a\n", "\n"), ("a\n\"", "\"\n"), ("a\nx", "")] {
        let text = Array(before.utf8) + bad + Array(after.utf8)
        #expect(throws: TableError.malformed(line: 2, .invalidUTF8)) { try records(text) }
      }
    }
    // Two halves of one character in neighbouring fields.
    let halves = Array("a,b\n\"".utf8) + [0xC3] + Array("\",\"".utf8) + [0xA9] + Array("\"\n".utf8)
    #expect(throws: TableError.malformed(line: 2, .invalidUTF8)) { try records(halves) }
  }

  @Test func limitsAreKept() throws {
    let limits = CSVLimits(fieldBytes: 4, recordBytes: 10, fields: 3)
    func read(_ text: String) throws -> [[String]] { try records(Array(text.utf8), limits: limits) }
    #expect(try read("a,b\n1234,1234\n").count == 2)
    for text in [
      "a\n12345\n", "a\n\"12345\"\n", "a\n12345", "a,b,c\n1234,1234,123\n", "a,b,c\n\"1234\",1234,123",
    ] {
      #expect(throws: TableError.malformed(line: 2, .tooLong), "\(text)") { try read(text) }
    }
    #expect(throws: TableError.malformed(line: 1, .tooManyFields)) { try read("a,b,c,d\n") }
    #expect(throws: TableError.malformed(line: 1, .tooManyFields)) { try read("a,\"b\",c,d\n") }
    #expect(throws: TableError.malformed(line: 2, .tooLong)) {
      try records(Array("a\n\"".utf8) + [UInt8](repeating: 0x78, count: 1 << 17))
    }
  }

  @Test func columnsAreFoundByName() throws {
    let reader = try CSVReader(ByteSource(bytes: Array("id,x,x,city\n".utf8)))
    #expect(try reader.header.columns(["city", "id"]) == [3, 0])
    #expect(throws: TableError.missingColumn(name: "age", available: ["id", "x", "x", "city"])) {
      try reader.header.columns(["age"])
    }
    #expect(throws: TableError.duplicateColumn(name: "x")) { try reader.header.columns(["x"]) }
    #expect(throws: TableError.noHeader) { try records("") }
    #expect(throws: TableError.noHeader) { try records("\n\n") }
  }

  @Test func otherDelimitersSeparate() throws {
    #expect(
      try records(Array("a;b\n1,5;2\n".utf8), delimiter: UInt8(ascii: ";")) == [["a", "b"], ["1,5", "2"]])
    #expect(
      try records(Array("a\tb\n1\t\n".utf8), delimiter: UInt8(ascii: "\t")) == [["a", "b"], ["1", ""]])
  }

  /// Long enough that records lie across the pieces in which files are read.
  @Test func writtenTablesReadBackTheSameWithAndWithoutGzip() throws {
    var generator = SeededGenerator()
    let alphabet = ["a", "b", ",", "\"", "\n", "\r\n", "é", "日", " ", "0"]
    var rows = [["x", "y", "z"]]
    for _ in 0..<60_000 {
      rows.append(
        (0..<3).map { _ in
          (0..<Int.random(in: 0...6, using: &generator))
            .map { _ in alphabet.randomElement(using: &generator) ?? "" }.joined()
        })
    }
    let folder = try TemporaryFolder()
    let path = folder.path("table.csv")
    var writer = CSVWriter(try OutputFile(path: path))
    for row in rows { try writer.write(row) }
    try writer.finish()
    #expect(try read(path) == rows, "seed \(generator.seed)")
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", path]
    try gzip.run()
    gzip.waitUntilExit()
    #expect(try read(path + ".gz") == rows, "seed \(generator.seed)")
    // Members can be concatenated; a cut or changed file is refused.
    let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + ".gz")))
    #expect(try records(data + data).count == 2 * rows.count)
    #expect(throws: TableError.gzipDamaged) { try records(data.dropLast(5)) }
    var changed = data
    changed[data.count - 6] ^= 1
    #expect(throws: TableError.gzipDamaged) { try records(changed) }
  }

  private func read(_ path: String) throws -> [[String]] {
    var reader = try CSVReader(ByteSource(path: path))
    var all = [reader.header.names]
    var record = CSVRecord()
    while try reader.next(&record) { all.append((0..<record.count).map(record.text)) }
    return all
  }

  @Test func aFileThatIsNotThereIsNamed() {
    #expect(throws: TableError.cannotOpen(path: "/nowhere/table.csv", errno: ENOENT)) {
      _ = try ByteSource(path: "/nowhere/table.csv")
    }
  }

  @Test func arbitraryBytesNeverTrap() {
    var generator = SeededGenerator()
    let alphabet = Array(",\"\r\n\u{FEFF}a".utf8) + [0x1F, 0x8B, 0x08, 0x00]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
        alphabet.randomElement(using: &generator) ?? 0
      }
      _ = try? records(bytes)
    }
  }
}
