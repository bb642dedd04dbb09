#if Services
import ServiceContracts

/// A place of a service that requests go to.
public protocol ServiceEndpoint: Sendable {
  /// One of a few words, for logs and metrics.
  var name: String { get }
  /// The methods that it takes.
  var methods: [String] { get }
  /// Whether this request's body is read; others are thrown away.
  var takesBody: Bool { get }
  /// The media type of the body that it takes.
  var bodyType: String { get }
  /// Whether anybody may ask, as often as they like: for probes.
  var isOpen: Bool { get }
}

extension ServiceEndpoint {
  /// `POST` with a body, `GET` and `HEAD` without.
  public var methods: [String] { takesBody ? ["POST"] : ["GET", "HEAD"] }
  /// Bytes.
  public var bodyType: String { LeakPath.mediaType }
}

/// What a service answers.
public protocol ServiceRoutes: Sendable {
  /// Its places.
  associatedtype Endpoint: ServiceEndpoint
  /// What a request holds on to from its beginning to its end, so that a reload in between does not touch it.
  associatedtype Ticket: Sendable

  /// The place that a target names, whatever the method. Throws `notFound` or `malformedRequest`.
  func endpoint(for target: RequestTarget) throws(Refusal) -> Endpoint

  /// What an admitted request needs, and the longest body that it may bring; asked before the body is read. `bearer` is the
  /// token, which is somebody's.
  func ticket(for endpoint: Endpoint, bearer: String?) throws(Refusal) -> (ticket: Ticket, bodyLimit: Int)

  /// The answer. What it throws depends on the shape of a request and on the client, never on what is asked for.
  func answer(_ endpoint: Endpoint, _ ticket: Ticket, _ request: ServiceRequest) async throws(Refusal)
    -> ServiceAnswer
}

/// Why there is no answer.
public struct Refusal: Error, Sendable, Equatable {
  /// For the client.
  public var problem: Problem
  /// Seconds after which it may try again.
  public var retryAfter: Int?
  /// Methods that would be allowed.
  var allowed = ""

  /// A refusal of a kind, with advice.
  public init(_ kind: Problem.Kind, _ detail: String? = nil, retryAfter: Int? = nil) {
    self.init(problem: Problem(kind, detail), retryAfter: retryAfter)
  }

  /// A refusal for this reason.
  public init(problem: Problem, retryAfter: Int? = nil) {
    self.problem = problem
    self.retryAfter = retryAfter
  }

  static func wrongMethod(_ allowed: String) -> Refusal {
    var refusal = Refusal(.methodNotAllowed, "Use \(allowed).")
    refusal.allowed = allowed
    return refusal
  }
}
#endif
