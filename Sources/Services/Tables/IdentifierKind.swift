import Foundation

/// How identifiers are brought to the one form that both sides compare. Both sides must use the same kind, and the same
/// version of Unicode where identifiers go beyond ASCII.
public enum IdentifierKind: Sendable, Hashable {
  /// The bytes as they stand.
  case plain
  /// An e-mail address: white space around it removed, Unicode NFKC, lower case throughout. (RFC 5321 lets the part before
  /// the @ depend on case; no large provider does.) Dots and `+tags` are kept: what they mean differs by provider.
  case email
  /// A telephone number: the digits of E.164 with country code, without plus sign.
  case phone(PhoneRules)
  /// Text: white space around it removed, Unicode NFKC. Case is kept.
  case unicode

  /// The longest normal form in bytes.
  public static let longestForm = 1024

  /// The normal form of `field`, valid UTF-8, 1…1024 bytes. Throws what is wrong with it.
  public func normalize(_ field: ArraySlice<UInt8>) throws(IdentifierProblem) -> [UInt8] {
    guard field.count <= 4 * Self.longestForm else { throw .tooLong }
    let form: [UInt8]
    switch self {
    case .plain: form = Array(field)
    case .email: form = try Self.email(field)
    case .phone(let rules): form = try rules.normalize(Self.compatible(field))
    case .unicode: form = Self.compatible(field)
    }
    guard !form.isEmpty else { throw .empty }
    guard form.count <= Self.longestForm else { throw .tooLong }
    return form
  }

  private static func email(_ field: ArraySlice<UInt8>) throws(IdentifierProblem) -> [UInt8] {
    var form = compatible(field)
    guard !form.isEmpty else { throw .empty }
    if form.allSatisfy({ $0 < 0x80 }) {
      for index in form.indices where (0x41...0x5A).contains(form[index]) { form[index] |= 0x20 }
    } else {
      let lowered = String(decoding: form, as: UTF8.self).lowercased()
      form = Array(lowered.precomposedStringWithCompatibilityMapping.utf8)
    }
    let parts = form.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), form.count <= 254,
      !form.contains(where: { $0 <= 0x20 || $0 == 0x7F })
    else { throw .notAnEmailAddress }
    return form
  }

  /// NFKC (Unicode Standard Annex 15) without white space at the ends. ASCII is its own NFKC.
  private static func compatible(_ field: ArraySlice<UInt8>) -> [UInt8] {
    if field.allSatisfy({ $0 < 0x80 }) {
      let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
      guard let first = field.firstIndex(where: { !isSpace($0) }),
        let last = field.lastIndex(where: { !isSpace($0) })
      else { return [] }
      return Array(field[first...last])
    }
    let text = String(decoding: field, as: UTF8.self).precomposedStringWithCompatibilityMapping
    return Array(text.trimmingCharacters(in: .whitespacesAndNewlines).utf8)
  }
}

/// What can be wrong with an identifier; it never holds the identifier.
public enum IdentifierProblem: Error, Sendable, Hashable {
  /// There is nothing but white space.
  case empty
  /// The normal form exceeds 1,024 bytes.
  case tooLong
  /// Not one @ with text on both sides and no spaces.
  case notAnEmailAddress
  /// Something else than digits and the usual separators, or not 7 to 15 digits with the country code.
  case notAPhoneNumber
}

extension IdentifierProblem: CustomStringConvertible {
  /// What is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .empty: "the id is empty. List the text for unknown ids under id.missing to drop such rows."
    case .tooLong: "the id is longer than 1,024 bytes. Check which column the study names."
    case .notAnEmailAddress: "the id is no e-mail address. Correct it, or list its text under id.missing."
    case .notAPhoneNumber:
      "the id is no phone number. Correct it, or list its text under id.missing; a number without + needs "
        + "the study's country."
    }
  }
}
