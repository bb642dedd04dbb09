// Fence: the scan over a piece of the file reads through its pointer, within the piece's count.

/// Cuts a stream of bytes into records and fields.
///
/// A record that lies within one piece and has no quotes is found by one scan and copied as a whole; anything else goes
/// through `readSlowly`, run by run.
struct CSVParser: ~Copyable {
  private var source: ByteSource
  private let delimiter: UInt8
  private let limits: CSVLimits
  private var piece: [UInt8] = []
  private var position = 0
  private var line = 1

  init(_ source: consuming ByteSource, delimiter: UInt8, limits: CSVLimits) {
    self.source = source
    self.delimiter = delimiter
    self.limits = limits
  }

  mutating func skipByteOrderMark() throws(TableError) {
    // Pieces from a pipe can be shorter than the mark.
    var more: [UInt8] = []
    while piece.count < 3, try source.next(&more) { piece += more }
    if piece.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  mutating func next(_ record: inout CSVRecord) throws(TableError) -> Bool {
    repeat {
      record.removeAll()
      record.line = line
      guard try peek() != nil else { return false }
      if !(try readFast(&record)) { try readSlowly(&record) }
    } while record.isBlank
    return true
  }

  /// The next byte, from a new piece if need be; nil at the end.
  private mutating func peek() throws(TableError) -> UInt8? {
    if position == piece.count {
      position = 0
      guard try source.next(&piece) else {
        piece.removeAll()
        return nil
      }
    }
    return piece[position]
  }

  /// Reads a record without quotes that ends in this piece; false, with nothing done, for any other.
  private mutating func readFast(_ record: inout CSVRecord) throws(TableError) -> Bool {
    let scan = unsafe piece.withUnsafeBufferPointer { bytes in
      unsafe Self.scan(bytes, from: position, delimiter: delimiter, bounds: &record.bounds)
    }
    guard let scan else {
      record.bounds.removeAll(keepingCapacity: true)
      return false
    }
    guard scan.end - position <= limits.recordBytes, scan.longest <= limits.fieldBytes else {
      throw .malformed(line: line, .tooLong)
    }
    guard record.count <= limits.fields else { throw .malformed(line: line, .tooManyFields) }
    record.bytes.append(contentsOf: piece[position..<scan.end])
    if scan.isASCII == false { try validate(record) }
    position = scan.end + 1
    line += 1
    return true
  }

  private struct Scan {
    var end: Int
    var longest: Int
    var isASCII: Bool
  }

  private static func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, delimiter: UInt8,
    bounds: inout [CSVRecord.FieldBounds]
  ) -> Scan? {
    var fieldStart = start
    var longest = 0
    var all: UInt8 = 0
    var index = start
    while index < bytes.count {
      let byte = unsafe bytes[index]
      all |= byte
      if byte == delimiter || byte == 0x0A {
        var end = index
        if byte == 0x0A, end > fieldStart, unsafe bytes[end - 1] == 0x0D { end -= 1 }
        bounds.append(.init(start: fieldStart - start, end: end - start))
        longest = max(longest, end - fieldStart)
        fieldStart = index + 1
        if byte == 0x0A { return Scan(end: index, longest: longest, isASCII: all < 0x80) }
      } else if byte == 0x22 || byte == 0x0D {
        // A carriage return just before the line feed is looked at there.
        let next = index + 1
        guard byte == 0x0D, next < bytes.count, unsafe bytes[next] == 0x0A else { return nil }
      }
      index += 1
    }
    return nil
  }

  /// The general case: quotes, records across pieces, the last record without line end.
  private mutating func readSlowly(_ record: inout CSVRecord) throws(TableError) {
    let start = line
    var ended = false
    while !ended {
      guard record.count < limits.fields else { throw .malformed(line: start, .tooManyFields) }
      let fieldStart = record.bytes.count
      if try peek() == 0x22 {
        try readQuoted(&record, start: start)
      } else {
        try readRun(&record, start: start, fieldStart: fieldStart)
      }
      record.bounds.append(.init(start: fieldStart, end: record.bytes.count))
      ended = try !skipDelimiter(start: start)
    }
    try validate(record)
  }

  /// Appends unquoted bytes up to a delimiter, a line end or the end.
  private mutating func readRun(
    _ record: inout CSVRecord, start: Int, fieldStart: Int
  ) throws(TableError) {
    while try peek() != nil {
      let from = position
      while position < piece.count, !isSpecial(piece[position]) { position += 1 }
      try append(from, &record, start: start, fieldStart: fieldStart)
      guard position < piece.count else { continue }
      if piece[position] == 0x22 { throw .malformed(line: start, .strayQuote) }
      return
    }
  }

  private func isSpecial(_ byte: UInt8) -> Bool {
    byte == delimiter || byte == 0x0A || byte == 0x0D || byte == 0x22
  }

  /// Appends what stands between quotes, doubled quotes once; `position` is at the opening quote.
  private mutating func readQuoted(_ record: inout CSVRecord, start: Int) throws(TableError) {
    let fieldStart = record.bytes.count
    record.hasQuotes = true
    position += 1
    while try peek() != nil {
      let from = position
      while position < piece.count, piece[position] != 0x22 {
        if piece[position] == 0x0A { line += 1 }
        position += 1
      }
      try append(from, &record, start: start, fieldStart: fieldStart)
      guard position < piece.count else { continue }
      position += 1
      guard try peek() == 0x22 else { return }
      record.bytes.append(0x22)
      position += 1
    }
    throw .malformed(line: start, .unterminatedQuote)
  }

  private mutating func append(
    _ from: Int, _ record: inout CSVRecord, start: Int, fieldStart: Int
  ) throws(TableError) {
    record.bytes.append(contentsOf: piece[from..<position])
    guard record.bytes.count <= limits.recordBytes,
      record.bytes.count - fieldStart <= limits.fieldBytes
    else { throw .malformed(line: start, .tooLong) }
  }

  /// Steps over what follows a field: true after a delimiter, false after the end of the record.
  private mutating func skipDelimiter(start: Int) throws(TableError) -> Bool {
    guard let byte = try peek() else { return false }
    position += 1
    if byte == delimiter { return true }
    if byte == 0x0D {
      guard try peek() == 0x0A else { throw .malformed(line: start, .bareCarriageReturn) }
      position += 1
    } else if byte != 0x0A {
      throw .malformed(line: start, .textAfterQuote)
    }
    line += 1
    return false
  }

  private func validate(_ record: CSVRecord) throws(TableError) {
    do { _ = try UTF8Span(validating: record.bytes.span) } catch {
      throw .malformed(line: record.line, .invalidUTF8)
    }
    // Unquoted fields stand without a delimiter between them, which could make one character of two broken halves.
    for bounds in record.bounds where bounds.start > 0 && bounds.start < record.bytes.count {
      guard record.bytes[bounds.start] & 0xC0 != 0x80 else {
        throw .malformed(line: record.line, .invalidUTF8)
      }
    }
  }
}
