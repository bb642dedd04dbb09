/// Reads a table record by record: RFC 4180, UTF-8 with or without byte order mark, LF or CRLF, line breaks in quoted
/// fields, gzip. Memory is bounded by the limits, whatever the file is.
///
/// The first record is the header; every other has as many fields. Empty lines are skipped: a single empty field is
/// written as `""`. A field's leading and trailing spaces belong to it.
///
///     var reader = try CSVReader(ByteSource(path: "table.csv"))
///     let columns = try reader.header.columns(["id", "city"])
///     var record = CSVRecord()
///     while try reader.next(&record) { use(record[columns[0]]) }
public struct CSVReader: ~Copyable {
  /// The names of the columns.
  public let header: CSVHeader

  private var parser: CSVParser

  /// Reads the header. `delimiter` is any ASCII byte but a quote or a line end. Throws `noHeader` for an empty file,
  /// what `ByteSource` throws, and `malformed`.
  public init(
    _ source: consuming ByteSource, delimiter: UInt8 = UInt8(ascii: ","), limits: CSVLimits = CSVLimits()
  ) throws(TableError) {
    precondition(delimiter < 0x80 && ![0x22, 0x0A, 0x0D].contains(delimiter), "delimiter")
    var parser = CSVParser(source, delimiter: delimiter, limits: limits)
    try parser.skipByteOrderMark()
    var record = CSVRecord()
    guard try parser.next(&record) else { throw .noHeader }
    header = CSVHeader(record)
    self.parser = parser
  }

  /// Replaces `record` by the next one; false at the end. Throws `malformed` with the line on which the record begins,
  /// `readFailed` or `gzipDamaged`; nothing can be read after an error.
  public mutating func next(_ record: inout CSVRecord) throws(TableError) -> Bool {
    guard try parser.next(&record) else { return false }
    guard record.count == header.names.count else {
      throw .malformed(
        line: record.line, .fieldCount(expected: header.names.count, found: record.count))
    }
    return true
  }
}
