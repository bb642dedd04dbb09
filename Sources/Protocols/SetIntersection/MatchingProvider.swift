import PrimeOrderGroup

/// The provider's half of a private match; the picture stands at `MatchingAnalyst`.
///
/// It alone draws the dummies: r·B in its list, r·(α·B) among the hashes of their group. They have no data.
public struct MatchingProvider: ~Copyable {
  /// The public numbers.
  public let shape: MatchingShape
  private let scalar = SecretScalar.random()
  private let ids: [[UInt8]]
  private let dummies: [Int]
  private let blinds: SecretScalars
  /// r·B for every dummy.
  private let dummyPoints: [UInt8]
  /// r·(α·B) for every dummy, once α·B is there.
  private var dummyProducts: [UInt8] = []
  private var coins = ShuffleCoins()
  /// For each row an id's index, −1 for padding, or −2 − k for dummy k.
  private var order: [Int32]
  /// The row of each id.
  public let rowOfID: [Int32]
  private var header: GroupElement?
  /// Short hashes of β·(the analyst's points), in the order they came.
  private var hashes: [UInt8] = []

  /// `ids`: every id once. `dummies`: how many each group gets, each at most `shape.maximumDummies`. Throws
  /// `shapeOutOfRange` where they do not fit the public length.
  public init(_ shape: MatchingShape, ids: [[UInt8]], dummies: [Int]) throws(MatchingError) {
    let total = dummies.reduce(0, +)
    guard dummies.count == shape.groupLengths.count,
      dummies.allSatisfy({ (0...shape.maximumDummies).contains($0) }), ids.count + total <= shape.rows
    else { throw .shapeOutOfRange }
    self.shape = shape
    self.ids = ids
    self.dummies = dummies
    blinds = SecretScalars.random(count: total)
    dummyPoints =
      GroupElements(repeatElement(GroupElement.generator, count: total)).multiplied(by: blinds).bytes
    order = (0..<Int32(ids.count)).map { $0 } + (0..<Int32(total)).map { -2 - $0 }
    order += [Int32](repeating: -1, count: shape.rows - ids.count - total)
    coins.shuffle(&order)
    var rows = [Int32](repeating: -1, count: ids.count)
    for (row, index) in order.enumerated() where index >= 0 { rows[Int(index)] = Int32(row) }
    rowOfID = rows
    hashes.reserveCapacity(shape.points * shape.hashBytes)
  }

  /// α·B. Throws `invalidMessage` unless it is one valid element other than the identity.
  public mutating func receive(header bytes: [UInt8]) throws(MatchingError) {
    guard header == nil else { throw .invalidMessage }
    do throws(GroupError) {
      let element = try GroupElement(decoding: bytes)
      dummyProducts = GroupElements(repeatElement(element, count: blinds.count)).multiplied(by: blinds).bytes
      header = element
    } catch { throw .invalidMessage }
  }

  /// The analyst's next points. Throws `invalidMessage` for too many, or for an invalid one.
  public mutating func receive(points: [UInt8]) throws(MatchingError) {
    let size = MatchingShape.pointBytes
    guard header != nil, points.count % size == 0,
      hashes.count / shape.hashBytes + points.count / size <= shape.points
    else { throw .invalidMessage }
    var products = points
    do throws(GroupError) {
      try GroupElements.multiply(&products, by: scalar)
    } catch { throw .invalidMessage }
    for index in 0..<(points.count / size) { hashes += shape.shortHash(products, index) }
  }

  /// Whether all of the analyst's points are there.
  public var isReady: Bool { hashes.count == shape.points * shape.hashBytes }

  /// The short hashes of a group, padded and shuffled. For statistics the charge of the match must be durable before
  /// this leaves the house.
  public mutating func hashes(ofGroup group: Int) throws(MatchingError) -> [UInt8] {
    guard isReady, header != nil else { throw .invalidMessage }
    let size = shape.hashBytes
    let first = shape.groupLengths[..<group].reduce(0, +)
    let own = hashes[(first * size)..<((first + shape.groupLengths[group]) * size)]
    guard shape.purpose == .statistics else { return Array(own) }
    let firstDummy = dummies[..<group].reduce(0, +)
    var rows = Array(own)
    for index in firstDummy..<(firstDummy + dummies[group]) { rows += shape.shortHash(dummyProducts, index) }
    rows += coins.bytes(shape.hashes(ofGroup: group) * size - rows.count)
    var places = Array(0..<Int32(shape.hashes(ofGroup: group)))
    coins.shuffle(&places)
    return places.flatMap { rows[(Int($0) * size)..<((Int($0) + 1) * size)] }
  }

  /// The points of a range of rows.
  public mutating func points(_ range: Range<Int>) throws(MatchingError) -> [UInt8] {
    let size = MatchingShape.pointBytes
    let part = order[range]
    do throws(GroupError) {
      // A random point stands in for a dummy until its own replaces it.
      let uniform = IdentifierPoints.uniform(ids, part.map { max($0, -1) }, salt: shape.salt, coins: &coins)
      var points = try GroupElements(mapping: uniform, multipliedBy: scalar).bytes
      for (place, index) in part.enumerated() where index < -1 {
        let dummy = Int(-2 - index)
        points.replaceSubrange(
          (place * size)..<((place + 1) * size), with: dummyPoints[(dummy * size)..<((dummy + 1) * size)])
      }
      return points
    } catch { throw .shapeOutOfRange }
  }

  /// The ids at these rows; rows of padding and dummies are left out. For `elements` when the analyst tells them.
  public func ids(atRows rows: [Int]) -> [[UInt8]] {
    rows.compactMap { row in
      order.indices.contains(row) && order[row] >= 0 ? ids[Int(order[row])] : nil
    }
  }
}
