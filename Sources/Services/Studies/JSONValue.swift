/// A JSON text (RFC 8259) as it stands: numbers exact, members in order. Foundation's decoders take 0.1 for a binary number
/// and the last of two equal names without a word; a text that two parties agree on can afford neither.
enum JSONValue: Hashable {
  case null
  case bool(Bool)
  case number(DecimalNumber)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// The text without white space, members in the order of their names' bytes: one text for each value.
  var canonicalText: String {
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .number(let number): return number.description
    case .string(let text): return Self.quoted(text)
    case .array(let values): return "[" + values.map(\.canonicalText).joined(separator: ",") + "]"
    case .object(let members):
      let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      return "{" + sorted.map { Self.quoted($0.key) + ":" + $0.value.canonicalText }.joined(separator: ",")
        + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

/// A decimal number, exact: ±digits·10^exponent, without trailing zeros in `digits`.
struct DecimalNumber: Hashable, CustomStringConvertible {
  let isNegative: Bool
  /// At most 18 decimal digits.
  let digits: UInt64
  /// −40…40, and 0 for zero.
  let exponent: Int

  /// The number; nil for more than 18 significant digits or an exponent beyond ±40.
  init?(isNegative: Bool, digits: UInt64, exponent: Int) {
    var (digits, exponent) = (digits, exponent)
    while digits != 0 && digits.isMultiple(of: 10) {
      digits /= 10
      exponent += 1
    }
    if digits == 0 { exponent = 0 }
    guard digits < 1_000_000_000_000_000_000, (-40...40).contains(exponent) else { return nil }
    self.isNegative = isNegative && digits != 0
    self.digits = digits
    self.exponent = exponent
  }

  init(_ value: Int) {
    let number = DecimalNumber(isNegative: value < 0, digits: UInt64(value.magnitude), exponent: 0)
    guard let number else { preconditionFailure("study numbers have at most 18 digits") }
    self = number
  }

  /// The number times 10^`decimals` (0…18), where that is an integer of at most 18 digits; else nil.
  func scaled(byPowerOfTen decimals: Int) -> Int? {
    let shift = exponent + decimals
    guard digits == 0 || (0...18).contains(shift) else { return nil }
    var value = digits
    for _ in 0..<(digits == 0 ? 0 : shift) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow, product < 1_000_000_000_000_000_000 else { return nil }
      value = product
    }
    return isNegative ? -Int(value) : Int(value)
  }

  /// Plain decimal digits, no exponent: one text for each number.
  var description: String {
    let sign = isNegative ? "-" : ""
    let text = String(digits)
    if exponent >= 0 { return sign + text + String(repeating: "0", count: digits == 0 ? 0 : exponent) }
    let padded = String(repeating: "0", count: max(0, 1 - exponent - text.count)) + text
    let point = padded.index(padded.endIndex, offsetBy: exponent)
    return sign + padded[..<point] + "." + padded[point...]
  }
}
