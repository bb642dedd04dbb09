#if Services
import HTTPService
import HTTPTypes
import LabeledLookup
import LeakDatabase
import Logging
import ServiceContracts

/// The places of the daemon.
enum LeakEndpoint: ServiceEndpoint, Equatable {
  case leak(LeakPath)
  case range(prefix: Int)
  case health
  case ready
  case openapi

  var name: String {
    switch self {
    case .leak(.database): "database"
    case .leak(.evaluate): "evaluate"
    case .leak(.description): "description"
    case .leak(.lookup): "lookup"
    case .leak(.batchDescription): "batch-description"
    case .leak(.batchLookup): "batch-lookup"
    case .range: "range"
    case .health: "health"
    case .ready: "ready"
    case .openapi: "openapi"
    }
  }

  var takesBody: Bool {
    switch self {
    case .leak(.evaluate), .leak(.lookup), .leak(.batchLookup): true
    default: false
    }
  }

  var isOpen: Bool {
    switch self {
    case .health, .ready, .openapi: true
    case .leak, .range: false
    }
  }

  /// Reads a path. Throws `notFound` or `malformedRequest`.
  init(_ pieces: [String]) throws(Refusal) {
    switch pieces {
    case ["health"]: self = .health
    case ["ready"]: self = .ready
    case ["openapi.yaml"]: self = .openapi
    case let pieces where pieces.count == 2 && pieces[0] == "range":
      guard let prefix = RangeFile.prefix(pieces[1]) else {
        throw Refusal(.malformedRequest, "A prefix has five hexadecimal digits.")
      }
      self = .range(prefix: prefix)
    default:
      do { self = .leak(try LeakPath(pieces: pieces)) } catch {
        throw Refusal(problem: error)
      }
    }
  }
}

/// What the daemon answers.
struct LeakRoutes: ServiceRoutes {
  let shelf: DatabaseShelf
  let pool: WorkPool
  let budget: DailyBudget
  let metrics: Metrics
  let readiness: Readiness
  let logger: Logger

  func endpoint(for target: RequestTarget) throws(Refusal) -> LeakEndpoint {
    guard let path = target.path else { throw Refusal(.malformedRequest, "This is no path.") }
    return try LeakEndpoint(path)
  }

  func ticket(for endpoint: LeakEndpoint, bearer: String?) throws(Refusal) -> (
    ticket: ServedDatabase, bodyLimit: Int
  ) {
    guard case .leak(let path) = endpoint else { return (shelf.current, 0) }
    switch path {
    case .database: return (shelf.current, 0)
    case .evaluate(let version):
      return (try database(version), (ServedDatabase.elementCounts.max() ?? 0) * 32)
    case .description(let version, let bucket): return (try database(version, bucket), 0)
    case .lookup(let version, let bucket):
      let database = try database(version, bucket)
      return (database, database.keyByteCount + database.queryByteCount)
    case .batchDescription(let version), .batchLookup(let version):
      let database = try database(version)
      guard let count = database.batchByteCount else {
        throw Refusal(.notFound, "This database has no table for batches.")
      }
      return (database, count)
    }
  }

  private func database(_ version: String, _ bucket: Int = 0) throws(Refusal) -> ServedDatabase {
    guard let database = shelf.database(version) else {
      throw Refusal(.unknownVersion, "Fetch \(LeakPath.database.text) again.")
    }
    guard database.hasTable(bucket) else {
      throw Refusal(.notFound, "Buckets are below \(database.manifest.buckets).")
    }
    return database
  }

  func answer(
    _ endpoint: LeakEndpoint, _ database: ServedDatabase, _ request: ServiceRequest
  ) async throws(Refusal) -> ServiceAnswer {
    if !endpoint.isOpen { try check(database) }
    switch endpoint {
    case .health: return Readiness.yes
    case .ready: return try readiness.answer()
    case .openapi: return ServiceAnswer(mediaType: "application/yaml", bytes: PackageResources.openapi_yaml)
    case .range(let prefix): return try await range(database, prefix, request)
    case .leak(.database): return ServiceAnswer(mediaType: "application/json", bytes: database.document)
    case .leak(.description(_, let bucket)): return Self.binary(database.description(bucket))
    case .leak(.evaluate): return try await evaluate(database, request)
    case .leak(.batchDescription): return Self.binary(database.batchDescription ?? [])
    case .leak(.lookup(_, let bucket)):
      let count = database.keyByteCount + database.queryByteCount
      return try await lookup(database, request, count) { database.answer($0, bucket: bucket) }
    case .leak(.batchLookup):
      return try await lookup(database, request, database.batchByteCount ?? 0) { database.answer(batch: $0) }
    }
  }

  private func evaluate(_ database: ServedDatabase, _ request: ServiceRequest) async throws(Refusal)
    -> ServiceAnswer
  {
    let body = request.body
    let count = body.count / 32
    guard body.count % 32 == 0, ServedDatabase.elementCounts.contains(count) else {
      throw Refusal(.malformedRequest, "Send 1 or 1,024 elements of 32 bytes.")
    }
    // Before the budget: who finds the queue full has spent nothing.
    guard !pool.isFull(for: Self.place(of: request.client)) else { throw Self.full }
    let seconds: Int?
    do { seconds = try budget.refusal(of: request.client, amount: count) } catch {
      throw Refusal(.failed, "The budget cannot be recorded.")
    }
    if let seconds { throw Refusal(.budgetSpent, "A new day begins in \(seconds) s.", retryAfter: seconds) }
    metrics.add(Double(count), to: "hitoku_elements_total")
    if let name = request.client.tokenName {
      metrics.add(Double(count), to: "hitoku_token_elements_total", ["token": name])
    }
    guard case .success(let answer) = try await compute(request.client, { database.evaluate(body) }) else {
      throw Refusal(.malformedRequest, "An element is not one of the group, or the identity.")
    }
    return Self.binary(answer)
  }

  private func lookup(
    _ database: ServedDatabase, _ request: ServiceRequest, _ expected: Int,
    _ answer: @escaping @Sendable ([UInt8]) -> Result<[UInt8], LookupError>?
  ) async throws(Refusal) -> ServiceAnswer {
    let body = request.body
    guard body.count == expected else { throw Refusal(.malformedRequest, "Send \(expected) bytes.") }
    switch try await read(database, request.client, { answer(body) }) as Result<[UInt8], LookupError> {
    case .success(let answer): return Self.binary(answer)
    case .failure(.wrongTable): throw Refusal(.wrongTable, "Fetch the table's description again.")
    case .failure: throw Refusal(.malformedRequest, "The body is no query for this parameter set.")
    }
  }

  private func range(
    _ database: ServedDatabase, _ prefix: Int, _ request: ServiceRequest
  ) async throws(Refusal) -> ServiceAnswer {
    let mode = request.target.query["mode"] ?? "sha1"
    guard let hash: RangeHash = mode == "sha1" ? .sha1 : mode == "ntlm" ? .ntlm : nil else {
      throw Refusal(.malformedRequest, "The mode is sha1 or ntlm.")
    }
    guard let file = database.ranges[hash] else {
      throw Refusal(.notFound, "The range interface is switched off for \(mode).")
    }
    let isPadded = request.fields.contains {
      $0.name.canonicalName == "add-padding" && $0.value.lowercased() == "true"
    }
    let text = try await read(database, request.client) {
      try? RangeText(file, prefix: prefix, isPadded: isPadded).bytes
    }
    return ServiceAnswer(mediaType: "text/plain", bytes: text)
  }

  /// Computes from what was checked; `body` gives nil where that cannot be read any more.
  private func read<Value: Sendable>(
    _ database: ServedDatabase, _ client: ClientName, _ body: @escaping @Sendable () -> Value?
  ) async throws(Refusal) -> Value {
    guard let value = try await compute(client, body) else { throw refuse(database) }
    return value
  }

  private func check(_ database: ServedDatabase) throws(Refusal) {
    guard database.isUnchanged else { throw refuse(database) }
  }

  private func refuse(_ database: ServedDatabase) -> Refusal {
    if database.isFirstReport() {
      logger.critical(
        "database changed",
        metadata: [
          "version": "\(database.version)",
          "reason": "its files were written to or cut: put a whole database in its place and reload",
        ])
    }
    return Refusal(.busy, "The database was changed and is not served.", retryAfter: 60)
  }

  private func compute<Value: Sendable>(
    _ client: ClientName, _ body: @escaping @Sendable () -> Value
  ) async throws(Refusal) -> Value {
    do { return try await pool.run(for: Self.place(of: client), body) } catch { throw Self.full }
  }

  /// A site waits as one client.
  private static func place(of client: ClientName) -> String { (client.site ?? client).description }

  private static var full: Refusal { Refusal(.busy, "Too many requests wait already.", retryAfter: 1) }

  private static func binary(_ bytes: [UInt8]) -> ServiceAnswer {
    ServiceAnswer(mediaType: LeakPath.mediaType, bytes: bytes)
  }
}
#endif
