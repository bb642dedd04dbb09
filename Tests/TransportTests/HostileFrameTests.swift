import TestSupport
import Testing
import Transport

/// A session that has received three data frames from a peer that may now misbehave, and has sent two.
private func sessionInUse() throws -> SessionSimulation {
  var simulation = SessionSimulation()
  try simulation.link()
  for _ in 0..<3 { _ = simulation.sides[1].enqueue(Message(type: 0, payload: [1, 2])) }
  for _ in 0..<2 { _ = simulation.sides[0].enqueue(Message(type: 0, payload: [3])) }
  simulation.transmit(from: 0)
  simulation.transmit(from: 1)
  try simulation.arrive(at: 0)
  return simulation
}

@Suite struct HostileFrameTests {
  @Test(arguments: [UInt64(0), 2, 4, .max])
  func repeatedAndSkippedFramesAreRefused(sequence: UInt64) throws {
    var simulation = try sessionInUse()
    let frame = Frame(kind: .data, sequence: sequence, payload: [1])
    #expect(throws: TransportError.malformedFrame(.sequence)) {
      try simulation.sides[0].arrived(frame, now: simulation.now)
    }
  }

  @Test func repeatedFrameAfterResumptionIsRefused() throws {
    var simulation = try sessionInUse()
    simulation.cut()
    try simulation.link()
    let frame = Frame(kind: .data, sequence: 2, payload: [1, 2])
    #expect(throws: TransportError.malformedFrame(.sequence)) {
      try simulation.sides[0].arrived(frame, now: simulation.now)
    }
  }

  @Test func resumptionBeforeForgottenOrBehindUnsentFramesIsRefused() throws {
    var simulation = try sessionInUse()
    _ = try simulation.sides[0].arrived(Frame(kind: .acknowledge, sequence: 1), now: simulation.now)
    for received: UInt64 in [0, 3, .max] {
      simulation.sides[0].unlinked(now: simulation.now)
      #expect(throws: TransportError.malformedFrame(.acknowledgement)) {
        try simulation.sides[0].linked(peerReceived: received, now: simulation.now)
      }
    }
  }

  @Test(arguments: [UInt64(0), 3, .max])
  func acknowledgementOfUnsentOrForgottenFramesIsRefused(count: UInt64) throws {
    var simulation = try sessionInUse()
    _ = try simulation.sides[0].arrived(Frame(kind: .acknowledge, sequence: 1), now: simulation.now)
    #expect(throws: TransportError.malformedFrame(.acknowledgement)) {
      try simulation.sides[0].arrived(Frame(kind: .acknowledge, sequence: count), now: simulation.now)
    }
  }

  @Test func moreThanTheWindowIsRefused() throws {
    var simulation = try sessionInUse()
    let payload = [UInt8](repeating: 0, count: 30_000)
    for sequence: UInt64 in 3...4 {
      _ = try simulation.sides[0].arrived(
        Frame(kind: .data, sequence: sequence, payload: payload), now: simulation.now)
    }
    #expect(throws: TransportError.malformedFrame(.window)) {
      try simulation.sides[0].arrived(Frame(kind: .data, sequence: 5, payload: payload), now: simulation.now)
    }
  }

  @Test func framesOutOfPlaceAreRefused() throws {
    for kind: Frame.Kind in [.greeting, .hello, .welcome, .goodbye] {
      var simulation = try sessionInUse()
      #expect(throws: TransportError.malformedFrame(.outOfPlace)) {
        try simulation.sides[0].arrived(Frame(kind: kind), now: simulation.now)
      }
    }
    var simulation = try sessionInUse()
    _ = try simulation.sides[0].arrived(Frame(kind: .finish, sequence: 3), now: simulation.now)
    #expect(throws: TransportError.malformedFrame(.sequence)) {
      try simulation.sides[0].arrived(Frame(kind: .data, sequence: 4), now: simulation.now)
    }
  }

  @Test func messagesBeyondTheStatedMaximumAreRefusedAtTheirFirstPiece() throws {
    let cases: [(Frame, TransportError)] = [
      (
        Frame(kind: .data, messageType: 5, remaining: 100, payload: [1]),
        .messageTooLarge(type: 5, byteCount: 101, maximum: 100)
      ),
      (
        Frame(kind: .data, messageType: 5, remaining: .max, payload: [1]),
        .messageTooLarge(type: 5, byteCount: .max, maximum: 100)
      ),
      (Frame(kind: .data, messageType: 6, payload: [1]), .unexpectedMessage(type: 6)),
    ]
    for (frame, fault) in cases {
      var simulation = SessionSimulation()
      try simulation.link()
      _ = try simulation.sides[0].arrived(frame, now: simulation.now)
      #expect(throws: fault) { try simulation.sides[0].receive([5: 100]) }
    }
  }

  @Test func piecesThatContradictTheFirstAreRefused() throws {
    let first = Frame(kind: .data, messageType: 5, sequence: 0, remaining: 4, payload: [1])
    for second in [
      Frame(kind: .data, messageType: 6, sequence: 1, remaining: 2, payload: [1, 2]),
      Frame(kind: .data, messageType: 5, sequence: 1, remaining: 3, payload: [1, 2]),
      Frame(kind: .data, messageType: 5, sequence: 1, remaining: 0, payload: [1, 2, 3, 4, 5]),
      Frame(kind: .finish, sequence: 1),
    ] {
      var simulation = SessionSimulation()
      try simulation.link()
      _ = try simulation.sides[0].arrived(first, now: simulation.now)
      _ = try simulation.sides[0].arrived(second, now: simulation.now)
      #expect(throws: TransportError.malformedFrame(.continuation)) {
        try simulation.sides[0].receive([5: 100, 6: 100])
      }
    }
  }
}
