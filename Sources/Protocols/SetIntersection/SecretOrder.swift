import Primitives
import PrimeOrderGroup
import Secrets

/// Coins for shuffles and padding, drawn in bulk.
struct ShuffleCoins: ~Copyable {
  private var stream = RandomStream.fromSystem()
  private var buffer = [UInt64](repeating: 0, count: 4096)
  private var next = 4096

  /// A uniform word.
  mutating func word() -> UInt64 {
    if next == buffer.count {
      unsafe buffer.withUnsafeMutableBytes { unsafe stream.fill($0) }
      next = 0
    }
    defer { next += 1 }
    return buffer[next]
  }

  /// Uniform on 0..<bound, by multiplication and rejection (Lemire, "Fast random integer generation in an interval", 2019).
  mutating func below(_ bound: UInt64) -> UInt64 {
    while true {
      let (high, low) = word().multipliedFullWidth(by: bound)
      if low >= bound || low >= (0 &- bound) % bound { return high }
    }
  }

  /// A uniform permutation of `items` (Fisher and Yates).
  mutating func shuffle<Item>(_ items: inout [Item]) {
    for i in items.indices.dropFirst().reversed() { items.swapAt(i, Int(below(UInt64(i + 1)))) }
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
  /// For each index its id, or 64 random bytes for nil, as the 64 uniform bytes that the map of RFC 9496 takes:
  /// SHA-512 of the label, the salt and the id.
  static func uniform(
    _ ids: [[UInt8]], _ choice: some Collection<Int32>, salt: [UInt8], coins: inout ShuffleCoins
  ) -> [UInt8] {
    let prefix = Array("hitoku/psi/1".utf8) + salt
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64 * choice.count)
    for index in choice {
      bytes += index >= 0 ? SHA512.hash(prefix + ids[Int(index)]) : coins.bytes(64)
    }
    return bytes
  }
}
