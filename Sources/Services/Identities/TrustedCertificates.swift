#if Services
import Foundation
import NIOSSL
import X509

/// Certificates of others that somebody trusts, from one file in PEM: authorities' with what they issue, and single ones.
public struct TrustedCertificates: Sendable {
  /// Those that may issue others.
  package let authorities: [NIOSSLCertificate]
  /// Those that are trusted as they are, such as `Identity.create` makes them.
  package let single: [NIOSSLCertificate]

  /// Reads a file of at most 64 KiB with at least one certificate.
  ///
  /// Throws `cannotRead` and `notACertificate`.
  public init(file path: String) throws(IdentityError) {
    let bytes = try readPublicFile(path)
    guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
      throw .notACertificate(path: path)
    }
    var (authorities, single): ([NIOSSLCertificate], [NIOSSLCertificate]) = ([], [])
    for certificate in certificates {
      guard let isAuthority = Self.isAuthority(certificate) else { throw .notACertificate(path: path) }
      if isAuthority { authorities.append(certificate) } else { single.append(certificate) }
    }
    (self.authorities, self.single) = (authorities, single)
  }

  /// Whether it is one of the single ones, and valid now. Its holder has to prove the possession of the key elsewhere: in the
  /// handshake.
  package func holdsSingle(_ certificate: NIOSSLCertificate) -> Bool {
    let now = Date().timeIntervalSince1970
    return single.contains(certificate) && Double(certificate.notValidBefore) <= now
      && now <= Double(certificate.notValidAfter)
  }

  /// By the basic constraints (RFC 5280, section 4.2.1.9); nil for what cannot be read.
  private static func isAuthority(_ certificate: NIOSSLCertificate) -> Bool? {
    guard let der = try? certificate.toDERBytes(), let parsed = try? Certificate(derEncoded: der),
      let constraints = try? parsed.extensions.basicConstraints ?? .notCertificateAuthority
    else { return nil }
    if case .isCertificateAuthority = constraints { return true }
    return false
  }
}
#endif
