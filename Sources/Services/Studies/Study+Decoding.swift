import DisclosureControl

extension Study {
  /// The largest study file in bytes.
  public static let maximumByteCount = 1 << 20
  /// The version of the format that is read and written.
  public static let format = 1

  /// Reads and checks a study file. Throws what is wrong, with the field and a hint.
  public init(decoding bytes: [UInt8]) throws(StudyError) {
    guard bytes.count <= Self.maximumByteCount else { throw .tooLarge }
    var fields = try FieldReader(try JSONParser.parse(bytes), path: "")
    _ = try fields.integer("format", in: Self.format...Self.format)
    name = try fields.text("name")
    mode = try fields.choice("mode")
    population = try fields.text("population", hint: "Give the name under which the provider keeps budgets.")
    identifier = try IdentifierRules(
      FieldReader(try fields.required("id", hint: "Give the kind of ids."), path: "id"))
    analyst = try AnalystSide(
      FieldReader(try fields.required("analyst", hint: "Describe the side that asks."), path: "analyst"))
    maximumRowsPerID = try fields.integer(
      "maximum_rows_per_id", in: 1...1_000_000, default: mode.countsIDs ? 1 : nil)
    provider = try ProviderSide(
      FieldReader(try fields.required("provider", hint: "Describe the side that answers."), path: "provider"),
      maximumRowsPerID: maximumRowsPerID)
    var measures: [Measure] = []
    for (index, value) in try fields.array("measures", count: 0...32).enumerated() {
      measures.append(try Measure(FieldReader(value, path: "measures[\(index)]")))
    }
    self.measures = measures
    minimumCount = try fields.integer("minimum_count", in: 0...1_000_000, default: 0)
    suppression = try fields.choice("suppress", default: .report)
    privacy = try Privacy.decode(
      try fields.required(
        "privacy", hint: "Give epsilon and delta, or \"exact\" if both sides agree on exact results."),
      mode: mode, measures: measures)
    policies = try Policies(fields.optional("policies"))
    result = try ResultRules(fields.optional("result"))
    try fields.finish()
    try checkTogether()
  }
}

extension Study.Mode {
  /// Whether the mode compares ids alone, without rows, groups and cells.
  var countsIDs: Bool { self == .elements || self == .count }
}

extension CategoryColumn {
  init(_ fields: consuming FieldReader) throws(StudyError) {
    column = try fields.text("column")
    var values: [String] = []
    for (index, value) in try fields.array("values", count: 1...4_096).enumerated() {
      values.append(try Self.category(value, field: fields.field("values[\(index)]")))
    }
    self.values = values
    other = try fields.optional("other").map { (value) throws(StudyError) in
      try FieldReader.text(value, field: fields.field("other"))
    }
    guard Set(labels).count == labels.count else {
      throw .conflict(field: fields.field("values"), hint: "a value stands twice. Remove one.")
    }
    try fields.finish()
  }

  /// Like any text, but a number will do: codes are often written so.
  private static func category(_ value: JSONValue, field: String) throws(StudyError) -> String {
    if case .number(let number) = value { return number.description }
    return try FieldReader.text(value, field: field)
  }

  static func list(_ fields: inout FieldReader, _ name: String) throws(StudyError) -> [CategoryColumn] {
    var columns: [CategoryColumn] = []
    for (index, value) in try fields.array(name, count: 0...16).enumerated() {
      columns.append(try CategoryColumn(FieldReader(value, path: fields.field("\(name)[\(index)]"))))
    }
    guard Set(columns.map(\.column)).count == columns.count else {
      throw .conflict(field: fields.field(name), hint: "a column stands twice. Remove one.")
    }
    return columns
  }
}

extension AnalystSide {
  init(_ fields: consuming FieldReader) throws(StudyError) {
    idColumn = try fields.text("id_column")
    population = fields.optional("population") == nil ? nil : try fields.text("population")
    maximumIDs = try fields.integer("maximum_ids", in: 1...100_000_000)
    groups = try CategoryColumn.list(&fields, "groups")
    let count = groups.combinationCount
    guard count <= 1_024 else {
      throw .invalid(field: fields.field("groups"), hint: "\(count) groups; at most 1,024 are possible.")
    }
    maximumIDsPerGroup = try Self.groupSizes(&fields, groups: count, maximumIDs: maximumIDs)
    try fields.finish()
  }

  /// One size for all groups, or a list of one for each, in the order of the groups.
  private static func groupSizes(
    _ fields: inout FieldReader, groups: Int, maximumIDs: Int
  ) throws(StudyError) -> [Int] {
    let name = "maximum_ids_per_group"
    guard case .array? = fields.optional(name) else {
      let size = try fields.integer(name, in: 1...maximumIDs, default: maximumIDs)
      return Array(repeating: size, count: groups)
    }
    var sizes: [Int] = []
    for (index, value) in try fields.array(name, count: groups...groups).enumerated() {
      sizes.append(
        try FieldReader.integer(value, in: 1...maximumIDs, field: fields.field("\(name)[\(index)]")))
    }
    return sizes
  }
}

extension ProviderSide {
  init(_ fields: consuming FieldReader, maximumRowsPerID: Int) throws(StudyError) {
    idColumn = try fields.text("id_column")
    maximumIDs = try fields.integer("maximum_ids", in: 1...100_000_000)
    let rows = maximumIDs * maximumRowsPerID
    maximumRows = try fields.integer("maximum_rows", in: 1...rows, default: rows)
    cells = try CategoryColumn.list(&fields, "cells")
    guard cells.combinationCount <= 65_536 else {
      throw .invalid(
        field: fields.field("cells"), hint: "\(cells.combinationCount) cells; at most 65,536 are possible.")
    }
    try fields.finish()
  }
}

extension Measure {
  init(_ fields: consuming FieldReader) throws(StudyError) {
    column = try fields.text("column")
    let decimals = try fields.integer("decimals", in: 0...6, default: 0)
    self.decimals = decimals
    minimum = try Self.bound(&fields, "minimum", decimals: decimals)
    maximum = try Self.bound(&fields, "maximum", decimals: decimals)
    guard minimum < maximum else {
      throw .conflict(field: fields.field("maximum"), hint: "must be greater than the minimum.")
    }
    var statistics: [Statistic] = []
    for (index, value) in try fields.array("statistics", count: 1...3).enumerated() {
      guard case .string(let text) = value, let statistic = Statistic(rawValue: text),
        !statistics.contains(statistic)
      else {
        throw .invalid(
          field: fields.field("statistics[\(index)]"), hint: "must be sum, mean or variance, each once.")
      }
      statistics.append(statistic)
    }
    self.statistics = Statistic.allCases.filter(statistics.contains)
    encoding = try fields.choice("encoding", default: .signed)
    try fields.finish()
  }

  private static func bound(
    _ fields: inout FieldReader, _ name: String, decimals: Int
  ) throws(StudyError) -> Int {
    let value = try fields.required(name, hint: "Values beyond the bounds are clamped to them.")
    guard case .number(let number) = value, let units = number.scaled(byPowerOfTen: decimals),
      units.magnitude <= 1 << 31
    else {
      throw .invalid(
        field: fields.field(name),
        hint: "must be a number of at most \(decimals) decimals (see decimals) within ±2^31 units.")
    }
    return units
  }
}
