// Fence: coins in wiped memory, read and filled through pointers.
import ByteCoding
import Primitives
import PrimeOrderGroup
import Secrets

/// Coins for shuffles and padding, drawn in bulk.
struct ShuffleCoins: ~Copyable {
  private static let wordCount = 4096

  private var stream = RandomStream.fromSystem()
  private var buffer = SecretBuffer<UInt64>(count: wordCount)
  private var next = wordCount

  /// A uniform word.
  mutating func word() -> UInt64 {
    if next == Self.wordCount {
      unsafe buffer.withUnsafeMutableBufferPointer { unsafe stream.fill(UnsafeMutableRawBufferPointer($0)) }
      next = 0
    }
    defer { next += 1 }
    return unsafe buffer.withUnsafeBufferPointer { unsafe $0[next] }
  }

  /// Uniform on 0..<bound, by multiplication and rejection (Lemire, "Fast random integer generation in an interval", 2019).
  mutating func below(_ bound: UInt64) -> UInt64 {
    while true {
      let (high, low) = word().multipliedFullWidth(by: bound)
      if low >= bound || low >= (0 &- bound) % bound { return high }
    }
  }

  /// A uniform permutation of a range of `items` (Fisher and Yates).
  mutating func shuffle(_ items: inout [Int32], _ range: Range<Int>) {
    for i in range.dropFirst().reversed() {
      items.swapAt(i, range.lowerBound + Int(below(UInt64(i - range.lowerBound + 1))))
    }
  }

  /// `count` uniform bytes.
  mutating func bytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    unsafe bytes.withUnsafeMutableBytes { unsafe stream.fill($0) }
    return bytes
  }
}

/// Hashes of ids to the group, and random elements in their place.
enum IdentifierPoints {
  private static let messageBytes = SHA256.byteCount

  /// 32 bytes for each index: the SHA-256 of its id, or random ones where it is negative. To be made before anything is
  /// sent: from here on an id and a random element are the same work, in the same order of addresses.
  static func messages(
    _ identifiers: ByteStrings, _ choice: [Int32], coins: inout ShuffleCoins
  ) -> [UInt8] {
    var messages = coins.bytes(messageBytes * choice.count)
    var batch = SHA256Batch()
    unsafe messages.withUnsafeMutableBytes { messages in
      for (place, index) in choice.enumerated() where index >= 0 {
        let start = messageBytes * place
        unsafe identifiers.withUnsafeBytes(at: Int(index)) { identifier in
          unsafe batch.hash(
            identifier,
            into: UnsafeMutableRawBufferPointer(rebasing: messages[start..<(start + messageBytes)]))
        }
      }
    }
    return messages
  }

  /// scalar·H(m) for a range of messages. H is hash_to_ristretto255 of RFC 9380, appendix B, with a tag that ends in the
  /// study's digest.
  static func blinded(
    _ messages: [UInt8], _ range: Range<Int>, salt: [UInt8], scalar: borrowing SecretScalar
  ) throws(MatchingError) -> [UInt8] {
    precondition(range.upperBound * messageBytes <= messages.count)
    var chosen = ByteStrings()
    chosen.reserve(count: range.count, byteCount: messageBytes * range.count)
    for place in range { chosen.append(messages[(messageBytes * place)..<(messageBytes * (place + 1))]) }
    do throws(GroupError) {
      let tag = try DomainSeparationTag(Array("hitoku/psi/3".utf8) + salt)
      return GroupElements(hashing: chosen, tag: tag, multipliedBy: scalar).bytes
    } catch { throw .shapeOutOfRange }
  }
}
