/// Builds an encoding. Integers are little-endian; there is no alignment.
public struct ByteWriter: Sendable {
  /// What is written so far.
  public private(set) var bytes: [UInt8] = []

  /// Nothing written yet, with room for `capacity` bytes.
  public init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// The number of bytes written.
  public var count: Int { bytes.count }

  /// Makes room for `additional` more bytes.
  public mutating func reserve(_ additional: Int) { bytes.reserveCapacity(bytes.count + additional) }

  /// One byte.
  public mutating func append(_ value: UInt8) { bytes.append(value) }

  /// Two bytes.
  public mutating func append(_ value: UInt16) { appendLittleEndian(UInt64(value), byteCount: 2) }

  /// Four bytes.
  public mutating func append(_ value: UInt32) { appendLittleEndian(UInt64(value), byteCount: 4) }

  /// Eight bytes.
  public mutating func append(_ value: UInt64) { appendLittleEndian(value, byteCount: 8) }

  /// The bytes as they are, without their length.
  public mutating func append(bytes more: [UInt8]) { bytes.append(contentsOf: more) }

  /// The bytes after their length as a UInt32; at most 2^32 − 1 of them.
  public mutating func append(lengthPrefixed more: [UInt8]) {
    append(UInt32(more.count))
    bytes.append(contentsOf: more)
  }

  /// The values as a dense stream of `bitsPerValue` bits each, lowest bit first, filled up with zero bits to a whole
  /// byte: ⌈count·bitsPerValue / 8⌉ bytes, without their length.
  ///
  /// `bitsPerValue` is 1…64, and every value is below 2^bitsPerValue.
  public mutating func appendPacked(_ values: UnsafeBufferPointer<UInt64>, bitsPerValue: Int) {
    let byteCount = packedByteCount(count: values.count, bitsPerValue: bitsPerValue)
    bytes.append(addingCapacity: byteCount) { span in
      unsafe span.withUnsafeMutableBufferPointer { buffer, initialized in
        let free = unsafe UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...])
        unsafe pack(
          values, bitsPerValue: bitsPerValue,
          into: UnsafeMutableRawBufferPointer(rebasing: free[..<byteCount]))
        initialized += byteCount
      }
    }
  }

  /// All bytes.
  public consuming func finish() -> [UInt8] { bytes }

  private mutating func appendLittleEndian(_ value: UInt64, byteCount: Int) {
    for index in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
  }
}
