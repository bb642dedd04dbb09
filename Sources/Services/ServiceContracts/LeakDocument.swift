import LeakDatabase

/// What a client must know of a database before it asks: the body of `GET /v1/database`, in JSON with these names.
///
/// A client pins `publicKey` and learns everything else from here. It knows the parameter sets by name and compares digests.
public struct LeakDocument: Codable, Sendable, Equatable {
  /// Tables for one query each.
  public struct Lookup: Codable, Sendable, Equatable {
    /// A name of `ParameterFiles.lookupNames`.
    public var parameterSet: String
    /// `LookupParameters.digest` in hexadecimal digits.
    public var parametersDigest: String
    /// Bytes of the expansion keys that stand before a query; 0 for sets without expansion.
    public var keyBytes: Int
    /// Bytes of a query behind the keys, the same for every item.
    public var queryBytes: Int
    /// Bytes of every response.
    public var responseBytes: Int

    /// Takes all of them.
    public init(
      parameterSet: String, parametersDigest: String, keyBytes: Int, queryBytes: Int, responseBytes: Int
    ) {
      self.parameterSet = parameterSet
      self.parametersDigest = parametersDigest
      self.keyBytes = keyBytes
      self.queryBytes = queryBytes
      self.responseBytes = responseBytes
    }
  }

  /// The table for batches.
  public struct Batch: Codable, Sendable, Equatable {
    /// A set for batches.
    public var parameterSet: String
    /// `BatchParameters.digest` in hexadecimal digits.
    public var parametersDigest: String
    /// Distinct items that a batch takes.
    public var queries: Int
    /// Bytes of every query.
    public var queryBytes: Int
    /// Bytes of every response.
    public var responseBytes: Int

    /// Takes all of them.
    public init(
      parameterSet: String, parametersDigest: String, queries: Int, queryBytes: Int, responseBytes: Int
    ) {
      self.parameterSet = parameterSet
      self.parametersDigest = parametersDigest
      self.queries = queries
      self.queryBytes = queryBytes
      self.responseBytes = responseBytes
    }
  }

  /// What one client may do.
  public struct Limits: Codable, Sendable, Equatable {
    /// The numbers of elements that an evaluation takes: 1 and 1,024. Requests are padded to one of them.
    public var elements: [Int]
    /// Elements that a client may have evaluated in 24 hours.
    public var elementsPerDay: Int
    /// Requests that a client may make a minute on average.
    public var requestsPerMinute: Int
    /// Requests that a client may make at once, at least 1; then `requestsPerMinute` is its pace.
    public var burst: Int

    /// Takes all of them.
    public init(elements: [Int], elementsPerDay: Int, requestsPerMinute: Int, burst: Int) {
      self.elements = elements
      self.elementsPerDay = elementsPerDay
      self.requestsPerMinute = requestsPerMinute
      self.burst = burst
    }
  }

  /// 1.
  public var format: Int
  /// The name that its builder gave the database.
  public var name: String
  /// What requests name: 32 hexadecimal digits, another one for every other content or key.
  public var version: String
  /// What it lists.
  public var kind: LeakListKind
  /// Distinct items in all buckets.
  public var items: Int
  /// Tables; a user's is `UserName.bucket(of:)`.
  public var buckets: Int
  /// Names of sources; `LeakLabel.source` is a place among them.
  public var sources: [String]
  /// The OPRF's public key, 64 hexadecimal digits.
  public var publicKey: String
  /// For one query.
  public var lookup: Lookup
  /// For batches, where the database has them.
  public var batch: Batch?
  /// What one client may do.
  public var limits: Limits
  /// Whether `/range/{prefix}` answers, which is the weaker privacy mode. Clients that know `lookup` never use it.
  public var offersRange: Bool

  /// Takes all of them.
  public init(
    name: String, version: String, kind: LeakListKind, items: Int, buckets: Int, sources: [String],
    publicKey: String, lookup: Lookup, batch: Batch?, limits: Limits, offersRange: Bool
  ) {
    format = 1
    self.name = name
    self.version = version
    self.kind = kind
    self.items = items
    self.buckets = buckets
    self.sources = sources
    self.publicKey = publicKey
    self.lookup = lookup
    self.batch = batch
    self.limits = limits
    self.offersRange = offersRange
  }
}
