#if Services
import Identities
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
  @Test func bothSidesReceiveWhatTheOtherSent() async throws {
    let pair = try await Pair()
    #expect(pair.joining.sessionID == pair.serving.sessionID)
    var generator = SeededGenerator()
    let forth = randomMessages(&generator, count: 40, sizes: 0...1_500_000)
    let back = randomMessages(&generator, count: 40, sizes: 0...1_500_000)
    async let sentForth: Void = pair.joining.send(all: forth)
    async let sentBack: Void = pair.serving.send(all: back)
    async let arrivedForth = pair.serving.receive(count: forth.count)
    async let arrivedBack = pair.joining.receive(count: back.count)
    try await sentForth
    try await sentBack
    #expect(try await arrivedForth == forth, "seed \(generator.seed)")
    #expect(try await arrivedBack == back, "seed \(generator.seed)")
    try await pair.close()
  }

  @Test func receiveGivesNilAfterTheOtherSideHasClosed() async throws {
    let pair = try await Pair()
    try await pair.joining.send(Message(type: 1, payload: [1, 2, 3]))
    async let closed: Void = pair.joining.close()
    #expect(try await pair.serving.receive([1: 3]) == Message(type: 1, payload: [1, 2, 3]))
    #expect(try await pair.serving.receive([1: 3]) == nil)
    try await pair.serving.close()
    try await closed
    #expect(await fault { try await pair.joining.send(Message(type: 1, payload: [])) } == .closed)
    #expect(await fault { _ = try await pair.serving.receive([:]) } == .closed)
  }
}
#endif
