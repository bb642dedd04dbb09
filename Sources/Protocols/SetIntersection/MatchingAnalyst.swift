import PrimeOrderGroup

/// The analyst's half of a private match.
///
///     A                                                      P
///     α·B;  α·H(x) for each x, per group, each  ──────────▶
///       list padded with random points, shuffled
///                                      ◀──────────  per group: short hashes of β·α·H(x) and of the dummies'
///                                                   r·(α·B), padded with random ones, shuffled
///                                      ◀──────────  β·H(y) for all y, the dummies r·B and random points, shuffled
///     row j matched group g iff the short hash of α·(point j) is among those of g
///
/// A learns, for each row of P's shuffled list, whether it matched one of its groups, dummies included, and nothing
/// about which id that was (in `elements`: which of its ids matched). P learns the public lengths. Semi-honest,
/// under DDH in ristretto255 and SHA-512 as a random oracle; α, β and r are fresh in every run. A must send α·B with
/// the α of its points: another one would let it recognise dummies.
public struct MatchingAnalyst: ~Copyable {
  /// The public numbers.
  public let shape: MatchingShape
  private let scalar = SecretScalar.random()
  private let ids: [[UInt8]]
  /// The id of each point to be sent, −1 for padding.
  private var order: [Int32] = []
  private var groupOfPoint: [Int32] = []
  private var coins = ShuffleCoins()
  private var labels: [ShortHash: Int32] = [:]
  private var receivedHashes = 0
  /// For each row received so far its label (a group, or in `elements` the index of an id), or −1.
  public private(set) var rowLabels: [Int32] = []

  /// `groups`: for each group its ids, every id in one group at most and once. Throws `shapeOutOfRange` where a group has
  /// more ids than its public length.
  public init(_ shape: MatchingShape, groups: [[[UInt8]]]) throws(MatchingError) {
    guard groups.count == shape.groupLengths.count,
      zip(groups, shape.groupLengths).allSatisfy({ $0.count <= $1 })
    else { throw .shapeOutOfRange }
    self.shape = shape
    ids = groups.flatMap { $0 }
    var first: Int32 = 0
    for (group, (members, length)) in zip(groups, shape.groupLengths).enumerated() {
      var part = (0..<Int32(members.count)).map { first + $0 }
      part += [Int32](repeating: -1, count: length - members.count)
      if shape.purpose == .statistics { coins.shuffle(&part) }
      order += part
      groupOfPoint += [Int32](repeating: Int32(group), count: length)
      first += Int32(members.count)
    }
    labels.reserveCapacity(shape.hashes)
    rowLabels.reserveCapacity(shape.rows)
  }

  /// α·B.
  public func header() -> [UInt8] { GroupElement.generator(multipliedBy: scalar).bytes }

  /// The points of a range of 0..<`shape.points`.
  public mutating func points(_ range: Range<Int>) throws(MatchingError) -> [UInt8] {
    let uniform = IdentifierPoints.uniform(ids, order[range], salt: shape.salt, coins: &coins)
    do throws(GroupError) {
      return try GroupElements(mapping: uniform, multipliedBy: scalar).bytes
    } catch { throw .shapeOutOfRange }
  }

  /// The next short hashes, group after group in order, in pieces of any number of hashes.
  public mutating func receive(hashes: [UInt8]) throws(MatchingError) {
    let size = shape.hashBytes
    guard hashes.count % size == 0, receivedHashes + hashes.count / size <= shape.hashes else {
      throw .invalidMessage
    }
    for start in stride(from: 0, to: hashes.count, by: size) {
      labels[ShortHash(hashes[start..<(start + size)])] = label(ofHash: receivedHashes)
      receivedHashes += 1
    }
  }

  /// The group that hash number `index` belongs to, or in `elements` its id.
  private func label(ofHash index: Int) -> Int32 {
    guard shape.purpose == .statistics else { return order[index] }
    var rest = index
    for group in shape.groupLengths.indices {
      if rest < shape.hashes(ofGroup: group) { return Int32(group) }
      rest -= shape.hashes(ofGroup: group)
    }
    return -1
  }

  /// The next points of the provider's list; all hashes must be there.
  public mutating func receive(points: [UInt8]) throws(MatchingError) {
    let size = MatchingShape.pointBytes
    guard receivedHashes == shape.hashes, points.count % size == 0,
      rowLabels.count + points.count / size <= shape.rows
    else { throw .invalidMessage }
    var products = points
    do throws(GroupError) {
      try GroupElements.multiply(&products, by: scalar)
    } catch { throw .invalidMessage }
    for index in 0..<(points.count / size) {
      rowLabels.append(labels[ShortHash(shape.shortHash(products, index))] ?? -1)
    }
  }

  /// Whether the provider's whole list is matched.
  public var isComplete: Bool { rowLabels.count == shape.rows }

  /// How many rows matched each group, dummies included.
  public var counts: [Int] {
    var counts = [Int](repeating: 0, count: shape.groupLengths.count)
    for label in rowLabels where label >= 0 { counts[shape.purpose == .statistics ? Int(label) : 0] += 1 }
    return counts
  }
}

/// Up to 24 bytes as a key.
struct ShortHash: Hashable {
  private let words: (UInt64, UInt64, UInt64)

  init(_ bytes: ArraySlice<UInt8>) {
    var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    for (index, byte) in bytes.enumerated() {
      let value = UInt64(byte) << UInt64(8 * (index % 8))
      switch index / 8 {
      case 0: words.0 |= value
      case 1: words.1 |= value
      default: words.2 |= value
      }
    }
    self.words = words
  }

  static func == (a: Self, b: Self) -> Bool { a.words == b.words }

  func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
