#if Services
/// Rates of clients, and of the sites that many of them may belong to.
struct ClientRates: Sendable {
  private let clients: RateLimiter<ClientName>
  private let sites: RateLimiter<ClientName>

  /// For each client `limits`, for each site `ClientName.siteShare` times as much.
  init(_ limits: ServiceLimits, clock: @escaping @Sendable () -> Double) {
    clients = RateLimiter(perMinute: limits.requestsPerMinute, burst: limits.burst, clock: clock)
    let share = ClientName.siteShare
    sites = RateLimiter(
      perMinute: limits.requestsPerMinute * share, burst: limits.burst * share, clock: clock)
  }

  /// Takes a request: nil where it may go on, else after how many seconds the client may ask again. The site comes first, so that one
  /// with many networks does not fill the places of clients.
  func refusal(of client: ClientName) -> Int? {
    client.site.flatMap { sites.refusal(of: $0) } ?? clients.refusal(of: client)
  }

  /// Whether the client's next request would be refused; takes none.
  func isSpent(by client: ClientName) -> Bool {
    client.site.map { sites.isSpent(by: $0) } ?? false || clients.isSpent(by: client)
  }
}
#endif
