import Tables

/// Reads the rows of one side's table as its study says: finds the columns, normalises ids, sorts by categories.
struct RowReader: ~Copyable {
  private var reader: CSVReader
  private let study: Study
  private let missing: Set<[UInt8]>
  private let idColumn: Int
  private let categories: [CategoryIndex]
  private let measureColumns: [Int]
  private var record = CSVRecord()
  private(set) var counts = RowCounts()

  /// A row that has an id and a place among the combinations of labels.
  struct Row {
    var line: Int
    var identifier: [UInt8]
    var category: Int
  }

  init(
    _ reader: consuming CSVReader, study: Study, idColumn: String, categories: [CategoryColumn],
    measures: [Measure]
  ) throws(StudyTableError) {
    let names = [idColumn] + categories.map(\.column) + measures.map(\.column)
    let columns: [Int]
    do throws(TableError) { columns = try reader.header.columns(names) } catch { throw .table(error) }
    self.reader = reader
    self.study = study
    missing = Set(study.identifier.missing.map { Array($0.utf8) })
    self.idColumn = columns[0]
    self.categories = zip(categories, columns.dropFirst()).map { CategoryIndex($0, position: $1) }
    measureColumns = Array(columns.dropFirst(1 + categories.count))
  }

  /// The next row that has an id and a category; nil at the end.
  mutating func next() throws(StudyTableError) -> Row? {
    while try read() {
      counts.read += 1
      guard let identifier = try identifier() else { continue }
      guard let category = try category() else {
        counts.unknownCategory += 1
        continue
      }
      return Row(line: record.line, identifier: identifier, category: category)
    }
    return nil
  }

  /// Changes the counts of what became of the row.
  mutating func count(_ change: (inout RowCounts) -> Void) { change(&counts) }

  /// Appends the current row's measures to `values`, in units, clamped; or says false where the row is dropped, with
  /// `values` as they were.
  mutating func appendMeasures(to values: inout [[Int]]) throws(StudyTableError) -> Bool {
    var clamped = 0
    var units: [Int] = []
    for (measure, column) in zip(study.measures, measureColumns) {
      guard let value = measure.units(record[column]) else {
        if study.policies.invalidMeasures == .error {
          throw .invalidMeasure(line: record.line, column: measure.column)
        }
        counts.invalidMeasure += 1
        return false
      }
      let inRange = min(max(value, measure.minimum), measure.maximum)
      if inRange != value {
        switch study.policies.outOfRange {
        case .error: throw .outOfRange(line: record.line, column: measure.column)
        case .drop:
          counts.outOfRange += 1
          return false
        case .clamp: clamped += 1
        }
      }
      units.append(inRange)
    }
    counts.clamped += clamped
    for (index, value) in units.enumerated() { values[index].append(value) }
    return true
  }

  private mutating func read() throws(StudyTableError) -> Bool {
    do throws(TableError) { return try reader.next(&record) } catch { throw .table(error) }
  }

  private mutating func identifier() throws(StudyTableError) -> [UInt8]? {
    let field = record[idColumn]
    if !missing.isEmpty, missing.contains(Array(field)) {
      counts.missingID += 1
      return nil
    }
    do throws(IdentifierProblem) { return try study.identifier.kind.normalize(field) } catch {
      guard study.policies.invalidIDs == .drop else {
        throw .table(.identifier(line: record.line, error))
      }
      counts.invalidID += 1
      return nil
    }
  }

  private func category() throws(StudyTableError) -> Int? {
    var index = 0
    for column in categories {
      guard let label = column.label(of: record[column.position]) else {
        guard study.policies.unknownCategories == .drop else {
          throw .unknownCategory(line: record.line, column: column.name)
        }
        return nil
      }
      index = index * column.labelCount + label
    }
    return index
  }
}

/// The values of one column with their places.
private struct CategoryIndex {
  let name: String
  let position: Int
  let labelCount: Int
  private let labels: [ArraySlice<UInt8>: Int]
  private let other: Int?

  init(_ column: CategoryColumn, position: Int) {
    name = column.column
    self.position = position
    labelCount = column.labels.count
    other = column.other.map { _ in column.values.count }
    labels = Dictionary(
      uniqueKeysWithValues: column.values.enumerated().map { (Array($0.element.utf8)[...], $0.offset) })
  }

  func label(of field: ArraySlice<UInt8>) -> Int? { labels[field] ?? other }
}

extension Measure {
  /// The value of a decimal number, `12.5` or `1.2e3`, in units of 10^−decimals, rounded half away from zero; beyond ±2^61
  /// those. Nil for anything else. Spaces around it do not count.
  func units(_ field: ArraySlice<UInt8>) -> Int? {
    var text = field
    while text.first == 0x20 { text.removeFirst() }
    while text.last == 0x20 { text.removeLast() }
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative || text.first == UInt8(ascii: "+") { text.removeFirst() }
    guard let (digits, exponent) = Self.scan(text) else { return nil }
    let magnitude = Self.scaled(digits, powerOfTen: exponent + decimals)
    return isNegative ? -magnitude : magnitude
  }

  /// At most 18 significant digits, and the power of ten; further digits only move the power.
  private static func scan(_ text: ArraySlice<UInt8>) -> (digits: UInt64, exponent: Int)? {
    var digits: UInt64 = 0
    var exponent = 0
    var hasDigit = false
    var hasPoint = false
    for (index, byte) in zip(text.indices, text) {
      switch byte {
      case 0x30...0x39:
        hasDigit = true
        if digits < 100_000_000_000_000_000 {
          digits = 10 * digits + UInt64(byte - 0x30)
          if hasPoint { exponent -= 1 }
        } else if !hasPoint {
          exponent += 1
        }
      case UInt8(ascii: ".") where !hasPoint: hasPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        let power = text[(index + 1)...]
        guard hasDigit, power.count <= 5, let power = Int(String(decoding: power, as: UTF8.self)) else {
          return nil
        }
        return (digits, exponent + power)
      default: return nil
      }
    }
    return hasDigit ? (digits, exponent) : nil
  }

  private static func scaled(_ digits: UInt64, powerOfTen shift: Int) -> Int {
    let limit: UInt64 = 1 << 61
    var value = digits
    if shift >= 0 {
      for _ in 0..<min(shift, 19) where value != 0 {
        guard value < limit / 10 else { return Int(limit) }
        value *= 10
      }
      return Int(min(value, limit))
    }
    guard shift >= -18 else { return 0 }
    for _ in 1..<(-shift) { value /= 10 }
    // The last digit decides alone: half and more goes up.
    return Int((value + 5) / 10)
  }
}
