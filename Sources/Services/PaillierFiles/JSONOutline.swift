import Secrets

// Fence: reads secret text in place, so that no part of it becomes an array or a string.

/// Where the members of a JSON object stand in its text (RFC 8259): at most 32 members and 8 levels, no escapes in names, no name
/// twice. Values stay where they are.
@safe struct JSONOutline {
  /// A value's kind and place.
  indirect enum Value {
    /// The bytes between the quotes.
    case string(Range<Int>)
    case number(Range<Int>)
    case object([String: Value])
    /// Arrays, true, false and null, which nothing here needs.
    case other
  }

  static let maximumMembers = 32
  private static let maximumDepth = 8

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// The members of the one object that `text` holds.
  static func members(of text: borrowing SecretBytes) throws(PaillierFilesError) -> [String: Value] {
    unsafe try text.withUnsafeBufferPointer { bytes throws(PaillierFilesError) in
      var outline = unsafe JSONOutline(bytes: bytes)
      guard case .object(let members) = try outline.value(depth: 0) else { throw outline.error }
      outline.skipSpace()
      guard outline.position == bytes.count else { throw outline.error }
      return members
    }
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { unsafe self.bytes = unsafe bytes }

  private var error: PaillierFilesError { .malformed(at: position) }
  private var current: UInt8? { unsafe position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) throws(PaillierFilesError) {
    skipSpace()
    guard current == UInt8(ascii: character) else { throw error }
    position += 1
  }

  private mutating func next() -> UInt8? {
    skipSpace()
    return current
  }

  private mutating func value(depth: Int) throws(PaillierFilesError) -> Value {
    guard depth < Self.maximumDepth else { throw error }
    switch next() {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["):
      try array(depth: depth)
      return .other
    case UInt8(ascii: "\""): return .string(try string())
    case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte):
      let start = position
      while let byte = current, "+-.eE0123456789".utf8.contains(byte) { position += 1 }
      return .number(start..<position)
    default:
      for word in ["true", "false", "null"] where unsafe bytes[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return .other
      }
      throw error
    }
  }

  private mutating func object(depth: Int) throws(PaillierFilesError) -> [String: Value] {
    try take("{")
    var members: [String: Value] = [:]
    if next() == UInt8(ascii: "}") {
      try take("}")
      return members
    }
    while true {
      guard next() == UInt8(ascii: "\"") else { throw error }
      let place = try string()
      guard place.count <= 64, unsafe !bytes[place].contains(UInt8(ascii: "\\")) else { throw error }
      let name = unsafe String(decoding: bytes[place], as: UTF8.self)
      try take(":")
      guard members[name] == nil, members.count < Self.maximumMembers else { throw error }
      members[name] = try value(depth: depth + 1)
      if next() == UInt8(ascii: "}") {
        try take("}")
        return members
      }
      try take(",")
    }
  }

  private mutating func array(depth: Int) throws(PaillierFilesError) {
    try take("[")
    if next() == UInt8(ascii: "]") { return try take("]") }
    while true {
      _ = try value(depth: depth + 1)
      if next() == UInt8(ascii: "]") { return try take("]") }
      try take(",")
    }
  }

  /// The bytes between two quotes.
  private mutating func string() throws(PaillierFilesError) -> Range<Int> {
    position += 1
    let start = position
    while let byte = current, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw error }
      position += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    guard current != nil else { throw error }
    position += 1
    return start..<position - 1
  }
}
