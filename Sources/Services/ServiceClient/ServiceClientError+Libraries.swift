#if Services
import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

extension ServiceClientError {
  /// What an error of the libraries below says to people. For a certificate that the libraries refuse it is `unknownAuthority`,
  /// since they do not say why.
  init(_ error: any Error) {
    switch error {
    case let error as ServiceClientError: self = error
    case is CancellationError: self = .stopped
    case is NIOTooManyBytesError: self = .malformedAnswer
    case let error as NIOSSLError: self = Self.handshake("\(error)")
    case let error as BoringSSLError: self = Self.handshake("\(error)")
    case let error as NIOSSLExtraError:
      let isName = [.failedToValidateHostname, .serverHostnameImpossibleToMatch].contains(error)
      self = isName ? .untrusted(.otherHost) : .unreachable(.handshake)
    case let error as HTTPClientError: self = Self.client(error)
    case let error as NIOConnectionError:
      guard let failure = error.connectionErrors.last?.error else {
        self = .unreachable(.unknownHost)
        return
      }
      self = ServiceClientError(failure)
    case let error as IOError: self = .unreachable(Self.system(error))
    case ChannelError.connectTimeout: self = .unreachable(.tooSlow)
    case is ChannelError: self = .unreachable(.closed)
    case is SocketAddressError: self = .unreachable(.unknownHost)
    default: self = .unreachable(.other("the connection failed"))
    }
  }

  private static func client(_ error: HTTPClientError) -> Self {
    switch error {
    case .cancelled: .stopped
    case .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .tlsHandshakeTimeout,
      .getConnectionFromPoolTimeout:
      .unreachable(.tooSlow)
    case .remoteConnectionClosed, .uncleanShutdown: .unreachable(.closed)
    default: .unreachable(.other(error.shortDescription))
    }
  }

  private static func system(_ error: IOError) -> ConnectionFailure {
    switch error.errnoCode {
    case ECONNREFUSED: .refused
    case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN: .noRoute
    case ETIMEDOUT: .tooSlow
    case ECONNRESET, EPIPE, ECONNABORTED: .closed
    default: .other("the connection failed")
    }
  }

  /// The library's reason is text alone.
  private static func handshake(_ text: String) -> Self {
    func has(_ words: String...) -> Bool { words.contains(where: text.contains) }
    if has("CERTIFICATE_VERIFY_FAILED", "unableToValidateCertificate", "noCertificateToValidate") {
      return .untrusted(.unknownAuthority)
    }
    if has("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "INVALID_RECORD", "UNEXPECTED_RECORD") {
      return .unreachable(.notTLS)
    }
    if has("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL") { return .unreachable(.oldTLS) }
    // An alert comes from the server, after it proved who it is: it does not take this client's certificate, or wants one.
    if has("_ALERT_") { return .certificateRefused }
    if has("EOF during handshake", "uncleanShutdown") { return .unreachable(.closed) }
    return .unreachable(.handshake)
  }
}
#endif
