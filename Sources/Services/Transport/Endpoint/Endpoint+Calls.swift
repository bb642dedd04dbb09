#if Services
import NIOCore

// What `Connection` and `Listener` ask for.

extension Endpoint {
  /// Waits until the first link stands; the name of the session.
  func open() async -> Result<[UInt8], TransportError> {
    if let ended { return .failure(ended) }
    if session == nil {
      precondition(opener == nil, "one accept at a time")
      if case .failure(let reason) = await withCheckedContinuation({ opener = $0 }) {
        return .failure(reason)
      }
    }
    return .success(identity?.id ?? [])
  }

  func send(_ message: Message) async -> Result<Void, TransportError> {
    if let ended { return .failure(ended) }
    guard session?.isOpenForSending == true, let ticket = session?.enqueue(message) else {
      return .failure(.closed)
    }
    return await withCheckedContinuation { waiter in
      senders[ticket] = waiter
      progress()
    }
  }

  func receive(_ limits: MessageLimits) async -> Result<Message?, TransportError> {
    if let ended { return .failure(ended) }
    precondition(receiver == nil, "one receive at a time")
    return await withCheckedContinuation { waiter in
      receiver = Receiver(limits: limits, continuation: waiter)
      progress()
    }
  }

  func close() async -> Result<Void, TransportError> {
    if let ended { return .failure(ended) }
    precondition(closer == nil, "one close at a time")
    session?.close()
    guard attempt({ session throws(TransportError) in try session.takeEnd() }) != nil else {
      return .failure(ended ?? .closed)
    }
    return await withCheckedContinuation { waiter in
      closer = waiter
      progress()
    }
  }

  /// Ends the run and waits until the other side has been told, for a few seconds at most.
  func abort(_ code: AbortCode) async {
    end(.cancelled, telling: code)
    guard !links.isEmpty else { return }
    await withCheckedContinuation { departures.append($0) }
  }

  /// Stops listening where nobody has come and nobody waits any more.
  nonisolated func abandonSoon() {
    loop.execute {
      self.assumeIsolated { endpoint in
        if !endpoint.hasOpened { endpoint.end(.cancelled, telling: .cancelled) }
      }
    }
  }

  /// Ends the run from outside of the event loop, without waiting.
  nonisolated func abortSoon(_ code: AbortCode) {
    loop.execute { self.assumeIsolated { endpoint in endpoint.end(.cancelled, telling: code) } }
  }
}
#endif
