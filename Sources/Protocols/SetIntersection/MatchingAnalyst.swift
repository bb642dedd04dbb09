import ByteCoding
import PrimeOrderGroup

/// The analyst's half of a private match.
///
///     A                                                      P
///     α·B;  α·H(x) for each x, per group, each  ──────────▶
///       list padded with random points, shuffled
///                                      ◀──────────  per group: short hashes of β·α·H(x) and of the dummies'
///                                                   r·(α·B), padded with random ones, sorted
///                                      ◀──────────  β·H(y) for all y, the dummies r·B and random points, shuffled
///     row j matched group g iff the short hash of α·(point j) is among those of g
///
/// A learns, for each row of P's shuffled list, whether it matched one of its groups, dummies included, and nothing
/// about which id that was (in `elements`: which of its ids matched). P learns the public lengths. Semi-honest,
/// under DDH in ristretto255 and SHA-512 as a random oracle; α, β and r are fresh in every run. A must send α·B with
/// the α of its points: another one would let it recognise dummies. Matching takes the same steps whatever matches.
public struct MatchingAnalyst: ~Copyable {
  /// The public numbers.
  public let shape: MatchingShape
  private let scalar = SecretScalar.random()
  /// What is hashed to each point; empty once all are sent.
  private var messages: [UInt8] = []
  /// In `elements` the id of each point, −1 for padding.
  private var order: [Int32]
  private var coins = ShuffleCoins()
  /// What came: hashes with their label, and hashes of rows with their number.
  private var hashes: ShortHashes
  private var rows: ShortHashes
  /// For each row its label (a group, or in `elements` the index of an id), or −1; empty until the match is complete.
  public private(set) var rowLabels: [Int32] = []

  /// `groups`: for each id its group; every id is there once. Throws `shapeOutOfRange` for a group that there is not, or
  /// with more ids than its public length.
  public init(
    _ shape: MatchingShape, identifiers: ByteStrings, groups: [Int32]
  ) throws(MatchingError) {
    order = try Self.order(shape, count: identifiers.count, groups: groups)
    self.shape = shape
    hashes = ShortHashes(byteCount: shape.hashBytes, capacity: shape.hashes)
    rows = ShortHashes(byteCount: shape.hashBytes, capacity: shape.rows)
    if shape.purpose == .statistics {
      var start = 0
      for length in shape.groupLengths {
        coins.shuffle(&order, start..<(start + length))
        start += length
      }
    }
    messages = IdentifierPoints.messages(identifiers, order, coins: &coins)
    if shape.purpose == .statistics { order = [] }
  }

  /// The indices of each group's ids, then −1 up to its public length.
  private static func order(
    _ shape: MatchingShape, count: Int, groups: [Int32]
  ) throws(MatchingError) -> [Int32] {
    guard groups.count == count else { throw .shapeOutOfRange }
    var order = [Int32](repeating: -1, count: shape.points)
    var (next, start) = ([Int](), 0)
    for length in shape.groupLengths {
      next.append(start)
      start += length
    }
    let ends = next.dropFirst() + [start]
    for (index, group) in groups.enumerated() {
      guard next.indices.contains(Int(group)), next[Int(group)] < ends[ends.startIndex + Int(group)] else {
        throw .shapeOutOfRange
      }
      order[next[Int(group)]] = Int32(index)
      next[Int(group)] += 1
    }
    return order
  }

  /// α·B.
  public func header() -> [UInt8] { GroupElement.generator(multipliedBy: scalar).bytes }

  /// The points of a range of 0..<`shape.points`.
  public mutating func points(_ range: Range<Int>) throws(MatchingError) -> [UInt8] {
    let points = try IdentifierPoints.blinded(messages, range, salt: shape.salt, scalar: scalar)
    if range.upperBound == shape.points { messages = [] }
    return points
  }

  /// The next short hashes, group after group in order, in pieces of any number of hashes.
  public mutating func receive(hashes bytes: [UInt8]) throws(MatchingError) {
    let size = shape.hashBytes
    guard bytes.count % size == 0, hashes.count + bytes.count / size <= shape.hashes else {
      throw .invalidMessage
    }
    guard shape.purpose == .statistics else {
      hashes.append(hashes: bytes) { order[$0] }
      return
    }
    var group = shape.group(ofHash: hashes.count)
    hashes.append(hashes: bytes) { index in
      while index >= group.end { group = shape.group(ofHash: index) }
      return group.index
    }
  }

  /// The next points of the provider's list; all hashes must be there. The last ones complete the match. Throws
  /// `invalidMessage` for too many, for an invalid one, or where a point or a hash came twice.
  public mutating func receive(points: [UInt8]) throws(MatchingError) {
    let size = MatchingShape.pointBytes
    guard hashes.count == shape.hashes, !isComplete, points.count % size == 0,
      rows.count + points.count / size <= shape.rows
    else { throw .invalidMessage }
    var products = points
    do throws(GroupError) {
      try GroupElements.multiply(&products, by: scalar)
    } catch { throw .invalidMessage }
    rows.append(encodings: products) { Int32($0) }
    guard rows.count == shape.rows else { return }
    try hashes.sortDistinct()
    try rows.sortDistinct()
    rowLabels = hashes.labels(of: rows)
    hashes = ShortHashes(byteCount: shape.hashBytes, capacity: 0)
    rows = ShortHashes(byteCount: shape.hashBytes, capacity: 0)
  }

  /// Whether the provider's whole list is matched.
  public var isComplete: Bool { rowLabels.count == shape.rows }

  /// How many rows matched each group, dummies included. Every row is looked at for every group: neither a branch nor an
  /// address depends on what matched.
  public var counts: [Int] {
    guard shape.purpose == .statistics else {
      return [rowLabels.reduce(0) { $0 + 1 + Int($1 >> 31) }]
    }
    return (0..<UInt32(shape.groupLengths.count)).map { group in
      var count: UInt32 = 0
      for label in rowLabels {
        let difference = UInt32(bitPattern: label) ^ group
        count &+= 1 &- ((difference | (0 &- difference)) >> 31)
      }
      return Int(count)
    }
  }
}
