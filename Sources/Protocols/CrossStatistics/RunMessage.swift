import ByteCoding
import PrivateComparison
import SetIntersection

/// A message between the two machines of this room.
public struct RunMessage: Sendable, Equatable {
  /// What a message carries.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// Version, role, study digest and mode.
    case hello = 1
    /// α·B.
    case header = 2
    /// Blinded points of the analyst.
    case analystPoints = 3
    /// Short hashes.
    case hashes = 4
    /// Blinded points of the provider.
    case providerPoints = 5
    /// The analyst's public key.
    case publicKey = 6
    /// One encrypted membership vector's ciphertext.
    case upload = 7
    /// The answers of one pack and cell.
    case answers = 8
    /// What the analyst tells at the end, or nothing.
    case finish = 9
    /// A message of the circuit that opens cells: its kind, and its bytes.
    case opening = 10
  }

  /// What it carries.
  public let kind: Kind
  /// Its bytes.
  public let payload: [UInt8]

  /// Takes both.
  public init(_ kind: Kind, _ payload: [UInt8]) {
    self.kind = kind
    self.payload = payload
  }

  /// The most bytes that a message of each kind can have in any run; a machine's `limits` are closer.
  public static let maximumBytes: [Kind: Int] = [
    .hello: 128, .header: 32, .analystPoints: 1 << 20, .hashes: 1 << 20, .providerPoints: 1 << 20,
    .publicKey: 4 << 20, .upload: 4 << 20, .answers: 64 << 20, .finish: 4 * MatchingShape.longestList,
    .opening: 1 + (ComparisonMessage.maximumBytes.values.max() ?? 0),
  ]

  /// Those of some kinds.
  static func limits(_ kinds: Kind...) -> [Kind: Int] { maximumBytes.filter { kinds.contains($0.key) } }

  /// Both parties' first words: they must be equal but for the role.
  static func hello(isAnalyst: Bool, digest: [UInt8], terms: [UInt8]) -> RunMessage {
    var writer = ByteWriter()
    writer.append(bytes: Array("hitoku/run/1".utf8))
    writer.append(UInt8(isAnalyst ? 0 : 1))
    writer.append(lengthPrefixed: digest)
    writer.append(lengthPrefixed: terms)
    return RunMessage(.hello, writer.finish())
  }

  /// Several byte strings as one payload.
  static func joined(_ parts: [[UInt8]]) -> [UInt8] {
    var writer = ByteWriter(capacity: parts.reduce(4) { $0 + 4 + $1.count })
    writer.append(UInt32(parts.count))
    for part in parts { writer.append(lengthPrefixed: part) }
    return writer.finish()
  }

  /// Exactly `count` byte strings of at most `maximum` bytes. Throws `invalidMessage`.
  static func split(
    _ payload: [UInt8], count: Int, maximum: Int
  ) throws(CrossStatisticsError) -> [[UInt8]] {
    do throws(ByteCodingError) {
      var reader = ByteReader(payload)
      guard try reader.readUInt32() == UInt32(count) else { throw ByteCodingError.valueOutOfRange }
      var parts: [[UInt8]] = []
      for _ in 0..<count { parts.append(try reader.readLengthPrefixedBytes(upTo: maximum)) }
      try reader.expectEnd()
      return parts
    } catch { throw .invalidMessage }
  }
}
