#if Services
import Foundation
import HTTPService
import Identities
import Logging
import ServiceContracts
import ServiceLifecycle

/// The running daemon: wires the database, the limits and the listeners together.
struct LeakService: Sendable {
  private let options: LeakDaemon
  private let logger: Logger
  private let identity: Identity
  private let shelf: DatabaseShelf
  private let budget: DailyBudget
  private let pool: WorkPool
  private let tokens: Tokens
  private let metrics = Metrics()
  private let readiness = Readiness()

  /// Opens everything that the options name. Throws `LeakdError`.
  init(_ options: LeakDaemon, _ logger: Logger) throws(LeakdError) {
    self.options = options
    self.logger = logger
    do { identity = try Identity(folder: options.identity) } catch { throw .identity(error) }
    do {
      tokens = try options.tokens.map { path throws(HTTPServiceError) in try Tokens(file: path) } ?? Tokens()
      try? FileManager.default.createDirectory(
        atPath: options.state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      budget = try DailyBudget(limit: options.budget, path: options.state + "/budgets.sqlite")
    } catch { throw .service(error) }
    pool = WorkPool(threads: options.threads, places: options.queue)
    shelf = DatabaseShelf(
      try options.openDatabase(), grace: .seconds(options.graceSeconds))
    declareMetrics()
  }

  /// Serves until SIGTERM.
  func run() async throws {
    // The libraries' own words: what goes wrong, and not what comes in.
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .warning)
    let routes = LeakRoutes(shelf: shelf, pool: pool, budget: budget, metrics: metrics, readiness: readiness)
    let limits = ServiceLimits(
      requestsPerMinute: options.rate, burst: options.burst, bodySeconds: options.bodySeconds,
      requiresToken: options.requireToken)
    let clients = try listener(options.listen).application(
      ServiceResponder(routes, limits: limits, tokens: tokens, metrics: metrics, logger: logger),
      identity: identity, logger: quiet
    ) { port in
      readiness.isReady = true
      logger.notice("listening", metadata: ["port": .stringConvertible(port)])
    }
    let operators = try listener(options.operatorListen).application(
      ServiceResponder(
        OperatorRoutes(metrics: metrics, readiness: readiness) { refreshGauges() }, limits: limits,
        tokens: Tokens(), metrics: Metrics(), logger: quiet),
      identity: nil, logger: quiet
    ) { port in
      logger.notice("listening for operators", metadata: ["port": .stringConvertible(port)])
    }
    logDatabase("serving", shelf.current)
    defer { settle() }
    try await ServiceRun(readiness: readiness, drainSeconds: options.drainSeconds, logger: quiet)
      .run([operators, clients]) { await reload() }
    logger.notice("stopped")
  }

  private func listener(_ text: String) -> ServiceListener {
    let address = ServiceAddress(text)
    return ServiceListener(
      host: address?.host ?? "127.0.0.1", port: address?.port ?? 0, connections: options.connections)
  }

  /// Takes up what `--database` names now. Where that is refused, the daemon stays with what it has.
  private func reload() async {
    let result: Result<ServedDatabase, LeakdError> = await withCheckedContinuation { continuation in
      // Reading and checking every byte takes a while, and must not hold up the event loops.
      DispatchQueue.global(qos: .utility).async {
        do throws(LeakdError) {
          continuation.resume(returning: .success(try options.openDatabase()))
        } catch { continuation.resume(returning: .failure(error)) }
      }
    }
    switch result {
    case .success(let database):
      shelf.replace(with: database)
      metrics.add(to: "hitoku_reloads_total", ["result": "done"])
      logDatabase("reloaded", database)
      let grace = Duration.seconds(options.graceSeconds)
      Task {
        try? await Task.sleep(for: grace)
        shelf.dropExpired()
      }
    case .failure(let error):
      metrics.add(to: "hitoku_reloads_total", ["result": "refused"])
      logger.error("reload refused", metadata: ["reason": "\(error)"])
    }
  }

  private func settle() {
    do { try budget.settle() } catch { logger.error("budgets not settled", metadata: ["reason": "\(error)"]) }
  }

  private func logDatabase(_ event: String, _ database: ServedDatabase) {
    logger.notice(
      "\(event)",
      metadata: [
        "name": "\(database.manifest.name)", "version": "\(database.version)",
        "items": .stringConvertible(database.manifest.items),
        "buckets": .stringConvertible(database.manifest.buckets),
      ])
  }

  private func declareMetrics() {
    metrics.declare("hitoku_elements_total", .counter, "Elements that were let through to evaluation.")
    metrics.declare("hitoku_reloads_total", .counter, "Reloads by result.")
    metrics.declare("hitoku_work_running", .gauge, "Computations that run.")
    metrics.declare("hitoku_work_waiting", .gauge, "Computations that wait for a thread.")
    metrics.declare("hitoku_database_items", .gauge, "Distinct items of the current database.")
    metrics.declare("hitoku_resident_bytes", .gauge, "Memory of the process, mapped tables included.")
  }

  private func refreshGauges() {
    let load = pool.load
    metrics.set(Double(load.running), "hitoku_work_running")
    metrics.set(Double(load.waiting), "hitoku_work_waiting")
    metrics.clear("hitoku_database_items")
    let database = shelf.current
    metrics.set(
      Double(database.manifest.items), "hitoku_database_items",
      ["name": database.manifest.name, "version": database.version])
    if let pages = ResidentMemory.pages { metrics.set(Double(pages * 4096), "hitoku_resident_bytes") }
  }
}

extension LeakDaemon {
  /// Opens and checks what `--database` names now.
  func openDatabase() throws(LeakdError) -> ServedDatabase {
    try ServedDatabase(
      .init(
        path: database, keys: oprfKey, ranges: rangeFile,
        limits: LeakDocument.Limits(
          elements: ServedDatabase.elementCounts, elementsPerDay: budget, requestsPerMinute: rate)))
  }
}

/// What the kernel says of this process.
enum ResidentMemory {
  /// Pages of 4,096 bytes; nil where the kernel does not say.
  static var pages: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  }
}
#endif
