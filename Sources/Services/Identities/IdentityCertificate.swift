#if Services
import Foundation
import NIOSSL

/// The public half of an identity: an X.509 certificate with a key on P-256.
public struct IdentityCertificate: Sendable {
  /// What peers pin.
  public let fingerprint: Fingerprint
  /// The first moment of the validity.
  public let validFrom: Date
  /// The last moment of the validity.
  public let validUntil: Date
  /// As the TLS library takes it.
  package let tlsCertificate: NIOSSLCertificate

  /// Reads one certificate in PEM.
  ///
  /// Throws `cannotRead`, `notACertificate` where the file holds none or several, `unsupportedKey`.
  public init(file: String) throws(IdentityError) {
    let bytes = try readPublicFile(file)
    guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), certificates.count == 1 else {
      throw .notACertificate(path: file)
    }
    guard let key = try? certificates[0].extractPublicKey().toSPKIBytes(), Self.isOnP256(key) else {
      throw .unsupportedKey(path: file)
    }
    guard let certificate = IdentityCertificate(presented: certificates[0]) else {
      throw .notACertificate(path: file)
    }
    self = certificate
  }

  /// A certificate as a peer presents it; nil where it has no DER form.
  package init?(presented: NIOSSLCertificate) {
    guard let der = try? presented.toDERBytes() else { return nil }
    fingerprint = Fingerprint(ofCertificate: der)
    validFrom = Date(timeIntervalSince1970: TimeInterval(presented.notValidBefore))
    validUntil = Date(timeIntervalSince1970: TimeInterval(presented.notValidAfter))
    tlsCertificate = presented
  }

  /// Whether `moment` lies in the validity, its ends included.
  public func isValid(at moment: Date) -> Bool { (validFrom...max(validFrom, validUntil)).contains(moment) }

  /// A SubjectPublicKeyInfo on P-256 begins with these bytes (RFC 5480): ecPublicKey, prime256v1, 65 bytes of point.
  private static func isOnP256(_ publicKeyInfo: [UInt8]) -> Bool {
    let prefix: [UInt8] = [
      0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86,
      0x48,
      0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ]
    return publicKeyInfo.count == 91 && publicKeyInfo.starts(with: prefix)
  }
}

extension Fingerprint {
  /// What to pin, as people give it: the path of a certificate in PEM or of a folder that holds one, or the digits of a
  /// fingerprint.
  ///
  /// Text that is a fingerprint is taken as one. Throws as `IdentityCertificate.init(file:)` otherwise.
  public init(certificateFileOrDigits text: String) throws(IdentityError) {
    if let fingerprint = try? Fingerprint(text) {
      self = fingerprint
    } else {
      let inFolder = text + "/" + Identity.certificateFileName
      self = try IdentityCertificate(
        file: FileManager.default.isReadableFile(atPath: inFolder) ? inFolder : text
      ).fingerprint
    }
  }
}
#endif
