#if Services
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Connections on which tests write what no library would.
enum RawConnection {
  /// Connects; over TLS with these protocols, or without TLS for nil.
  static func open(
    _ port: Int, _ protocols: [String]?, latest: TLSVersion? = nil, heard: Heard? = nil
  ) async throws -> any Channel {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.certificateVerification = .none
    tls.applicationProtocols = protocols ?? []
    tls.maximumTLSVersion = latest
    let context = try NIOSSLContext(configuration: tls)
    let isSecure = protocols != nil
    return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if isSecure {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: context, serverHostname: nil))
          }
          if let heard { try channel.pipeline.syncOperations.addHandler(Listener(heard)) }
        }
      }.connect(host: "127.0.0.1", port: port).get()
  }

  /// What a connection brought.
  final class Heard: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
    func append(_ buffer: ByteBuffer) { bytes.withLock { $0 += Array(buffer.readableBytesView) } }
  }

  private final class Listener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let heard: Heard
    init(_ heard: Heard) { self.heard = heard }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { heard.append(unwrapInboundIn(data)) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  /// Waits until the other side closes; false where it does not for half a minute.
  static func isClosed(_ channel: any Channel) async throws -> Bool {
    let isLate = Flag()
    let deadline = channel.eventLoop.scheduleTask(in: .seconds(30)) {
      isLate.value.store(true, ordering: .relaxed)
      channel.close(promise: nil)
    }
    try await channel.closeFuture.get()
    deadline.cancel()
    return !isLate.value.load(ordering: .relaxed)
  }

  /// A request for a document of some length over HTTP/1.1.
  static let request = Array("GET /openapi.yaml HTTP/1.1\r\nHost: a\r\n\r\n".utf8)

  /// A frame of HTTP/2 (RFC 9113, section 4.1), of fewer than 65,536 bytes.
  static func frame(_ type: UInt8, flags: UInt8, stream: Int, _ payload: [UInt8]) -> [UInt8] {
    [0, UInt8(payload.count >> 8), UInt8(payload.count & 255), type, flags]
      + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: stream >> $0) } + payload
  }

  /// The preface, and settings with this window for streams.
  static func opening(window: UInt32) -> [UInt8] {
    let settings: [UInt8] =
      [0, 4] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: window >> UInt32($0)) }
    return Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, flags: 0, stream: 0, settings)
  }

  /// Fields of a request (RFC 7541): GET (or POST) and https of the static table, then path and authority as literals.
  static func fields(_ path: String = "/openapi.yaml", isPost: Bool = false) -> [UInt8] {
    [isPost ? 0x83 : 0x82, 0x87, 0x04, UInt8(path.utf8.count)] + Array(path.utf8) + [0x01, 1, 0x61]
  }

  /// A request without body.
  static func get(stream: Int) -> [UInt8] { frame(1, flags: 5, stream: stream, fields()) }
}
#endif
