#if Services
import Foundation
import NIOSSL
import Secrets

/// An organisation's certificate and the private key that belongs to it, as files: who it is on the network.
///
/// The certificate is self-signed, with an ECDSA key on P-256 (FIPS 186-5); peers pin it by its fingerprint. The key
/// has no accessor and no textual form; only the TLS library reads it.
public struct Identity: Sendable {
  /// The certificate, which may be shown to everybody.
  public let certificate: IdentityCertificate
  /// The private key, inside the TLS library's memory.
  package let privateKey: NIOSSLPrivateKey

  /// The file of the certificate inside an identity's folder.
  public static let certificateFileName = "certificate.pem"
  /// The file of the private key inside an identity's folder.
  public static let keyFileName = "key.pem"

  /// What peers pin.
  public var fingerprint: Fingerprint { certificate.fingerprint }

  /// Reads the folder that `create` wrote.
  ///
  /// Throws as `init(certificateFile:keyFile:)`.
  public init(folder: String) throws(IdentityError) {
    try self.init(
      certificateFile: folder + "/" + Self.certificateFileName, keyFile: folder + "/" + Self.keyFileName)
  }

  /// Reads a certificate and its key, each in PEM.
  ///
  /// Throws `cannotRead`, `keyExposed` unless the key file is its owner's alone, `notAKey`, `notACertificate`,
  /// `unsupportedKey`, `keyMismatch`, or `outsideValidity` where the certificate is not valid now.
  public init(certificateFile: String, keyFile: String) throws(IdentityError) {
    certificate = try IdentityCertificate(file: certificateFile)
    let secret = try readKeyFile(keyFile)
    do {
      privateKey = try withTransientArray(of: secret) { bytes in
        // Without this callback the library would ask the terminal for the passphrase of an encrypted key.
        try NIOSSLPrivateKey(bytes: bytes, format: .pem) { (_: NIOSSLPassphraseSetter<[UInt8]>) in
          throw IdentityError.notAKey(path: keyFile)
        }
      }
    } catch {
      throw .notAKey(path: keyFile)
    }
    do {
      // The library compares the two when it takes them together.
      _ = try NIOSSLContext(
        configuration: .makeServerConfiguration(
          certificateChain: [.certificate(certificate.tlsCertificate)], privateKey: .privateKey(privateKey)))
    } catch {
      throw .keyMismatch(path: keyFile)
    }
    guard certificate.isValid(at: Date()) else { throw .outsideValidity(path: certificateFile) }
  }
}

extension Identity: CustomStringConvertible {
  /// The fingerprint; nothing of the key.
  public var description: String { fingerprint.description }
}
#endif
