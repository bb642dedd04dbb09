import PrimeOrderGroup

/// The public numbers of a private match, which both parties derive from the same study.
public struct MatchingShape: Sendable, Hashable {
  /// What the analyst learns of the match.
  public enum Purpose: Sendable, Hashable {
    /// Which rows of the provider's shuffled list matched which group, dummies among them; never which id.
    case statistics
    /// Which of its own ids are common.
    case elements
  }

  /// What the match is for.
  public let purpose: Purpose
  /// The length of each group's list of the analyst's points; one group in `elements`.
  public let groupLengths: [Int]
  /// The largest number of dummies of one group; 0 in `elements`.
  public let maximumDummies: Int
  /// The length of the provider's list.
  public let rows: Int
  /// Bytes of a short hash: bytes 8 onwards of an element's canonical encoding.
  ///
  /// Under DDH the elements compared here are indistinguishable from independent uniform ones (no hash need be modelled for
  /// that), and these bytes of a uniform element's encoding are uniform but for a negligible bias.
  public let hashBytes: Int
  /// The digest of the study: it salts every hash to the group.
  public let salt: [UInt8]
  /// Where each group's points end, and its hashes.
  private let pointEnds: [Int]
  private let hashEnds: [Int]

  /// Bytes of one encoded point.
  public static let pointBytes = GroupElement.byteCount
  /// Points of one message: 1 MiB at most.
  public static let batch = 32_000

  /// The most points, rows or hashes of one list.
  public static let longestList = 1 << 27

  /// A hash has `hashBits` bits, or as many as it takes for two of the longest list to agree with a probability of 2^-40
  /// in all, if that is more. Throws `shapeOutOfRange` unless there are 1…4096 groups, lists of at most `longestList`,
  /// and hashes of at most 12 bytes.
  public init(
    purpose: Purpose, groupLengths: [Int], maximumDummies: Int, rows: Int, hashBits: Int, salt: [UInt8]
  ) throws(MatchingError) {
    let limit = Self.longestList
    guard (1...4096).contains(groupLengths.count), groupLengths.allSatisfy({ (0...limit).contains($0) }),
      (0...(1 << 22)).contains(maximumDummies)
    else { throw .shapeOutOfRange }
    let points = groupLengths.reduce(0, +)
    let dummies = maximumDummies * groupLengths.count
    guard points >= 1, points + dummies <= limit, (1...limit).contains(rows), dummies <= rows,
      (0...96).contains(hashBits), salt.count == 32,
      purpose == .statistics || (groupLengths.count == 1 && maximumDummies == 0)
    else { throw .shapeOutOfRange }
    self.purpose = purpose
    self.groupLengths = groupLengths
    self.maximumDummies = maximumDummies
    self.rows = rows
    // n(n − 1)/2 pairs: less than 2^(2b − 1) for n ≤ 2^b.
    let longest = Int.bitWidth - (max(points + dummies, rows) - 1).leadingZeroBitCount
    hashBytes = (max(80, hashBits, 2 * longest + 39) + 7) / 8
    self.salt = salt
    var (pointEnds, hashEnds) = ([Int](), [Int]())
    for length in groupLengths {
      pointEnds.append((pointEnds.last ?? 0) + length)
      hashEnds.append((hashEnds.last ?? 0) + length + maximumDummies)
    }
    (self.pointEnds, self.hashEnds) = (pointEnds, hashEnds)
  }

  /// The analyst's points in all.
  public var points: Int { pointEnds[pointEnds.count - 1] }
  /// The short hashes of one group.
  public func hashes(ofGroup group: Int) -> Int { groupLengths[group] + maximumDummies }
  /// The short hashes in all.
  public var hashes: Int { hashEnds[hashEnds.count - 1] }

  /// The group of a point, and the number of the first point behind that group.
  func group(ofPoint point: Int) -> (index: Int32, end: Int) { Self.group(of: point, pointEnds) }

  /// The group of a short hash, and the number of the first one behind that group.
  func group(ofHash hash: Int) -> (index: Int32, end: Int) { Self.group(of: hash, hashEnds) }

  private static func group(of place: Int, _ ends: [Int]) -> (index: Int32, end: Int) {
    let index = ends.firstIndex { place < $0 } ?? ends.count - 1
    return (Int32(index), max(ends[index], place + 1))
  }
}

/// What can be wrong in this room. No case carries a value of a party.
public enum MatchingError: Error, Equatable, Sendable {
  /// Lengths are outside the limits, or there are more ids than the public length has room for.
  case shapeOutOfRange
  /// A message of the peer has a wrong length, an invalid point, or comes out of turn.
  case invalidMessage
}
