import Glibc
import LeakCheck

/// The hashes of a range file.
public enum RangeHash: UInt32, Sendable, CaseIterable {
  /// SHA-1, 20 bytes.
  case sha1 = 20
  /// NTLM, 16 bytes.
  case ntlm = 16

  /// The length in bytes.
  public var byteCount: Int { Int(rawValue) }
  /// The lists that it is made from.
  public var format: LeakFormat { self == .sha1 ? .sha1 : .ntlm }
}

/// One hash of a range file.
public struct RangeEntry: Sendable, Hashable {
  /// The hash, 20 or 16 bytes.
  public let hash: [UInt8]
  /// How often it was seen, at most 2^32 − 1.
  public let count: UInt32

  /// Upper-case hexadecimal digits behind the five of the prefix.
  public var suffix: String { String(hash.hex.dropFirst(RangeFile.prefixDigits)).uppercased() }
}

/// Sorted hashes of a published list, for the range API of Have I Been Pwned; checked as it is opened, and read where it is asked.
///
///     bytes    content, numbers little-endian
///     8        "HITOKURG"
///     4        1, the version
///     4        h: 20 for SHA-1, 16 for NTLM
///     8        n: hashes, below 2^32
///     32       SHA-256 over the SHA-256 of every mebibyte of all that follows the header
///     8        zero
///     4(2^20+1)  for each prefix of 20 bits how many hashes stand before it; last n
///     (h+4)n   hashes in ascending order, each with its count
///
/// It publishes the list: who asks for a prefix gets all of its hashes, and the server learns the prefix. It is separate from every
/// database for private lookups.
public struct RangeFile: Sendable {
  /// Hexadecimal digits of a prefix.
  public static let prefixDigits = 5
  /// Prefixes: 16 to the power of their digits.
  public static let prefixCount = 1 << 20

  static let magic = Array("HITOKURG".utf8)
  static let headerByteCount = 64
  static let indexByteCount = 4 * (prefixCount + 1)

  /// What it holds.
  public let hash: RangeHash
  /// How many.
  public let count: Int
  private let file: KeptFile

  /// Opens the file and checks every byte of it. Throws `system`, `damaged`.
  public init(path: String) throws(LeakDatabaseError) {
    let open = try OpenFile(path, flags: O_RDONLY)
    let file = try open.kept()
    guard file.count >= Self.headerByteCount + Self.indexByteCount else { throw .damaged(path: path) }
    let header = try file.bytes(0..<Self.headerByteCount)
    func number(_ start: Int, _ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(header[start + $1]) << UInt64(8 * $1) }
    }
    let entries = number(16, 8)
    guard header.starts(with: Self.magic), number(8, 4) == 1, number(56, 8) == 0, entries < 1 << 32,
      let hash = RangeHash(rawValue: UInt32(number(12, 4)))
    else { throw .damaged(path: path) }
    let length = Self.headerByteCount + Self.indexByteCount + Int(entries) * (hash.byteCount + 4)
    guard file.count == length,
      try open.checksum(from: Self.headerByteCount) == Array(header[24..<56])
    else { throw .damaged(path: path) }
    (self.hash, count, self.file) = (hash, Int(entries), file)
    let index = try file.bytes(Self.headerByteCount..<(Self.headerByteCount + Self.indexByteCount))
    var before = 0
    for prefix in 0...Self.prefixCount {
      let next = Self.number(index, 4 * prefix)
      guard next >= before, prefix > 0 || next == 0 else { throw .damaged(path: path) }
      before = next
    }
    guard before == count else { throw .damaged(path: path) }
  }

  /// Whether nobody wrote to the file or cut it since it was checked.
  public var isUnchanged: Bool { file.isUnchanged }

  private static func number(_ bytes: [UInt8], _ place: Int) -> Int {
    Int(bytes[place..<(place + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
  }

  /// The number of a prefix of exactly five hexadecimal digits, in upper or lower case; nil for other text.
  public static func prefix(_ text: some StringProtocol) -> Int? {
    guard text.utf8.count == prefixDigits, text.utf8.allSatisfy({ UInt8(ascii: "0") <= $0 && $0 < 0x80 })
    else { return nil }
    return Int(text, radix: 16)
  }

  /// All hashes that begin with `prefix` in 0..<`prefixCount`, in order. Throws `damaged` where the file was written to or cut since
  /// it was checked, and `system`.
  public func entries(prefix: Int) throws(LeakDatabaseError) -> [RangeEntry] {
    precondition((0..<Self.prefixCount).contains(prefix), "a prefix of 20 bits")
    let place = Self.headerByteCount + 4 * prefix
    let bounds = try file.bytes(place..<(place + 8))
    let (first, last) = (Self.number(bounds, 0), Self.number(bounds, 4))
    // What was checked is ascending; a change is noticed at the latest now.
    guard first <= last, last <= count else { throw .damaged(path: file.path) }
    let (size, base) = (hash.byteCount + 4, Self.headerByteCount + Self.indexByteCount)
    let bytes = try file.bytes((base + first * size)..<(base + last * size))
    return stride(from: 0, to: bytes.count, by: size).map { place in
      RangeEntry(
        hash: Array(bytes[place..<(place + size - 4)]),
        count: UInt32(Self.number(bytes, place + size - 4)))
    }
  }
}
