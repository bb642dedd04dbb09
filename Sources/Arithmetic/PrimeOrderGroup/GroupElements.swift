/// Many valid elements of the group, kept as their encodings one behind the other: what goes over a wire.
///
/// Work on many elements runs on all cores and, with AVX-512 IFMA, eight elements at a time. It is constant-time in
/// elements and scalars; whether and where an encoding is invalid is no secret.
public struct GroupElements: Hashable, Sendable {
  /// The encodings, 32 bytes each.
  public internal(set) var bytes: [UInt8]

  init(checked bytes: [UInt8]) { self.bytes = bytes }

  /// These elements in this order.
  public init(_ elements: some Sequence<GroupElement>) { bytes = elements.flatMap(\.bytes) }

  /// Encodings of 32 bytes each, validated (RFC 9496, section 4.3.1).
  ///
  /// Throws `invalidLength`, or `invalidEncoding` or `identity` with the index of the first element that is refused.
  /// Who multiplies received elements anyway uses `init(multiplying:by:)`, which validates at no further cost.
  public init(
    decoding bytes: [UInt8], identity: IdentityRule = .refused, settings: BatchSettings = BatchSettings()
  ) throws(GroupError) {
    guard bytes.count % GroupElement.byteCount == 0 else { throw .invalidLength(bytes.count) }
    self.bytes = bytes
    guard !bytes.isEmpty else { return }
    let result = unsafe bytes.withUnsafeBufferPointer { rows in
      Result { () throws(GroupError) in
        // Validation never writes its output.
        unsafe try BatchKernel(
          settings: settings, count: bytes.count / GroupElement.byteCount, input: start(rows),
          output: UnsafeMutablePointer(mutating: start(rows))
        ).validate(identity: identity)
      }
    }
    try result.get()
  }
}

extension GroupElements: RandomAccessCollection {
  /// 0.
  public var startIndex: Int { 0 }
  /// The number of elements.
  public var endIndex: Int { bytes.count / GroupElement.byteCount }

  /// The element at an index in 0..<`count`.
  public subscript(index: Int) -> GroupElement {
    GroupElement(row: Row(bytes[GroupElement.byteCount * index..<GroupElement.byteCount * (index + 1)]))
  }
}
