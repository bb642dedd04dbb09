#if Services
import Foundation
import HTTPService
import Logging
import ServiceContracts
import ServiceLifecycle

/// The running daemon: wires the database, the limits and the listeners together.
struct LeakService: Sendable {
  private let options: LeakDaemon
  private let logger: Logger
  private let credentials: ServiceCredentials
  private let shelf: DatabaseShelf
  private let budget: DailyBudget
  private let pool: WorkPool
  private let tokens: TokenFile
  private let metrics = Metrics()
  private let reloads: Reloads
  private let readiness: Readiness
  private let lock: StateLock

  /// Opens everything that the options name. Throws `LeakdError`.
  init(_ options: LeakDaemon, _ logger: Logger) throws(LeakdError) {
    self.options = options
    self.logger = logger
    reloads = Reloads(of: ["identity", "tokens", "database"], metrics: metrics, logger: logger)
    do {
      credentials = try ServiceCredentials(
        identity: options.identity, clientCertificates: options.clientCertificates)
    } catch { throw .service(error) }
    let shelf = DatabaseShelf(try options.openDatabase(), grace: .seconds(options.graceSeconds))
    self.shelf = shelf
    readiness = Readiness { shelf.current.isUnchanged }
    do {
      tokens = try TokenFile(path: options.tokens)
      try? FileManager.default.createDirectory(
        atPath: options.state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      lock = try StateLock(folder: options.state)
      budget = try DailyBudget(limit: options.budget, path: options.state + "/budgets.sqlite")
    } catch { throw .service(error) }
    pool = WorkPool(threads: options.threads, places: options.queue)
    declareMetrics()
  }

  /// Serves until SIGTERM.
  func run() async throws {
    // The libraries' own words: what goes wrong, and not what comes in.
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .warning)
    let routes = LeakRoutes(
      shelf: shelf, pool: pool, budget: budget, metrics: metrics, readiness: readiness, logger: logger)
    let limits = ServiceLimits(
      requestsPerMinute: options.rate, burst: options.burst, bodySeconds: options.bodySeconds,
      requiresToken: options.requireToken, bufferedBytes: options.buffers << 20)
    let clients = options.clients.application(
      ServiceResponder(
        routes, limits: limits, tokens: tokens, metrics: metrics, logger: logger, countsTokens: true),
      credentials: credentials, logger: quiet
    ) { port in
      readiness.isReady = true
      logger.notice("listening", metadata: ["port": .stringConvertible(port)])
    }
    let operators = ServiceListener.operators(ServiceAddress(options.operatorListen)).application(
      ServiceResponder(
        OperatorRoutes(metrics: metrics, readiness: readiness) { refreshGauges() }, limits: limits,
        tokens: Tokens(), metrics: Metrics(), logger: quiet),
      credentials: nil, logger: quiet
    ) { port in
      logger.notice("listening for operators", metadata: ["port": .stringConvertible(port)])
    }
    logDatabase("serving", shelf.current)
    defer { settle() }
    try await ServiceRun(readiness: readiness, drainSeconds: options.drainSeconds, logger: quiet)
      .run([operators, clients]) { await reload() }
    logger.notice("stopped")
  }

  /// Takes up certificate, key, tokens and what `--database` names now, each for itself. Where one is refused, the daemon stays with
  /// what it has of it.
  private func reload() async {
    let database: ServedDatabase? = await withCheckedContinuation { continuation in
      // Reading and checking every byte takes a while, and must not hold up the event loops.
      DispatchQueue.global(qos: .utility).async {
        reloads.take(credentials)
        if options.tokens != nil { reloads.take(tokens) }
        continuation.resume(
          returning: reloads.take("database") { () throws(LeakdError) in try options.openDatabase() })
      }
    }
    guard let database else { return }
    shelf.replace(with: database)
    logDatabase("reloaded", database)
    let grace = Duration.seconds(options.graceSeconds)
    Task {
      try? await Task.sleep(for: grace)
      shelf.dropExpired()
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
    metrics.declare("hitoku_token_elements_total", .counter, "The same by the token's name.")
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
  /// Where clients come to. `validate` has seen the address.
  fileprivate var clients: ServiceListener {
    let address = ServiceAddress(listen)
    return ServiceListener(
      host: address?.host ?? "127.0.0.1", port: address?.port ?? 0, connections: connections,
      connectionsPerClient: connectionsPerClient, answerSeconds: answerSeconds)
  }

  /// Opens and checks what `--database` names now.
  func openDatabase() throws(LeakdError) -> ServedDatabase {
    try ServedDatabase(
      .init(
        path: database, keys: oprfKey, ranges: rangeFile,
        limits: LeakDocument.Limits(
          elements: ServedDatabase.elementCounts, elementsPerDay: budget, requestsPerMinute: rate,
          burst: burst)))
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
