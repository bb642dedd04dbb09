// Fence: Hasher takes raw bytes.
import ByteCoding

/// Different identifiers in the order in which they came, with a hash table of their indices while they come.
struct IdentifierSet {
  /// The identifiers.
  private(set) var identifiers = ByteStrings()
  /// Open addressing, at most three quarters full: 32 bits of the hash above an index plus one; zero is free. The hash is
  /// kept so that neighbours are told apart, and the table doubled, without a look at their bytes.
  private var slots: [UInt64]

  /// The most identifiers that fit.
  static let maximumCount = Int(Int32.max)

  init() { slots = Array(repeating: 0, count: 1024) }

  /// The number of identifiers.
  var count: Int { identifiers.count }

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
    identifiers.append(identifier)
    slots[slot] = hash << 32 | UInt64(count)
    if 4 * count > 3 * slots.count { grow() }
    return (count - 1, true)
  }

  private func holds(_ identifier: [UInt8], at index: Int) -> Bool {
    let range = identifiers.range(index)
    guard range.count == identifier.count else { return false }
    for offset in identifier.indices where identifiers.bytes[range.lowerBound + offset] != identifier[offset]
    {
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
