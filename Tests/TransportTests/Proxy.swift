#if Services
import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy on loopback that spoils links, each in the way that comes next on its list; links after the list pass.
final class Proxy: Sendable {
  enum Fault: Sendable {
    /// Cuts the link after so many bytes in both directions together.
    case cut(after: Int)
    /// Keeps the link open and lets nothing through any more.
    case freeze(after: Int)
    /// Flips a bit of one byte.
    case corrupt(at: Int)
    /// Ends one direction in order and swallows the rest of it.
    case halfClose(after: Int)
  }

  private struct State {
    var faults: [Fault]
    var isOpen = true
    var links = 0
    var relays: [Relay] = []
    var overheard: [UInt8] = []
  }

  let port: Int
  private let state: Mutex<State>

  private init(port: Int, faults: [Fault]) {
    self.port = port
    state = Mutex(State(faults: faults))
  }

  /// How many links were opened so far.
  var linkCount: Int { state.withLock { $0.links } }

  /// The first bytes that passed, in both directions, 16 KiB at most.
  var overheard: [UInt8] { state.withLock { $0.overheard } }

  fileprivate func overhear(_ bytes: ByteBuffer) {
    state.withLock { state in
      state.overheard += bytes.readableBytesView.prefix(max(0, 16 << 10 - state.overheard.count))
    }
  }

  /// Cuts every link and lets no new one through.
  func shut() {
    let relays = state.withLock { state in
      state.isOpen = false
      return state.relays
    }
    for relay in relays { relay.closeSoon() }
  }

  static func start(to target: Int, faults: [Fault] = []) async throws -> Proxy {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let reference = Mutex<Proxy?>(nil)
    // The proxy is known once the port is; nobody can connect before.
    let box = Box(reference)
    let server = try await ServerBootstrap(group: loop)
      .childChannelInitializer { downstream in
        guard let proxy = box.value.withLock({ $0 }), let fault = proxy.nextFault() else {
          return downstream.eventLoop.makeFailedFuture(ChannelError.connectTimeout(.zero))
        }
        return ClientBootstrap(group: downstream.eventLoop).connect(host: "127.0.0.1", port: target)
          .flatMapThrowing { upstream in
            let relay = Relay(proxy: proxy, downstream: downstream, upstream: upstream, fault: fault.value)
            proxy.state.withLock { $0.relays.append(relay) }
            for channel in [downstream, upstream] {
              try channel.pipeline.syncOperations.addHandler(RelayHandler(relay: relay))
            }
          }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let proxy = Proxy(port: server.localAddress?.port ?? 0, faults: faults)
    box.value.withLock { $0 = proxy }
    return proxy
  }

  private struct NextFault: Sendable { let value: Fault? }

  /// Nil where the proxy is shut.
  private func nextFault() -> NextFault? {
    state.withLock { state in
      guard state.isOpen else { return nil }
      state.links += 1
      return NextFault(value: state.faults.isEmpty ? nil : state.faults.removeFirst())
    }
  }

  private final class Box: Sendable {
    let value: Mutex<Proxy?>
    init(_ value: consuming Mutex<Proxy?>) { self.value = value }
  }
}

/// Two channels on one event loop. Used on that loop only.
private final class Relay: @unchecked Sendable {
  private let proxy: Proxy
  private let downstream: any Channel
  private let upstream: any Channel
  private let fault: Proxy.Fault?
  private var passed = 0
  private var isSpoiled = false

  init(proxy: Proxy, downstream: any Channel, upstream: any Channel, fault: Proxy.Fault?) {
    self.proxy = proxy
    self.downstream = downstream
    self.upstream = upstream
    self.fault = fault
  }

  func pass(_ bytes: ByteBuffer, from source: any Channel) {
    guard !isSpoiled else { return }
    proxy.overhear(bytes)
    let target = source === downstream ? upstream : downstream
    let before = passed
    passed += bytes.readableBytes
    var bytes = bytes
    switch fault {
    case .cut(let limit)? where passed >= limit:
      isSpoiled = true
      if let part = bytes.readSlice(length: limit - before) { target.writeAndFlush(part, promise: nil) }
      close()
    case .freeze(let limit)? where passed >= limit: isSpoiled = true
    case .corrupt(let position)? where before <= position && position < passed:
      let index = bytes.readerIndex + position - before
      bytes.setInteger((bytes.getInteger(at: index) ?? UInt8(0)) ^ 0x10, at: index)
      target.writeAndFlush(bytes, promise: nil)
    case .halfClose(let limit)? where passed >= limit:
      isSpoiled = true
      target.close(mode: .output, promise: nil)
    default: target.writeAndFlush(bytes, promise: nil)
    }
  }

  func close() {
    downstream.close(promise: nil)
    upstream.close(promise: nil)
  }

  func closeSoon() { downstream.eventLoop.execute { self.close() } }
}

private final class RelayHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let relay: Relay

  init(relay: Relay) { self.relay = relay }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    relay.pass(unwrapInboundIn(data), from: context.channel)
  }

  func channelInactive(context: ChannelHandlerContext) { relay.close() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { relay.close() }
}
#endif
