/// Why no answer came.
public enum ConnectionFailure: Error, Equatable, Sendable {
  /// The address takes no connections.
  case refused
  /// No host has the name.
  case unknownHost
  /// No way leads to the address.
  case noRoute
  /// Connection, handshake or answer took too long.
  case tooSlow
  /// The connection ended before the answer did.
  case closed
  /// What answers there does not speak TLS.
  case notTLS
  /// What answers there does not speak TLS 1.3.
  case oldTLS
  /// The handshake failed, the server's certificate apart.
  case handshake
  /// Anything else, with the library's short reason.
  case other(String)
}

extension ConnectionFailure: CustomStringConvertible {
  /// A sentence's end: what happened.
  public var description: String {
    switch self {
    case .refused: "nobody listens at that address"
    case .unknownHost: "no host has that name"
    case .noRoute: "no way leads to that address"
    case .tooSlow: "it did not answer in time"
    case .closed: "it closed the connection before it had answered"
    case .notTLS: "what answers there does not speak TLS"
    case .oldTLS: "what answers there does not speak TLS 1.3"
    case .handshake: "the TLS handshake failed"
    case .other(let reason): reason
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .refused: "Check the address and the port, and whether the daemon runs."
    case .unknownHost: "Check the name's spelling and this machine's DNS, or give the IP address."
    case .noRoute, .tooSlow: "Check the address and the network: a firewall may be in the way."
    case .closed:
      "The daemon may have been stopped, or refuse more connections of this address. Try again later."
    case .notTLS: "Check the port: daemons of this house answer operators in clear on another one."
    case .oldTLS, .handshake: "Check the port: daemons of this house speak TLS 1.3."
    case .other: "Check the address and the port, and whether the daemon runs."
    }
  }
}

/// Why a server was not believed. Nothing was sent to it.
public enum CertificateFailure: Error, Equatable, Sendable {
  /// Another certificate than the pinned one.
  case notPinned
  /// Its time is over.
  case expired
  /// Its time has not begun.
  case notYetValid
  /// It names other hosts.
  case otherHost
  /// No authority that is trusted here signed it.
  case unknownAuthority
}

extension CertificateFailure: CustomStringConvertible {
  /// What is wrong with the server's certificate.
  public var description: String {
    switch self {
    case .notPinned: "the server shows another certificate than the one that was given."
    case .expired: "the server's certificate has expired."
    case .notYetValid: "the server's certificate is not valid yet."
    case .otherHost: "the server's certificate names other hosts than this one."
    case .unknownAuthority: "the server's certificate is signed by nobody who is trusted here."
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .notPinned: "Get the server's certificate.pem again on a trusted channel. Nothing was sent."
    case .expired: "Ask who runs the server for its new certificate. Nothing was sent."
    case .notYetValid: "Check this machine's clock. Nothing was sent."
    case .otherHost: "Give the host as its certificate names it. Nothing was sent."
    case .unknownAuthority:
      "Give --peer the server's own certificate, or that of its authority, compared on another channel. Nothing was sent."
    }
  }
}
