#if Services
import Identities
import NIOCore
import NIOSSL

// What links report, from the first byte of TLS to the end. All of it on the endpoint's event loop.

extension Endpoint {
  /// A TCP connection stands.
  func opened(_ channel: any Channel) {
    isConnecting = false
    guard ended == nil else { return channel.close(promise: nil) }
    if links.count >= Self.maximumLinks {
      // The longest-standing one that has not proved to be the pinned peer makes room: strangers must not keep it out.
      guard
        let oldest = links.filter({ !$0.value.isKnown }).min(by: { $0.value.deadline < $1.value.deadline })
      else {
        return channel.close(promise: nil)
      }
      drop(oldest.key)
    }
    links[LinkID(channel)] = Link(channel: channel, deadline: .now + configuration.handshakeTimeout)
  }

  /// This side refused the other's certificate.
  func refused(_ id: LinkID, _ reason: TransportError) {
    links[id]?.refusal = reason
  }

  /// TLS failed on this link.
  func secureLayerFailed(_ id: LinkID) { links[id]?.hasFailed = true }

  /// TLS stands. The listener, who now knows the joiner, speaks first.
  func secured(_ id: LinkID, isOurProtocol: Bool, certificate: NIOSSLCertificate?) {
    guard let link = links[id], ended == nil else { return }
    // The callback has judged already; this holds also where the TLS library should have found no need to call it.
    if let reason = security.refusal(of: certificate) {
      refused(id, reason)
      return drop(id)
    }
    guard isOurProtocol else {
      links[id]?.hasFailed = true
      return link.channel.close(promise: nil)
    }
    links[id]?.isKnown = true
    links[id]?.stage = .greeting
    if case .listener = role {
      write(Greeting(nonce: nonce).frame, to: link.channel)
      link.channel.flush()
    }
  }

  /// Frames have come, and perhaps bytes that are none.
  func arrived(_ id: LinkID, frames: [Frame], fault: TransportError?) {
    for frame in frames {
      guard ended == nil, let stage = links[id]?.stage, stage != .closing else { return }
      do throws(TransportError) {
        if stage == .attached {
          guard case .abort(let code)? = try session?.arrived(frame, now: .now) else { continue }
          throw .peerAborted(code)
        }
        try shakeHands(id, frame)
      } catch {
        return fail(error)
      }
    }
    guard ended == nil, let stage = links[id]?.stage, stage != .closing else { return }
    if let fault { return fail(fault) }
    if stage == .attached { session?.heard(now: .now) }
    progress()
  }

  /// The channel is gone.
  func linkClosed(_ id: LinkID) {
    guard let link = links.removeValue(forKey: id) else { return }
    defer { departIfAlone() }
    guard ended == nil else { return }
    if attached == id { detach() }
    guard ended == nil else { return }
    switch role {
    case .listener where !link.isKnown: report(link)
    case .listener: break
    case .joiner:
      if session == nil, let reason = link.refusalOfJoiner { return fail(reason) }
      reconnect()
    }
  }

  private func report(_ link: Link) {
    if case .peerNotPinned(let found)? = link.refusal {
      configuration.onEvent?(.refusedCertificate(found))
    } else {
      configuration.onEvent?(.refusedLink)
    }
  }

  /// Gives a link up at once, whatever its channel still does.
  func drop(_ id: LinkID) {
    guard let link = links[id] else { return }
    links[id]?.stage = .closing
    link.channel.close(promise: nil)
    if attached == id {
      detach()
      reconnect()
    }
  }

  /// The current link carries nothing any more.
  private func detach() {
    attached = nil
    session?.unlinked(now: .now)
    configuration.onEvent?(.linkDropped)
    progress()
  }

  /// Closes a link at the end of the run, after the other side has been told why, if it takes that in time.
  func part(from id: LinkID, _ link: Link, telling code: AbortCode?) {
    links[id]?.stage = .closing
    let channel = link.channel
    guard let code, link.stage == .greeting || link.stage == .attached else {
      return channel.close(promise: nil)
    }
    let told = loop.makePromise(of: Void.self)
    write(.abort(code), to: channel, promise: told)
    channel.flush()
    let patience = loop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    told.futureResult.whenComplete { _ in
      patience.cancel()
      channel.close(promise: nil)
    }
  }
}

extension Endpoint.Link {
  /// Why a first connection to this listener is hopeless; nil where another attempt may succeed.
  fileprivate var refusalOfJoiner: TransportError? {
    if let refusal { return refusal }
    guard hasFailed else { return nil }
    // The listener judges the joiner's certificate when TLS already stands on this side.
    return isKnown ? .notAccepted : .secureHandshakeFailed
  }
}
#endif
