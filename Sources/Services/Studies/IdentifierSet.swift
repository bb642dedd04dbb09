// Fence: Hasher takes raw bytes.

/// Different identifiers in the order in which they came: their bytes end to end, with a hash table of indices. Ten million
/// short ones take about half a gigabyte, a third of what an array each would.
public struct IdentifierSet: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  /// Open addressing, at most half full: 32 bits of the hash above an index plus one; zero is free. The hash is kept so that
  /// neighbours are told apart, and the table doubled, without a look at their bytes.
  private var slots: [UInt64]

  /// The most identifiers that fit.
  public static let maximumCount = Int(Int32.max)

  init() { slots = Array(repeating: 0, count: 1024) }

  /// The number of identifiers.
  public var count: Int { ends.count }

  /// The identifier of an index in 0..<count.
  public subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

  /// The index of `identifier`, put in if it is new.
  mutating func insert(_ identifier: [UInt8]) -> (index: Int, isNew: Bool) {
    let hash = Self.hash(identifier)
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot] & 0xFFFF_FFFF) - 1
      if slots[slot] >> 32 == hash, holds(identifier, at: index) { return (index, false) }
      slot = (slot + 1) & (slots.count - 1)
    }
    precondition(count < Self.maximumCount, "a study has at most 10^8 identifiers")
    bytes.append(contentsOf: identifier)
    ends.append(bytes.count)
    slots[slot] = hash << 32 | UInt64(count)
    if 2 * count > slots.count { grow() }
    return (count - 1, true)
  }

  private func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  private func holds(_ identifier: [UInt8], at index: Int) -> Bool {
    let range = range(index)
    guard range.count == identifier.count else { return false }
    for offset in identifier.indices where bytes[range.lowerBound + offset] != identifier[offset] {
      return false
    }
    return true
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: 2 * old.count)
    for entry in old where entry != 0 {
      var slot = Int(entry >> 32) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = entry
    }
  }

  private static func hash(_ identifier: [UInt8]) -> UInt64 {
    var hasher = Hasher()
    unsafe identifier.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    return UInt64(truncatingIfNeeded: hasher.finalize()) & 0xFFFF_FFFF
  }
}
