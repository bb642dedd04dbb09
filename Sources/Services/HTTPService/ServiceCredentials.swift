#if Services
import HummingbirdHTTP2
import Identities
import NIOSSL
import Synchronization

/// How a service shows who it is, and whom it lets in: read from files, and again while it runs. Connections that come later see
/// what was read last; those that are there go on with what they began with.
public final class ServiceCredentials: Sendable {
  /// What holds now, with a number that grows.
  struct Current: Sendable {
    var number = 0
    let tls: TLSChannelConfiguration
    let fingerprint: Fingerprint
  }

  private let folder: String
  private let clientCertificates: String?
  private let state: Mutex<Current>

  /// The key and certificate of the folder `identity`. With `clientCertificates`, a file in PEM, only clients are let in that show
  /// one of its certificates or one that an authority of it issued: the file has authorities or single certificates, not both.
  ///
  /// Throws `identity`, `mixedCertificates` and `tls`.
  public init(identity folder: String, clientCertificates: String? = nil) throws(HTTPServiceError) {
    self.folder = folder
    self.clientCertificates = clientCertificates
    state = Mutex(try Self.read(folder, clientCertificates))
  }

  /// Reads all files again; whether the certificate is another one. Where it throws, all stays as it was.
  ///
  /// Throws `identity`, `mixedCertificates` and `tls`.
  public func reload() throws(HTTPServiceError) -> Bool {
    let read = try Self.read(folder, clientCertificates)
    return state.withLock { current in
      let isOther = read.fingerprint != current.fingerprint
      current = Current(number: current.number + 1, tls: read.tls, fingerprint: read.fingerprint)
      return isOther
    }
  }

  /// Of the certificate that is shown now.
  public var fingerprint: Fingerprint { current.fingerprint }

  var current: Current { state.withLock { $0 } }

  private static func read(
    _ folder: String, _ clientCertificates: String?
  ) throws(HTTPServiceError) -> Current {
    let identity: Identity
    var trusted: TrustedCertificates?
    do {
      identity = try Identity(folder: folder)
      trusted = try clientCertificates.map { path throws(IdentityError) in try TrustedCertificates(file: path)
      }
    } catch { throw .identity(error) }
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: [.certificate(identity.certificate.tlsCertificate)],
      privateKey: .privateKey(identity.privateKey))
    tls.minimumTLSVersion = .tlsv13
    var verification: TLSChannelConfiguration.CustomVerificationCallback?
    if let trusted {
      guard trusted.authorities.isEmpty || trusted.single.isEmpty else {
        throw .mixedCertificates(path: clientCertificates ?? "")
      }
      // Clients have addresses, not names. A handshake without certificate ends either way.
      tls.certificateVerification = .noHostnameVerification
      tls.trustRoots = .certificates(trusted.authorities)
      if !trusted.single.isEmpty {
        verification = { shown, promise in
          promise.succeed(
            shown.first.map { trusted.holdsSingle($0) } ?? false ? .certificateVerified : .failed)
        }
      }
    }
    // Refused here, once, and not at the first connection.
    do { _ = try NIOSSLContext(configuration: tls) } catch { throw .tls }
    return Current(
      tls: TLSChannelConfiguration(tlsConfiguration: tls, customVerificationCallback: verification),
      fingerprint: identity.fingerprint)
  }
}

/// The channel that new connections get: made anew when the credentials are.
final class CurrentChannel: Sendable {
  typealias Make = @Sendable (TLSChannelConfiguration) throws -> HTTP2UpgradeChannel

  private let credentials: ServiceCredentials
  private let make: Make
  private let state: Mutex<(number: Int, channel: HTTP2UpgradeChannel)>

  init(_ credentials: ServiceCredentials, _ make: @escaping Make) throws {
    let now = credentials.current
    self.credentials = credentials
    self.make = make
    state = Mutex((now.number, try make(now.tls)))
  }

  var channel: HTTP2UpgradeChannel {
    let now = credentials.current
    return state.withLock { state in
      // A configuration that the library took once, it takes again.
      if state.number < now.number, let channel = try? make(now.tls) { state = (now.number, channel) }
      return state.channel
    }
  }
}
#endif
