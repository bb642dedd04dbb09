/// Reads an encoding that may be hostile: every read checks what is left, and nothing is allocated for a length
/// before that length is checked.
///
/// A reader that has thrown is of no further use: part of what it refused may count as read.
public struct ByteReader: Sendable {
  private var rest: ArraySlice<UInt8>

  /// Reads from the first byte on.
  public init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// Reads from the first byte of the slice on.
  public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The number of bytes not read yet.
  public var left: Int { rest.count }

  /// One byte.
  public mutating func readUInt8() throws(ByteCodingError) -> UInt8 {
    UInt8(truncatingIfNeeded: try readLittleEndian(byteCount: 1))
  }

  /// Two bytes.
  public mutating func readUInt16() throws(ByteCodingError) -> UInt16 {
    UInt16(truncatingIfNeeded: try readLittleEndian(byteCount: 2))
  }

  /// Four bytes.
  public mutating func readUInt32() throws(ByteCodingError) -> UInt32 {
    UInt32(truncatingIfNeeded: try readLittleEndian(byteCount: 4))
  }

  /// Eight bytes.
  public mutating func readUInt64() throws(ByteCodingError) -> UInt64 { try readLittleEndian(byteCount: 8) }

  /// Exactly `count` bytes, where a caller-side `maximum` bounds a count that came from outside.
  ///
  /// Throws `lengthOutOfRange` where count is not in 0…maximum, `truncated` where fewer bytes are left.
  public mutating func readBytes(_ count: Int, upTo maximum: Int = .max) throws(ByteCodingError) -> [UInt8] {
    guard (0...maximum).contains(count) else {
      throw .lengthOutOfRange(UInt64(bitPattern: Int64(count)), maximum: maximum)
    }
    return Array(try take(count))
  }

  /// Bytes after their length as a UInt32.
  ///
  /// Throws `lengthOutOfRange` where the length exceeds `maximum`, `truncated` where fewer bytes are left.
  public mutating func readLengthPrefixedBytes(upTo maximum: Int) throws(ByteCodingError) -> [UInt8] {
    let count = try readUInt32()
    guard count <= maximum else { throw .lengthOutOfRange(UInt64(count), maximum: maximum) }
    return Array(try take(Int(count)))
  }

  /// Fills `values` from a dense stream of `bitsPerValue` (1…64) bits each, as `ByteWriter.appendPacked` writes it.
  ///
  /// Values come out below 2^bitsPerValue; a narrower range is the caller's to check. Throws `truncated`, or
  /// `nonzeroPadding` where a bit behind the last value is set; `values` is unspecified then.
  public mutating func readPacked(
    into values: UnsafeMutableBufferPointer<UInt64>, bitsPerValue: Int
  ) throws(ByteCodingError) {
    let byteCount = packedByteCount(count: values.count, bitsPerValue: bitsPerValue)
    let packed = try take(byteCount)
    let padding = 8 * byteCount - values.count * bitsPerValue
    if let last = packed.last, padding > 0, last >> UInt8(8 - padding) != 0 { throw .nonzeroPadding }
    unsafe packed.withUnsafeBytes { unsafe unpack($0, bitsPerValue: bitsPerValue, into: values) }
  }

  /// Throws `trailingBytes` unless everything is read.
  public func expectEnd() throws(ByteCodingError) {
    guard rest.isEmpty else { throw .trailingBytes(rest.count) }
  }

  private mutating func take(_ count: Int) throws(ByteCodingError) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw .truncated(needed: count, left: rest.count) }
    let taken = rest.prefix(count)
    rest = rest.dropFirst(count)
    return taken
  }

  private mutating func readLittleEndian(byteCount: Int) throws(ByteCodingError) -> UInt64 {
    try take(byteCount).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
