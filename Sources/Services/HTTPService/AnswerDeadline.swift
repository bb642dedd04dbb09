#if Services
import NIOCore
import NIOHTTPTypes

/// Closes the connection of a client that does not take an answer in time, and counts the bytes of answers until they are with the
/// system. It stands in each stream of HTTP/2 and in each connection of HTTP/1.1; the idle timers of the HTTP library rest while an
/// answer is written.
final class AnswerDeadline: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limit: TimeAmount
  private let buffered: BufferedBytes
  /// When the answers that are not through have to be, the oldest first.
  private var deadlines: [NIODeadline] = []
  private var timer: Scheduled<Void>?

  init(_ limit: TimeAmount, _ buffered: BufferedBytes) {
    self.limit = limit
    self.buffered = buffered
  }

  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let promise = promise ?? context.eventLoop.makePromise()
    switch unwrapOutboundIn(data) {
    case .head:
      deadlines.append(.now() + limit)
      if timer == nil { wait(context) }
    case .body(let bytes):
      let (count, buffered) = (bytes.readableBytes, buffered)
      buffered.add(count)
      promise.futureResult.whenComplete { _ in buffered.release(count) }
    case .end:
      promise.futureResult.assumeIsolated().whenComplete { _ in
        if !self.deadlines.isEmpty { self.deadlines.removeFirst() }
      }
    }
    context.write(data, promise: promise)
  }

  private func wait(_ context: ChannelHandlerContext) {
    guard let first = deadlines.first else {
      timer = nil
      return
    }
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: first) {
      guard let first = self.deadlines.first, first <= .now() else { return self.wait(context) }
      // A stream's parent is its connection, a connection's is the listener, which has none.
      let channel = context.channel
      let connection = channel.parent.flatMap { $0.parent == nil ? nil : $0 }
      (connection ?? channel).close(promise: nil)
    }
  }
}
#endif
