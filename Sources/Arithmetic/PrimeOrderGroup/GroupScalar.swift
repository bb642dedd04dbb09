/// A public residue modulo the order ℓ of the group, such as a challenge or a response. Secret factors are
/// `SecretScalar`.
public struct GroupScalar: Hashable, Sendable {
  /// Bytes of an encoding: little-endian, below ℓ.
  public static let byteCount = 32

  let row: Row

  init(row: Row) { self.row = row }

  /// Exactly 32 little-endian bytes of a number below ℓ (RFC 9496, section 4.4).
  public init(decoding bytes: [UInt8]) throws(GroupError) {
    guard bytes.count == Self.byteCount else { throw .invalidLength(bytes.count) }
    row = Row(bytes)
    guard unsafe row.withPointer({ unsafe classifyScalar($0).isCanonical }) else { throw .invalidScalar }
  }

  /// Exactly 64 uniform bytes, a little-endian number, modulo ℓ.
  public init(reducing uniform: [UInt8]) {
    precondition(uniform.count == 64, "wide reduction takes 64 bytes")
    row = unsafe uniform.withUnsafeBufferPointer { uniform in
      guard let start = uniform.baseAddress else {
        preconditionFailure("an array of 64 bytes has an address")
      }
      return unsafe Row { unsafe Sodium.reduce(start, into: $0) }
    }
  }

  /// Hashes a message to a scalar: expand_message_xmd with SHA-512 (RFC 9380, section 5.3.1), then wide reduction,
  /// which is HashToScalar of RFC 9497, section 4.1.
  public init(hashing message: [UInt8], tag: DomainSeparationTag) {
    self.init(reducing: expandMessage(message, tag: tag, byteCount: 64))
  }

  /// The 32 bytes of the encoding.
  public var bytes: [UInt8] { row.bytes }

  /// (a + b) mod ℓ.
  public static func + (a: Self, b: Self) -> Self { unsafe a.combined(with: b, Sodium.addScalars) }

  /// (a − b) mod ℓ.
  public static func - (a: Self, b: Self) -> Self { unsafe a.combined(with: b, Sodium.subtractScalars) }

  /// a·b mod ℓ.
  public static func * (a: Self, b: Self) -> Self { unsafe a.combined(with: b, Sodium.multiplyScalars) }

  private func combined(
    with other: Self,
    _ operation: (UnsafePointer<UInt8>, UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Void
  ) -> Self {
    unsafe row.withPointer { a in
      unsafe other.row.withPointer { b in GroupScalar(row: unsafe Row { unsafe operation(a, b, $0) }) }
    }
  }
}
