import Identities

/// Why a connection could not be made or ended. Carries no message content and no key material.
public enum TransportError: Error, Equatable, Sendable {
  /// A number in the configuration is outside its range.
  case invalidConfiguration
  /// The address cannot be listened on.
  case cannotListen
  /// Nothing answered at the address within `connectTimeout`.
  case unreachable
  /// What answered does not speak TLS 1.3 with a certificate, or not this protocol inside it.
  case secureHandshakeFailed
  /// The other side presented a certificate with this fingerprint, which is not the pinned one.
  case peerNotPinned(Fingerprint)
  /// The other side presented the pinned certificate outside its validity.
  case peerCertificateOutsideValidity
  /// The other side refused this side's certificate.
  case notAccepted
  /// The other side speaks this version of the frames.
  case wrongVersion(UInt8)
  /// The two sides hold different studies.
  case studyMismatch
  /// The listener is in a run with another process of this identity.
  case busy
  /// The other side has started anew and does not know this run.
  case sessionLost
  /// The other side sent bytes that no correct program sends.
  case malformedFrame(FrameFault)
  /// A message of a type came that this side did not expect now.
  case unexpectedMessage(type: UInt8)
  /// A message is longer than the maximum this side stated for its type.
  case messageTooLarge(type: UInt8, byteCount: UInt64, maximum: Int)
  /// The link dropped and was not resumed within `resumeLimit`.
  case linkLost
  /// The other side ended the run.
  case peerAborted(AbortCode)
  /// This side ended the run: its task was cancelled, or it called `abort`.
  case cancelled
  /// The connection is closed already, or the other side has closed its direction.
  case closed
}

/// What is wrong with a frame.
public enum FrameFault: Equatable, Sendable {
  /// No frame has this kind.
  case unknownKind(UInt8)
  /// A field that must be zero is not.
  case reservedBits
  /// The payload is longer than 1 MiB, or not as long as its kind demands.
  case payloadLength(UInt32)
  /// The content of a handshake frame is malformed.
  case handshake
  /// A frame of this kind has no place here.
  case outOfPlace
  /// A frame is repeated, missing, or out of order.
  case sequence
  /// More bytes came than the window permits.
  case window
  /// Something is acknowledged that was never sent, or an acknowledgement goes back.
  case acknowledgement
  /// The pieces of a message do not fit together.
  case continuation
}

extension TransportError: CustomStringConvertible {
  /// What happened, in one clause.
  public var description: String {
    switch self {
    case .invalidConfiguration: "the transport's configuration is out of range"
    case .cannotListen: "cannot listen on this address"
    case .unreachable: "nothing answers at this address"
    case .secureHandshakeFailed: "what answers there is not a Hitoku peer"
    case .peerNotPinned(let found):
      "the peer's certificate is not the pinned one, its fingerprint is \(found)"
    case .peerCertificateOutsideValidity: "the peer's certificate is not valid today"
    case .notAccepted: "the peer refused this side's certificate"
    case .wrongVersion(let version): "the peer speaks version \(version) of the transport"
    case .studyMismatch: "the two sides hold different studies"
    case .busy: "the peer is in another run"
    case .sessionLost: "the peer has started anew and does not know this run"
    case .malformedFrame(let fault): "the peer sent a malformed frame (\(fault))"
    case .unexpectedMessage(let type): "the peer sent a message of type \(type) out of turn"
    case .messageTooLarge(let type, let byteCount, let maximum):
      "the peer sent a message of type \(type) with \(byteCount) bytes, the maximum is \(maximum)"
    case .linkLost: "the link dropped and could not be resumed"
    case .peerAborted(let code): "the peer ended the run: \(code)"
    case .cancelled: "the run was stopped"
    case .closed: "the connection is closed"
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .invalidConfiguration: "Compare the limits with the documentation."
    case .cannotListen: "Check the address, and that no other program listens there."
    case .unreachable: "Check the address and firewalls, and that the other side is serving."
    case .secureHandshakeFailed: "Check host and port, and that both sides run Hitoku."
    case .peerNotPinned:
      "Compare this fingerprint with the peer's by telephone, then pin it; otherwise do not go on."
    case .peerCertificateOutsideValidity: "Check both clocks, or ask the peer for a new identity and pin it."
    case .notAccepted:
      "Give the peer this identity's fingerprint ('hitoku identity show'), and let it pin that."
    case .wrongVersion: "Run the same version of Hitoku on both sides."
    case .studyMismatch: "Exchange the study file again; both sides need the same one, byte for byte."
    case .busy: "Wait until the other run has ended."
    case .sessionLost: "Start the run again on both sides."
    case .malformedFrame, .unexpectedMessage, .messageTooLarge:
      "Run the same version of Hitoku on both sides; if they do, the peer misbehaves."
    case .linkLost: "Check the network, then start the run again on both sides."
    case .peerAborted: "Ask the other side what its program printed."
    case .cancelled, .closed: "Start the run again on both sides if it should be completed."
    }
  }

  /// What the other side is told when this side ends a run for this reason.
  var abortCode: AbortCode {
    switch self {
    case .malformedFrame: .protocolViolation
    case .unexpectedMessage, .messageTooLarge: .messageRefused
    case .wrongVersion: .versionMismatch
    case .studyMismatch: .studyMismatch
    case .busy: .busy
    case .cancelled: .cancelled
    default: .failed
    }
  }
}
