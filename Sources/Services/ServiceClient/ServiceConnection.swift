#if Services
import AsyncHTTPClient
import Foundation
import Identities
import NIOCore
import NIOSSL
import ServiceContracts

/// Whom to believe that they are the server.
public enum ServerTrust: Sendable, Hashable {
  /// The authorities of this system, with the host's name.
  case system
  /// This certificate: the server's own self-signed one, whatever name it carries, or an authority's with the host's name.
  case certificate(file: String)
}

/// A service of this house over HTTPS, seen by its client: TLS 1.3, no redirects, nothing repeated, every answer bounded.
public struct ServiceConnection: Sendable {
  private let base: String
  private let token: String?
  private let client: HTTPClient

  /// Nothing is sent yet. `address`: `https://HOST[:PORT]` or `HOST:PORT`. `identity` is shown to servers that ask for a certificate.
  /// Throws `malformedAddress` and `unreadableCertificate`.
  public init(
    _ address: String, trust: ServerTrust, token: String?, identity: Identity? = nil
  ) throws(ServiceClientError) {
    let text = address.contains("://") ? address : "https://" + address
    guard let url = URLComponents(string: text), url.scheme == "https", let host = url.host, !host.isEmpty,
      ["", "/"].contains(url.path), url.query == nil, url.user == nil, url.password == nil,
      address.contains("://") || url.port != nil, url.port.map({ (1...65535).contains($0) }) ?? true
    else { throw .malformedAddress }
    base = text.hasSuffix("/") ? String(text.dropLast()) : text
    self.token = token
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv13
    if let identity {
      tls.certificateChain = [.certificate(identity.certificate.tlsCertificate)]
      tls.privateKey = .privateKey(identity.privateKey)
    }
    var judge: Judge?
    if case .certificate(let file) = trust {
      let trusted = try Self.certificate(file)
      if trusted.single.isEmpty {
        tls.trustRoots = .certificates(trusted.authorities)
      } else {
        // The library takes no such certificate for an anchor. It proves the possession of its key in the handshake all
        // the same, and before any request goes out it is compared with the pinned one.
        tls.certificateVerification = .none
        judge = { Self.failure(of: $0) ?? (trusted.single.contains($0) ? nil : .notPinned) }
      }
    }
    client = Self.client(tls, judge)
  }

  /// What is wrong with the certificate that a server shows.
  private typealias Judge = @Sendable (NIOSSLCertificate) -> CertificateFailure?

  private static func client(_ tls: TLSConfiguration, _ judge: Judge?) -> HTTPClient {
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(10), read: .seconds(60)))
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .http1Only
    if let judge {
      configuration.http1_1ConnectionDebugInitializer = { channel in
        channel.nioSSL_peerCertificate().flatMapThrowing { shown in
          guard let shown else { throw ServiceClientError.untrusted(.notPinned) }
          if let failure = judge(shown) { throw ServiceClientError.untrusted(failure) }
        }
      }
    }
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  private static func certificate(_ file: String) throws(ServiceClientError) -> TrustedCertificates {
    guard let trusted = try? TrustedCertificates(file: file),
      trusted.authorities.count + trusted.single.count == 1
    else { throw .unreadableCertificate(path: file) }
    return trusted
  }

  private static func failure(of certificate: NIOSSLCertificate) -> CertificateFailure? {
    let now = Date().timeIntervalSince1970
    if now < Double(certificate.notValidBefore) { return .notYetValid }
    return now > Double(certificate.notValidAfter) ? .expired : nil
  }

  /// Why the library did not believe a server. It does not say: so another handshake looks at the certificate, and is ended
  /// before anything is sent.
  private func reasonForDisbelief() async -> CertificateFailure {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv13
    tls.certificateVerification = .none
    let client = Self.client(tls) { Self.failure(of: $0) ?? .unknownAuthority }
    var reason = CertificateFailure.unknownAuthority
    do { _ = try await client.execute(HTTPClientRequest(url: base), timeout: .seconds(10)) } catch {
      if case .untrusted(let failure) = error as? ServiceClientError { reason = failure }
    }
    try? await client.shutdown()
    return reason
  }

  /// Ends all connections.
  public func close() async { try? await client.shutdown() }

  /// A request's body.
  public struct Body: Sendable {
    /// Its media type.
    public let type: String
    /// Its bytes.
    public let bytes: [UInt8]

    /// Takes both.
    public init(_ type: String, _ bytes: [UInt8]) {
      self.type = type
      self.bytes = bytes
    }
  }

  /// The body that answers a request, of the media type `expected` and at most `limit` bytes. `path` begins with a slash and is
  /// percent-encoded.
  ///
  /// Throws `refused` for every status but 200 and 201 with a problem, `otherService` for answers of another media type,
  /// `malformedAnswer`, `unreachable`, `untrusted` and `stopped`.
  public func send(
    _ method: String, _ path: String, _ body: Body? = nil, fields: [(name: String, value: String)] = [],
    expecting expected: String, limit: Int
  ) async throws(ServiceClientError) -> [UInt8] {
    var request = HTTPClientRequest(url: base + path)
    request.method = .RAW(value: method)
    if let body {
      request.headers.add(name: "content-type", value: body.type)
      request.body = .bytes(ByteBuffer(bytes: body.bytes))
    }
    for field in fields { request.headers.add(name: field.name, value: field.value) }
    if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
    request.headers.add(name: "user-agent", value: "hitoku")
    do {
      let response = try await client.execute(request, timeout: .seconds(120))
      let type = response.headers.first(name: "content-type")?.split(separator: ";").first.map(String.init)
      guard [.ok, .created].contains(response.status) else {
        guard type == Problem.mediaType else { throw ServiceClientError.otherService }
        let body = try await response.body.collect(upTo: 1 << 16)
        guard let problem = try? JSONDecoder().decode(Problem.self, from: Data(body.readableBytesView)) else {
          throw ServiceClientError.malformedAnswer
        }
        let seconds = response.headers.first(name: "retry-after").flatMap { Int($0) }
        throw ServiceClientError.refused(problem, retryAfter: seconds)
      }
      guard type == expected else { throw ServiceClientError.otherService }
      return Array(try await response.body.collect(upTo: limit).readableBytesView)
    } catch {
      let failure = ServiceClientError(error)
      guard failure == .untrusted(.unknownAuthority) else { throw failure }
      throw .untrusted(await reasonForDisbelief())
    }
  }
}
#endif
