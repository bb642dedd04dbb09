import Reports

/// What is wrong with a study file. A study is no secret between its parties, so errors quote it.
public enum StudyError: Error, Equatable, Sendable {
  /// The file exceeds 1 MiB.
  case tooLarge
  /// The text is no JSON, from this line on.
  case malformed(line: Int, String)
  /// A field is missing.
  case missing(field: String, hint: String)
  /// A field that no study has, and the one that was probably meant.
  case unknown(field: String, suggestion: String?)
  /// A field's value has another type, or is out of range.
  case invalid(field: String, hint: String)
  /// A field contradicts others.
  case conflict(field: String, hint: String)
}

extension StudyError: CustomStringConvertible {
  /// The field, what is wrong, and what to do about it; characters that a terminal would obey are written as \u{…}.
  public var description: String { text.escapedForTerminal }

  private var text: String {
    switch self {
    case .tooLarge: "the study is larger than 1 MiB. Give the file with the study, not with the data."
    case .malformed(let line, let problem): "line \(line): \(problem). A study file is JSON (RFC 8259)."
    case .missing(let field, let hint): "\(field) is missing. \(hint)"
    case .unknown(let field, let suggestion):
      "\(field) is no field of a study. " + (suggestion.map { "Did you mean \"\($0)\"?" } ?? "Remove it.")
    case .invalid(let field, let hint): "\(field): \(hint)"
    case .conflict(let field, let hint): "\(field): \(hint)"
    }
  }
}
