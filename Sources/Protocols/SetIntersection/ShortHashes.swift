// Fence: sorting and joining go through pointers, within the counts that are checked at each entry.
import Primitives
import Secrets

/// Short hashes of group elements, each with a tag of 32 bits, in memory of 16 bytes each.
///
/// A hash has 10…12 bytes; as a number of 96 bits, big-endian and filled up with zeros, it stands above its tag. What is
/// hashed are elements that are uniform to everybody who does not know the secret scalars, so that a
/// sorted list says nothing of the order in which its elements came.
struct ShortHashes {
  /// One of them.
  struct Entry: BitwiseCopyable {
    /// The first 64 bits of the hash.
    var high: UInt64
    /// Its other 32 bits, and the tag.
    var low: UInt64

    var tag: Int32 { Int32(truncatingIfNeeded: low) }
  }

  private(set) var entries: [Entry] = []
  private let byteCount: Int

  init(byteCount: Int, capacity: Int) {
    precondition((10...12).contains(byteCount))
    self.byteCount = byteCount
    entries.reserveCapacity(capacity)
  }

  var count: Int { entries.count }

  /// The short hash of each 32-byte encoding is bytes 8 onwards. `tag` says the tag of the hash of a given index in all.
  mutating func append(encodings: [UInt8], tag: (Int) -> Int32) {
    append(encodings, stride: MatchingShape.pointBytes, offset: 8, tag)
  }

  /// Hashes as they are sent, one behind the other.
  mutating func append(hashes: [UInt8], tag: (Int) -> Int32) {
    append(hashes, stride: byteCount, offset: 0, tag)
  }

  private mutating func append(_ bytes: [UInt8], stride: Int, offset: Int, _ tag: (Int) -> Int32) {
    precondition(bytes.count % stride == 0)
    let tail = byteCount - 8
    unsafe bytes.withUnsafeBytes { bytes in
      for start in Swift.stride(from: offset, to: bytes.count, by: stride) {
        let high = unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        var low: UInt64 = 0
        for index in 0..<4 {
          low = unsafe low << 8 | (index < tail ? UInt64(bytes[start + 8 + index]) : 0)
        }
        entries.append(Entry(high: high, low: low << 32 | UInt64(UInt32(bitPattern: tag(entries.count)))))
      }
    }
  }

  /// The bytes of all hashes in their order, those of each group of tags 0..<`groups` together.
  func bytes(groups: Int) -> [UInt8] {
    var places = [Int](repeating: 0, count: groups)
    for entry in entries { places[Int(entry.tag)] += byteCount }
    var total = 0
    for group in places.indices { (places[group], total) = (total, total + places[group]) }
    var bytes = [UInt8](repeating: 0, count: total)
    unsafe bytes.withUnsafeMutableBytes { bytes in
      for entry in entries {
        let start = places[Int(entry.tag)]
        places[Int(entry.tag)] += byteCount
        unsafe bytes.storeBytes(of: entry.high.bigEndian, toByteOffset: start, as: UInt64.self)
        for index in 8..<byteCount {
          unsafe bytes[start + index] = UInt8(truncatingIfNeeded: entry.low >> UInt64(8 * (15 - index)))
        }
      }
    }
    return bytes
  }

  /// Sorts by hash. Twice the same hash throws `invalidMessage`: equal elements have equal hashes, and those of different
  /// ones agree with a probability of 2^-40 in all.
  mutating func sortDistinct() throws(MatchingError) {
    unsafe entries.withUnsafeMutableBufferPointer { unsafe Self.sort($0) }
    var repeated = false
    for index in entries.indices.dropFirst() {
      let (a, b) = (entries[index - 1], entries[index])
      repeated = repeated || (a.high == b.high && a.low >> 32 == b.low >> 32)
    }
    guard !repeated else { throw .invalidMessage }
  }

  /// One pass over the first bits puts every entry into its bucket, in place (McIlroy, Bostic and McIlroy, "Engineering
  /// radix sort", 1993: the American flag); buckets hold sixteen entries or so, as hashes are uniform.
  private static func sort(_ entries: UnsafeMutableBufferPointer<Entry>) {
    let bits = max(1, Int.bitWidth - (entries.count >> 4).leadingZeroBitCount)
    let shift = UInt64(64 - bits)
    func bucket(_ entry: Entry) -> Int { Int(truncatingIfNeeded: entry.high >> shift) }
    var ends = [Int32](repeating: 0, count: 1 << bits)
    for index in entries.indices { unsafe ends[bucket(entries[index])] += 1 }
    var heads = ends
    var total: Int32 = 0
    for index in ends.indices {
      heads[index] = total
      total += ends[index]
      ends[index] = total
    }
    for home in ends.indices {
      while heads[home] < ends[home] {
        var entry = unsafe entries[Int(heads[home])]
        while bucket(entry) != home {
          let place = Int(heads[bucket(entry)])
          heads[bucket(entry)] += 1
          unsafe swap(&entry, &entries[place])
        }
        unsafe entries[Int(heads[home])] = entry
        heads[home] += 1
      }
    }
    var start = 0
    for end in ends {
      unsafe sortBucket(entries, start..<Int(end))
      start = Int(end)
    }
  }

  private static func sortBucket(_ entries: UnsafeMutableBufferPointer<Entry>, _ range: Range<Int>) {
    guard range.count <= 64 else {
      // Only who made the hashes up can fill one bucket: no quadratic time for them.
      unsafe entries[range].sort { isLess($0, $1) }
      return
    }
    for index in range.dropFirst() {
      let entry = unsafe entries[index]
      var place = index
      while place > range.lowerBound, unsafe isLess(entry, entries[place - 1]) {
        unsafe entries[place] = entries[place - 1]
        place -= 1
      }
      unsafe entries[place] = entry
    }
  }

  private static func isLess(_ a: Entry, _ b: Entry) -> Bool {
    a.high < b.high || (a.high == b.high && a.low < b.low)
  }
}

extension ShortHashes {
  /// For each tag of `rows`, which are 0..<rows.count, the tag of the entry of this list with the same hash, or −1. Both
  /// are sorted.
  ///
  /// Takes rows.count + count steps, one entry each, whichever of them agree: no branch and no address depends on
  /// whether two are equal, only on their order, which that of equal ones does not change (this list's first).
  func labels(of rows: ShortHashes) -> [Int32] {
    var labels = [Int32](repeating: -1, count: rows.count + 1)
    let (last, lastRow) = (entries.count, rows.count)
    var (index, row) = (0, 0)
    var latest = Entry(high: 0, low: 0)
    var isAny: UInt64 = 0
    for _ in 0..<(last + lastRow) {
      let own = entries[min(index, last - 1)]
      let other = rows.entries[min(row, lastRow - 1)]
      // All ones where the row comes next.
      let below =
        Self.mask(other.high < own.high)
        | (Self.mask(other.high == own.high) & Self.mask(other.low >> 32 < own.low >> 32))
      let takesRow = Self.mask(row < lastRow) & (Self.mask(index == last) | below)
      latest.high = (latest.high & takesRow) | (own.high & ~takesRow)
      latest.low = (latest.low & takesRow) | (own.low & ~takesRow)
      isAny |= ~takesRow
      let difference = (latest.high ^ other.high) | ((latest.low ^ other.low) >> 32)
      let isEqual = isAny & ~(UInt64.zero &- ((difference | (0 &- difference)) >> 63))
      // Entries of this list write behind the last row.
      let place = (UInt64(UInt32(bitPattern: other.tag)) & takesRow) | (UInt64(lastRow) & ~takesRow)
      labels[Int(place)] = (latest.tag | Int32(-1) & ~Int32(truncatingIfNeeded: isEqual))
      let step = Int(truncatingIfNeeded: takesRow & 1)
      row += step
      index += 1 - step
    }
    labels.removeLast()
    return labels
  }

  @inline(__always) private static func mask(_ condition: Bool) -> UInt64 { 0 &- (condition ? 1 : 0) }
}
