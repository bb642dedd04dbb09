@_spi(_Unicode) import Swift

// Names of contributors and texts of studies.

extension SumStudy {
  /// Whether a title, a column or a label is one: 1 to 128 bytes without control characters.
  static func isText(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }

  /// Whether a text can be the name of a contributor or another bearer of a token: 1 to 128 bytes in Unicode's normalization form C, of
  /// characters that show (letters, marks, numbers, punctuation, symbols) and single spaces between them.
  public static func isName(_ text: String) -> Bool {
    guard isText(text), Array(composed(text).utf8) == Array(text.utf8) else { return false }
    var wasSpace = true
    for scalar in text.unicodeScalars {
      let isSpace = scalar == " "
      guard isSpace ? !wasSpace : isVisible(scalar) else { return false }
      wasSpace = isSpace
    }
    return !wasSpace
  }

  /// The same for names that people take for one: without regard to case, in normalization form C. Letters of different alphabets that
  /// look alike stay different.
  public static func folded(_ name: String) -> String { composed(name.uppercased().lowercased()) }

  private static func composed(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text._nfc)
    return String(scalars)
  }

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
      .spaceSeparator:
      false
    default: !scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}
