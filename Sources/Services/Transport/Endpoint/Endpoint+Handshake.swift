#if Services
import Identities
import NIOCore

// Greeting, hello, welcome: which run a link belongs to.

extension Endpoint {
  /// A frame has come over a link that is not attached yet.
  func shakeHands(_ id: LinkID, _ frame: Frame) throws(TransportError) {
    if frame.kind == .abort { throw reason(ofRefusal: AbortCode(frame)) }
    switch role {
    case .listener: try welcome(id, Hello(frame, kind: .hello))
    case .joiner where frame.kind == .greeting: try sayHello(id, Greeting(frame))
    case .joiner: try join(id, Hello(frame, kind: .welcome))
    }
  }

  private func reason(ofRefusal code: AbortCode) -> TransportError {
    switch code {
    case .studyMismatch: .studyMismatch
    case .busy: .busy
    default: .peerAborted(code)
    }
  }

  private func sayHello(_ id: LinkID, _ greeting: Greeting) throws(TransportError) {
    let proposed = SessionIdentity(
      joiner: security.identity, listener: security.peer, studyDigest: studyDigest, joinerNonce: nonce,
      listenerNonce: greeting.nonce)
    if session != nil, identity?.id != proposed.id { throw .sessionLost }
    identity = proposed
    send(.hello, for: proposed, over: id)
  }

  private func welcome(_ id: LinkID, _ hello: Hello) throws(TransportError) {
    let proposed = SessionIdentity(
      joiner: security.peer, listener: security.identity, studyDigest: studyDigest, joinerNonce: hello.nonce,
      listenerNonce: nonce)
    if let identity, identity.joinerNonce != hello.nonce {
      // The running session is none of that process's business, and goes on.
      guard let link = links[id] else { return }
      return part(from: id, link, telling: .busy)
    }
    try proposed.check(hello)
    identity = proposed
    openSession(with: hello)
    send(.welcome, for: proposed, over: id)
    try attach(id, peerReceived: hello.received)
  }

  private func join(_ id: LinkID, _ welcome: Hello) throws(TransportError) {
    // A welcome answers a hello.
    guard let identity else { throw .malformedFrame(.outOfPlace) }
    try identity.check(welcome)
    openSession(with: welcome)
    try attach(id, peerReceived: welcome.received)
  }

  private func send(_ kind: Frame.Kind, for identity: SessionIdentity, over id: LinkID) {
    guard let channel = links[id]?.channel else { return }
    let hello = Hello(
      nonce: nonce, studyDigest: studyDigest, sessionID: identity.id, window: configuration.windowBytes,
      received: session?.received ?? 0)
    write(hello.frame(kind), to: channel)
    channel.flush()
  }

  private func openSession(with hello: Hello) {
    guard session == nil else { return }
    session = Session(
      configuration: configuration, windowBytes: min(hello.window, configuration.windowBytes), now: .now)
  }

  private func attach(_ id: LinkID, peerReceived: UInt64) throws(TransportError) {
    // A listener may not have noticed yet that the link before is dead.
    if let attached { drop(attached) }
    guard ended == nil else { return }
    try session?.linked(peerReceived: peerReceived, now: .now)
    attached = id
    links[id]?.stage = .attached
    attempts = 0
    configuration.onEvent?(hasOpened ? .resumed : .established)
    hasOpened = true
    opener.take()?.resume(returning: .success(()))
  }
}
#endif
