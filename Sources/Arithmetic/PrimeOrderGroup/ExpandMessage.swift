import CSodium
import Glibc

// Fence: libsodium's SHA-512 by pointer; its state holds the message and is wiped.

/// The tag that keeps the hashes of one purpose apart from those of every other (RFC 9380, section 3.1).
public struct DomainSeparationTag: Hashable, Sendable {
  /// 1 to 255 bytes.
  public let bytes: [UInt8]

  /// Throws `invalidTag` unless there are 1 to 255 bytes.
  public init(_ bytes: [UInt8]) throws(GroupError) {
    guard (1...255).contains(bytes.count) else { throw .invalidTag(byteCount: bytes.count) }
    self.bytes = bytes
  }

  /// DST_prime: the tag and its length.
  var suffix: [UInt8] { bytes + [UInt8(truncatingIfNeeded: bytes.count)] }
}

/// expand_message_xmd with SHA-512 (RFC 9380, section 5.3.1): `byteCount` in 1...16320 uniform bytes.
package func expandMessage(_ message: [UInt8], tag: DomainSeparationTag, byteCount: Int) -> [UInt8] {
  unsafe message.withUnsafeBytes { message in
    unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
      unsafe expandMessage(
        message, tag: tag, into: UnsafeMutableBufferPointer(rebasing: buffer[..<byteCount]))
      initialized = byteCount
    }
  }
}

/// The same, filling `uniform`.
func expandMessage(
  _ message: UnsafeRawBufferPointer, tag: DomainSeparationTag, into uniform: UnsafeMutableBufferPointer<UInt8>
) {
  let blocks = (uniform.count + digestSize - 1) / digestSize
  precondition((1...255).contains(blocks), "expanded length")
  let suffix = tag.suffix
  // b_0, and b_(i−1) ⊕ b_0 in place of b_i.
  unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * digestSize) { digests in
    let first = unsafe mutableStart(digests), mixed = unsafe first + digestSize
    defer { unsafe explicit_bzero(first, 2 * digestSize) }
    var hash = MessageHash.afterPadding
    unsafe hash.update(message)
    hash.update([UInt8(truncatingIfNeeded: uniform.count >> 8), UInt8(truncatingIfNeeded: uniform.count), 0])
    hash.update(suffix)
    unsafe hash.finish(into: first)
    unsafe memset(mixed, 0, digestSize)
    for block in 0..<blocks {
      for i in 0..<digestSize { unsafe mixed[i] ^= first[i] }
      hash = MessageHash()
      unsafe hash.update(UnsafeRawBufferPointer(start: mixed, count: digestSize))
      hash.update([UInt8(truncatingIfNeeded: block + 1)])
      hash.update(suffix)
      unsafe hash.finish(into: mixed)
      let offset = digestSize * block
      for i in 0..<min(digestSize, uniform.count - offset) { unsafe uniform[offset + i] = mixed[i] }
    }
  }
}

private let digestSize = 64

/// SHA-512 in pieces. Finishing wipes what it held (libsodium does that).
@safe
private struct MessageHash {
  private var state = crypto_hash_sha512_state()

  init() { unsafe crypto_hash_sha512_init(&state) }

  /// After Z_pad, the block of zeros that every expansion starts with.
  static let afterPadding: MessageHash = {
    var hash = MessageHash()
    hash.update([UInt8](repeating: 0, count: 128))
    return hash
  }()

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe crypto_hash_sha512_update(&state, start, UInt64(bytes.count))
  }

  mutating func update(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe update($0) } }

  mutating func finish(into digest: UnsafeMutablePointer<UInt8>) {
    unsafe crypto_hash_sha512_final(&state, digest)
  }
}
