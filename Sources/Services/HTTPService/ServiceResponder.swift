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
  /// Bytes of bodies and answers that are held at once, for all clients together.
  public var bufferedBytes: Int

  /// Takes all of them; each is at least 1.
  public init(
    requestsPerMinute: Int, burst: Int, bodySeconds: Int, requiresToken: Bool, bufferedBytes: Int = 256 << 20
  ) {
    self.bufferedBytes = bufferedBytes
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
  private let limiter: ClientRates
  /// For open places: who asks there takes nothing from what else it may ask.
  private let openLimiter: ClientRates
  private let guesses: TokenGuesses
  /// What bodies and answers take.
  let buffered: BufferedBytes
  private let metrics: Metrics
  private let logger: Logger
  private let countsTokens: Bool
  /// Makes names in the log useless to who has only the log.
  private let logSalt = SystemRandom.bytes(count: 16)

  /// `countsTokens`: metrics count requests by the names of tokens, which are the operator's choice then. `clock` gives seconds that
  /// never go back.
  public init(
    _ routes: Routes, limits: ServiceLimits, tokens: any TokenBook, metrics: Metrics, logger: Logger,
    countsTokens: Bool = false,
    clock: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }
  ) {
    self.routes = routes
    self.limits = limits
    self.metrics = metrics
    self.logger = logger
    self.countsTokens = countsTokens
    limiter = ClientRates(limits, clock: clock)
    openLimiter = ClientRates(limits, clock: clock)
    guesses = TokenGuesses(tokens, limiter)
    buffered = BufferedBytes(limit: limits.bufferedBytes)
    metrics.declare("hitoku_requests_total", .counter, "Requests by place and status.")
    metrics.declare("hitoku_request_seconds", .histogram, "From a request's head to its answer, by place.")
    if countsTokens {
      metrics.declare("hitoku_token_requests_total", .counter, "Requests by the token's name and status.")
    }
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
    answer.isForStream = context.isStream
    record(progress, status: answer.status, seconds: (ContinuousClock.now - start) / .seconds(1))
    return answer.response(isHead: request.method == .head)
  }

  private func answer(_ request: Request, _ progress: inout Progress) async throws(Refusal) -> ServiceAnswer {
    let target = RequestTarget(method: request.method.rawValue, target: request.head.path ?? "")
    let endpoint = try routes.endpoint(for: target)
    progress.place = endpoint.name
    let bearer: String?
    (progress.client, bearer) = try admit(request, endpoint, progress.client)
    guard endpoint.isOpen || !buffered.isFull else { throw Self.noRoom }
    let (ticket, limit) = try routes.ticket(for: endpoint, bearer: bearer)
    let room = BodyRoom(buffered)
    let body =
      endpoint.takesBody ? try await self.body(request, endpoint.bodyType, limit, room, &progress) : []
    let whole = ServiceRequest(target: target, fields: request.headers, body: body, client: progress.client)
    let answer = try await routes.answer(endpoint, ticket, whole)
    withExtendedLifetime(room) {}
    return answer
  }

  private static var noRoom: Refusal {
    Refusal(.busy, "Requests and answers fill the memory for them.", retryAfter: 1)
  }

  private func record(_ progress: Progress, status: Int, seconds: Double) {
    metrics.add(to: "hitoku_requests_total", ["place": progress.place, "status": "\(status)"])
    if countsTokens, let name = progress.client.tokenName {
      metrics.add(to: "hitoku_token_requests_total", ["token": name, "status": "\(status)"])
    }
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
    if endpoint.isOpen {
      try charge(address, openLimiter)
      return (address, nil)
    }
    var client = address
    var bearer: String?
    if let field = request.headers[.authorization] {
      let token = String(field.dropFirst(7))
      guard field.lowercased().hasPrefix("bearer ") else {
        try charge(address, limiter)
        throw Refusal(.unauthorized, "Send Authorization: Bearer TOKEN.")
      }
      (client, bearer) = (try guesses.client(of: token, from: address), token)
    } else if limits.requiresToken {
      try charge(address, limiter)
      throw Refusal(.unauthorized, "Send Authorization: Bearer TOKEN.")
    }
    try charge(client, limiter)
    return (client, bearer)
  }

  private func charge(_ client: ClientName, _ limiter: ClientRates) throws(Refusal) {
    guard let seconds = limiter.refusal(of: client) else { return }
    throw Refusal(.rateLimited, "Wait for \(seconds) s.", retryAfter: seconds)
  }

  /// The body, if it is one that the place takes.
  private func body(
    _ request: Request, _ expected: String, _ limit: Int, _ room: BodyRoom, _ progress: inout Progress
  ) async throws(Refusal) -> [UInt8] {
    let type = request.headers[.contentType]?.split(separator: ";").first ?? ""
    guard type.trimmingCharacters(in: .whitespaces).lowercased() == expected else {
      throw Refusal(.unsupportedMediaType, "Send \(expected).")
    }
    progress.isBodyRead = true
    let patience = Duration.seconds(limits.bodySeconds)
    switch await RequestBytes(limit: limit, patience: patience, room: room).read(request.body) {
    case .whole(let bytes):
      progress.bytes = bytes.count
      return bytes
    case .tooLarge(let isOver):
      progress.endsConnection = !isOver
      throw Refusal(.tooLarge, "At most \(limit) bytes.")
    case .tooSlow:
      progress.endsConnection = true
      throw Refusal(.tooSlow, "A body may take \(limits.bodySeconds) s.")
    case .noRoom:
      progress.endsConnection = true
      throw Self.noRoom
    }
  }

  /// Reads a body that nobody wants; whether that came to its end.
  private func discard(_ body: RequestBody) async -> Bool {
    let patience = Duration.seconds(limits.bodySeconds)
    return switch await RequestBytes(limit: 0, patience: patience, room: BodyRoom(buffered)).read(body) {
    case .whole, .tooLarge(isOver: true): true
    case .tooLarge(isOver: false), .tooSlow, .noRoom: false
    }
  }

  private func pseudonym(_ client: ClientName) -> String {
    SHA256.hash(logSalt + Array(client.description.utf8)).prefix(4)
      .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
#endif
