import Paillier

/// Why a file cannot be used. Fields are named; nothing of a private key is told.
public indirect enum PaillierFilesError: Error, Equatable, Sendable {
  /// The text is no JSON object; the byte where it ends to be one.
  case malformed(at: Int)
  /// A field is missing.
  case missing(field: String)
  /// A field has another kind of value than it should, or one that is too long or out of range.
  case invalid(field: String)
  /// The key or the ciphertext in the file is no good.
  case rejected(PaillierError)
  /// The file has no line of numbers.
  case empty
  /// The file has more lines than this.
  case tooManyLines(maximum: Int)
  /// The number says of itself that it is under another key.
  case otherKey
  /// The number does not say what key it is under, and what decryption gives is as large as garbage.
  case implausible
  /// What is wrong with one line, from 1; blank ones count.
  case atLine(Int, PaillierFilesError)
}

extension PaillierFilesError: CustomStringConvertible {
  /// What is wrong, in one clause.
  public var description: String {
    switch self {
    case .malformed(let position):
      "no JSON object of the kind that is read here, from byte \(position + 1) on"
    case .missing(let field): "the field \(field) is missing"
    case .invalid(let field): "the field \(field) has a value of the wrong kind, or one out of range"
    case .rejected(let error): "\(error)"
    case .empty: "there are no encrypted numbers in it"
    case .tooManyLines(let maximum): "it has more than \(maximum) lines"
    case .otherKey: "this number was made under another key"
    case .implausible: "what decrypts is no plausible number: it was probably made under another key"
    case .atLine(let line, .rejected(let error)): "line \(line): \(error.clause)"
    case .atLine(let line, let error): "line \(line): \(error)"
    }
  }

  /// What is wrong with a line, or with the whole file.
  public var cause: PaillierFilesError {
    if case .atLine(_, let error) = self { error } else { self }
  }
}
