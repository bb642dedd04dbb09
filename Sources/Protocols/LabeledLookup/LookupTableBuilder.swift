// Fence: threads write disjoint groups of one table through its pointer.
import ParallelLoops
import Primitives
import Secrets
import Synchronization

/// Items of a table, before they are placed: keys and, one behind the other, labels of exactly the set's length.
public struct LookupItems: Sendable {
  /// One for each item.
  public private(set) var keys: [ItemKey] = []
  /// `labelByteCount` bytes for each item.
  public private(set) var labels: [UInt8] = []
  private let labelByteCount: Int

  /// No items.
  public init(_ parameters: LookupParameters) { labelByteCount = parameters.labelByteCount }

  /// Adds an item; a shorter label is filled up with zeros. Throws `labelTooLong`.
  public mutating func append(_ key: ItemKey, label: [UInt8] = []) throws(LookupError) {
    guard label.count <= labelByteCount else { throw .labelTooLong }
    keys.append(key)
    if labelByteCount > 0 { labels += label + [UInt8](repeating: 0, count: labelByteCount - label.count) }
  }

  /// Makes room for `count` items.
  public mutating func reserve(_ count: Int) {
    keys.reserveCapacity(count)
    labels.reserveCapacity(count * labelByteCount)
  }

  func label(_ index: Int) -> ArraySlice<UInt8> {
    labels[(index * labelByteCount)..<((index + 1) * labelByteCount)]
  }
}

/// A group's bytes, and how many attempts they took.
public struct LookupGroup: Sendable {
  /// `LookupParameters.groupByteCount` bytes.
  public let bytes: [UInt8]
  /// Public: clients derive columns and vectors from it.
  public let attempt: UInt8
}

/// Places items into columns and solves them, group by group. Output depends on the items, the salt that their keys were made
/// with, and the padding key alone.
public struct LookupTableBuilder: ~Copyable, Sendable {
  private let parameters: LookupParameters
  private let paddingKey: SecretBytes

  /// `paddingKey`: 32 bytes that only the server has; from them come the values that no item determines.
  public init(_ parameters: LookupParameters, paddingKey: consuming SecretBytes) {
    precondition(paddingKey.count == RandomStream.keyByteCount)
    self.parameters = parameters
    self.paddingKey = paddingKey
  }

  /// The group that an item belongs to.
  public borrowing func group(of key: ItemKey) -> Int { key.group(below: parameters.literal.groups) }

  /// One group from all its items; of equal keys the first counts. Throws `tooManyItems` where they do not fit.
  public borrowing func build(group: Int, _ items: LookupItems) throws(LookupError) -> LookupGroup {
    let order = items.keys.indices.sorted { (items.keys[$0], $0) < (items.keys[$1], $1) }
    var distinct: [Int] = []
    for index in order where distinct.last.map({ items.keys[$0] != items.keys[index] }) ?? true {
      distinct.append(index)
    }
    guard distinct.count <= parameters.columns * parameters.columnSize else { throw .tooManyItems }
    for attempt in UInt8(0)..<8 {
      var table = padding(group: group, attempt: attempt)
      var placement = GroupPlacement(parameters)
      if placement.place(distinct, of: items, attempt: attempt, into: &table) {
        return LookupGroup(bytes: table, attempt: attempt)
      }
    }
    throw .tooManyItems
  }

  private borrowing func padding(group: Int, attempt: UInt8) -> [UInt8] {
    let digits = ResidueDigits(modulus: parameters.modulus)
    let count = parameters.groupByteCount
    var stream = RandomStream(key: paddingKey, stream: UInt64(group) << 8 | UInt64(attempt))
    let random = unsafe [UInt8](unsafeUninitializedCapacity: 2 * count) { buffer, initialized in
      unsafe stream.fill(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: 2 * count))
      initialized = 2 * count
    }
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count { unsafe buffer[index] = digits.digit(random[2 * index], random[2 * index + 1]) }
      initialized = count
    }
  }

  /// A whole table from items of all its groups, on several threads. Throws `tooManyItems`.
  public borrowing func build(
    _ items: LookupItems, salt: [UInt8], threads: Int = ParallelLoops.processorCount
  ) throws(LookupError) -> LookupTable {
    var members = [[Int]](repeating: [], count: parameters.literal.groups)
    for (index, key) in items.keys.enumerated() { members[group(of: key)].append(index) }
    let (parameters, lists) = (parameters, members)
    var attempts = [UInt8](repeating: 0, count: lists.count)
    var bytes = [UInt8](repeating: 0, count: parameters.tableByteCount)
    let failed = Atomic(false)
    // A stripe at a time, so that the groups do not stand in memory twice.
    let stripe = max(threads, 1)
    for start in stride(from: 0, to: lists.count, by: stripe) {
      let copy = paddingKey.copy()
      let builder = LookupTableBuilder(parameters, paddingKey: copy)
      let built = ParallelLoops.map(count: min(stripe, lists.count - start), chunksOf: 1, threads: threads) {
        offset -> LookupGroup? in
        let group = try? builder.build(group: start + offset, items.subset(lists[start + offset]))
        if group == nil { failed.store(true, ordering: .relaxed) }
        return group
      }
      guard !failed.load(ordering: .relaxed) else { throw .tooManyItems }
      for (offset, group) in built.enumerated() {
        guard let group else { continue }
        attempts[start + offset] = group.attempt
        let place = (start + offset) * parameters.groupByteCount
        bytes.replaceSubrange(place..<(place + parameters.groupByteCount), with: group.bytes)
      }
    }
    return LookupTable(
      description: TableDescription(parameters, salt: salt, attempts: attempts),
      bytes: bytes)
  }
}

extension LookupItems {
  /// The items at these places.
  func subset(_ indices: [Int]) -> LookupItems {
    var part = self
    part.keys = indices.map { keys[$0] }
    part.labels = labelByteCount == 0 ? [] : indices.flatMap { label($0) }
    return part
  }
}
