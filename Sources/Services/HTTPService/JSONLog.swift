#if Services
import Foundation
import Logging

/// One JSON object to a line on standard error, with `time` (RFC 3339, UTC), `level`, `event` and what the event brings: for journald and log
/// collectors.
public struct JSONLog: LogHandler {
  /// The least level that is written.
  public var logLevel: Logger.Level
  /// Fields of every line.
  public var metadata: Logger.Metadata = [:]

  /// Writes events from this level on.
  public init(level: Logger.Level) { logLevel = level }

  /// A field of every line.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes a line.
  public func log(event: LogEvent) {
    var fields: [String: Any] = ["level": event.level.rawValue, "event": event.message.description]
    for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
      fields[key] = Self.value(value)
    }
    fields["time"] = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    guard var line = try? JSONSerialization.data(withJSONObject: fields, options: options) else { return }
    line.append(UInt8(ascii: "\n"))
    // Where nobody can hear it, the service goes on.
    try? FileHandle.standardError.write(contentsOf: line)
  }

  private static func value(_ value: Logger.MetadataValue) -> Any {
    switch value {
    case .string(let text): text
    case .stringConvertible(let number as Int): number
    case .stringConvertible(let number as Double): number
    case .stringConvertible(let other): other.description
    case .array(let values): values.map { Self.value($0) }
    case .dictionary(let values): values.mapValues { Self.value($0) }
    }
  }
}
#endif
