/// Why bytes are not what they should be. Carries counts and type numbers only, never content.
public enum ByteCodingError: Error, Equatable, Sendable {
  /// `needed` more bytes should follow, `left` do.
  case truncated(needed: Int, left: Int)
  /// This many bytes follow the end.
  case trailingBytes(Int)
  /// A value is outside the range of its field.
  case valueOutOfRange
  /// A length prefix exceeds the maximum for its field.
  case lengthOutOfRange(UInt64, maximum: Int)
  /// A bit that only fills up a byte is set.
  case nonzeroPadding
  /// The bytes encode another type.
  case wrongType(UInt16, expected: UInt16)
  /// The format has a version that this program does not read.
  case unsupportedVersion(UInt8, expected: UInt8)
}
