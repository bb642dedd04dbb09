import ByteCoding
import Identities
import Primitives
import Secrets

/// The first frame on every link, from the listener: it has accepted the joiner's certificate.
///
/// Its form stays as it is in every version of this protocol, so that a joiner of another version can say so.
struct Greeting: Equatable, Sendable {
  static let currentVersion: UInt8 = 1
  static let nonceByteCount = 32
  static let byteCount = 1 + nonceByteCount

  /// Fresh for each run of a listener.
  let nonce: [UInt8]

  var frame: Frame {
    var writer = ByteWriter(capacity: Self.byteCount)
    writer.append(Self.currentVersion)
    writer.append(bytes: nonce)
    return Frame(kind: .greeting, payload: writer.bytes)
  }

  init(nonce: [UInt8]) { self.nonce = nonce }

  /// Throws `wrongVersion` or `malformedFrame`.
  init(_ frame: Frame) throws(TransportError) {
    guard frame.kind == .greeting else { throw .malformedFrame(.outOfPlace) }
    guard frame.payload[0] == Self.currentVersion else { throw .wrongVersion(frame.payload[0]) }
    nonce = Array(frame.payload[1...])
  }
}

/// The joiner's answer to a greeting, and the listener's consent: which run this link belongs to, and where to go on.
struct Hello: Equatable, Sendable {
  static let byteCount = 32 + 32 + 32 + 4 + 8

  /// Fresh for each run of a joiner.
  let nonce: [UInt8]
  /// The digest of what both sides have agreed on.
  let studyDigest: [UInt8]
  /// See `SessionIdentity`.
  let sessionID: [UInt8]
  /// How many bytes the sender permits under way.
  let window: Int
  /// How many data and finish frames the sender has received in this run; the other side goes on behind them.
  let received: UInt64

  func frame(_ kind: Frame.Kind) -> Frame {
    var writer = ByteWriter(capacity: Self.byteCount)
    writer.append(bytes: nonce)
    writer.append(bytes: studyDigest)
    writer.append(bytes: sessionID)
    writer.append(UInt32(window))
    writer.append(received)
    return Frame(kind: kind, payload: writer.bytes)
  }

  init(nonce: [UInt8], studyDigest: [UInt8], sessionID: [UInt8], window: Int, received: UInt64) {
    self.nonce = nonce
    self.studyDigest = studyDigest
    self.sessionID = sessionID
    self.window = window
    self.received = received
  }

  /// Throws `malformedFrame`.
  init(_ frame: Frame, kind: Frame.Kind) throws(TransportError) {
    guard frame.kind == kind else { throw .malformedFrame(.outOfPlace) }
    var reader = ByteReader(frame.payload)
    do throws(ByteCodingError) {
      nonce = try reader.readBytes(32)
      studyDigest = try reader.readBytes(32)
      sessionID = try reader.readBytes(32)
      window = Int(try reader.readUInt32())
      received = try reader.readUInt64()
      try reader.expectEnd()
    } catch {
      throw .malformedFrame(.handshake)
    }
    guard TransportConfiguration.windowRange.contains(window) else { throw .malformedFrame(.handshake) }
  }
}

/// Everything that a session is bound to; equal on both sides, or there is no session.
struct SessionIdentity: Sendable {
  let joiner: Fingerprint
  let listener: Fingerprint
  let studyDigest: [UInt8]
  let joinerNonce: [UInt8]
  let listenerNonce: [UInt8]

  /// SHA-256 over a label and the five fields, each of 32 bytes.
  var id: [UInt8] {
    SHA256.hash(
      Array("hitoku transport session 1".utf8) + joiner.bytes + listener.bytes + studyDigest + joinerNonce
        + listenerNonce)
  }

  /// Throws `studyMismatch`, or `malformedFrame(.handshake)` where the same fields give another name.
  func check(_ hello: Hello) throws(TransportError) {
    guard constantTimeEquals(hello.studyDigest, studyDigest) else { throw .studyMismatch }
    guard constantTimeEquals(hello.sessionID, id) else { throw .malformedFrame(.handshake) }
  }
}
