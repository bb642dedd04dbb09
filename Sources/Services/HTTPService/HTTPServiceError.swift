import Glibc
import Identities

/// Why a service cannot be set up. Carries paths, never secrets.
public enum HTTPServiceError: Error, Equatable, Sendable {
  /// The state file cannot be opened, read or written; the number is SQLite's or the system's.
  case state(path: String, code: Int)
  /// The state file is of another program.
  case notAState(path: String)
  /// Another process uses the folder of the state.
  case stateInUse(path: String)
  /// Nobody can listen at this address; the number is the system's, or 0 for a name that is unknown.
  case address(String, code: Int32)
  /// A line of the file of tokens is not a name, a space and 64 hexadecimal digits, or a name comes twice.
  case malformedTokens(path: String, line: Int)
  /// The file of tokens cannot be read.
  case unreadableTokens(path: String)
  /// The key, the certificate, or a certificate of clients cannot be used.
  case identity(IdentityError)
  /// The file of clients' certificates holds authorities and single ones.
  case mixedCertificates(path: String)
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
    case .stateInUse(let path):
      "another daemon keeps its state in \(path). Stop it, or give --state another folder."
    case .address(let address, EADDRINUSE):
      "cannot listen on \(address): another program does. Stop it, or choose another port."
    case .address(let address, EACCES):
      "cannot listen on \(address): not permitted. Choose a port from 1024 on, or grant CAP_NET_BIND_SERVICE."
    case .address(let address, EADDRNOTAVAIL), .address(let address, 0):
      "cannot listen on \(address): this machine has no such address."
    case .address(let address, let code): "cannot listen on \(address) (error \(code))."
    case .malformedTokens(let path, let line):
      "\(path), line \(line): a line is a name, a space and the SHA-256 of a token in 64 digits; each name once."
    case .unreadableTokens(let path): "cannot read \(path). Check the path and its permissions."
    case .identity(let error): "\(error). \(error.hint)"
    case .mixedCertificates(let path):
      "\(path) holds authorities beside certificates of clients. Give one kind: authorities, or clients' own certificates."
    case .tls: "the certificate or its key is refused. Make an identity with: hitoku identity create FOLDER"
    }
  }
}
