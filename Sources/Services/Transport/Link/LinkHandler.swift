#if Services
import NIOCore
import NIOSSL
import NIOTLS

/// The end of a link's pipeline: bytes become frames, and everything that happens goes to the endpoint, on whose event
/// loop the channel runs.
final class LinkHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let id: LinkID
  private let endpoint: Endpoint
  private var decoder = FrameDecoder()

  init(id: LinkID, endpoint: Endpoint) {
    self.id = id
    self.endpoint = endpoint
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted(let negotiated)? = event as? TLSUserEvent {
      let certificate = try? context.pipeline.syncOperations.handler(type: NIOSSLHandler.self).peerCertificate
      endpoint.assumeIsolated { [id] endpoint in
        endpoint.secured(
          id, isOurProtocol: negotiated == SecureChannel.protocolName, certificate: certificate)
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var frames: [Frame] = []
    let fault: TransportError?
    do throws(TransportError) {
      try decoder.decode(unwrapInboundIn(data).readableBytesView, into: &frames)
      fault = nil
    } catch {
      fault = error
    }
    endpoint.assumeIsolated { [id, frames] endpoint in endpoint.arrived(id, frames: frames, fault: fault) }
    if fault != nil { context.close(promise: nil) }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    endpoint.assumeIsolated { endpoint in endpoint.transmit() }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A link that drops closes the channel; only a verdict of the TLS library says more about the other side.
    if Self.isVerdict(error) {
      endpoint.assumeIsolated { [id] endpoint in endpoint.secureLayerFailed(id) }
    }
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    endpoint.assumeIsolated { [id] endpoint in endpoint.linkClosed(id) }
    context.fireChannelInactive()
  }

  /// Whether TLS itself failed, and not the connection below it.
  private static func isVerdict(_ error: any Error) -> Bool {
    switch error {
    case NIOSSLError.uncleanShutdown: false
    case NIOSSLError.handshakeFailed(.sslError(let reasons)): reasons != [.eofDuringHandshake]
    default: error is NIOSSLError || error is BoringSSLError
    }
  }
}
#endif
