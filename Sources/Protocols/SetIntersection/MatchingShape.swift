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
  /// Bytes of a short hash.
  public let hashBytes: Int
  /// The digest of the study: it salts every hash to the group.
  public let salt: [UInt8]

  /// Bytes of one encoded point.
  public static let pointBytes = GroupElement.byteCount
  /// Points of one message: 1 MiB at most.
  public static let batch = 32_000

  /// Throws `shapeOutOfRange` unless there are 1…4096 groups, lengths of at most 2^28 in all, and hashes of 10…24 bytes.
  public init(
    purpose: Purpose, groupLengths: [Int], maximumDummies: Int, rows: Int, hashBits: Int, salt: [UInt8]
  ) throws(MatchingError) {
    let bytes = max(10, (hashBits + 7) / 8)
    let total = groupLengths.reduce(0) { $0 &+ max(0, $1) }
    guard (1...4096).contains(groupLengths.count), groupLengths.allSatisfy({ (0...(1 << 28)).contains($0) }),
      (1...(1 << 28)).contains(total), (1...(1 << 28)).contains(rows),
      (0...(1 << 22)).contains(maximumDummies),
      maximumDummies * groupLengths.count <= rows, bytes <= 24, salt.count == 32,
      purpose == .statistics || (groupLengths.count == 1 && maximumDummies == 0)
    else { throw .shapeOutOfRange }
    self.purpose = purpose
    self.groupLengths = groupLengths
    self.maximumDummies = maximumDummies
    self.rows = rows
    self.hashBytes = bytes
    self.salt = salt
  }

  /// The analyst's points in all.
  public var points: Int { groupLengths.reduce(0, +) }
  /// The short hashes of one group.
  public func hashes(ofGroup group: Int) -> Int { groupLengths[group] + maximumDummies }
  /// The short hashes in all.
  public var hashes: Int { points + maximumDummies * groupLengths.count }

  /// A short hash of a group element: bytes 8 onwards of its canonical encoding.
  ///
  /// Under DDH the elements compared here are indistinguishable from independent uniform ones (no hash need be modelled for
  /// that), and these bytes of a uniform element's encoding are uniform but for a negligible bias.
  func shortHash(_ encodings: [UInt8], _ index: Int) -> ArraySlice<UInt8> {
    let start = index * Self.pointBytes + 8
    return encodings[start..<(start + hashBytes)]
  }
}

/// What can be wrong in this room. No case carries a value of a party.
public enum MatchingError: Error, Equatable, Sendable {
  /// Lengths are outside the limits, or there are more ids than the public length has room for.
  case shapeOutOfRange
  /// A message of the peer has a wrong length, an invalid point, or comes out of turn.
  case invalidMessage
}
