// Fence: Hasher takes raw bytes.

/// Different identifiers in the order in which they came: their bytes end to end, with a hash table of indices. Ten million
/// short ones take about half a gigabyte, a fifth of what an array each would.
public struct IdentifierSet: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  /// Open addressing; −1 is free. At most half full.
  private var slots: [Int32]

  /// The most identifiers that fit.
  public static let maximumCount = Int(Int32.max)

  init() { slots = Array(repeating: -1, count: 1024) }

  /// The number of identifiers.
  public var count: Int { ends.count }

  /// The identifier of an index in 0..<count.
  public subscript(index: Int) -> ArraySlice<UInt8> {
    bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// The index of `identifier`, put in if it is new.
  mutating func insert(_ identifier: [UInt8]) -> (index: Int, isNew: Bool) {
    var slot = Self.hash(identifier[...]) & (slots.count - 1)
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if self[index].elementsEqual(identifier) { return (index, false) }
      slot = (slot + 1) & (slots.count - 1)
    }
    precondition(count < Self.maximumCount, "a study has at most 10^8 identifiers")
    slots[slot] = Int32(count)
    bytes.append(contentsOf: identifier)
    ends.append(bytes.count)
    if 2 * count > slots.count { grow() }
    return (count - 1, true)
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: 4 * slots.count)
    for index in ends.indices {
      var slot = Self.hash(self[index]) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index)
    }
  }

  private static func hash(_ identifier: ArraySlice<UInt8>) -> Int {
    var hasher = Hasher()
    unsafe identifier.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    return hasher.finalize()
  }
}
