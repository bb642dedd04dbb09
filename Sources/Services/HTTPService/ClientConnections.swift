#if Services
import NIOCore
import Synchronization

/// How many connections each client has.
final class ClientConnections: Sendable {
  private let limit: Int
  private let counts = Mutex<[ClientName: Int]>([:])

  /// At most `limit` ≥ 1 for each.
  init(limit: Int) { self.limit = limit }

  /// Counts a connection until it is closed; false for one too many.
  func take(_ channel: any Channel) -> Bool {
    let client = ClientName(address: channel.remoteAddress)
    let isTaken = counts.withLock { counts in
      guard counts[client, default: 0] < limit else { return false }
      counts[client, default: 0] += 1
      return true
    }
    if isTaken { channel.closeFuture.whenComplete { _ in self.release(client) } }
    return isTaken
  }

  private func release(_ client: ClientName) {
    counts.withLock { counts in
      guard let count = counts[client] else { return }
      counts[client] = count > 1 ? count - 1 : nil
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
