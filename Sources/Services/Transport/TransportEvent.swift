import Identities

/// What happens to a connection's links, for logs and progress displays. Holds nothing secret.
public enum TransportEvent: Equatable, Sendable {
  /// The first link stands.
  case established
  /// The link dropped; the joiner tries to replace it.
  case linkDropped
  /// A new link continues where the old one stopped.
  case resumed
  /// A listener refused a certificate with this fingerprint, which is not the pinned one.
  case refusedCertificate(Fingerprint)
  /// A listener dropped something that did not complete the secure handshake.
  case refusedLink
}
