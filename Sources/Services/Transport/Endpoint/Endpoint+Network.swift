#if Services
import NIOCore
import NIOPosix

// Sockets: who listens, who connects, and when again.

extension Endpoint {
  /// Opens the listening socket and gives its port.
  func listen(host: String, port: Int) async throws(TransportError) -> Int {
    let bootstrap = ServerBootstrap(group: loop)
      .serverChannelOption(.backlog, value: 16)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.writeBufferWaterMark, value: Self.waterMark)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try self.prepare(channel, isListener: true)
          self.assumeIsolated { endpoint in endpoint.opened(channel) }
        }
      }
    do {
      let channel = try await bootstrap.bind(host: host, port: port).get()
      guard ended == nil, let bound = channel.localAddress?.port else {
        channel.close(promise: nil)
        throw TransportError.cancelled
      }
      serverChannel = channel
      return bound
    } catch {
      throw error as? TransportError ?? .cannotListen
    }
  }

  /// A joiner reaches for the listener, once.
  func connect() {
    guard case .joiner(let host, let port) = role, ended == nil, !isConnecting else { return }
    guard links.values.allSatisfy({ $0.stage == .closing }) else { return }
    isConnecting = true
    ClientBootstrap(group: loop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.writeBufferWaterMark, value: Self.waterMark)
      .connectTimeout(TimeAmount(min(configuration.handshakeTimeout, configuration.resumeLimit)))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try self.prepare(channel, isListener: false) }
      }
      .connect(host: host, port: port)
      .whenComplete { result in
        self.assumeIsolated { endpoint in
          switch result {
          case .success(let channel): endpoint.opened(channel)
          case .failure:
            endpoint.isConnecting = false
            endpoint.reconnect()
          }
        }
      }
  }

  /// A joiner reaches for the listener again after a while that doubles from 0.1 s up to 5 s, varied by a quarter so that
  /// nobody's attempts fall into step.
  func reconnect() {
    guard case .joiner = role, ended == nil, attached == nil, nextAttempt == nil else { return }
    let longest = min(.seconds(5), configuration.resumeLimit / 4)
    let pause = min(longest, .milliseconds(100) * (1 << min(attempts, 6)))
    attempts += 1
    nextAttempt = loop.scheduleTask(in: TimeAmount(pause * Double.random(in: 0.75...1.25))) {
      self.assumeIsolated { endpoint in
        endpoint.nextAttempt = nil
        endpoint.connect()
      }
    }
  }

  private nonisolated func prepare(_ channel: any Channel, isListener: Bool) throws {
    let id = LinkID(channel)
    let secure = try security.makeHandler(isListener: isListener) { reason in
      self.assumeIsolated { endpoint in endpoint.refused(id, reason) }
    }
    try channel.pipeline.syncOperations.addHandlers([secure, LinkHandler(id: id, endpoint: self)])
  }

  /// Little waits in the channel, so that acknowledgements and aborts do not wait long behind it.
  private static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 256 << 10, high: 1 << 20)
}
#endif
