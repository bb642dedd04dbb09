import EncryptedSum
import Tables

/// A contributor's own rows as its sum study sees them: every number in units within its bounds, every label known.
public struct SumTable: Sendable {
  /// The rows, in the order of the table.
  public let rows: [SumRow]

  /// Reads a table that has at least the study's columns. Numbers are rounded to the field's decimals.
  ///
  /// Throws `table`, `invalidMeasure`, `outOfRange`, `unknownCategory` or `tooManyRows` with the line: nothing is clamped or left
  /// out here.
  public init(_ reader: consuming CSVReader, study: SumStudy) throws(StudyTableError) {
    var reader = reader
    let names = study.fields.map(\.column) + study.categories.map(\.column)
    let columns: [Int]
    do throws(TableError) { columns = try reader.header.columns(names) } catch { throw .table(error) }
    let measures = study.fields.map {
      Measure(
        column: $0.column, decimals: $0.decimals, minimum: $0.minimum, maximum: $0.maximum,
        statistics: [.sum],
        encoding: .signed)
    }
    let labels = study.categories.map { category in
      Dictionary(
        uniqueKeysWithValues: category.labels.enumerated().map { (Array($0.element.utf8)[...], $0.offset) })
    }
    var rows: [SumRow] = []
    var record = CSVRecord()
    while try Self.read(&reader, &record) {
      guard rows.count < study.limits.maximumRows else {
        throw .tooManyRows(maximum: study.limits.maximumRows)
      }
      var row: (values: [Int], labels: [Int]) = ([], [])
      for (measure, column) in zip(measures, columns) {
        guard let value = measure.units(record[column]) else {
          throw .invalidMeasure(line: record.line, column: measure.column)
        }
        guard (measure.minimum...measure.maximum).contains(value) else {
          throw .outOfRange(line: record.line, column: measure.column)
        }
        row.values.append(value)
      }
      for (index, column) in columns.dropFirst(measures.count).enumerated() {
        guard let label = labels[index][record[column]] else {
          throw .unknownCategory(line: record.line, column: study.categories[index].column)
        }
        row.labels.append(label)
      }
      rows.append(SumRow(values: row.values, labels: row.labels))
    }
    self.rows = rows
  }

  private static func read(
    _ reader: inout CSVReader, _ record: inout CSVRecord
  ) throws(StudyTableError) -> Bool {
    do throws(TableError) { return try reader.next(&record) } catch { throw .table(error) }
  }
}
