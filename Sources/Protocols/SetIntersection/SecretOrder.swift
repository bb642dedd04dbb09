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
  /// scalar·H(id) for each index, or scalar·H(random bytes) where it is negative. H is hash_to_ristretto255 of RFC 9380,
  /// appendix B, with a tag that ends in the study's digest.
  static func blinded(
    _ identifiers: ByteStrings, _ choice: ArraySlice<Int32>, salt: [UInt8], scalar: borrowing SecretScalar,
    coins: inout ShuffleCoins
  ) throws(MatchingError) -> [UInt8] {
    var messages = ByteStrings()
    messages.reserve(count: choice.count, byteCount: 32 * choice.count)
    for index in choice {
      if index >= 0 { messages.append(identifiers, at: Int(index)) } else { messages.append(coins.bytes(32)) }
    }
    do throws(GroupError) {
      let tag = try DomainSeparationTag(Array("hitoku/psi/2".utf8) + salt)
      return GroupElements(hashing: messages, tag: tag, multipliedBy: scalar).bytes
    } catch { throw .shapeOutOfRange }
  }
}
