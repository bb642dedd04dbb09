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
    var pinned: TrustedCertificates?
    if case .certificate(let file) = trust {
      let trusted = try Self.certificate(file)
      if trusted.single.isEmpty {
        tls.trustRoots = .certificates(trusted.authorities)
      } else {
        // The library takes no such certificate for an anchor. It proves the possession of its key in the handshake all
        // the same, and before any request goes out it is compared with the pinned one.
        tls.certificateVerification = .none
        pinned = trusted
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
          guard let shown, pinned.holdsSingle(shown) else { throw ServiceClientError.untrusted }
        }
      }
    }
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  private static func certificate(_ file: String) throws(ServiceClientError) -> TrustedCertificates {
    guard let trusted = try? TrustedCertificates(file: file),
      trusted.authorities.count + trusted.single.count == 1
    else { throw .unreadableCertificate(path: file) }
    return trusted
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
  /// Throws `refused` for every status but 200 and 201, `malformedAnswer`, `unreachable` and `untrusted`.
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
        let body = type == Problem.mediaType ? try await response.body.collect(upTo: 1 << 16) : ByteBuffer()
        guard let problem = try? JSONDecoder().decode(Problem.self, from: Data(body.readableBytesView)) else {
          throw ServiceClientError.malformedAnswer
        }
        let seconds = response.headers.first(name: "retry-after").flatMap { Int($0) }
        throw ServiceClientError.refused(problem, retryAfter: seconds)
      }
      guard type == expected else { throw ServiceClientError.malformedAnswer }
      return Array(try await response.body.collect(upTo: limit).readableBytesView)
    } catch let error as ServiceClientError {
      throw error
    } catch is NIOTooManyBytesError {
      throw .malformedAnswer
    } catch let error as NIOSSLError {
      throw Self.reason(error)
    } catch let error as BoringSSLError {
      throw Self.reason(error)
    } catch is NIOSSLExtraError {
      // Another host's name.
      throw .untrusted
    } catch let error as HTTPClientError {
      throw .unreachable(error.shortDescription)
    } catch let error as IOError {
      throw .unreachable(error.description)
    } catch { throw .unreachable("the connection failed") }
  }

  /// Why there is no TLS. An alert comes from the server, after it proved who it is: it does not take this client's certificate, or
  /// wants one.
  private static func reason(_ error: any Error) -> ServiceClientError {
    // A server that goes away during the handshake has shown nothing false.
    let ends: [NIOSSLError] = [.uncleanShutdown, .handshakeFailed(.sslError([.eofDuringHandshake]))]
    if let error = error as? NIOSSLError, ends.contains(error) {
      return .unreachable("the connection broke off")
    }
    return "\(error)".contains("_ALERT_") ? .certificateRefused : .untrusted
  }
}
#endif
