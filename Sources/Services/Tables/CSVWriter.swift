/// Writes a table as RFC 4180 has it, UTF-8 without byte order mark, fields quoted where they must be.
///
/// A spreadsheet takes a field that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula, and can be made
/// to act on it ("CSV injection"). Fields are written as they are, because programs read these files and a changed
/// identifier would match nothing; with `guardsFormulas`, such fields of text get an apostrophe in front. Numbers never
/// need it.
public struct CSVWriter: ~Copyable {
  /// How lines end.
  public enum LineEnding: Sendable, Hashable {
    /// CR LF, as RFC 4180 has it.
    case crlf
    /// LF alone.
    case lf
  }

  private var file: OutputFile
  private var buffer: [UInt8] = []
  private let lineEnding: LineEnding
  private let guardsFormulas: Bool

  private static let pieceByteCount = 1 << 18

  /// Writes to `file`.
  public init(_ file: consuming OutputFile, lineEnding: LineEnding = .crlf, guardsFormulas: Bool = false) {
    self.file = file
    self.lineEnding = lineEnding
    self.guardsFormulas = guardsFormulas
  }

  /// One record of at least one field. Throws `writeFailed`.
  public mutating func write(_ fields: [String]) throws(TableError) {
    precondition(!fields.isEmpty, "a record has a field")
    for (index, field) in fields.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      append(field, isAlone: fields.count == 1)
    }
    if lineEnding == .crlf { buffer.append(0x0D) }
    buffer.append(0x0A)
    guard buffer.count >= Self.pieceByteCount else { return }
    try file.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes what is left and puts the file in place. Throws `writeFailed`.
  public consuming func finish() throws(TableError) {
    try file.write(buffer)
    try file.commit()
  }

  private mutating func append(_ field: String, isAlone: Bool) {
    var text = field
    if guardsFormulas, Self.looksLikeFormula(field) { text = "'" + field }
    // A line with nothing on it would be read as no record.
    guard Self.needsQuotes(text) || isAlone && text.isEmpty else {
      buffer.append(contentsOf: text.utf8)
      return
    }
    buffer.append(0x22)
    for byte in text.utf8 {
      if byte == 0x22 { buffer.append(0x22) }
      buffer.append(byte)
    }
    buffer.append(0x22)
  }

  private static func needsQuotes(_ text: String) -> Bool {
    text.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0D || $0 == 0x0A }
      || text.utf8.first == 0x20 || text.utf8.last == 0x20
      // A first field that begins with a byte order mark would lose it.
      || text.utf8.starts(with: [0xEF, 0xBB, 0xBF])
  }

  private static func looksLikeFormula(_ text: String) -> Bool {
    guard let first = text.utf8.first, Double(text) == nil else { return false }
    return "=+-@\t\r".utf8.contains(first)
  }
}
