// Fence: reads a stream into an array.
import Glibc
import Primitives
import Secrets

/// Digits modulo t from two uniform bytes each.
struct ResidueDigits {
  let modulus: UInt64

  /// ⌊x·t / 2^16⌋ for x in [0, 2^16).
  func digit(_ low: UInt8, _ high: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: ((UInt64(low) | UInt64(high) << 8) &* modulus) &>> 16)
  }

  /// log2 of the largest probability of a digit, ⌈2^16/t⌉/2^16.
  var largestProbabilityLog2: Double { log2(Double((65536 + modulus - 1) / modulus) / 65536) }
}

/// Thirty-two bytes that stand for an item in one table: a hash of its OPRF output with the table's salt.
///
/// Whoever has not evaluated the OPRF on the item cannot tell it from random bytes. Equal items have equal keys.
public struct ItemKey: Sendable, Hashable, Comparable {
  /// As four words.
  public let words: SIMD4<UInt64>

  /// From four words that are such a hash.
  public init(words: SIMD4<UInt64>) { self.words = words }

  /// From an OPRF output (64 bytes) and the salt of a table.
  public init(output: [UInt8], salt: [UInt8]) {
    self.init(bytes: SHA256.hash(Array("hitoku/lookup/item/1".utf8) + salt + output))
  }

  /// From 32 bytes that are such a hash.
  public init(bytes: [UInt8]) {
    precondition(bytes.count == 32)
    var words = SIMD4<UInt64>()
    for (index, byte) in bytes.enumerated() { words[index / 8] |= UInt64(byte) << UInt64(8 * (index % 8)) }
    self.words = words
  }

  /// Orders by words: any fixed order serves.
  public static func < (a: ItemKey, b: ItemKey) -> Bool {
    for index in 0..<4 where a.words[index] != b.words[index] { return a.words[index] < b.words[index] }
    return false
  }

  /// The first `count` bytes of the item's stream `stream`.
  func expand(stream: UInt64, count: Int) -> [UInt8] {
    var bytes = SecretBytes(count: RandomStream.keyByteCount)
    unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      for index in 0..<32 {
        unsafe buffer[index] = UInt8(truncatingIfNeeded: words[index / 8] &>> UInt64(8 * (index % 8)))
      }
    }
    var stream = RandomStream(key: bytes, stream: stream)
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      unsafe stream.fill(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
      initialized = count
    }
  }

  /// The item's number below `bound` < 2^32 that does not change with attempts: its group in a table of so many.
  public func group(below bound: Int) -> Int {
    Int((UInt64(UInt32(truncatingIfNeeded: words[0])) * UInt64(bound)) >> 32)
  }
}

/// Where an item stands in its group, and what is stored there.
struct ItemCode {
  /// Two columns, different ones where there are two.
  let columns: (Int, Int)
  /// v, K − 1 digits.
  let vector: ArraySlice<UInt8>
  /// The tag's digits.
  let tag: ArraySlice<UInt8>
  /// As many bytes as a label.
  let labelPad: ArraySlice<UInt8>

  /// `attempt` counts how often the group was placed anew.
  init(_ key: ItemKey, attempt: UInt8, _ parameters: LookupParameters) {
    let digits = ResidueDigits(modulus: parameters.modulus)
    let (vectorCount, tagCount) = (parameters.columnSize - 1, parameters.tagDigits)
    let padCount = parameters.labelByteCount
    let bytes = key.expand(stream: 1 + UInt64(attempt), count: 8 + padCount + 2 * (vectorCount + tagCount))
    func number(at place: Int, below bound: Int) -> Int {
      let word = (0..<4).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
      return Int((word * UInt64(bound)) >> 32)
    }
    let first = number(at: 0, below: parameters.columns)
    let step = 1 + number(at: 4, below: max(1, parameters.columns - 1))
    columns = (first, (first + step) % parameters.columns)
    labelPad = bytes[8..<(8 + padCount)]
    let start = 8 + padCount
    let residues = (0..<(vectorCount + tagCount)).map {
      digits.digit(bytes[start + 2 * $0], bytes[start + 2 * $0 + 1])
    }
    tag = residues[..<tagCount]
    vector = residues[tagCount...]
  }
}
