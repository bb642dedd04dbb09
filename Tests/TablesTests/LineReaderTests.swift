import Tables
import Testing

@Suite struct LineReaderTests {
  private func lines(_ text: String, longest: Int = 100) throws -> [String] {
    var reader = LineReader(ByteSource(bytes: Array(text.utf8)), longest: longest)
    var (lines, line): ([String], [UInt8]) = ([], [])
    while try reader.next(&line) { lines.append(String(decoding: line, as: UTF8.self)) }
    return lines
  }

  @Test func linesEndAtLineFeedsAndAtTheEnd() throws {
    #expect(try lines("") == [])
    #expect(try lines("a\nb") == ["a", "b"])
    #expect(try lines("a\r\n\nb\n") == ["a\r", "", "b"])
  }

  @Test func longLinesKeepOneByteTooMany() throws {
    #expect(try lines("abcdef\nab", longest: 3) == ["abcd", "ab"])
  }
}
