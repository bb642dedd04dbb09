#if Services
import Identities

/// Waits for one peer and one run; links of the same run that drop come back to the same port.
public final class Listener: Sendable {
  /// The port that is listened on.
  public let port: Int
  private let endpoint: Endpoint

  private init(port: Int, endpoint: Endpoint) {
    self.port = port
    self.endpoint = endpoint
  }

  deinit { endpoint.abandonSoon() }

  /// Listens at `host` and `port` (0: any that is free) for the peer with the pinned certificate.
  ///
  /// `studyDigest` is the 32-byte digest of what both sides have agreed on. Throws `cannotListen`,
  /// `invalidConfiguration`.
  public static func listen(
    host: String, port: Int, identity: Identity, peer: Fingerprint, studyDigest: [UInt8],
    configuration: TransportConfiguration = TransportConfiguration()
  ) async throws(TransportError) -> Listener {
    let endpoint = try Endpoint.make(
      role: .listener, identity: identity, peer: peer, studyDigest: studyDigest, configuration: configuration)
    await endpoint.start()
    return Listener(port: try await endpoint.listen(host: host, port: port), endpoint: endpoint)
  }

  /// Waits for the peer, without limit, and agrees to the run; to be called once.
  ///
  /// Others, who have not the pinned certificate, are refused without ending the wait. Throws `studyMismatch` where the
  /// peer holds another study, `malformedFrame`, `peerAborted`, `cancelled`.
  public func accept() async throws(TransportError) -> Connection { try await Connection.open(endpoint) }

  /// Stops listening where no run has begun, and ends the run where one has.
  public func close() async { await endpoint.abort(.cancelled) }
}
#endif
