import ServiceContracts

/// Why a request ended without an answer.
public enum ServiceClientError: Error, Equatable, Sendable {
  /// The address is no `https://HOST[:PORT]` and no `HOST:PORT`.
  case malformedAddress
  /// The file holds no single certificate in PEM.
  case unreadableCertificate(path: String)
  /// Nobody answers there, or the connection broke.
  case unreachable(ConnectionFailure)
  /// The server's certificate is not the pinned one, or nothing that the system trusts.
  case untrusted(CertificateFailure)
  /// The server asks for a client's certificate, and was shown none that it takes.
  case certificateRefused
  /// The server refused a request, and asks to wait for so many seconds where it says so.
  case refused(Problem, retryAfter: Int?)
  /// What answers is no service of this house.
  case otherService
  /// An answer that no correct server sends.
  case malformedAnswer
  /// The task was cancelled.
  case stopped
}

extension ServiceClientError: CustomStringConvertible {
  /// What happened.
  public var description: String {
    switch self {
    case .malformedAddress: "that is no address of a server."
    case .unreadableCertificate(let path): "\(path) holds no single certificate in PEM."
    case .unreachable(let failure): "the server cannot be reached: \(failure)."
    case .untrusted(let failure): "\(failure)"
    case .certificateRefused: "the server takes only clients that show a certificate that it knows."
    case .refused(let problem, _): "the server refused: \(problem.title) \(problem.detail ?? "")"
    case .otherService: "what answers there is no service of Hitoku, or a proxy that cannot reach it."
    case .malformedAnswer: "the server answered what no correct server answers."
    case .stopped: "the request was stopped."
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .malformedAddress: "Give https://HOST:PORT or HOST:PORT."
    case .unreadableCertificate: "Give the server's certificate.pem, or that of its authority."
    case .unreachable(let failure): failure.hint
    case .untrusted(let failure): failure.hint
    case .certificateRefused: "Give --identity FOLDER, and certificate.pem of it to who runs the server."
    case .refused(_, let seconds?): "Try again in \(seconds) \(seconds == 1 ? "second" : "seconds")."
    case .refused: "Ask who runs the server."
    case .otherService: "Check the address and the port."
    case .malformedAnswer: "Run the same version of Hitoku on both sides; if they do, the server misbehaves."
    case .stopped: "Run it again."
    }
  }
}
