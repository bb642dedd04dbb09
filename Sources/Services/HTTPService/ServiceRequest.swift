#if Services
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What the HTTP library knows of a request beside its head.
public struct ServiceContext: RequestContext {
  /// Hummingbird's own.
  public var coreContext: CoreRequestContextStorage
  let address: SocketAddress?
  /// Whether it came on a stream of HTTP/2, beside others of its connection.
  let isStream: Bool

  /// From a connection.
  public init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    address = source.channel.remoteAddress
    // A stream's parent is its connection, a connection's is the listener, which has none.
    isStream = source.channel.parent?.parent != nil
  }

  /// Without a connection, for tests.
  package init(address: SocketAddress?, logger: Logger) {
    struct Source: RequestContextSource { let logger: Logger }
    coreContext = .init(source: Source(logger: logger))
    self.address = address
    isStream = false
  }
}

/// A request as a service sees it.
public struct ServiceRequest: Sendable {
  /// Path and query.
  public let target: RequestTarget
  /// The header's fields.
  public let fields: HTTPFields
  /// The body; empty for places that take none.
  public let body: [UInt8]
  /// Whose budget is charged.
  public let client: ClientName
}

/// Method and target of a request, taken apart.
public struct RequestTarget: Sendable, Equatable {
  /// The method's name.
  public let method: String
  /// The path, without the query, percent-decoded piece by piece; the first piece after the root first. Nil for a path that
  /// is none.
  public let path: [String]?
  /// Fields of the query, percent-decoded; the first of each name.
  public let query: [String: String]

  /// Reads a target as it stands in the request.
  public init(method: String, target: String) {
    self.method = method
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = Self.pieces(parts[0])
    var query: [String: String] = [:]
    for pair in parts.count == 2 ? parts[1].split(separator: "&") : [] {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(halves[0]), let value = Self.decoded(halves.count == 2 ? halves[1] : "")
      else { continue }
      if query[name] == nil { query[name] = value }
    }
    self.query = query
  }

  private static func pieces(_ text: Substring) -> [String]? {
    guard text.hasPrefix("/") else { return nil }
    let pieces = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { decoded($0) }
    let known = pieces.compactMap { $0 }
    return known.count == pieces.count ? known : nil
  }

  private static func decoded(_ text: Substring) -> String? { String(text).removingPercentEncoding }
}
#endif
