/// How telephone numbers are dialled in one country, to bring them to E.164 (ITU-T E.164, section 6: at most 15 digits,
/// country code first).
public struct PhoneRules: Sendable, Hashable {
  /// The country code, such as 81.
  public let countryCode: String
  /// What is dialled before national numbers and dropped here, such as 0; may be empty.
  public let trunkPrefix: String
  /// What is dialled before international numbers, such as 010 or 00.
  public let internationalPrefix: String

  /// Digits only: a country code of 1…3, prefixes of 0…5 and 1…5. Nil for anything else.
  public init?(countryCode: String, trunkPrefix: String, internationalPrefix: String) {
    guard (1...3).contains(countryCode.utf8.count), countryCode.utf8.first != UInt8(ascii: "0"),
      trunkPrefix.utf8.count <= 5, (1...5).contains(internationalPrefix.utf8.count),
      (countryCode + trunkPrefix + internationalPrefix).utf8.allSatisfy(Self.isDigit)
    else { return nil }
    self.countryCode = countryCode
    self.trunkPrefix = trunkPrefix
    self.internationalPrefix = internationalPrefix
  }

  /// The rules of a country by its ISO 3166 code in capitals; nil for one that is not in the table.
  public init?(country: String) {
    guard let rules = Self.countries[country] else { return nil }
    self.init(countryCode: rules.0, trunkPrefix: rules.1, internationalPrefix: rules.2)
  }

  /// Digits without separators, `+`, trunk or international prefix. White space, `-`, `.`, `/` and parentheses separate; a
  /// `(0)` after the country code is dropped.
  func normalize(_ text: [UInt8]) throws(IdentifierProblem) -> [UInt8] {
    guard !text.isEmpty else { throw .empty }
    let isInternational = text.first == UInt8(ascii: "+")
    var digits = try Self.digits(isInternational ? Self.withoutOptionalZero(text.dropFirst()) : text[...])
    if !isInternational {
      if digits.starts(with: internationalPrefix.utf8) {
        digits.removeFirst(internationalPrefix.utf8.count)
      } else {
        if digits.starts(with: trunkPrefix.utf8) { digits.removeFirst(trunkPrefix.utf8.count) }
        digits.insert(contentsOf: countryCode.utf8, at: 0)
      }
    }
    guard (7...15).contains(digits.count), digits.first != UInt8(ascii: "0") else {
      throw .notAPhoneNumber
    }
    return digits
  }

  private static func digits(_ text: ArraySlice<UInt8>) throws(IdentifierProblem) -> [UInt8] {
    var digits: [UInt8] = []
    for byte in text {
      if isDigit(byte) {
        digits.append(byte)
      } else if !" \t-./()".utf8.contains(byte) {
        throw .notAPhoneNumber
      }
    }
    return digits
  }

  private static func withoutOptionalZero(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let mark = Array("(0)".utf8)
    for start in text.indices where text[start...].starts(with: mark) {
      return text[..<start] + text[(start + mark.count)...]
    }
    return text
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Country code, trunk prefix, international prefix (ITU-T Operational Bulletin 994, dialling procedures).
  private static let countries: [String: (String, String, String)] = [
    "AT": ("43", "0", "00"), "AU": ("61", "0", "0011"), "BE": ("32", "0", "00"), "CA": ("1", "1", "011"),
    "CH": ("41", "0", "00"), "CN": ("86", "0", "00"), "CZ": ("420", "", "00"), "DE": ("49", "0", "00"),
    "DK": ("45", "", "00"), "ES": ("34", "", "00"), "FI": ("358", "0", "00"), "FR": ("33", "0", "00"),
    "GB": ("44", "0", "00"), "IE": ("353", "0", "00"), "IN": ("91", "0", "00"), "IT": ("39", "", "00"),
    "JP": ("81", "0", "010"), "NL": ("31", "0", "00"), "NO": ("47", "", "00"), "NZ": ("64", "0", "00"),
    "PL": ("48", "", "00"), "PT": ("351", "", "00"), "SE": ("46", "0", "00"), "US": ("1", "1", "011"),
  ]
}
