#if Services
import Identities
import ServiceClient
import ServiceContracts

/// Whom to believe that they are the server.
public typealias LeakServerTrust = ServerTrust

/// The connection behind a check.
struct LeakServer: Sendable {
  private let connection: ServiceConnection

  /// `address`: `https://HOST[:PORT]` or `HOST:PORT`. Throws `malformedAddress` and `unreadableCertificate`.
  init(_ address: String, trust: ServerTrust, token: String?, identity: Identity?) throws(LeakClientError) {
    do {
      connection = try ServiceConnection(address, trust: trust, token: token, identity: identity)
    } catch { throw LeakClientError(error) }
  }

  /// Ends all connections.
  func close() async { await connection.close() }

  /// The body of a GET, at most `limit` bytes.
  func get(
    _ path: LeakPath, as mediaType: String = LeakPath.mediaType, limit: Int
  ) async throws(LeakClientError) -> [UInt8] {
    try await send("GET", path, nil, mediaType, limit)
  }

  /// The body that answers a POST of bytes, exactly `count` bytes.
  func post(_ body: [UInt8], to path: LeakPath, answer count: Int) async throws(LeakClientError) -> [UInt8] {
    let answer = try await send("POST", path, .init(LeakPath.mediaType, body), LeakPath.mediaType, count)
    guard answer.count == count else { throw .malformedAnswer }
    return answer
  }

  /// Sends the same bytes again after a refusal for now, of which nothing was evaluated: at most `resends` times, and not where
  /// the server wants to wait longer than `longestWait` seconds.
  private func send(
    _ method: String, _ path: LeakPath, _ body: ServiceConnection.Body?, _ mediaType: String, _ limit: Int
  ) async throws(LeakClientError) -> [UInt8] {
    var resends = 0
    while true {
      do throws(ServiceClientError) {
        return try await connection.send(method, path.text, body, expecting: mediaType, limit: limit)
      } catch {
        guard case .refused(let problem, let seconds) = error, resends < Self.resends,
          problem.kind == .rateLimited || problem.kind == .busy, (seconds ?? 1) <= Self.longestWait
        else { throw LeakClientError(error) }
        resends += 1
        do { try await Task.sleep(for: .seconds(max(1, seconds ?? 1))) } catch { throw .stopped }
      }
    }
  }

  private static let (resends, longestWait) = (5, 60)
}

extension LeakClientError {
  /// What ended a request.
  fileprivate init(_ error: ServiceClientError) {
    switch error {
    case .malformedAddress: self = .malformedAddress
    case .unreadableCertificate(let path): self = .unreadableCertificate(path: path)
    case .unreachable(let failure): self = .unreachable(failure)
    case .untrusted(let failure): self = .untrusted(failure)
    case .certificateRefused: self = .certificateRefused
    case .refused(let problem, let seconds): self = .refused(problem, retryAfter: seconds)
    case .otherService: self = .otherService
    case .malformedAnswer: self = .malformedAnswer
    case .stopped: self = .stopped
    }
  }
}
#endif
