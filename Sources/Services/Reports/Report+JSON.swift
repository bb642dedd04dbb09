extension Report {
  /// The report as one JSON object, keys sorted, two-space indent: `facts` by their keys, and `rows` with one object for
  /// each row of the flat table, or the list under its name. What is undefined or hidden is null.
  public func json() -> String {
    var document: [String: JSONValue] = [
      "format": .integer(1), "title": .text(title), "summary": .text(summary),
    ]
    var facts: [String: JSONValue] = [:]
    for fact in sections.flatMap(\.facts) { facts[fact.key] = fact.json }
    document["facts"] = .object(facts)
    if let table { document["rows"] = .array(table.rows.map(table.object)) }
    if let list { document[list.name] = .array(list.items.map(JSONValue.text)) }
    return JSONValue.object(document).encoded
  }
}

extension ReportTable {
  fileprivate func object(_ row: Row) -> JSONValue {
    var object: [String: JSONValue] = [:]
    for (name, label) in zip(groupColumns + cellColumns, row.labels) { object[name] = .text(label) }
    for (quantity, entry) in zip(quantities, row.entries) {
      guard case .value(let value, let width) = entry else {
        object[quantity.name] = .null
        object[quantity.name + "_pm95"] = .null
        continue
      }
      object[quantity.name] = .number(fixed(value, quantity.decimals))
      object[quantity.name + "_pm95"] = .number(fixedUp(width, quantity.decimals))
    }
    if marksHidden { object[Self.markName] = .bool(row.isHidden) }
    return .object(object)
  }
}

/// A value to be written as JSON (RFC 8259). Numbers are written digit for digit, as the table shows them.
public indirect enum JSONValue: Sendable, Hashable {
  /// null
  case null
  /// true or false
  case bool(Bool)
  /// An integer.
  case integer(Int)
  /// A number in its decimal form, as `fixed` makes it.
  case number(String)
  /// A string.
  case text(String)
  /// A list.
  case array([JSONValue])
  /// An object.
  case object([String: JSONValue])

  /// The text, indented by two spaces, keys sorted; a list of plain values stands on one line.
  public var encoded: String { encoded(indent: "") }

  private func encoded(indent: String) -> String {
    let inner = indent + "  "
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .integer(let value): return String(value)
    case .number(let digits): return digits
    case .text(let text): return Self.quoted(text)
    case .array(let items):
      if items.isEmpty { return "[]" }
      return "[\n" + items.map { inner + $0.encoded(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let members):
      if members.isEmpty { return "{}" }
      let lines = members.sorted { $0.key < $1.key }.map {
        inner + Self.quoted($0.key) + ": " + $0.value.encoded(indent: inner)
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f || (0x2028...0x2029).contains(scalar.value):
        result += "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count)
        result += String(scalar.value, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
