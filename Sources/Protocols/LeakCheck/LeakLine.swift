/// The formats of lists that come line by line.
public enum LeakFormat: String, Sendable, CaseIterable {
  /// `HASH:COUNT`, SHA-1 in 40 hexadecimal digits: Have I Been Pwned.
  case sha1
  /// The same with NTLM hashes, 32 digits.
  case ntlm
  /// `user:password`; everything behind the first colon is the password.
  case credentials
  /// One password on each line.
  case words
}

/// One line of a list.
public struct LeakLine: Sendable, Equatable {
  /// What was leaked.
  public let entry: LeakEntry
  /// The user, for lists of credentials.
  public let user: UserName?
  /// How often it was seen: the count of the line, else 1.
  public let count: UInt64

  /// The longest line that is read, in bytes.
  public static let longestLine = 4096

  /// A line that was read elsewhere.
  public init(_ entry: LeakEntry, user: UserName? = nil, count: UInt64 = 1) {
    (self.entry, self.user, self.count) = (entry, user, count)
  }

  /// Reads one line without its end; a carriage return at the end is dropped. Passwords are hashed byte for byte, whatever their
  /// encoding.
  ///
  /// Throws `malformedLine`, also for lines that are too long, for passwords with a zero byte, which nobody types, and for user names that
  /// are no UTF-8.
  public init(parsing line: ArraySlice<UInt8>, as format: LeakFormat) throws(LeakCheckError) {
    var line = line
    if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
    guard (1...Self.longestLine).contains(line.count) else { throw .malformedLine }
    switch format {
    case .sha1, .ntlm:
      let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
      let digest = try Self.bytes(hex: Array(parts[0]))
      count = try parts.count == 2 ? Self.number(parts[1]) : 1
      user = nil
      do { entry = try format == .sha1 ? LeakEntry(sha1: digest) : LeakEntry(ntlm: digest) } catch {
        throw .malformedLine
      }
    case .credentials:
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .malformedLine }
      let name: UserName
      guard let text = String(validating: line[..<colon], as: UTF8.self) else { throw .malformedLine }
      do { name = try UserName(text) } catch { throw .malformedLine }
      entry = LeakEntry(name, password: try Self.password(line[(colon + 1)...]))
      user = name
      count = 1
    case .words:
      entry = LeakEntry(password: try Self.password(line))
      user = nil
      count = 1
    }
  }

  private static func password(_ bytes: ArraySlice<UInt8>) throws(LeakCheckError) -> [UInt8] {
    guard !bytes.isEmpty, !bytes.contains(0) else { throw .malformedLine }
    return Array(bytes)
  }

  /// A number of 1 to 15 decimal digits. Throws `malformedLine`.
  public static func number(_ digits: ArraySlice<UInt8>) throws(LeakCheckError) -> UInt64 {
    guard (1...15).contains(digits.count) else { throw .malformedLine }
    var number: UInt64 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { throw .malformedLine }
      number = 10 * number + UInt64(digit - UInt8(ascii: "0"))
    }
    return number
  }

  /// The bytes of hexadecimal digits. Throws `malformedLine`.
  public static func bytes(hex digits: [UInt8]) throws(LeakCheckError) -> [UInt8] {
    guard digits.count % 2 == 0 else { throw .malformedLine }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for start in stride(from: 0, to: digits.count, by: 2) {
      guard let high = nibble(digits[start]), let low = nibble(digits[start + 1]) else {
        throw .malformedLine
      }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

/// What is said of a leaked entry: how often it was seen, and where.
public struct LeakLabel: Sendable, Hashable {
  /// At most 2^32 − 1; more count as that.
  public let count: UInt32
  /// The number of a source in the database's list of names.
  public let source: UInt16

  /// The encoded length: that of the labels of `lookup-labels-expand`.
  public static let byteCount = 8
  /// The length without zeros: that of the labels of `lookup-batch-labels`.
  public static let shortByteCount = 6

  /// Takes count and source.
  public init(count: UInt64, source: UInt16) {
    self.count = UInt32(clamping: count)
    self.source = source
  }

  /// Count and source, little-endian, then two zero bytes.
  public var bytes: [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: count >> UInt32(8 * $0)) }
      + [UInt8(truncatingIfNeeded: source), UInt8(source >> 8), 0, 0]
  }

  /// Reads a label, with its zeros or without; nil for another length, or where the last bytes are not zero.
  public init?(decoding bytes: [UInt8]) {
    guard [Self.shortByteCount, Self.byteCount].contains(bytes.count),
      bytes[Self.shortByteCount...].allSatisfy({ $0 == 0 })
    else { return nil }
    count = (0..<4).reduce(0) { $0 | UInt32(bytes[$1]) << UInt32(8 * $1) }
    source = UInt16(bytes[4]) | UInt16(bytes[5]) << 8
  }
}
