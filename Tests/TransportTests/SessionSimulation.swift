import TestSupport
import Transport

/// Two sessions and a link between them in memory, on a clock that only this moves.
struct SessionSimulation {
  var now = ContinuousClock.now
  var sides: [Session]
  /// What is under way to each side.
  var wires: [[Frame]] = [[], []]
  /// What each side has been given out.
  var delivered: [[Message]] = [[], []]
  var ends = [false, false]
  var isLinked = false

  init(windowBytes: Int = 64 << 10, configuration: TransportConfiguration = .init()) {
    sides = [
      Session(configuration: configuration, windowBytes: windowBytes, now: now),
      Session(configuration: configuration, windowBytes: windowBytes, now: now),
    ]
  }

  /// A new link: each side learns what the other has received.
  mutating func link() throws {
    let received = sides.map(\.received)
    try sides[0].linked(peerReceived: received[1], now: now)
    try sides[1].linked(peerReceived: received[0], now: now)
    isLinked = true
  }

  /// What is under way is lost.
  mutating func cut() {
    wires = [[], []]
    for side in 0...1 { sides[side].unlinked(now: now) }
    isLinked = false
  }

  /// Puts up to `count` frames of a side onto the wire; how many it had.
  @discardableResult mutating func transmit(from side: Int, count: Int = .max) -> Int {
    _ = sides[side].fillWindow()
    var sent = 0
    while sent < count, let frame = sides[side].nextFrame(now: now) {
      wires[1 - side].append(frame)
      sent += 1
    }
    return sent
  }

  /// Lets up to `count` frames arrive at a side.
  @discardableResult mutating func arrive(at side: Int, count: Int = .max) throws -> Int {
    let frames = wires[side].prefix(count)
    wires[side].removeFirst(frames.count)
    for frame in frames { _ = try sides[side].arrived(frame, now: now) }
    return frames.count
  }

  /// Gives out one message, if there is one.
  @discardableResult mutating func receive(at side: Int) throws -> Bool {
    switch try sides[side].receive(anyOfThree) {
    case .message(let message): delivered[side].append(message)
    case .end: ends[side] = true
    case .wait: return false
    }
    return !ends[side]
  }

  /// Carries everything until nothing moves any more.
  mutating func settle() throws {
    var moved = true
    while moved {
      moved = false
      for side in 0...1 {
        if transmit(from: side) > 0 { moved = true }
        if try arrive(at: 1 - side) > 0 { moved = true }
        while try receive(at: 1 - side) { moved = true }
      }
    }
  }
}
