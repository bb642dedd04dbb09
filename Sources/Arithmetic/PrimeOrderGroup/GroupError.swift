/// What untrusted bytes can be wrong with. Indices count elements from 0.
public enum GroupError: Error, Equatable, Sendable {
  /// The number of bytes is not that of whole encodings.
  case invalidLength(Int)
  /// The element is no canonical encoding (RFC 9496, section 4.3.1).
  case invalidEncoding(index: Int)
  /// The element is the identity, which the caller refuses.
  case identity(index: Int)
  /// The scalar is not below the order of the group, or is zero where it may not be.
  case invalidScalar
  /// A domain separation tag has 1 to 255 bytes.
  case invalidTag(byteCount: Int)
}
