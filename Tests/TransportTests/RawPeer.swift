#if Services
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A TCP peer that sends any bytes one likes, with or without TLS.
enum RawPeer {
  enum Security {
    case plain
    /// TLS 1.3 without a certificate.
    case anonymous
    /// TLS up to this version with a certificate.
    case identity(Credentials, version: TLSVersion = .tlsv13)
  }

  struct Credentials: Sendable {
    let certificate: NIOSSLCertificate
    let key: NIOSSLPrivateKey

    /// Reads an identity without judging it.
    init(folder: String) throws {
      certificate = try NIOSSLCertificate.fromPEMFile(folder + "/certificate.pem")[0]
      key = try NIOSSLPrivateKey(file: folder + "/key.pem", format: .pem)
    }
  }

  /// Connects, sends the bytes (after the TLS handshake, where there is one), and waits until the other side closes.
  /// What the other side sent.
  static func talk(to port: Int, as security: Security = .plain, sending bytes: [UInt8]) async throws
    -> [UInt8]
  {
    let heard = Heard()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            secure(security, isServer: false) + [heard.handler()])
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    try? await channel.closeFuture.get()
    return heard.bytes.withLock { $0 }
  }

  /// Listens, and sends the bytes to everybody who comes. The port.
  static func serve(as security: Security = .plain, sending bytes: [UInt8]) async throws -> Int {
    let heard = Heard()
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            secure(security, isServer: true) + [heard.handler()])
          channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return server.localAddress?.port ?? 0
  }

  private static func secure(_ security: Security, isServer: Bool) throws -> [any ChannelHandler] {
    var configuration = TLSConfiguration.makeClientConfiguration()
    switch security {
    case .plain: return []
    case .anonymous: break
    case .identity(let credentials, let version):
      configuration = .makeServerConfiguration(
        certificateChain: [.certificate(credentials.certificate)], privateKey: .privateKey(credentials.key))
      configuration.maximumTLSVersion = version
    }
    configuration.certificateVerification = .noHostnameVerification
    configuration.applicationProtocols = ["hitoku-frames"]
    let context = try NIOSSLContext(configuration: configuration)
    let trust: NIOSSLCustomVerificationCallback = { _, promise in promise.succeed(.certificateVerified) }
    return isServer
      ? [NIOSSLServerHandler(context: context, customVerificationCallback: trust)]
      : [try NIOSSLClientHandler(context: context, serverHostname: nil, customVerificationCallback: trust)]
  }

  private final class Heard: Sendable {
    let bytes = Mutex<[UInt8]>([])
    func handler() -> any ChannelHandler { Handler(heard: self) }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let heard: Heard
    init(heard: Heard) { self.heard = heard }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      heard.bytes.withLock { $0 += Array(unwrapInboundIn(data).readableBytesView) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
#endif
