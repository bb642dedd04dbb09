import ByteCoding
import PrimeOrderGroup

/// The provider's half of a private match; the picture stands at `MatchingAnalyst`.
///
/// It alone draws the dummies: r·B in its list, r·(α·B) among the hashes of their group. They have no data.
public struct MatchingProvider: ~Copyable {
  /// The public numbers.
  public let shape: MatchingShape
  private let scalar = SecretScalar.random()
  private let identifiers: ByteStrings
  private let dummies: [Int]
  private let blinds: SecretScalars
  /// r·B for `shape.maximumDummies` of each group, the first of which are used: what is computed does not tell how many.
  private let dummyPoints: [UInt8]
  private var coins = ShuffleCoins()
  /// For each row an id's index, −1 for padding, or −2 − k for dummy k.
  private var order: [Int32]
  /// What is hashed to the point of each row.
  private let messages: [UInt8]
  /// The row of each id.
  public let rowOfID: [Int32]
  private var header: GroupElement?
  /// Short hashes of β·(the analyst's points), in the order they came, with the groups; then of the dummies.
  private var hashes: ShortHashes
  private var receivedPoints = 0
  /// What is sent: in `statistics` sorted within each group, in `elements` in the order of the points.
  private var answer: [UInt8] = []

  /// `identifiers`: every id once. `dummies`: how many each group gets, each at most `shape.maximumDummies`. Throws
  /// `shapeOutOfRange` where they do not fit the public length.
  public init(
    _ shape: MatchingShape, identifiers: ByteStrings, dummies: [Int]
  ) throws(MatchingError) {
    guard dummies.count == shape.groupLengths.count,
      dummies.allSatisfy({ (0...shape.maximumDummies).contains($0) }),
      identifiers.count + dummies.reduce(0, +) <= shape.rows
    else { throw .shapeOutOfRange }
    let total = shape.maximumDummies * dummies.count
    self.shape = shape
    self.identifiers = identifiers
    self.dummies = dummies
    blinds = SecretScalars.random(count: total)
    dummyPoints =
      GroupElements(repeatElement(GroupElement.generator, count: total)).multiplied(by: blinds).bytes
    order = [Int32](repeating: -1, count: shape.rows)
    for index in identifiers.indices { order[index] = Int32(index) }
    var next = identifiers.count
    for (group, count) in dummies.enumerated() {
      for dummy in 0..<count { order[next + dummy] = Int32(-2 - (group * shape.maximumDummies + dummy)) }
      next += count
    }
    coins.shuffle(&order, 0..<shape.rows)
    var rows = [Int32](repeating: -1, count: identifiers.count)
    for (row, index) in order.enumerated() where index >= 0 { rows[Int(index)] = Int32(row) }
    rowOfID = rows
    messages = IdentifierPoints.messages(identifiers, order, coins: &coins)
    hashes = ShortHashes(byteCount: shape.hashBytes, capacity: shape.hashes)
  }

  /// α·B. Throws `invalidMessage` unless it is one valid element other than the identity.
  public mutating func receive(header bytes: [UInt8]) throws(MatchingError) {
    guard header == nil else { throw .invalidMessage }
    do throws(GroupError) { header = try GroupElement(decoding: bytes) } catch { throw .invalidMessage }
  }

  /// The analyst's next points. Throws `invalidMessage` for too many, for an invalid one, or, when all are there, where
  /// one came twice: what a match costs in privacy rests on each id being in one group.
  public mutating func receive(points: [UInt8]) throws(MatchingError) {
    let size = MatchingShape.pointBytes
    guard let header, points.count % size == 0, receivedPoints + points.count / size <= shape.points else {
      throw .invalidMessage
    }
    var products = points
    do throws(GroupError) {
      try GroupElements.multiply(&products, by: scalar)
    } catch { throw .invalidMessage }
    var group = shape.group(ofPoint: receivedPoints)
    hashes.append(encodings: products) { index in
      while index >= group.end { group = shape.group(ofPoint: index) }
      return group.index
    }
    receivedPoints += points.count / size
    if isReady { try finish(header) }
  }

  /// Whether all of the analyst's points are there.
  public var isReady: Bool { receivedPoints == shape.points }

  /// Adds the dummies and the padding, and puts all in an order that does not depend on theirs.
  private mutating func finish(_ header: GroupElement) throws(MatchingError) {
    guard shape.purpose == .statistics else {
      answer = hashes.bytes(groups: 1)
      try hashes.sortDistinct()
      hashes = ShortHashes(byteCount: shape.hashBytes, capacity: 0)
      return
    }
    var products = GroupElements(repeatElement(header, count: blinds.count)).multiplied(by: blinds).bytes
    let padding = coins.bytes(products.count)
    let (size, most) = (MatchingShape.pointBytes, shape.maximumDummies)
    for (group, count) in dummies.enumerated() {
      for dummy in 0..<most {
        // All ones for what is not used.
        let mask = UInt8(truncatingIfNeeded: (count - 1 - dummy) >> (Int.bitWidth - 1))
        let start = (group * most + dummy) * size
        for place in start..<(start + size) {
          products[place] = (products[place] & ~mask) | (padding[place] & mask)
        }
      }
    }
    hashes.append(encodings: products) { Int32(($0 - shape.points) / most) }
    try hashes.sortDistinct()
    answer = hashes.bytes(groups: dummies.count)
    hashes = ShortHashes(byteCount: shape.hashBytes, capacity: 0)
  }

  /// The short hashes of a range of 0..<`shape.hashes`, group after group. For statistics the charge of the match must be
  /// durable before this leaves the house. Throws `invalidMessage` before all points are there.
  public func hashes(_ range: Range<Int>) throws(MatchingError) -> [UInt8] {
    guard isReady, !answer.isEmpty else { throw .invalidMessage }
    return Array(answer[(range.lowerBound * shape.hashBytes)..<(range.upperBound * shape.hashBytes)])
  }

  /// The points of a range of rows.
  public mutating func points(_ range: Range<Int>) throws(MatchingError) -> [UInt8] {
    let size = MatchingShape.pointBytes
    // A random point stands in for a dummy until its own replaces it.
    var points = try IdentifierPoints.blinded(messages, range, salt: shape.salt, scalar: scalar)
    guard !dummyPoints.isEmpty else { return points }
    for (place, index) in order[range].enumerated() {
      // All ones for a dummy, which is below −1.
      let mask = (index + 1) >> 31
      let dummy = Int((-2 - index) & mask) * size
      for byte in 0..<size {
        let select = UInt8(truncatingIfNeeded: mask)
        points[place * size + byte] =
          (points[place * size + byte] & ~select) | (dummyPoints[dummy + byte] & select)
      }
    }
    return points
  }

  /// The ids at these rows; rows of padding and dummies, and rows that there are not, are left out. For `elements` when
  /// the analyst tells them.
  public func identifiers(atRows rows: [Int]) -> ByteStrings {
    var found = ByteStrings()
    for row in rows where order.indices.contains(row) && order[row] >= 0 {
      found.append(identifiers, at: Int(order[row]))
    }
    return found
  }
}
