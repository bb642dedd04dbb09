#if Services
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Primitives
import Secrets
import ServiceContracts

/// What every request of a service may cost.
public struct ServiceLimits: Sendable {
  /// Requests a minute and client, on average.
  public var requestsPerMinute: Int
  /// Requests of a client at once.
  public var burst: Int
  /// The longest time for a body.
  public var bodySeconds: Int
  /// Whether only holders of tokens are served.
  public var requiresToken: Bool

  /// Takes all of them; each is at least 1.
  public init(requestsPerMinute: Int, burst: Int, bodySeconds: Int, requiresToken: Bool) {
    self.requestsPerMinute = requestsPerMinute
    self.burst = burst
    self.bodySeconds = bodySeconds
    self.requiresToken = requiresToken
  }
}

/// What happens to every request, whatever it is for: who asks, how often, how much; then the service's answer; then the log and
/// the metrics, which name the place, never what was asked.
public struct ServiceResponder<Routes: ServiceRoutes>: HTTPResponder {
  /// The connection's part.
  public typealias Context = ServiceContext

  private let routes: Routes
  private let limits: ServiceLimits
  private let tokens: any TokenBook
  private let limiter: RateLimiter<ClientName>
  private let metrics: Metrics
  private let logger: Logger
  /// Makes names in the log useless to who has only the log.
  private let logSalt = SystemRandom.bytes(count: 16)

  /// `clock` gives seconds that never go back.
  public init(
    _ routes: Routes, limits: ServiceLimits, tokens: any TokenBook, metrics: Metrics, logger: Logger,
    clock: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }
  ) {
    self.routes = routes
    self.limits = limits
    self.tokens = tokens
    self.metrics = metrics
    self.logger = logger
    limiter = RateLimiter(perMinute: limits.requestsPerMinute, burst: limits.burst, clock: clock)
    metrics.declare("hitoku_requests_total", .counter, "Requests by place and status.")
    metrics.declare("hitoku_request_seconds", .histogram, "From a request's head to its answer, by place.")
    metrics.declare("hitoku_request_bytes_total", .counter, "Bytes of bodies that came.")
  }

  /// How far a request was taken in.
  private struct Progress {
    var place = "unknown"
    var client: ClientName
    var bytes = 0
    var isBodyRead = false
    var endsConnection = false
  }

  /// Never throws.
  public func respond(to request: Request, context: ServiceContext) async -> Response {
    let start = ContinuousClock.now
    var progress = Progress(client: ClientName(address: context.address))
    var answer: ServiceAnswer
    do throws(Refusal) { answer = try await self.answer(request, &progress) } catch {
      answer = ServiceAnswer(error.problem, retryAfter: error.retryAfter)
      if error.problem.kind == .methodNotAllowed { answer.fields.append((.allow, error.allowed)) }
      if error.problem.kind == .unauthorized { answer.fields.append((.wwwAuthenticate, "Bearer")) }
    }
    if !progress.isBodyRead { progress.endsConnection = await !discard(request.body) }
    answer.endsConnection = progress.endsConnection
    record(progress, status: answer.status, seconds: (ContinuousClock.now - start) / .seconds(1))
    return answer.response(isHead: request.method == .head)
  }

  private func answer(_ request: Request, _ progress: inout Progress) async throws(Refusal) -> ServiceAnswer {
    let target = RequestTarget(method: request.method.rawValue, target: request.head.path ?? "")
    let endpoint = try routes.endpoint(for: target)
    progress.place = endpoint.name
    let bearer: String?
    (progress.client, bearer) = try admit(request, endpoint, progress.client)
    let (ticket, limit) = try routes.ticket(for: endpoint, bearer: bearer)
    let body = endpoint.takesBody ? try await self.body(request, endpoint.bodyType, limit, &progress) : []
    let whole = ServiceRequest(target: target, fields: request.headers, body: body, client: progress.client)
    return try await routes.answer(endpoint, ticket, whole)
  }

  private func record(_ progress: Progress, status: Int, seconds: Double) {
    metrics.add(to: "hitoku_requests_total", ["place": progress.place, "status": "\(status)"])
    metrics.add(Double(progress.bytes), to: "hitoku_request_bytes_total", ["place": progress.place])
    metrics.observe(seconds, "hitoku_request_seconds", ["place": progress.place])
    logger.info(
      "request",
      metadata: [
        "place": "\(progress.place)", "status": .stringConvertible(status),
        "bytes": .stringConvertible(progress.bytes),
        "milliseconds": .stringConvertible((seconds * 10_000).rounded() / 10),
        "client": "\(pseudonym(progress.client))",
      ])
  }

  /// Method, token and rate: what needs no body.
  private func admit(
    _ request: Request, _ endpoint: Routes.Endpoint, _ address: ClientName
  ) throws(Refusal) -> (ClientName, bearer: String?) {
    guard endpoint.methods.contains(request.method.rawValue) else {
      throw .wrongMethod(endpoint.methods.joined(separator: ", "))
    }
    guard !endpoint.isOpen else { return (address, nil) }
    var client = address
    var bearer: String?
    if let field = request.headers[.authorization] {
      let token = String(field.dropFirst(7))
      guard field.lowercased().hasPrefix("bearer "), let known = tokens.client(of: token) else {
        throw Refusal(.unauthorized, "The token is unknown.")
      }
      (client, bearer) = (known, token)
    } else if limits.requiresToken {
      throw Refusal(.unauthorized, "Send Authorization: Bearer TOKEN.")
    }
    if let seconds = limiter.refusal(of: client) {
      throw Refusal(.rateLimited, "Wait for \(seconds) s.", retryAfter: seconds)
    }
    return (client, bearer)
  }

  /// The body, if it is one that the place takes.
  private func body(
    _ request: Request, _ expected: String, _ limit: Int, _ progress: inout Progress
  ) async throws(Refusal) -> [UInt8] {
    let type = request.headers[.contentType]?.split(separator: ";").first ?? ""
    guard type.trimmingCharacters(in: .whitespaces).lowercased() == expected else {
      throw Refusal(.unsupportedMediaType, "Send \(expected).")
    }
    progress.isBodyRead = true
    switch await RequestBytes(limit: limit, patience: .seconds(limits.bodySeconds)).read(request.body) {
    case .whole(let bytes):
      progress.bytes = bytes.count
      return bytes
    case .tooLarge(let isOver):
      progress.endsConnection = !isOver
      throw Refusal(.tooLarge, "At most \(limit) bytes.")
    case .tooSlow:
      progress.endsConnection = true
      throw Refusal(.tooSlow, "A body may take \(limits.bodySeconds) s.")
    }
  }

  /// Reads a body that nobody wants; whether that came to its end.
  private func discard(_ body: RequestBody) async -> Bool {
    switch await RequestBytes(limit: 0, patience: .seconds(limits.bodySeconds)).read(body) {
    case .whole, .tooLarge(isOver: true): true
    case .tooLarge(isOver: false), .tooSlow: false
    }
  }

  private func pseudonym(_ client: ClientName) -> String {
    SHA256.hash(logSalt + Array(client.description.utf8)).prefix(4)
      .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
#endif
