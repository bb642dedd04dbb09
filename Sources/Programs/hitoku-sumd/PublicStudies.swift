#if Services

/// The studies that the provider shows to everybody: title, questions, the number of contributions and the published result. Names,
/// receipts, ciphertexts and the log are shown to nobody by this.
struct PublicStudies: Sendable, Equatable {
  private var showsAll = false
  private var digests: Set<String> = []

  /// None.
  init() {}

  /// Takes digests in digits, or `all`; nil where a text is neither.
  init?(_ texts: [String]) {
    for text in texts {
      if text == "all" {
        showsAll = true
      } else {
        guard let bytes = Digits.bytes(text), bytes.count == 32 else { return nil }
        digests.insert(text)
      }
    }
  }

  /// Whether everybody may see the study with this digest, in digits.
  func contains(_ digest: String) -> Bool { showsAll || digests.contains(digest) }
}
#endif
