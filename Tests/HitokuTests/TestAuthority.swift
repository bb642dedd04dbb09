#if Services
import Crypto
import Foundation
import X509

/// An authority that signs certificates of servers, in files as daemons read them.
struct TestAuthority {
  private let key = P256.Signing.PrivateKey()
  private let name: DistinguishedName
  private let folder: URL
  private static let day: TimeInterval = 86_400

  /// Writes its own certificate into `folder`/`file`.
  init(in folder: URL, file: String) throws {
    self.folder = folder
    name = try DistinguishedName { CommonName("authority \(file)") }
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
      notValidBefore: Date() - Self.day, notValidAfter: Date() + Self.day, issuer: name, subject: name,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        Critical(KeyUsage(keyCertSign: true))
      },
      issuerPrivateKey: .init(key))
    try Data(try certificate.serializeAsPEM().pemString.utf8).write(to: folder.appending(path: file))
  }

  /// A folder with a key and a signed certificate for a host, valid from and until so many days from now.
  func issue(_ name: String, host: String, days: ClosedRange<Double> = -1...1) throws {
    let server = P256.Signing.PrivateKey()
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(server.publicKey),
      notValidBefore: Date() + days.lowerBound * Self.day, notValidAfter: Date() + days.upperBound * Self.day,
      issuer: self.name, subject: try DistinguishedName { CommonName(host) },
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        SubjectAlternativeNames([.dnsName(host)])
        try ExtendedKeyUsage([.serverAuth])
      },
      issuerPrivateKey: .init(key))
    let target = folder.appending(path: name)
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    try Data(try certificate.serializeAsPEM().pemString.utf8).write(
      to: target.appending(path: "certificate.pem"))
    try Data(server.pemRepresentation.utf8).write(to: target.appending(path: "key.pem"))
  }
}
#endif
