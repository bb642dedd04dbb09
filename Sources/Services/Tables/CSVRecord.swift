/// One record of a table: its fields as bytes, unquoted. Reused from record to record, so that reading allocates nothing.
public struct CSVRecord: Sendable {
  /// Field contents, one after another, with gaps.
  var bytes: [UInt8] = []
  var bounds: [FieldBounds] = []
  var hasQuotes = false

  /// The line on which the record begins, from 1.
  public internal(set) var line = 0

  struct FieldBounds {
    var start: Int
    var end: Int
  }

  /// An empty record to read into.
  public init() {}

  /// The fields of one line without its line feed, for tables whose damaged lines are passed over: a field with a line
  /// break is malformed here. Throws `malformed`.
  public init(line bytes: [UInt8], limits: CSVLimits = CSVLimits()) throws(TableError) {
    var parser = CSVParser(ByteSource(bytes: bytes), delimiter: UInt8(ascii: ","), limits: limits)
    guard try parser.next(&self) else { throw .malformed(line: 1, .fieldCount(expected: 1, found: 0)) }
  }

  /// The number of fields.
  public var count: Int { bounds.count }

  /// The bytes of a field, valid UTF-8.
  public subscript(index: Int) -> ArraySlice<UInt8> {
    bytes[bounds[index].start..<bounds[index].end]
  }

  /// A field as text.
  public func text(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    bounds.removeAll(keepingCapacity: true)
    hasQuotes = false
  }

  /// Whether this was an empty line, and not an empty field in quotes.
  var isBlank: Bool { count == 1 && self[0].isEmpty && !hasQuotes }
}

/// The largest records that a reader accepts.
public struct CSVLimits: Sendable, Hashable {
  /// Bytes in a field, before unquoting.
  public var fieldBytes: Int
  /// Bytes in a record, before unquoting.
  public var recordBytes: Int
  /// Fields in a record.
  public var fields: Int

  /// 64 KiB, 1 MiB and 4,096, unless said otherwise; each at least 1.
  public init(fieldBytes: Int = 1 << 16, recordBytes: Int = 1 << 20, fields: Int = 4_096) {
    precondition(fieldBytes >= 1 && recordBytes >= 1 && fields >= 1, "limits")
    self.fieldBytes = fieldBytes
    self.recordBytes = recordBytes
    self.fields = fields
  }
}

/// The first record of a table, which names its columns.
public struct CSVHeader: Sendable, Hashable {
  /// The names, in the order of the columns.
  public let names: [String]

  init(_ record: CSVRecord) { names = (0..<record.count).map(record.text) }

  /// Where each of `wanted` stands. Throws `missingColumn`, or `duplicateColumn` where a wanted name stands twice.
  public func columns(_ wanted: [String]) throws(TableError) -> [Int] {
    var columns: [Int] = []
    for name in wanted {
      guard let column = names.firstIndex(of: name) else {
        throw .missingColumn(name: name, available: names)
      }
      guard names.lastIndex(of: name) == column else { throw .duplicateColumn(name: name) }
      columns.append(column)
    }
    return columns
  }
}
