/// Why one side ended a run, as the other side is told: a number and nothing else.
///
/// Numbers below 256 belong to the transport; programs may use the others.
public struct AbortCode: RawRepresentable, Hashable, Sendable {
  /// The number on the wire.
  public let rawValue: UInt16

  /// Any number, as it may come from the wire.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The run failed on the other side for a reason of its own.
  public static let failed = AbortCode(rawValue: 1)
  /// The other side's user or supervisor stopped it.
  public static let cancelled = AbortCode(rawValue: 2)
  /// The other side received bytes that no correct program sends.
  public static let protocolViolation = AbortCode(rawValue: 3)
  /// The other side received a message that it did not expect or that exceeds the maximum it had stated.
  public static let messageRefused = AbortCode(rawValue: 4)
  /// The programs speak different versions of the transport.
  public static let versionMismatch = AbortCode(rawValue: 5)
  /// The two sides hold different studies.
  public static let studyMismatch = AbortCode(rawValue: 6)
  /// The listener is in a run with another process of the same identity.
  public static let busy = AbortCode(rawValue: 7)
}

extension AbortCode: CustomStringConvertible {
  /// The meaning, in a few words.
  public var description: String {
    switch self {
    case .failed: "its run failed"
    case .cancelled: "it was stopped"
    case .protocolViolation: "it received malformed frames"
    case .messageRefused: "it received a message that it did not expect"
    case .versionMismatch: "it speaks another version"
    case .studyMismatch: "it holds another study"
    case .busy: "it is in another run"
    default: "code \(rawValue)"
    }
  }
}
