/// What can be wrong with a table's file. Line numbers count physical lines from 1; no content of a record is named.
public enum TableError: Error, Equatable, Sendable {
  /// A file cannot be opened, with the system's error number.
  case cannotOpen(path: String, errno: Int32)
  /// Reading failed, with the system's error number.
  case readFailed(errno: Int32)
  /// Writing failed, with the system's error number.
  case writeFailed(path: String, errno: Int32)
  /// A gzip file is damaged, or ends too early.
  case gzipDamaged
  /// The file has no header line.
  case noHeader
  /// The header lacks a column; these are there.
  case missingColumn(name: String, available: [String])
  /// The header names a column twice.
  case duplicateColumn(name: String)
  /// A record is not as RFC 4180 has it, or too large.
  case malformed(line: Int, CSVProblem)
  /// The identifier of a record cannot be brought to its normal form.
  case identifier(line: Int, IdentifierProblem)
}

/// What can be wrong with a record.
public enum CSVProblem: Sendable, Hashable {
  /// A quote inside a field that does not begin with one.
  case strayQuote
  /// Text between a closing quote and the next delimiter.
  case textAfterQuote
  /// The file ends inside a quoted field.
  case unterminatedQuote
  /// A carriage return without line feed outside quotes.
  case bareCarriageReturn
  /// The bytes are no UTF-8.
  case invalidUTF8
  /// A field or a record exceeds its limit in bytes.
  case tooLong
  /// A record has more fields than the limit.
  case tooManyFields
  /// A record has another number of fields than the header.
  case fieldCount(expected: Int, found: Int)
}

extension TableError: CustomStringConvertible {
  /// What happened, and what to do about it.
  public var description: String {
    switch self {
    case .cannotOpen(let path, let code):
      "cannot open \(path): \(systemMessage(code)). Check the path and its permissions."
    case .readFailed(let code): "cannot read the table: \(systemMessage(code))."
    case .writeFailed(let path, let code):
      "cannot write \(path): \(systemMessage(code)). Check the folder's permissions and free space."
    case .gzipDamaged: "the gzip data is damaged or incomplete. Test it with: gzip -t FILE"
    case .noHeader: "the table is empty. Its first line must name the columns."
    case .missingColumn(let name, let available):
      "the table has no column \"\(name)\", only: \(available.joined(separator: ", ")). "
        + "Rename the column, or change the study."
    case .duplicateColumn(let name): "the header names column \"\(name)\" twice. Rename one of them."
    case .malformed(let line, let problem): "line \(line): \(problem)"
    case .identifier(let line, let problem): "line \(line): \(problem)"
    }
  }
}

extension CSVProblem: CustomStringConvertible {
  /// What is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .strayQuote: "a quote inside an unquoted field. Quote the whole field and double the quotes in it."
    case .textAfterQuote: "text after a closing quote. Double the quotes inside a quoted field."
    case .unterminatedQuote: "a quoted field that begins here does not end. Close the quote."
    case .bareCarriageReturn: "a carriage return without line feed. Save the file with LF or CRLF line ends."
    case .invalidUTF8: "not valid UTF-8. Save the file as UTF-8."
    case .tooLong: "a field or record that is too long. Look for a missing closing quote."
    case .tooManyFields: "too many fields. Look for the right delimiter."
    case .fieldCount(let expected, let found):
      "\(found) fields where the header has \(expected). Quote fields that contain the delimiter."
    }
  }
}
