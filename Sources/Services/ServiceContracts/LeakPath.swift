/// Where the leak daemon answers what. Everything about one version of a database stands under its name, so that queries made
/// for one version are never answered from another.
public enum LeakPath: Sendable, Equatable {
  /// GET: the `LeakDocument` of the version that new clients should use.
  case database
  /// POST: blinded elements, 32 bytes each, as `LeakRequest.bytes`; answered as `LeakRequest.finish` takes it.
  case evaluate(version: String)
  /// GET: `TableDescription.encoded()` of a bucket.
  case description(version: String, bucket: Int)
  /// POST: `LookupClient.expansionKeys`, then `LookupQuery.bytes`; answered as `LookupQuery.finish` takes it.
  case lookup(version: String, bucket: Int)
  /// GET: the same description of the table for batches.
  case batchDescription(version: String)
  /// POST: `BatchQuery.bytes`; answered as `BatchQuery.finish` takes it.
  case batchLookup(version: String)

  /// The path from the root.
  public var text: String {
    switch self {
    case .database: "/v1/database"
    case .evaluate(let version): "/v1/databases/\(version)/evaluate"
    case .description(let version, let bucket): "/v1/databases/\(version)/tables/\(bucket)/description"
    case .lookup(let version, let bucket): "/v1/databases/\(version)/tables/\(bucket)/lookup"
    case .batchDescription(let version): "/v1/databases/\(version)/batch/description"
    case .batchLookup(let version): "/v1/databases/\(version)/batch/lookup"
    }
  }

  /// Reads the pieces of a path, the one after the root first. Throws `notFound` for other paths, `malformedRequest` for those with
  /// a version or a bucket that no database has.
  public init(pieces: [String]) throws(Problem) {
    guard pieces.first == "v1" else { throw Problem(.notFound) }
    if pieces.count == 2 && pieces[1] == "database" {
      self = .database
      return
    }
    guard pieces.count >= 4, pieces[1] == "databases" else { throw Problem(.notFound) }
    let place: LeakPath
    switch pieces[3...] {
    case ["evaluate"]: place = .evaluate(version: pieces[2])
    case ["batch", "description"]: place = .batchDescription(version: pieces[2])
    case ["batch", "lookup"]: place = .batchLookup(version: pieces[2])
    case let rest where rest.count == 3 && rest[3] == "tables" && rest[5] == "description":
      place = .description(version: pieces[2], bucket: try Self.bucket(rest[4]))
    case let rest where rest.count == 3 && rest[3] == "tables" && rest[5] == "lookup":
      place = .lookup(version: pieces[2], bucket: try Self.bucket(rest[4]))
    default: throw Problem(.notFound)
    }
    guard Self.isVersion(pieces[2]) else { throw Problem(.malformedRequest, "A version has 32 digits.") }
    self = place
  }

  private static func isVersion(_ text: String) -> Bool {
    text.utf8.count == 32 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private static func bucket(_ text: String) throws(Problem) -> Int {
    guard (1...7).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(text), "\(number)" == text
    else { throw Problem(.malformedRequest, "A bucket is a number.") }
    return number
  }

  /// The media type of every binary body, in both directions.
  public static let mediaType = "application/octet-stream"
}
