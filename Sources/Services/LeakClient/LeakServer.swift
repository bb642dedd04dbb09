#if Services
import ServiceClient
import ServiceContracts

/// Whom to believe that they are the server.
public typealias LeakServerTrust = ServerTrust

/// The connection behind a check.
struct LeakServer: Sendable {
  private let connection: ServiceConnection

  /// `address`: `https://HOST[:PORT]` or `HOST:PORT`. Throws `malformedAddress` and `unreadableCertificate`.
  init(_ address: String, trust: ServerTrust, token: String?) throws(LeakClientError) {
    do { connection = try ServiceConnection(address, trust: trust, token: token) } catch {
      throw LeakClientError(error)
    }
  }

  /// Ends all connections.
  func close() async { await connection.close() }

  /// The body of a GET, at most `limit` bytes.
  func get(
    _ path: LeakPath, as mediaType: String = LeakPath.mediaType, limit: Int
  ) async throws(LeakClientError) -> [UInt8] {
    do { return try await connection.send("GET", path.text, expecting: mediaType, limit: limit) } catch {
      throw LeakClientError(error)
    }
  }

  /// The body that answers a POST of bytes, exactly `count` bytes.
  func post(_ body: [UInt8], to path: LeakPath, answer count: Int) async throws(LeakClientError) -> [UInt8] {
    let answer: [UInt8]
    do {
      answer = try await connection.send(
        "POST", path.text, .init(LeakPath.mediaType, body), expecting: LeakPath.mediaType, limit: count)
    } catch { throw LeakClientError(error) }
    guard answer.count == count else { throw .malformedAnswer }
    return answer
  }
}

extension LeakClientError {
  /// What ended a request.
  fileprivate init(_ error: ServiceClientError) {
    switch error {
    case .malformedAddress: self = .malformedAddress
    case .unreadableCertificate(let path): self = .unreadableCertificate(path: path)
    case .unreachable(let reason): self = .unreachable(reason)
    case .untrusted: self = .untrusted
    case .refused(let problem, let seconds): self = .refused(problem, retryAfter: seconds)
    case .malformedAnswer: self = .malformedAnswer
    }
  }
}
#endif
