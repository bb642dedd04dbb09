import ServiceContracts

/// Why a request ended without an answer.
public enum ServiceClientError: Error, Equatable, Sendable {
  /// The address is no `https://HOST[:PORT]` and no `HOST:PORT`.
  case malformedAddress
  /// The file holds no single certificate in PEM.
  case unreadableCertificate(path: String)
  /// Nobody answers there, or the connection broke; with the library's short reason.
  case unreachable(String)
  /// The server's certificate is not the pinned one, or nothing that the system trusts.
  case untrusted
  /// The server asks for a client's certificate, and was shown none that it takes.
  case certificateRefused
  /// The server refused a request, and asks to wait for so many seconds where it says so.
  case refused(Problem, retryAfter: Int?)
  /// An answer that no correct server sends.
  case malformedAnswer
}

extension ServiceClientError: CustomStringConvertible {
  /// What happened.
  public var description: String {
    switch self {
    case .malformedAddress: "that is no address of a server."
    case .unreadableCertificate(let path): "\(path) holds no single certificate in PEM."
    case .unreachable(let reason): "the server cannot be reached: \(reason)."
    case .untrusted: "the server does not show the certificate that it should."
    case .certificateRefused: "the server takes only clients that show a certificate that it knows."
    case .refused(let problem, _): "the server refused: \(problem.title) \(problem.detail ?? "")"
    case .malformedAnswer: "the server answered what no correct server answers."
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .malformedAddress: "Give https://HOST:PORT or HOST:PORT."
    case .unreadableCertificate: "Give the server's certificate.pem, or that of its authority."
    case .unreachable: "Check address and port, and whether the daemon runs."
    case .untrusted: "Compare certificates on another channel. Nothing was sent."
    case .certificateRefused: "Give --identity FOLDER, and certificate.pem of it to who runs the server."
    case .refused(_, let seconds?): "Try again in \(seconds) seconds."
    case .refused: "Ask who runs the server."
    case .malformedAnswer: "Run the same version of Hitoku on both sides; if they do, the server misbehaves."
    }
  }
}
