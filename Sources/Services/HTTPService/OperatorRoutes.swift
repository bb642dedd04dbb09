#if Services
import Synchronization

/// For operators: `/metrics`, `/health` and `/ready`, on a listener of their own.
public struct OperatorRoutes: ServiceRoutes {
  /// The places.
  public enum Endpoint: String, ServiceEndpoint {
    /// Prometheus's text.
    case metrics
    /// Alive.
    case health
    /// To be sent requests.
    case ready

    /// The last piece of the path.
    public var name: String { rawValue }
    /// None.
    public var takesBody: Bool { false }
    /// All.
    public var isOpen: Bool { true }
  }

  private let metrics: Metrics
  private let readiness: Readiness
  private let refresh: @Sendable () -> Void

  /// `refresh` sets gauges before they are read.
  public init(metrics: Metrics, readiness: Readiness, refresh: @escaping @Sendable () -> Void) {
    self.metrics = metrics
    self.readiness = readiness
    self.refresh = refresh
  }

  /// As `ServiceRoutes` says.
  public func endpoint(for target: RequestTarget) throws(Refusal) -> Endpoint {
    guard let path = target.path, path.count == 1, let endpoint = Endpoint(rawValue: path[0]) else {
      throw Refusal(.notFound)
    }
    return endpoint
  }

  /// None takes a body.
  public func ticket(for endpoint: Endpoint, bearer: String?) -> (ticket: Void, bodyLimit: Int) { ((), 0) }

  /// As `ServiceRoutes` says.
  public func answer(
    _ endpoint: Endpoint, _ ticket: Void, _ request: ServiceRequest
  ) throws(Refusal) -> ServiceAnswer {
    switch endpoint {
    case .metrics:
      refresh()
      return ServiceAnswer(
        mediaType: "text/plain; version=0.0.4; charset=utf-8", bytes: Array(metrics.text.utf8))
    case .health: return Readiness.yes
    case .ready: return try readiness.answer()
    }
  }
}

/// Whether new requests should come.
public final class Readiness: Sendable {
  private let flag = Atomic(false)

  /// Not yet.
  public init() {}

  /// What probes hear.
  public var isReady: Bool {
    get { flag.load(ordering: .relaxed) }
    set { flag.store(newValue, ordering: .relaxed) }
  }

  /// The answer to a probe. Throws `busy`.
  public func answer() throws(Refusal) -> ServiceAnswer {
    guard isReady else { throw Refusal(.busy, "The service is starting or stopping.", retryAfter: 5) }
    return Self.yes
  }

  /// The answer to a probe of a living process.
  public static var yes: ServiceAnswer {
    ServiceAnswer(mediaType: "application/json", bytes: Array(#"{"status":"ok"}"#.utf8))
  }
}
#endif
