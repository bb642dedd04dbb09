#if Services
import Foundation
import Identities
import NIOCore
import NIOSSL

/// TLS 1.3 with a certificate on either side, where the pinned fingerprint decides and nothing else does.
struct SecureChannel: Sendable {
  /// Tells other protocols apart that might be spoken with the same identities.
  static let protocolName = "hitoku-frames"

  private let context: NIOSSLContext
  let identity: Fingerprint
  let peer: Fingerprint

  /// Throws `secureHandshakeFailed` where the TLS library refuses this side's own identity.
  init(identity: Identity, peer: Fingerprint) throws(TransportError) {
    self.identity = identity.fingerprint
    self.peer = peer
    // As a server's configuration it demands a certificate of the client; the context serves both roles.
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: [.certificate(identity.certificate.tlsCertificate)],
      privateKey: .privateKey(identity.privateKey))
    configuration.minimumTLSVersion = .tlsv13
    configuration.maximumTLSVersion = .tlsv13
    // Recorded traffic stays closed to who later breaks elliptic curves, where both sides know the first of these.
    configuration.curves = [.x25519_MLKEM768, .x25519]
    configuration.signingSignatureAlgorithms = [.ecdsaSecp256R1Sha256]
    configuration.verifySignatureAlgorithms = [.ecdsaSecp256R1Sha256]
    configuration.certificateVerification = .noHostnameVerification
    configuration.trustRoots = .certificates([])
    configuration.applicationProtocols = [Self.protocolName]
    configuration.renegotiationSupport = .none
    configuration.shutdownTimeout = .seconds(1)
    do {
      context = try NIOSSLContext(configuration: configuration)
    } catch {
      throw .secureHandshakeFailed
    }
  }

  /// Why the certificate that a peer presents is refused; nil where it is the pinned one and valid now.
  func refusal(of presented: NIOSSLCertificate?) -> TransportError? {
    guard let presented, let certificate = IdentityCertificate(presented: presented) else {
      return .secureHandshakeFailed
    }
    guard certificate.fingerprint == peer else { return .peerNotPinned(certificate.fingerprint) }
    return certificate.isValid(at: Date()) ? nil : .peerCertificateOutsideValidity
  }

  /// The handler that a link's pipeline begins with. `onRefusal` hears why a certificate was refused.
  ///
  /// The TLS library proves possession of the key; its own checks of the chain are replaced by the pin.
  func makeHandler(
    isListener: Bool, onRefusal: @escaping @Sendable (TransportError) -> Void
  ) throws -> NIOSSLHandler {
    let verify: NIOSSLCustomVerificationCallback = { chain, promise in
      let refusal = self.refusal(of: chain.first)
      if let refusal { onRefusal(refusal) }
      promise.succeed(refusal == nil ? .certificateVerified : .failed)
    }
    return isListener
      ? NIOSSLServerHandler(context: context, customVerificationCallback: verify)
      : try NIOSSLClientHandler(context: context, serverHostname: nil, customVerificationCallback: verify)
  }
}
#endif
