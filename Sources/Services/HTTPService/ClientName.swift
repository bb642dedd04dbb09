#if Services
import Glibc
import NIOCore

/// Who asks, as far as limits care: the name of its token, or else its network address.
///
/// IPv6 addresses count by their first 64 bits, because that is what one customer of a provider holds, and a second time by
/// their first 48, because some hold as much (RFC 6177).
public struct ClientName: Sendable, Hashable, CustomStringConvertible {
  /// The name in the limits' books.
  public let description: String

  /// As `description` gave it.
  init(recorded text: String) { description = text }

  /// The holder of a token.
  public init(token name: String) { description = Self.tokenPrefix + name }

  /// Whoever speaks from this address.
  public init(address: SocketAddress?) {
    switch address {
    case .v4(let address): description = "address:" + Self.quad(address.address.sin_addr)
    case .v6(let address): description = "address:" + Self.network(address.address.sin6_addr)
    default: description = "address:local"
    }
  }

  /// The network of 48 bits around one of 64; nil for others. All of its clients together have `siteShare` times what each may have.
  public var site: ClientName? {
    guard description.hasSuffix(Self.networkSuffix) else { return nil }
    let groups = description.dropLast(Self.networkSuffix.count)
    guard let last = groups.lastIndex(of: ":") else { return nil }
    return ClientName(recorded: groups[..<last] + "::/48")
  }

  /// How many clients' worth a site may use.
  public static let siteShare = 8

  /// Of a token's holder; nil for others.
  public var tokenName: String? {
    description.hasPrefix(Self.tokenPrefix) ? String(description.dropFirst(Self.tokenPrefix.count)) : nil
  }

  private static let (tokenPrefix, networkSuffix) = ("token:", "::/64")

  private static func quad(_ address: in_addr) -> String {
    let bits = UInt32(bigEndian: address.s_addr)
    return stride(from: 24, through: 0, by: -8).map { String(bits >> UInt32($0) & 255) }
      .joined(separator: ".")
  }

  private static func network(_ address: in6_addr) -> String {
    let words = unsafe [
      address.__in6_u.__u6_addr32.0, address.__in6_u.__u6_addr32.1, address.__in6_u.__u6_addr32.2,
      address.__in6_u.__u6_addr32.3,
    ].map { UInt32(bigEndian: $0) }
    // An IPv4 client of a socket for both (RFC 4291, section 2.5.5.2).
    if words[0] == 0 && words[1] == 0 && words[2] == 0xFFFF {
      return quad(in_addr(s_addr: words[3].bigEndian))
    }
    let groups = words[..<2].flatMap { [$0 >> 16, $0 & 0xFFFF] }
    return groups.map { String($0, radix: 16) }.joined(separator: ":") + networkSuffix
  }
}
#endif
