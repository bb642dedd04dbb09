#if Services
import Logging
import ServiceLifecycle
import UnixSignals

/// Runs listeners until SIGTERM or SIGINT, then stops them in good order: not ready any more, no new connections, requests that
/// came in are answered.
public struct ServiceRun: Sendable {
  private let readiness: Readiness
  private let logger: Logger
  private let drainSeconds: Int

  /// At most `drainSeconds` for requests that came in.
  public init(readiness: Readiness, drainSeconds: Int, logger: Logger) {
    self.readiness = readiness
    self.drainSeconds = drainSeconds
    self.logger = logger
  }

  /// Runs `listeners`, and `onHangUp` for each SIGHUP, one after the other. Returns after the stop.
  public func run(
    _ listeners: [any Service], onHangUp: @escaping @Sendable () async -> Void
  ) async throws {
    var configuration = ServiceGroupConfiguration(
      services: [HangUps(body: onHangUp)] + listeners + [Stopping(readiness: readiness, logger: logger)],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(drainSeconds)
    try await ServiceGroup(configuration: configuration).run()
  }
}

/// Hears of the stop first, because services are stopped in reverse order.
private struct Stopping: Service {
  let readiness: Readiness
  let logger: Logger

  func run() async throws {
    try await gracefulShutdown()
    readiness.isReady = false
    logger.notice("stopping")
  }
}

private struct HangUps: Service {
  let body: @Sendable () async -> Void

  func run() async {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { await body() }
  }
}
#endif
