/// Parses one JSON text of RFC 8259, strictly: no duplicate names, no more than 16 levels, nothing after the value.
struct JSONParser {
  static let maximumDepth = 16

  private let bytes: [UInt8]
  private var position = 0

  /// The value of a whole text. Throws `malformed` with the line.
  static func parse(_ bytes: [UInt8]) throws(StudyError) -> JSONValue {
    var parser = JSONParser(
      bytes: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes)
    guard (try? UTF8Span(validating: parser.bytes.span)) != nil else { throw parser.error("no UTF-8") }
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == parser.bytes.count else { throw parser.error("text after the closing brace") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func error(_ problem: String) -> StudyError {
    let line = 1 + bytes[..<min(position, bytes.count)].count { $0 == 0x0A }
    return .malformed(line: line, problem)
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ byte: Character) -> Bool {
    guard let value = byte.asciiValue, current == value else { return false }
    position += 1
    return true
  }

  private mutating func take(word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func value(depth: Int) throws(StudyError) -> JSONValue {
    guard depth < Self.maximumDepth else { throw error("more than \(Self.maximumDepth) levels") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte):
      return .number(try number())
    default: break
    }
    if take(word: "true") { return .bool(true) }
    if take(word: "false") { return .bool(false) }
    if take(word: "null") { return .null }
    throw error("a value is missing here")
  }

  private mutating func object(depth: Int) throws(StudyError) -> JSONValue {
    position += 1
    var members: [String: JSONValue] = [:]
    skipSpace()
    if take("}") { return .object([:]) }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw error("a name in double quotes is missing here") }
      let name = try string()
      skipSpace()
      guard take(":") else { throw error("a colon is missing after \"\(name)\"") }
      let value = try value(depth: depth + 1)
      guard members.updateValue(value, forKey: name) == nil else {
        throw error("\"\(name)\" stands twice in one object")
      }
      skipSpace()
    } while take(",")
    guard take("}") else { throw error("a comma or a closing brace is missing here") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(StudyError) -> JSONValue {
    position += 1
    var values: [JSONValue] = []
    skipSpace()
    if take("]") { return .array([]) }
    repeat {
      values.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw error("a comma or a closing bracket is missing here") }
    return .array(values)
  }

  private mutating func number() throws(StudyError) -> DecimalNumber {
    let isNegative = take("-")
    var digits: UInt64 = 0
    var exponent = 0
    let whole = try digitRun()
    guard whole.count == 1 || whole.first != UInt8(ascii: "0") else { throw error("a number begins with 0") }
    let fraction = take(".") ? try digitRun() : []
    for byte in whole + fraction {
      guard digits < 100_000_000_000_000_000 else { throw error("a number of more than 18 digits") }
      digits = 10 * digits + UInt64(byte - 0x30)
    }
    exponent -= fraction.count
    if take("e") || take("E") {
      let isSmall = take("-")
      if !isSmall { _ = take("+") }
      let run = try digitRun()
      guard run.count <= 4 else { throw error("a number out of range") }
      let power = run.reduce(0) { 10 * $0 + Int($1 - 0x30) }
      exponent += isSmall ? -power : power
    }
    guard let number = DecimalNumber(isNegative: isNegative, digits: digits, exponent: exponent) else {
      throw error("a number out of range")
    }
    return number
  }

  private mutating func digitRun() throws(StudyError) -> ArraySlice<UInt8> {
    let start = position
    while let byte = current, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw error("a digit is missing here") }
    return bytes[start..<position]
  }

  private mutating func string() throws(StudyError) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = current, byte != 0x22 {
      guard byte >= 0x20 else { throw error("a control character in a text") }
      if byte == UInt8(ascii: "\\") {
        try appendEscape(&text)
      } else {
        text.append(byte)
        position += 1
      }
    }
    guard take("\"") else { throw error("a text does not end") }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func appendEscape(_ text: inout [UInt8]) throws(StudyError) {
    position += 1
    guard let byte = current else { throw error("a text does not end") }
    position += 1
    let simple: [UInt8: UInt8] = [
      0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
    ]
    if let plain = simple[byte] {
      text.append(plain)
      return
    }
    guard byte == UInt8(ascii: "u") else { throw error("an unknown escape") }
    var code = try hexadecimalQuad()
    if (0xD800..<0xDC00).contains(code), take("\\"), take("u") {
      let low = try hexadecimalQuad()
      guard (0xDC00..<0xE000).contains(low) else { throw error("half of a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair") }
    text += Array(String(Character(scalar)).utf8)
  }

  private mutating func hexadecimalQuad() throws(StudyError) -> UInt32 {
    guard position + 4 <= bytes.count,
      bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw error("four hexadecimal digits are missing here") }
    position += 4
    return code
  }
}
