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

  /// The media type of every binary body, in both directions.
  public static let mediaType = "application/octet-stream"
}
