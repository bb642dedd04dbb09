import Tables

/// What became of the rows of a table, for the report.
public struct RowCounts: Sendable, Hashable {
  /// Rows below the header.
  public internal(set) var read = 0
  /// Rows that count.
  public internal(set) var used = 0
  /// Dropped for an id that stands for an unknown one.
  public internal(set) var missingID = 0
  /// Dropped for an id without normal form.
  public internal(set) var invalidID = 0
  /// Dropped for an id that came before.
  public internal(set) var duplicateID = 0
  /// Dropped for a value outside a column's domain.
  public internal(set) var unknownCategory = 0
  /// Dropped for a measure that is no number.
  public internal(set) var invalidMeasure = 0
  /// Dropped for a measure outside its bounds.
  public internal(set) var outOfRange = 0
  /// Dropped for an id that has as many rows as count.
  public internal(set) var excess = 0
  /// Values that were clamped, in rows that count.
  public internal(set) var clamped = 0
}

/// Why a party's table does not fit its study. It names lines and columns, never contents.
public enum StudyTableError: Error, Equatable, Sendable {
  /// The file itself.
  case table(TableError)
  /// More different ids than the study allows.
  case tooManyIDs(maximum: Int)
  /// More rows than the study allows.
  case tooManyRows(maximum: Int)
  /// More ids in one group than the study allows.
  case groupTooLarge(group: [String], maximum: Int)
  /// An id that came before.
  case duplicateID(line: Int)
  /// A value outside the domain of a column.
  case unknownCategory(line: Int, column: String)
  /// A measure that is no number.
  case invalidMeasure(line: Int, column: String)
  /// A measure outside its bounds.
  case outOfRange(line: Int, column: String)
  /// More rows of one id than count.
  case excessRow(line: Int, maximum: Int)
}

extension StudyTableError: CustomStringConvertible {
  /// What is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .table(let error): error.description
    case .tooManyIDs(let maximum):
      "the table has more than \(maximum) different ids. Agree on a larger maximum_ids."
    case .tooManyRows(let maximum):
      "the table has more than \(maximum) rows that count. Agree on a larger maximum_rows."
    case .groupTooLarge(let group, let maximum):
      "group \(group.joined(separator: " / ")) has more than \(maximum) ids. Agree on a larger maximum_ids_per_group."
    case .duplicateID(let line):
      "line \(line): this id came before. Remove one row, or agree on policies.duplicate_ids \"drop\"."
    case .unknownCategory(let line, let column):
      "line \(line): column \"\(column)\" has a value outside its domain. Add it to the study, give the column an "
        + "\"other\" label, or agree on policies.unknown_categories \"drop\"."
    case .invalidMeasure(let line, let column):
      "line \(line): column \"\(column)\" is no number. Correct it, or agree on policies.invalid_measures \"drop\"."
    case .outOfRange(let line, let column):
      "line \(line): column \"\(column)\" is out of its bounds. Agree on policies.out_of_range \"clamp\"."
    case .excessRow(let line, let maximum):
      "line \(line): this id has more than \(maximum) rows. Agree on a larger maximum_rows_per_id (more noise), or on "
        + "policies.excess_rows \"drop\"."
    }
  }
}
