#if Services
import PrivateComparison
import Tables

/// A decimal number of a table, in units of its last decimal.
enum DecimalField {
  /// An optional sign, digits, and at most `decimals` more behind a point; nil for anything else, or beyond 64 bits.
  static func value(_ text: ArraySlice<UInt8>, decimals: Int) -> Int64? {
    var digits = text
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    var magnitude: UInt64 = 0
    var missing: Int?
    var isEmpty = true
    for byte in digits {
      if byte == UInt8(ascii: "."), missing == nil {
        missing = decimals
        continue
      }
      let digit = byte &- UInt8(ascii: "0")
      guard digit <= 9, missing != 0, magnitude <= (UInt64.max - 9) / 10 else { return nil }
      magnitude = 10 * magnitude + UInt64(digit)
      isEmpty = false
      missing = missing.map { $0 - 1 }
    }
    guard !isEmpty else { return nil }
    for _ in 0..<(missing ?? decimals) {
      guard magnitude <= (UInt64.max - 9) / 10 else { return nil }
      magnitude *= 10
    }
    if isNegative { return magnitude <= 1 << 63 ? Int64(bitPattern: 0 &- magnitude) : nil }
    return Int64(exactly: magnitude)
  }
}

extension DecimalField {
  /// What keeps a text from being a number of these bits and decimals, in words that tell nothing of it but its kind.
  static func problem(
    _ text: ArraySlice<UInt8>, bits: Int, decimals: Int
  ) -> (text: String, hint: String) {
    let correct = "Correct the table."
    if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return ("the field is blank", correct) }
    let digits =
      [UInt8(ascii: "-"), UInt8(ascii: "+")].contains(text[text.startIndex]) ? text.dropFirst() : text
    let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isNumber =
      parts.count <= 2 && digits.count > parts.count - 1
      && parts.allSatisfy { $0.allSatisfy { (0x30...0x39).contains($0) } }
    guard isNumber else { return ("no number such as -12.5", correct) }
    if parts.count == 2, parts[1].count > decimals {
      return ("more than \(decimals) decimals", "Give more --decimals on both sides, or round.")
    }
    return (
      "too large for \(bits) bits with \(decimals) decimals",
      "Give more --bits on both sides (at most 64, for within 31), or fewer --decimals."
    )
  }
}

/// The rows of the own table, read as they are needed.
struct ComparisonRows: ~Copyable {
  private var reader: CSVReader
  private let names: [String]
  private let columns: [Int]
  private let bits: Int
  private let decimals: Int
  private var record = CSVRecord()
  private(set) var count = 0

  init(_ reader: consuming CSVReader, columns: [String], bits: Int, decimals: Int) throws {
    do throws(TableError) { self.columns = try reader.header.columns(columns) } catch {
      guard case .missingColumn(let name, let available) = error else { throw CommandFailure(error) }
      throw CommandFailure(
        "the table has no column \"\(name)\"; it has \(available.joined(separator: ", ")).",
        hint: "Change --column, or the table's header.", code: .data)
    }
    names = columns
    self.reader = reader
    self.bits = bits
    self.decimals = decimals
  }

  /// The fields of at most `limit` more rows; fewer only at the end of the table.
  mutating func next(_ limit: Int) throws -> [UInt64] {
    var fields: [UInt64] = []
    fields.reserveCapacity(limit * columns.count)
    for _ in 0..<limit {
      do throws(TableError) { guard try reader.next(&record) else { break } } catch {
        throw CommandFailure(error)
      }
      count += 1
      for (column, name) in zip(columns, names) {
        guard let value = DecimalField.value(record[column], decimals: decimals),
          bits == 64 || value >> Int64(bits - 1) == value >> 63
        else {
          let problem = DecimalField.problem(record[column], bits: bits, decimals: decimals)
          throw CommandFailure(
            "line \(record.line), column \"\(name)\": \(problem.text).", hint: problem.hint, code: .data)
        }
        fields.append(UInt64(bitPattern: value))
      }
    }
    return fields
  }
}

/// The answers, written as they come; nothing where this side gets none.
struct ComparisonAnswers: ~Copyable {
  private var writer: CSVWriter?
  private let operation: ComparisonOperation
  private let bits: Int
  private let decimals: Int
  private var row = 0

  init(path: String?, operation: ComparisonOperation, bits: Int, decimals: Int) throws {
    self.operation = operation
    self.bits = bits
    self.decimals = decimals
    guard let path else {
      writer = nil
      return
    }
    do throws(TableError) {
      var writer = CSVWriter(try OutputFile(path: path))
      try writer.write(operation == .within ? ["within"] : ["row", operation.rawValue])
      self.writer = consume writer
    } catch { throw CommandFailure(error) }
  }

  mutating func write(_ values: [UInt64]) throws {
    do throws(TableError) {
      for value in values {
        row += 1
        let fields = operation == .within ? [text(value)] : ["\(row)", text(value)]
        try writer?.write(fields)
      }
    } catch { throw CommandFailure(error) }
  }

  consuming func finish() throws {
    guard let writer else { return }
    do throws(TableError) { try writer.finish() } catch { throw CommandFailure(error) }
  }

  private func text(_ value: UInt64) -> String {
    guard operation == .max else { return "\(value)" }
    let signed = Int64(bitPattern: value << UInt64(64 - bits)) >> Int64(64 - bits)
    guard decimals > 0 else { return "\(signed)" }
    let digits = "\(signed.magnitude)"
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return (signed < 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }
}
#endif
