#if Services
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL
import ServiceContracts
import X509

/// Whom to believe that they are the server.
public enum LeakServerTrust: Sendable, Hashable {
  /// The authorities of this system, with the host's name.
  case system
  /// This certificate: the server's own self-signed one, whatever name it carries, or an authority's with the host's name.
  case certificate(file: String)
}

/// The HTTPS behind a check: TLS 1.3, no redirects, nothing repeated that was answered, every answer bounded.
struct LeakServer: Sendable {
  private let base: String
  private let token: String?
  private let client: HTTPClient

  /// `address`: `https://HOST[:PORT]` or `HOST:PORT`. Throws `malformedAddress` and `unreadableCertificate`.
  init(_ address: String, trust: LeakServerTrust, token: String?) throws(LeakClientError) {
    let text = address.contains("://") ? address : "https://" + address
    guard let url = URLComponents(string: text), url.scheme == "https", let host = url.host, !host.isEmpty,
      ["", "/"].contains(url.path), url.query == nil, url.user == nil, url.password == nil,
      address.contains("://") || url.port != nil, url.port.map({ (1...65535).contains($0) }) ?? true
    else { throw .malformedAddress }
    base = text.hasSuffix("/") ? String(text.dropLast()) : text
    self.token = token
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv13
    var pinned: NIOSSLCertificate?
    if case .certificate(let file) = trust {
      let (certificate, isAuthority) = try Self.certificate(file)
      if isAuthority {
        tls.trustRoots = .certificates([certificate])
      } else {
        // The library takes no such certificate for an anchor. It proves the possession of its key in the handshake all
        // the same, and before any request goes out it is compared with the pinned one.
        tls.certificateVerification = .none
        pinned = certificate
      }
    }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(10), read: .seconds(60)))
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .http1Only
    if let pinned {
      configuration.http1_1ConnectionDebugInitializer = { channel in
        channel.nioSSL_peerCertificate().flatMapThrowing { shown in
          guard let shown, shown == pinned, Self.isValid(shown) else { throw LeakClientError.untrusted }
        }
      }
    }
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  private static func isValid(_ certificate: NIOSSLCertificate) -> Bool {
    let now = Date().timeIntervalSince1970
    return Double(certificate.notValidBefore) <= now && now <= Double(certificate.notValidAfter)
  }

  private static func certificate(
    _ file: String
  ) throws(LeakClientError) -> (NIOSSLCertificate, isAuthority: Bool) {
    do {
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let certificates = try NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
      guard certificates.count == 1 else { throw LeakClientError.unreadableCertificate(path: file) }
      let parsed = try Certificate(derEncoded: certificates[0].toDERBytes())
      var isAuthority = false
      if case .isCertificateAuthority = try parsed.extensions.basicConstraints { isAuthority = true }
      return (certificates[0], isAuthority)
    } catch { throw .unreadableCertificate(path: file) }
  }

  /// Ends all connections.
  func close() async { try? await client.shutdown() }

  /// The body of a GET, at most `limit` bytes.
  func get(
    _ path: LeakPath, as mediaType: String = LeakPath.mediaType, limit: Int
  ) async throws(LeakClientError) -> [UInt8] {
    try await send(HTTPClientRequest(url: base + path.text), mediaType, limit: limit)
  }

  /// The body that answers a POST of bytes, exactly `count` bytes.
  func post(_ body: [UInt8], to path: LeakPath, answer count: Int) async throws(LeakClientError) -> [UInt8] {
    var request = HTTPClientRequest(url: base + path.text)
    request.method = .POST
    request.headers.add(name: "content-type", value: LeakPath.mediaType)
    request.body = .bytes(ByteBuffer(bytes: body))
    let answer = try await send(request, LeakPath.mediaType, limit: count)
    guard answer.count == count else { throw .malformedAnswer }
    return answer
  }

  /// Sends the same bytes again after a refusal for now, of which nothing was evaluated: at most `resends` times, and not where
  /// the server wants to wait longer than `longestWait` seconds.
  private func send(
    _ request: HTTPClientRequest, _ mediaType: String, limit: Int
  ) async throws(LeakClientError) -> [UInt8] {
    for _ in 0..<Self.resends {
      do throws(LeakClientError) { return try await sendOnce(request, mediaType, limit: limit) } catch {
        guard case .refused(let problem, let seconds) = error,
          problem.kind == .rateLimited || problem.kind == .busy, (seconds ?? 1) <= Self.longestWait
        else { throw error }
        do { try await Task.sleep(for: .seconds(max(1, seconds ?? 1))) } catch { throw .stopped }
      }
    }
    return try await sendOnce(request, mediaType, limit: limit)
  }

  private static let (resends, longestWait) = (5, 60)

  private func sendOnce(
    _ request: HTTPClientRequest, _ mediaType: String, limit: Int
  ) async throws(LeakClientError) -> [UInt8] {
    var request = request
    if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
    request.headers.add(name: "user-agent", value: "hitoku")
    do {
      let response = try await client.execute(request, timeout: .seconds(120))
      let type = response.headers.first(name: "content-type")?.split(separator: ";").first.map(String.init)
      guard response.status == .ok else {
        let body = type == Problem.mediaType ? try await response.body.collect(upTo: 1 << 16) : ByteBuffer()
        guard let problem = try? JSONDecoder().decode(Problem.self, from: Data(body.readableBytesView)) else {
          throw LeakClientError.malformedAnswer
        }
        let seconds = response.headers.first(name: "retry-after").flatMap { Int($0) }
        throw LeakClientError.refused(problem, retryAfter: seconds)
      }
      guard type == mediaType else { throw LeakClientError.malformedAnswer }
      return Array(try await response.body.collect(upTo: limit).readableBytesView)
    } catch let error as LeakClientError {
      throw error
    } catch is NIOTooManyBytesError {
      throw .malformedAnswer
    } catch is NIOSSLError {
      throw .untrusted
    } catch is BoringSSLError {
      throw .untrusted
    } catch is NIOSSLExtraError {
      // Another host's name.
      throw .untrusted
    } catch let error as HTTPClientError {
      throw .unreachable(error.shortDescription)
    } catch let error as IOError {
      throw .unreachable(error.description)
    } catch { throw .unreachable("the connection failed") }
  }
}
#endif
