#if Services
import X509

extension IdentityCertificate {
  /// The common name that its owner chose, for people to recognise; anybody can choose any name. Nil where there is none
  /// that a terminal shows safely: 1 to 64 characters, no control characters.
  public var name: String? {
    guard let der = try? tlsCertificate.toDERBytes(), let parsed = try? Certificate(derEncoded: der) else {
      return nil
    }
    let attribute = parsed.subject.lazy.flatMap { $0 }.first { $0.type == .RDNAttributeType.commonName }
    guard let attribute, let text = String(attribute.value), isFitName(text) else { return nil }
    return text
  }
}

/// Whether a name is 1 to 64 characters long (256 bytes at most) and holds no control or formatting characters.
func isFitName(_ name: String) -> Bool {
  let refused: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]
  return (1...64).contains(name.count) && name.utf8.count <= 256
    && !name.unicodeScalars.contains { refused.contains($0.properties.generalCategory) }
}
#endif
