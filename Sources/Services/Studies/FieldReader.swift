/// Reads the members of one JSON object, each by name, and refuses what was not asked for.
struct FieldReader {
  /// Where the object stands in the study, such as `provider.cells[0]`; empty for the whole.
  let path: String
  private let members: [String: JSONValue]
  private var known: Set<String> = []

  init(_ value: JSONValue, path: String) throws(StudyError) {
    guard case .object(let members) = value else {
      throw .invalid(field: path.isEmpty ? "the study" : path, hint: "must be an object in braces.")
    }
    self.members = members
    self.path = path
  }

  /// The full name of a member.
  func field(_ name: String) -> String { path.isEmpty ? name : path + "." + name }

  mutating func optional(_ name: String) -> JSONValue? {
    known.insert(name)
    return members[name]
  }

  mutating func required(_ name: String, hint: String) throws(StudyError) -> JSONValue {
    guard let value = optional(name) else { throw .missing(field: field(name), hint: hint) }
    return value
  }

  /// Refuses members that were never asked for.
  func finish() throws(StudyError) {
    for name in members.keys.sorted() where !known.contains(name) {
      throw .unknown(field: field(name), suggestion: known.sorted().first { Self.areClose($0, name) })
    }
  }

  mutating func text(
    _ name: String, default fallback: String? = nil, hint: String = "Give a text of 1 to 128 bytes."
  ) throws(StudyError) -> String {
    guard let value = optional(name) else {
      guard let fallback else { throw .missing(field: field(name), hint: hint) }
      return fallback
    }
    return try Self.text(value, field: field(name))
  }

  static func text(_ value: JSONValue, field: String) throws(StudyError) -> String {
    guard case .string(let text) = value, (1...128).contains(text.utf8.count),
      text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else {
      throw .invalid(field: field, hint: "must be a text of 1 to 128 bytes without control characters.")
    }
    return text
  }

  mutating func integer(
    _ name: String, in range: ClosedRange<Int>, default fallback: Int? = nil
  ) throws(StudyError) -> Int {
    guard let value = optional(name) else {
      guard let fallback else {
        throw .missing(
          field: field(name), hint: "Give an integer from \(range.lowerBound) to \(range.upperBound).")
      }
      return fallback
    }
    return try Self.integer(value, in: range, field: field(name))
  }

  static func integer(_ value: JSONValue, in range: ClosedRange<Int>, field: String) throws(StudyError) -> Int
  {
    guard case .number(let number) = value, let integer = number.scaled(byPowerOfTen: 0),
      range.contains(integer)
    else {
      throw .invalid(
        field: field, hint: "must be an integer from \(range.lowerBound) to \(range.upperBound).")
    }
    return integer
  }

  mutating func bool(_ name: String, default fallback: Bool) throws(StudyError) -> Bool {
    guard let value = optional(name) else { return fallback }
    guard case .bool(let bool) = value else {
      throw .invalid(field: field(name), hint: "must be true or false.")
    }
    return bool
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, default fallback: Choice? = nil
  ) throws(StudyError) -> Choice where Choice.RawValue == String {
    let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    guard let value = optional(name) else {
      guard let fallback else { throw .missing(field: field(name), hint: "Give one of: \(all).") }
      return fallback
    }
    guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
      throw .invalid(field: field(name), hint: "must be one of: \(all).")
    }
    return choice
  }

  mutating func array(_ name: String, count: ClosedRange<Int>) throws(StudyError) -> [JSONValue] {
    guard let value = optional(name) else {
      guard count.contains(0) else { throw .missing(field: field(name), hint: "Give a list in brackets.") }
      return []
    }
    guard case .array(let values) = value, count.contains(values.count) else {
      throw .invalid(
        field: field(name), hint: "must be a list of \(count.lowerBound) to \(count.upperBound) entries.")
    }
    return values
  }

  /// Whether two names differ by at most two insertions, deletions or replacements of letters.
  private static func areClose(_ a: String, _ b: String) -> Bool {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    guard abs(a.count - b.count) <= 2 else { return false }
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var next = row
      next[0] = i + 1
      for (j, y) in b.enumerated() {
        next[j + 1] = min(row[j] + (x == y ? 0 : 1), row[j + 1] + 1, next[j] + 1)
      }
      row = next
    }
    return row[b.count] <= 2
  }
}
