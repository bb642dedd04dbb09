import TestSupport
import Testing
import Transport

@Suite struct SessionTests {
  @Test func everythingArrivesOnceAndInOrderHoweverOftenTheLinkIsCut() throws {
    var generator = SeededGenerator()
    for _ in 0..<20 {
      var simulation = SessionSimulation()
      let sent = (0...1).map { _ in randomMessages(&generator, count: 30, sizes: 0...40_000) }
      for side in 0...1 {
        for message in sent[side] { _ = simulation.sides[side].enqueue(message) }
      }
      for _ in 0..<3000 {
        let side = Int.random(in: 0...1, using: &generator)
        switch Int.random(in: 0..<40, using: &generator) {
        case 0: simulation.cut()
        case 1...5: if !simulation.isLinked { try simulation.link() }
        case 6..<18: simulation.transmit(from: side, count: 3)
        case 18..<30: try simulation.arrive(at: side, count: 3)
        default: try simulation.receive(at: side)
        }
      }
      for side in 0...1 { simulation.sides[side].close() }
      if !simulation.isLinked { try simulation.link() }
      try simulation.settle()
      for side in 0...1 {
        #expect(simulation.delivered[1 - side] == sent[side], "seed \(generator.seed)")
        #expect(simulation.sides[side].isOver && simulation.ends[side], "seed \(generator.seed)")
      }
    }
  }

  @Test func nothingBeyondTheWindowIsSentWhileNobodyReceives() throws {
    var simulation = SessionSimulation(windowBytes: 64 << 10)
    try simulation.link()
    for _ in 0..<1000 {
      _ = simulation.sides[0].enqueue(Message(type: 0, payload: .init(repeating: 1, count: 1000)))
    }
    while simulation.transmit(from: 0) > 0 {}
    let sent = simulation.wires[1].filter { $0.kind == .data }
    #expect(sent.count > 40 && sent.reduce(0) { $0 + $1.cost } <= 64 << 10)
    try simulation.arrive(at: 1)
    #expect(simulation.transmit(from: 1) <= 1 && simulation.transmit(from: 0) <= 1)
    try simulation.settle()
    #expect(simulation.delivered[1].count == 1000)
  }

  @Test func manyEmptyMessagesFillTheWindowToo() throws {
    var simulation = SessionSimulation(windowBytes: 64 << 10)
    try simulation.link()
    for _ in 0..<1000 { _ = simulation.sides[0].enqueue(Message(type: 0, payload: [])) }
    simulation.transmit(from: 0)
    #expect(simulation.wires[1].filter { $0.kind == .data }.count == 256)
    try simulation.settle()
    #expect(simulation.delivered[1].count == 1000)
  }

  @Test func sideIsOverOnlyWhenBothHaveEverything() throws {
    var simulation = SessionSimulation()
    try simulation.link()
    _ = simulation.sides[0].enqueue(Message(type: 0, payload: [1]))
    simulation.sides[0].close()
    try simulation.settle()
    #expect(simulation.ends[1] && !simulation.sides[0].isComplete && !simulation.sides[1].isComplete)
    simulation.sides[1].close()
    simulation.transmit(from: 1)
    try simulation.arrive(at: 0)
    // Side 0 has everything and knows that side 1 has; side 1 does not know that yet.
    #expect(simulation.sides[0].isComplete && !simulation.sides[0].isOver && !simulation.sides[1].isComplete)
    simulation.transmit(from: 0)
    simulation.cut()
    #expect(!simulation.sides[0].isOver && !simulation.sides[1].isComplete)
    try simulation.link()
    try simulation.settle()
    #expect(simulation.sides[0].isOver && simulation.sides[1].isOver)
  }

  @Test func messageToAClosedSideIsRefused() throws {
    var simulation = SessionSimulation()
    try simulation.link()
    simulation.sides[0].close()
    _ = simulation.sides[1].enqueue(Message(type: 2, payload: [1]))
    simulation.transmit(from: 1)
    #expect(throws: TransportError.unexpectedMessage(type: 2)) { try simulation.arrive(at: 0) }
  }

  @Test func silenceMakesHeartbeatsThenDropsTheLinkThenGivesUp() throws {
    let configuration = TransportConfiguration()
    var simulation = SessionSimulation(configuration: configuration)
    try simulation.link()
    try simulation.settle()
    #expect(simulation.sides[0].tick(now: simulation.now) == .nothing && simulation.transmit(from: 0) == 0)
    simulation.now += configuration.heartbeatInterval
    #expect(simulation.sides[0].tick(now: simulation.now) == .nothing && simulation.transmit(from: 0) == 1)
    try simulation.arrive(at: 1)
    simulation.now += configuration.idleTimeout - configuration.heartbeatInterval
    #expect(simulation.sides[0].tick(now: simulation.now) == .dropLink)
    #expect(simulation.sides[1].tick(now: simulation.now) == .nothing)
    simulation.sides[0].unlinked(now: simulation.now)
    simulation.now += configuration.resumeLimit - .milliseconds(1)
    #expect(simulation.sides[0].tick(now: simulation.now) == .nothing)
    simulation.now += .milliseconds(1)
    #expect(simulation.sides[0].tick(now: simulation.now) == .giveUp)
  }

  @Test func linksThatCarryNothingDoNotExtendTheLimit() throws {
    let configuration = TransportConfiguration()
    var simulation = SessionSimulation(configuration: configuration)
    try simulation.link()
    simulation.cut()
    simulation.now += configuration.resumeLimit
    try simulation.link()
    simulation.cut()
    #expect(simulation.sides[0].tick(now: simulation.now) == .giveUp)
  }

  @Test func completeSideDoesNotWaitForEverForGoodbye() throws {
    var simulation = SessionSimulation()
    try simulation.link()
    for side in 0...1 { simulation.sides[side].close() }
    simulation.transmit(from: 1)
    simulation.transmit(from: 0)
    try simulation.arrive(at: 0)
    try simulation.arrive(at: 1)
    simulation.transmit(from: 1)
    simulation.wires[0].removeAll { $0.kind == .goodbye }
    try simulation.arrive(at: 0)
    #expect(simulation.sides[0].isComplete && !simulation.sides[0].isOver)
    #expect(simulation.sides[0].tick(now: simulation.now) == .nothing)
    #expect(simulation.sides[0].tick(now: simulation.now + .seconds(10)) == .giveUp)
  }
}
