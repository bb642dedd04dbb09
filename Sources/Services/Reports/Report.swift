/// What a job found and how, for people and for programs: the same facts as a terminal table, CSV, JSON or one HTML page.
///
/// It holds results only. Whoever makes one decides what may be shown; this room shows all of it.
public struct Report: Sendable, Hashable {
  /// A heading with named facts below it.
  public struct Section: Sendable, Hashable {
    /// The heading.
    public var title: String
    /// The facts, in order.
    public var facts: [Fact]

    /// Takes both.
    public init(_ title: String, _ facts: [Fact]) {
      self.title = title
      self.facts = facts
    }
  }

  /// A named fact.
  public struct Fact: Sendable, Hashable {
    /// What it is called on a page.
    public var name: String
    /// The fact.
    public var value: String
    /// What it is called in JSON: lower case and underscores, unique in the report.
    public var key: String
    /// What it is in JSON.
    public var json: JSONValue

    /// Takes all; in JSON the fact is `json`, or else the same text.
    public init(_ name: String, _ value: String, key: String, json: JSONValue? = nil) {
      self.name = name
      self.value = value
      self.key = key
      self.json = json ?? .text(value)
    }

    /// An integer, for people with commas.
    public init(_ name: String, _ value: Int, key: String) {
      self.init(name, grouped(value), key: key, json: .integer(value))
    }
  }

  /// The heading.
  public var title: String
  /// One sentence below it.
  public var summary: String
  /// The numbers; nil where a list is the result.
  public var table: ReportTable?
  /// The list that is the result, such as common ids, under its name; nil where a table is.
  public var list: (name: String, items: [String])? {
    get { listName.map { ($0, listItems) } }
    set { (listName, listItems) = (newValue?.name, newValue?.items ?? []) }
  }
  private var listName: String?
  private var listItems: [String] = []
  /// Everything else worth knowing, in order.
  public var sections: [Section]

  /// A report without results yet.
  public init(title: String, summary: String, sections: [Section] = []) {
    self.title = title
    self.summary = summary
    self.sections = sections
  }
}

/// Numbers with their noise intervals, by labels.
public struct ReportTable: Sendable, Hashable {
  /// A kind of number, one column of the table.
  public struct Quantity: Sendable, Hashable {
    /// Its column in CSV and JSON; its interval stands in `<name>_pm95`.
    public var name: String
    /// Its name for people.
    public var title: String
    /// Digits after the decimal point.
    public var decimals: Int

    /// Takes all.
    public init(name: String, title: String, decimals: Int) {
      self.name = name
      self.title = title
      self.decimals = decimals
    }
  }

  /// One number.
  public enum Entry: Sendable, Hashable {
    /// The number, and half the width of the interval around it that holds the true one in 95 of 100 cases; 0: exact.
    case value(Double, halfWidth: Double)
    /// There is none, such as the mean of no rows.
    case undefined
    /// There is one that is not shown, for too few rows stand behind it.
    case hidden
  }

  /// The numbers of one combination of labels.
  public struct Row: Sendable, Hashable {
    /// One label for each label column.
    public var labels: [String]
    /// One entry for each quantity.
    public var entries: [Entry]

    /// Whether nothing of it is shown.
    public var isHidden: Bool { entries.allSatisfy { $0 == .hidden } }

    /// Takes both.
    public init(labels: [String], entries: [Entry]) {
      self.labels = labels
      self.entries = entries
    }
  }

  /// The names of the columns whose labels make a chart's rows.
  public var groupColumns: [String]
  /// The names of the columns whose labels make a chart's columns.
  public var cellColumns: [String]
  /// The kinds of numbers.
  public var quantities: [Quantity]
  /// All combinations of labels, the cells' changing fastest.
  public var rows: [Row]
  /// Whether the flat table has a last column, `suppressed`, that says which rows are hidden.
  public var marksHidden: Bool

  /// Takes all; every row has as many labels and entries as there are columns and quantities.
  public init(
    groupColumns: [String], cellColumns: [String], quantities: [Quantity], rows: [Row],
    marksHidden: Bool = false
  ) {
    precondition(
      rows.allSatisfy {
        $0.labels.count == groupColumns.count + cellColumns.count && $0.entries.count == quantities.count
      }, "a row of the wrong length")
    self.groupColumns = groupColumns
    self.cellColumns = cellColumns
    self.quantities = quantities
    self.rows = rows
    self.marksHidden = marksHidden
  }

  /// Whether any number has an interval around it.
  public var isNoisy: Bool {
    rows.contains { row in
      row.entries.contains { if case .value(_, let width) = $0 { width > 0 } else { false } }
    }
  }

  /// The names of all columns of a flat table: labels, then every quantity and its interval, then whether a row is hidden
  /// where that is marked.
  public var header: [String] {
    groupColumns + cellColumns + quantities.flatMap { [$0.name, $0.name + "_pm95"] }
      + (marksHidden ? [Self.markName] : [])
  }

  /// The name of the column that marks hidden rows.
  static let markName = "suppressed"

  /// The fields of a row of the flat table; what is undefined or hidden is empty.
  public func fields(_ row: Row) -> [String] {
    row.labels
      + zip(quantities, row.entries).flatMap { quantity, entry -> [String] in
        guard case .value(let value, let width) = entry else { return ["", ""] }
        return [fixed(value, quantity.decimals), fixedUp(width, quantity.decimals)]
      } + (marksHidden ? [row.isHidden ? "yes" : "no"] : [])
  }
}

/// A number with this many decimals, rounded to nearest.
public func fixed(_ value: Double, _ decimals: Int) -> String {
  var factor = 1.0
  for _ in 0..<decimals { factor *= 10 }
  let scaled = (value * factor).rounded()
  // Below 2^62 doubles count every unit of a digit or are integers themselves.
  guard scaled.magnitude < 0x1p62 else { return value.isFinite ? "\(value)" : "" }
  let digits = String(Int(scaled.magnitude))
  let sign = scaled < 0 ? "-" : ""
  guard decimals > 0 else { return sign + digits }
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}

/// A number with this many decimals, rounded up: for intervals.
public func fixedUp(_ value: Double, _ decimals: Int) -> String {
  var factor = 1.0
  for _ in 0..<decimals { factor *= 10 }
  // A product such as 0.1 · 10 that lies a rounding error above an integer stays there.
  return fixed((value * factor - 1e-9).rounded(.up) / factor, decimals)
}
