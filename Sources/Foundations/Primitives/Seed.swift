import Secrets

/// Thirty-two public bytes from which `RandomStream` expands uniform values. Never a secret key: a seed is stored
/// and sent in the open.
public struct Seed: Sendable, Hashable {
  /// The length of a seed.
  public static let byteCount = 32

  /// The 32 bytes.
  public let bytes: [UInt8]

  /// Takes exactly 32 bytes; nil for any other length.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// A fresh seed from the operating system.
  public static func random() -> Seed { Seed(checked: SystemRandom.bytes(count: byteCount)) }

  private init(checked bytes: [UInt8]) { self.bytes = bytes }
}
