// Fence: uniform bytes and messages given to BatchKernel by pointer.
import ByteCoding

extension GroupElements {
  /// The one-way map of RFC 9496, section 4.3.4, of rows of 64 uniform bytes. Throws `invalidLength`.
  public init(mapping uniform: [UInt8], settings: BatchSettings = BatchSettings()) throws(GroupError) {
    guard uniform.count % 64 == 0 else { throw .invalidLength(uniform.count) }
    self = unsafe Self.mapped(uniform, nil, settings)
  }

  /// scalar·map(row) for rows of 64 uniform bytes, without encoding and decoding in between. Throws `invalidLength`.
  public init(
    mapping uniform: [UInt8], multipliedBy scalar: borrowing SecretScalar,
    settings: BatchSettings = BatchSettings()
  ) throws(GroupError) {
    guard uniform.count % 64 == 0 else { throw .invalidLength(uniform.count) }
    self = unsafe scalar.withPointer { unsafe Self.mapped(uniform, .one($0), settings) }
  }

  /// Hashes every message to the group: ristretto255_XMD:SHA-512_R255MAP_RO_ of RFC 9380, appendix B.
  public init(
    hashing messages: [[UInt8]], tag: DomainSeparationTag, settings: BatchSettings = BatchSettings()
  ) {
    self = unsafe Self.hashed(ByteStrings(messages), tag, nil, settings)
  }

  /// scalar·hash(message) for every message, without encoding and decoding in between.
  public init(
    hashing messages: [[UInt8]], tag: DomainSeparationTag, multipliedBy scalar: borrowing SecretScalar,
    settings: BatchSettings = BatchSettings()
  ) {
    self.init(hashing: ByteStrings(messages), tag: tag, multipliedBy: scalar, settings: settings)
  }

  /// The same for messages end to end, by the million.
  public init(
    hashing messages: ByteStrings, tag: DomainSeparationTag, multipliedBy scalar: borrowing SecretScalar,
    settings: BatchSettings = BatchSettings()
  ) {
    self = unsafe scalar.withPointer { unsafe Self.hashed(messages, tag, .one($0), settings) }
  }

  /// Each message's hash multiplied by the scalar of its index; there are as many.
  public init(
    hashing messages: [[UInt8]], tag: DomainSeparationTag, multipliedBy scalars: borrowing SecretScalars,
    settings: BatchSettings = BatchSettings()
  ) {
    precondition(scalars.count == messages.count, "a scalar for each message")
    self = unsafe scalars.withUnsafeBytes { scalars in
      unsafe Self.hashed(ByteStrings(messages), tag, scalars.baseAddress.map { unsafe .each($0) }, settings)
    }
  }

  private static func mapped(_ uniform: [UInt8], _ factors: Factors?, _ settings: BatchSettings)
    -> GroupElements
  {
    unsafe made(count: uniform.count / 64, factors, settings) { range, target in
      unsafe uniform.withUnsafeBufferPointer { uniform in
        unsafe target.update(from: start(uniform) + 64 * range.lowerBound, count: 64 * range.count)
      }
    }
  }

  private static func hashed(
    _ messages: ByteStrings, _ tag: DomainSeparationTag, _ factors: Factors?, _ settings: BatchSettings
  ) -> GroupElements {
    unsafe made(count: messages.count, factors, settings) { range, target in
      guard !settings.isWide else {
        var expansion = BatchExpansion(tag: tag)
        return unsafe expansion.expand(messages, range, into: target)
      }
      for (k, i) in range.enumerated() {
        unsafe messages.withUnsafeBytes(at: i) { message in
          unsafe expandMessage(
            message, tag: tag, into: UnsafeMutableBufferPointer(start: target + 64 * k, count: 64))
        }
      }
    }
  }

  private static func made(
    count: Int, _ factors: Factors?, _ settings: BatchSettings,
    _ fill: @Sendable (Range<Int>, UnsafeMutablePointer<UInt8>) -> Void
  ) -> GroupElements {
    guard count > 0 else { return GroupElements(checked: []) }
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: GroupElement.byteCount * count) {
      buffer, initialized in
      let output = unsafe mutableStart(buffer)
      // Mapping has no input of its own: `fill` gives it.
      unsafe BatchKernel(settings: settings, count: count, input: UnsafePointer(output), output: output)
        .map(multiplyingBy: factors, fill: fill)
      initialized = GroupElement.byteCount * count
    }
    return GroupElements(checked: bytes)
  }
}
