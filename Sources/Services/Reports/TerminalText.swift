extension String {
  /// This text with every character that a terminal would obey, or that changes how others are read (control and format characters,
  /// line and paragraph separators), written as `\u{…}`: for whatever others wrote.
  public var escapedForTerminal: String {
    unicodeScalars.map { scalar in
      let isHarmless = ![.control, .format, .lineSeparator, .paragraphSeparator].contains(
        scalar.properties.generalCategory)
      return isHarmless ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
    }.joined()
  }
}
