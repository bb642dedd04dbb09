import Secrets

/// Whether a decoder lets the identity pass. RFC 9497, section 2.1 refuses it; RFC 9496 itself does not.
public enum IdentityRule: Sendable {
  /// An encoding of the identity is an error.
  case refused
  /// The identity is an element like every other.
  case allowed
}

/// An element of ristretto255 (RFC 9496), the group of prime order ℓ = 2^252 + 27742317777372353535851937790883648493.
///
/// It is kept as its canonical encoding, so that equality is equality of bytes and a received element costs its
/// validation once. Single operations decode and encode again, about 40 µs for a multiplication; many elements
/// belong into `GroupElements`, which is 15 times faster on processors with AVX-512 IFMA.
///
/// All operations on elements are constant-time; `==` and `hash(into:)` are not.
public struct GroupElement: Hashable, Sendable {
  /// Bytes of an encoding.
  public static let byteCount = 32

  /// The neutral element of addition: 32 zero bytes.
  public static let identity = GroupElement(row: .zero)

  /// The generator of RFC 9496, section 4.1.
  public static let generator: GroupElement = {
    let one = Row([1] + [UInt8](repeating: 0, count: 31))
    return unsafe one.withPointer { one in
      GroupElement(row: unsafe Row { unsafe Sodium.multiplyGenerator(by: one, into: $0) })
    }
  }()

  let row: Row

  init(row: Row) { self.row = row }

  /// Exactly 32 bytes, validated (RFC 9496, section 4.3.1): canonical, not negative, on the curve.
  ///
  /// Throws `invalidLength`, `invalidEncoding` or, by the rule, `identity`, with index 0.
  public init(decoding bytes: some Collection<UInt8>, identity: IdentityRule = .refused) throws(GroupError) {
    guard bytes.count == Self.byteCount else { throw .invalidLength(bytes.count) }
    row = Row(bytes)
    guard unsafe row.withPointer({ unsafe Sodium.isValid($0) }) else { throw .invalidEncoding(index: 0) }
    guard identity == .allowed || row != .zero else { throw .identity(index: 0) }
  }

  /// The one-way map of RFC 9496, section 4.3.4, of exactly 64 uniform bytes.
  public init(mapping uniform: [UInt8]) {
    precondition(uniform.count == 64, "the map takes 64 bytes")
    row = unsafe uniform.withUnsafeBufferPointer { uniform in
      unsafe Row { unsafe Sodium.map(start(uniform), into: $0) }
    }
  }

  /// Hashes a message to the group: ristretto255_XMD:SHA-512_R255MAP_RO_ of RFC 9380, appendix B.
  public init(hashing message: [UInt8], tag: DomainSeparationTag) {
    self.init(mapping: expandMessage(message, tag: tag, byteCount: 64))
  }

  /// The 32 bytes of the canonical encoding.
  public var bytes: [UInt8] { row.bytes }

  /// scalar·self.
  public func multiplied(by scalar: borrowing SecretScalar) -> GroupElement {
    unsafe scalar.withPointer { unsafe multiplied(byScalarAt: $0) }
  }

  /// scalar·self.
  public func multiplied(by scalar: GroupScalar) -> GroupElement {
    unsafe scalar.row.withPointer { unsafe multiplied(byScalarAt: $0) }
  }

  /// scalar·generator: a public key.
  public static func generator(multipliedBy scalar: borrowing SecretScalar) -> GroupElement {
    unsafe scalar.withPointer { scalar in
      GroupElement(row: unsafe Row { unsafe Sodium.multiplyGenerator(by: scalar, into: $0) })
    }
  }

  /// scalar·generator.
  public static func generator(multipliedBy scalar: GroupScalar) -> GroupElement {
    unsafe scalar.row.withPointer { scalar in
      GroupElement(row: unsafe Row { unsafe Sodium.multiplyGenerator(by: scalar, into: $0) })
    }
  }

  /// The sum.
  public static func + (a: Self, b: Self) -> Self { unsafe a.combined(with: b, Sodium.add) }

  /// The difference.
  public static func - (a: Self, b: Self) -> Self { unsafe a.combined(with: b, Sodium.subtract) }

  /// The inverse of addition.
  public static prefix func - (a: Self) -> Self { identity - a }

  private func multiplied(byScalarAt scalar: UnsafePointer<UInt8>) -> GroupElement {
    unsafe row.withPointer { element in
      GroupElement(
        row: unsafe Row {
          let valid = unsafe Sodium.multiply(element, by: scalar, into: $0)
          assert(valid, "elements are valid")
        })
    }
  }

  private func combined(
    with other: Self,
    _ operation: (UnsafePointer<UInt8>, UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Void
  ) -> Self {
    unsafe row.withPointer { a in
      unsafe other.row.withPointer { b in GroupElement(row: unsafe Row { unsafe operation(a, b, $0) }) }
    }
  }
}

extension GroupElement: CustomStringConvertible {
  /// The encoding in hexadecimal.
  public var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
