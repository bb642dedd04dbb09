#if Services
import Foundation

/// HOST:PORT.
public struct ServiceAddress: Sendable, Equatable {
  /// A name or an address; of an IPv6 address without its brackets.
  public let host: String
  /// 0…65,535.
  public let port: Int

  /// Reads an address; nil for a text that is none.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port), colon != text.startIndex
    else { return nil }
    host = String(text[..<colon]).trimmingCharacters(in: ["[", "]"])
    self.port = port
  }
}
#endif
