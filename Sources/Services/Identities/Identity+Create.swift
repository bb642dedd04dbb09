#if Services
import Crypto
import Foundation
import X509

extension Identity {
  /// Makes a key and a self-signed certificate, writes both into `folder`, and reads them back.
  ///
  /// The folder is created (mode 0700) unless it is there; the key file (0600) and the certificate (0644) must not be
  /// there. `name`, 1 to 64 characters, becomes the certificate's common name: for people, never for a decision. The
  /// validity runs for `validDays` (1…3650) and begins a day early, for clocks that differ.
  ///
  /// Throws `invalidName`, `invalidValidity`, `alreadyExists`, `cannotWrite`, `creationFailed`.
  public static func create(
    folder: String, name: String, validDays: Int = 730
  ) throws(IdentityError) -> Identity {
    try create(folder: folder, name: name, validDays: validDays, at: Date())
  }

  /// As above, with a certificate as it would have been made at `moment`.
  package static func create(
    folder: String, name: String, validDays: Int = 730, at moment: Date
  ) throws(IdentityError) -> Identity {
    guard isFitName(name) else { throw .invalidName }
    guard (1...3650).contains(validDays) else { throw .invalidValidity }
    let key = P256.Signing.PrivateKey()
    guard let certificate = try? selfSigned(key, name: name, validDays: validDays, at: moment) else {
      throw .creationFailed
    }
    try createFolder(folder)
    let keyFile = folder + "/" + keyFileName
    let certificateFile = folder + "/" + certificateFileName
    // The library gives keys as text only; this copy is not wiped. It goes to the disk in clear anyway.
    try createFile(keyFile, mode: 0o600, contents: Array((key.pemRepresentation + "\n").utf8))
    do throws(IdentityError) {
      try createFile(certificateFile, mode: 0o644, contents: Array((certificate + "\n").utf8))
    } catch {
      removeFile(keyFile)
      throw error
    }
    return try Identity(folder: folder)
  }

  private static func selfSigned(
    _ key: P256.Signing.PrivateKey, name: String, validDays: Int, at moment: Date
  ) throws -> String {
    let subject = try DistinguishedName { CommonName(name) }
    let day: TimeInterval = 86_400
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(),
      publicKey: Certificate.PublicKey(key.publicKey), notValidBefore: moment - day,
      notValidAfter: moment + day * TimeInterval(validDays), issuer: subject, subject: subject,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth, .clientAuth])
      },
      issuerPrivateKey: Certificate.PrivateKey(key))
    return try certificate.serializeAsPEM().pemString
  }
}
#endif
