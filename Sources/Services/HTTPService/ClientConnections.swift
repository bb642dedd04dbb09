#if Services
import NIOCore
import Synchronization

/// How many connections each client has, and each site.
package final class ClientConnections: Sendable {
  private let limit: Int
  private let counts = Mutex<[ClientName: Int]>([:])

  /// At most `limit` ≥ 1 for each.
  package init(limit: Int) { self.limit = limit }

  /// Counts a connection until it is closed; false for one too many.
  func take(_ channel: any Channel) -> Bool {
    let client = ClientName(address: channel.remoteAddress)
    let isTaken = take(client)
    if isTaken { channel.closeFuture.whenComplete { _ in self.release(client) } }
    return isTaken
  }

  /// Counts one more of this client, and of its site; false for one too many.
  package func take(_ client: ClientName) -> Bool {
    counts.withLock { counts in
      guard counts[client, default: 0] < limit,
        client.site.map({ counts[$0, default: 0] < limit * ClientName.siteShare }) ?? true
      else { return false }
      for name in [client, client.site].compactMap({ $0 }) { counts[name, default: 0] += 1 }
      return true
    }
  }

  /// Counts one less.
  package func release(_ client: ClientName) {
    counts.withLock { counts in
      for name in [client, client.site].compactMap({ $0 }) {
        guard let count = counts[name] else { continue }
        counts[name] = count > 1 ? count - 1 : nil
      }
    }
  }
}

/// Closes a connection as it begins, before any work for its handshake.
final class TurnedAway: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { context.close(promise: nil) }
  }

  func channelActive(context: ChannelHandlerContext) { context.close(promise: nil) }
}
#endif
