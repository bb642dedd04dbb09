/// One message of a protocol: a type number that the protocol assigns, and its bytes.
public struct Message: Equatable, Sendable {
  /// What the protocol calls this kind of message.
  public let type: UInt8
  /// The encoded message. Batches of 64 KiB to 1 MiB are the fastest.
  public let payload: [UInt8]

  /// Names a type and its bytes.
  public init(type: UInt8, payload: [UInt8]) {
    self.type = type
    self.payload = payload
  }
}

/// Which types of messages a receiver expects now, each with the most bytes it takes.
public struct MessageLimits: Equatable, Sendable, ExpressibleByDictionaryLiteral {
  private let maximumByType: [UInt8: Int]

  /// Maximum byte counts (≥ 0) by type; every other type is refused.
  public init(dictionaryLiteral elements: (UInt8, Int)...) {
    maximumByType = Dictionary(uniqueKeysWithValues: elements)
  }

  /// Maximum byte counts (≥ 0) by type; every other type is refused.
  public init(_ maximumByType: [UInt8: Int]) { self.maximumByType = maximumByType }

  /// The most bytes a message of this type may have; nil where the type is not expected.
  public func maximum(of type: UInt8) -> Int? { maximumByType[type] }
}
