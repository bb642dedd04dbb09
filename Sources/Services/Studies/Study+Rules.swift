import DisclosureControl
import Tables

extension [CategoryColumn] {
  /// The product of the numbers of labels; 1 without columns. Saturates.
  var combinationCount: Int {
    reduce(1) { product, column in
      let (next, overflow) = product.multipliedReportingOverflow(by: column.labels.count)
      return overflow ? .max : next
    }
  }
}

extension Study {
  /// The rules that tie fields together.
  func checkTogether() throws(StudyError) {
    try checkMode()
    guard Set(measures.map(\.column)).count == measures.count else {
      throw .conflict(field: "measures", hint: "a column stands twice. Remove one.")
    }
    try checkNames()
    try checkSuppression()
    if result.publish && mode == .elements {
      throw .conflict(field: "result.publish", hint: "common ids are not for publication. Remove it.")
    }
    if result.publish && privacy == nil {
      throw .conflict(field: "result.publish", hint: "needs epsilon: exact results are not for publication.")
    }
    if result.receiver == .both && privacy != nil && !result.publish {
      throw .conflict(
        field: "result.receiver",
        hint: "\"both\" needs publish: true, or the provider could subtract its own noise.")
    }
    if (result.publish || result.receiver == .both) && analyst.population == nil {
      throw .missing(
        field: "analyst.population",
        hint:
          "Give the name under which the analyst keeps the budget of its own people: the result tells of them."
      )
    }
  }

  /// Cells can stay closed only where nothing else that the analyst learns gives them away.
  private func checkSuppression() throws(StudyError) {
    guard suppression == .secure else { return }
    guard mode == .cross else {
      throw .conflict(field: "suppress", hint: "\"secure\" is for the cells of mode cross.")
    }
    guard minimumCount > 0 else {
      throw .conflict(field: "suppress", hint: "\"secure\" needs a minimum_count of at least 1.")
    }
    guard privacy != nil else {
      throw .conflict(
        field: "suppress",
        hint:
          "\"secure\" needs epsilon: exact match counts of groups, less the open cells, would give the others away."
      )
    }
  }

  /// A result's columns need names of their own.
  private func checkNames() throws(StudyError) {
    var seen: Set<String> = []
    for (field, columns) in [("analyst.groups", analyst.groups), ("provider.cells", provider.cells)] {
      for column in columns where !seen.insert(column.column).inserted {
        throw .conflict(
          field: field,
          hint: "the result would have two columns \"\(column.column)\". Rename one in its table.")
      }
    }
    let numbers =
      ["count"]
      + measures.flatMap { measure in
        measure.statistics.map { "\(measure.column)_\($0.rawValue)" }
      }
    let mark = suppression == .secure ? ["suppressed"] : []
    for name in numbers + numbers.map({ $0 + "_pm95" }) + mark where !seen.insert(name).inserted {
      throw .conflict(
        field: "measures", hint: "the result would have two columns \"\(name)\". Rename one in its table.")
    }
  }

  private func checkMode() throws(StudyError) {
    switch mode {
    case .elements, .count:
      for (field, isEmpty) in [
        ("analyst.groups", analyst.groups.isEmpty), ("provider.cells", provider.cells.isEmpty),
        ("measures", measures.isEmpty),
      ] where !isEmpty {
        throw .conflict(field: field, hint: "mode \(mode.rawValue) has none. Remove it, or use mode cross.")
      }
      guard maximumRowsPerID == 1 else {
        throw .conflict(field: "maximum_rows_per_id", hint: "must be 1: mode \(mode.rawValue) compares ids.")
      }
      guard minimumCount == 0 || mode == .count else {
        throw .conflict(field: "minimum_count", hint: "mode elements has no counts. Remove it.")
      }
    case .sum:
      guard analyst.groups.isEmpty, provider.cells.isEmpty else {
        throw .conflict(field: "mode", hint: "sum has no groups and cells. Use mode cross.")
      }
      guard !measures.isEmpty else {
        throw .conflict(field: "measures", hint: "mode sum needs one. Use mode count to count ids.")
      }
    case .cross:
      guard !analyst.groups.isEmpty || !provider.cells.isEmpty else {
        throw .conflict(field: "mode", hint: "cross needs groups or cells. Use mode sum without them.")
      }
    }
  }
}

extension IdentifierRules {
  private enum Kind: String, CaseIterable { case plain, email, phone, unicode }

  init(_ fields: consuming FieldReader) throws(StudyError) {
    switch try fields.choice("kind") as Kind {
    case .plain: kind = .plain
    case .email: kind = .email
    case .unicode: kind = .unicode
    case .phone: kind = .phone(try Self.phoneRules(&fields))
    }
    var missing: Set<String> = []
    for (index, value) in try fields.array("missing", count: 0...64).enumerated() {
      guard case .string(let text) = value, text.utf8.count <= 128 else {
        throw .invalid(field: fields.field("missing[\(index)]"), hint: "must be a text of at most 128 bytes.")
      }
      missing.insert(text)
    }
    self.missing = missing.sorted()
    try fields.finish()
  }

  private static func phoneRules(_ fields: inout FieldReader) throws(StudyError) -> PhoneRules {
    if fields.optional("country") != nil {
      let country = try fields.text("country")
      guard let rules = PhoneRules(country: country) else {
        throw .invalid(
          field: fields.field("country"),
          hint: "must be an ISO 3166 code that is known here, such as JP. Else give country_code, "
            + "trunk_prefix and international_prefix.")
      }
      return rules
    }
    let code = try fields.text("country_code", hint: "Give the country, such as JP, or its country code.")
    let trunk =
      fields.optional("trunk_prefix") == .string("") ? "" : try fields.text("trunk_prefix", default: "0")
    let international = try fields.text("international_prefix", default: "00")
    guard
      let rules = PhoneRules(countryCode: code, trunkPrefix: trunk, internationalPrefix: international)
    else {
      throw .invalid(
        field: fields.field("country_code"), hint: "country code and prefixes are texts of a few digits.")
    }
    return rules
  }
}

extension Policies {
  init(_ value: JSONValue?) throws(StudyError) {
    var fields = try FieldReader(value ?? .object([:]), path: "policies")
    duplicateIDs = try fields.choice("duplicate_ids", default: .error)
    invalidIDs = try fields.choice("invalid_ids", default: .error)
    unknownCategories = try fields.choice("unknown_categories", default: .error)
    invalidMeasures = try fields.choice("invalid_measures", default: .error)
    outOfRange = try fields.choice("out_of_range", default: .clamp)
    excessRows = try fields.choice("excess_rows", default: .error)
    try fields.finish()
  }
}

extension ResultRules {
  init(_ value: JSONValue?) throws(StudyError) {
    var fields = try FieldReader(value ?? .object([:]), path: "result")
    receiver = try fields.choice("receiver", default: .analyst)
    publish = try fields.bool("publish", default: false)
    try fields.finish()
  }
}
