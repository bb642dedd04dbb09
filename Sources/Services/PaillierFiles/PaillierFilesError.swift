import Paillier

/// Why a file cannot be used. Fields are named; nothing of a private key is told.
public enum PaillierFilesError: Error, Equatable, Sendable {
  /// The text is no JSON object; the byte where it ends to be one.
  case malformed(at: Int)
  /// A field is missing.
  case missing(field: String)
  /// A field has another kind of value than it should, or one that is too long or out of range.
  case invalid(field: String)
  /// The key or the ciphertext in the file is no good.
  case rejected(PaillierError)
}
