/// Times and sizes of a connection. The defaults suit runs between organisations; tests shorten the times.
public struct TransportConfiguration: Sendable {
  /// After so much silence of its own, a side sends a heartbeat.
  public var heartbeatInterval: Duration = .seconds(5)
  /// After so much silence of the other side, a link counts as dropped. At least twice the heartbeat interval.
  public var idleTimeout: Duration = .seconds(15)
  /// TLS and greeting must be done within this time, or the link is dropped.
  public var handshakeTimeout: Duration = .seconds(10)
  /// A joiner tries to reach the listener for so long before the first link stands.
  public var connectTimeout: Duration = .seconds(60)
  /// A dropped link must be replaced within this time, or the run ends on both sides.
  public var resumeLimit: Duration = .seconds(60)
  /// How many bytes may be under way unacknowledged in each direction, 64 KiB…64 MiB; the smaller of both sides'
  /// values is used. Each side keeps so much of what it sent, and holds at most so much that nobody has received yet.
  public var windowBytes = 16 << 20
  /// Called on the connection's event loop for what a log may want to tell; must not block.
  public var onEvent: (@Sendable (TransportEvent) -> Void)?

  /// The default times and sizes.
  public init() {}

  /// The permitted windows.
  static let windowRange = 64 << 10...64 << 20

  var isValid: Bool {
    let times = [heartbeatInterval, handshakeTimeout, connectTimeout, resumeLimit]
    return times.allSatisfy { $0 > .zero } && idleTimeout >= heartbeatInterval * 2
      && Self.windowRange.contains(windowBytes)
  }

  /// How often deadlines are looked at.
  var tickInterval: Duration {
    let shortest = min(heartbeatInterval, handshakeTimeout, connectTimeout, resumeLimit)
    return max(.milliseconds(10), shortest / 8)
  }
}
