import Primitives
import Secrets

/// The SHA-256 digest of a certificate's DER bytes: what one organisation pins of another.
///
/// A fingerprint is public. It names exactly one certificate, whoever issued it; there are no authorities.
public struct Fingerprint: Sendable {
  /// The 32 bytes of the digest.
  public let bytes: [UInt8]

  /// The fingerprint of a certificate given in DER.
  public init(ofCertificate der: [UInt8]) { bytes = SHA256.hash(der) }

  /// Reads 64 hexadecimal digits, upper or lower case; colons, spaces and hyphens between them are skipped.
  ///
  /// Throws `malformedFingerprint`.
  public init(_ text: String) throws(IdentityError) {
    var digits: [UInt8] = []
    for character in text.utf8.prefix(256) where !Self.separators.contains(character) {
      guard let digit = Self.value(ofDigit: character) else { throw .malformedFingerprint }
      digits.append(digit)
    }
    guard digits.count == 2 * SHA256.byteCount, text.utf8.count <= 256 else { throw .malformedFingerprint }
    bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  private static let separators = Array(": -".utf8)

  private static func value(ofDigit character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

extension Fingerprint: Equatable {
  /// Time does not depend on where two fingerprints differ.
  public static func == (a: Fingerprint, b: Fingerprint) -> Bool { constantTimeEquals(a.bytes, b.bytes) }
}

extension Fingerprint: CustomStringConvertible {
  /// Sixteen groups of four lower-case digits, separated by colons, to read aloud and to compare.
  public var description: String {
    let digits = bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 2 ? text : "0" + text
    }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] + digits[$0 + 1] }.joined(separator: ":")
  }
}
