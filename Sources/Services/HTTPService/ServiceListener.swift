#if Services
import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import NIOTLS
import ServiceLifecycle

/// Where a service listens, and what it bears with there.
public struct ServiceListener: Sendable {
  /// A name or an address.
  public var host: String
  /// 0 lets the system choose.
  public var port: Int
  /// Connections at once; more wait in the system's queue.
  public var connections: Int
  /// Seconds after which a connection that says nothing is closed.
  public var idleSeconds: Int
  /// Seconds for the TLS handshake.
  public var handshakeSeconds: Int
  /// Seconds that a client may take for an answer.
  public var answerSeconds: Int
  /// Connections of one client at once, over TLS; more are closed as they begin.
  public var connectionsPerClient: Int

  /// Takes address and connections. One client may have a sixteenth of the connections, and at least four, unless it is said
  /// otherwise.
  public init(
    host: String, port: Int, connections: Int = 1024, connectionsPerClient: Int? = nil, idleSeconds: Int = 60,
    handshakeSeconds: Int = 10, answerSeconds: Int = 30
  ) {
    self.host = host
    self.port = port
    self.connections = connections
    self.idleSeconds = idleSeconds
    self.handshakeSeconds = handshakeSeconds
    self.answerSeconds = answerSeconds
    self.connectionsPerClient = connectionsPerClient ?? max(4, connections / 16)
  }

  /// Where operators come to: few connections, in clear.
  public static func operators(_ address: ServiceAddress?) -> ServiceListener {
    ServiceListener(
      host: address?.host ?? "127.0.0.1", port: address?.port ?? 0, connections: 16, idleSeconds: 10)
  }

  /// A server over TLS 1.3 with HTTP/2 and HTTP/1.1, or without TLS where `credentials` is nil: then nothing that is secret may
  /// go there. `onListening` hears the port. Where it cannot listen there, its run ends with `address`.
  public func application<Routes>(
    _ responder: ServiceResponder<Routes>, credentials: ServiceCredentials?, logger: Logger,
    onListening: @escaping @Sendable (Int) -> Void
  ) -> some Service {
    let application = Application(
      responder: responder, server: server(credentials, responder.buffered),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: .maximum(connections, logger: logger)),
      onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) }, logger: logger)
    return Addressed(base: application, address: "\(host):\(port)")
  }

  private func server(_ credentials: ServiceCredentials?, _ buffered: BufferedBytes) -> HTTPServerBuilder {
    let patience = TimeAmount.seconds(Int64(answerSeconds))
    let http1 = HTTP1Channel.Configuration(
      additionalChannelHandlers: [AnswerDeadline(patience, buffered)],
      idleTimeout: .seconds(Int64(idleSeconds)),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 64))
    guard let credentials else { return .http1(configuration: http1) }
    let http2 = HTTP2ChannelConfiguration(
      idleTimeout: .seconds(idleSeconds), gracefulCloseTimeout: .seconds(idleSeconds),
      streamConfiguration: http1)
    let seconds = handshakeSeconds
    let connections = ClientConnections(limit: connectionsPerClient)
    return HTTPServerBuilder { responder in
      let current = try CurrentChannel(credentials) { tls in
        try HTTP2UpgradeChannel(tlsChannelConfiguration: tls, configuration: http2, responder: responder)
      }
      return ConnectionLimits(
        base: current.channel, current: current, seconds: seconds, connections: connections)
    }
  }
}

/// Says which address it was where a listener cannot begin.
private struct Addressed<Base: Service>: Service {
  let base: Base
  let address: String

  func run() async throws {
    do { try await base.run() } catch let error as IOError {
      throw HTTPServiceError.address(address, code: error.errnoCode)
    } catch is SocketAddressError { throw HTTPServiceError.address(address, code: 0) }
  }
}

/// Closes connections that do not complete the handshake in time, which nothing else would, and those that are too many of one
/// client.
private struct ConnectionLimits: ServerChildChannel {
  /// Serves connections, whatever they were set up by.
  let base: HTTP2UpgradeChannel
  /// Sets connections up.
  let current: CurrentChannel
  let seconds: Int
  let connections: ClientConnections

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP2UpgradeChannel.Value> {
    let (seconds, isTaken) = (seconds, connections.take(channel))
    return current.channel.setup(channel: channel, logger: logger).flatMapThrowing { value in
      // Behind the TLS handler, before the one that waits for the chosen protocol and keeps its event.
      let tls = try channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
      try channel.pipeline.syncOperations.addHandler(FlushBeforeClose(), position: .after(tls))
      try channel.pipeline.syncOperations.addHandler(
        HandshakeTimer(.seconds(Int64(seconds))), position: .after(tls))
      if !isTaken { try channel.pipeline.syncOperations.addHandler(TurnedAway(), position: .first) }
      return value
    }
  }

  func handle(value: HTTP2UpgradeChannel.Value, logger: Logger) async {
    await base.handle(value: value, logger: logger)
  }
}

/// During a stop the HTTP/2 handlers close a connection as its last stream ends, which is before that stream's last frames are
/// flushed: the answer would be lost.
private final class FlushBeforeClose: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    context.flush()
    context.close(mode: mode, promise: promise)
  }
}

private final class HandshakeTimer: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  private let limit: TimeAmount
  private var task: Scheduled<Void>?

  init(_ limit: TimeAmount) { self.limit = limit }

  func handlerAdded(context: ChannelHandlerContext) {
    let channel = context.channel
    task = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { task?.cancel() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    context.fireUserInboundEventTriggered(event)
    if case TLSUserEvent.handshakeCompleted = event {
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
  }
}
#endif
