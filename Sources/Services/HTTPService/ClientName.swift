#if Services
import Glibc
import NIOCore

/// Who asks, as far as limits care: the name of its token, or else its network address.
///
/// IPv6 addresses count by their first 64 bits, because that is what one customer of a provider holds.
public struct ClientName: Sendable, Hashable, CustomStringConvertible {
  /// The name in the limits' books.
  public let description: String

  /// As `description` gave it.
  init(recorded text: String) { description = text }

  /// The holder of a token.
  public init(token name: String) { description = "token:" + name }

  /// Whoever speaks from this address.
  public init(address: SocketAddress?) {
    switch address {
    case .v4(let address): description = "address:" + Self.quad(address.address.sin_addr)
    case .v6(let address): description = "address:" + Self.network(address.address.sin6_addr)
    default: description = "address:local"
    }
  }

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
    return groups.map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
  }
}
#endif
