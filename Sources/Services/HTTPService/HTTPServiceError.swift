/// Why a service cannot be set up. Carries paths, never secrets.
public enum HTTPServiceError: Error, Equatable, Sendable {
  /// The state file cannot be opened, read or written; the number is SQLite's or the system's.
  case state(path: String, code: Int)
  /// The state file is of another program.
  case notAState(path: String)
  /// A line of the file of tokens is not a name, a space and 64 hexadecimal digits, or a name comes twice.
  case malformedTokens(path: String, line: Int)
  /// The file of tokens cannot be read.
  case unreadableTokens(path: String)
  /// The TLS library refuses the identity.
  case tls
}

extension HTTPServiceError: CustomStringConvertible {
  /// What is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .state(let path, let code):
      "cannot use \(path) (error \(code)). Check the folder, who may write there, and free space."
    case .notAState(let path): "\(path) was not written by this program. Give --state another folder."
    case .malformedTokens(let path, let line):
      "\(path), line \(line): a line is a name, a space and the SHA-256 of a token in 64 digits; each name once."
    case .unreadableTokens(let path): "cannot read \(path). Check the path and its permissions."
    case .tls: "the certificate or its key is refused. Make an identity with: hitoku identity create FOLDER"
    }
  }
}
