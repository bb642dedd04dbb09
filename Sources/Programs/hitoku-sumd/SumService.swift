#if Services
import ContributionStore
import HTTPService
import Logging
import ServiceLifecycle

/// The running daemon: wires the store, the limits and the listeners together.
struct SumService: Sendable {
  private let options: SumDaemon.Serve
  private let logger: Logger
  private let credentials: ServiceCredentials
  private let studies: ServedStudies
  private let pool: WorkPool
  private let metrics = Metrics()
  private let reloads: Reloads
  private let readiness = Readiness()

  /// Opens everything that the options name. Throws `SumdError`.
  init(_ options: SumDaemon.Serve, _ logger: Logger) throws(SumdError) {
    self.options = options
    self.logger = logger
    do {
      credentials = try ServiceCredentials(
        identity: options.identity, clientCertificates: options.clientCertificates)
    } catch { throw .service(error) }
    reloads = Reloads(of: ["identity"], metrics: metrics, logger: logger)
    studies = ServedStudies(store: try options.place.openStore(), key: try options.place.openKey())
    pool = WorkPool(threads: options.threads, places: options.queue)
    metrics.declare("hitoku_work_running", .gauge, "Computations that run.")
    metrics.declare("hitoku_work_waiting", .gauge, "Computations that wait for a thread.")
    metrics.declare("hitoku_studies", .gauge, "Studies in the store.")
  }

  /// Serves until SIGTERM.
  func run() async throws {
    // The libraries' own words: what goes wrong, and not what comes in.
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .warning)
    let limits = ServiceLimits(
      requestsPerMinute: options.rate, burst: options.burst, bodySeconds: options.bodySeconds,
      requiresToken: true)
    let routes = SumRoutes(
      studies: studies, pool: pool, readiness: readiness, page: WebPage(),
      publicStudies: options.publicStudies, logger: logger)
    let clients = listener(options.listen).application(
      ServiceResponder(
        routes, limits: limits, tokens: StoredTokens(store: studies.store), metrics: metrics, logger: logger),
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
    try await ServiceRun(readiness: readiness, drainSeconds: options.drainSeconds, logger: quiet)
      .run([operators, clients]) { reloads.take(credentials) }
    logger.notice("stopped")
  }

  private func listener(_ text: String) -> ServiceListener {
    let address = ServiceAddress(text)
    return ServiceListener(
      host: address?.host ?? "127.0.0.1", port: address?.port ?? 0, connections: options.connections,
      connectionsPerClient: options.connectionsPerClient)
  }

  private func refreshGauges() {
    let load = pool.load
    metrics.set(Double(load.running), "hitoku_work_running")
    metrics.set(Double(load.waiting), "hitoku_work_waiting")
    if let count = try? studies.store.studies().count { metrics.set(Double(count), "hitoku_studies") }
  }
}

/// Bearers as the store knows them: limits count by role and name.
private struct StoredTokens: TokenBook {
  let store: ContributionStore

  func client(of token: String) throws(Refusal) -> ClientName? {
    let scope: TokenScope?
    do { scope = try store.scope(of: token) } catch {
      throw Refusal(.busy, "Tokens cannot be looked up now.", retryAfter: 5)
    }
    guard let scope else { return nil }
    return ClientName(token: "\(scope.role.rawValue) \(scope.name)")
  }
}
#endif
