#if Services
import Synchronization
import TestSupport
import Testing
import Transport

@Suite(.serialized, .timeLimit(.minutes(1))) struct ResumptionTests {
  /// 50 MB each way at once; both sides close at the end.
  private func exchange(through proxy: (Int) async throws -> Int, limit: Duration = .seconds(10)) async throws
  {
    let pair = try await Pair(quickConfiguration(resumeLimit: limit), through: proxy)
    var generator = SeededGenerator()
    let forth = randomMessages(&generator, count: 100, sizes: 400_000...600_000)
    let back = randomMessages(&generator, count: 100, sizes: 400_000...600_000)
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

  @Test func cutLinksAreResumedWithExactContent() async throws {
    let started = Mutex<Proxy?>(nil)
    try await exchange { target in
      let faults = [1, 10_000, 3_000_000, 17_000_000, 20_000_000, 9_999_999].map {
        Proxy.Fault.cut(after: $0)
      }
      let proxy = try await Proxy.start(to: target, faults: faults)
      started.withLock { $0 = proxy }
      return proxy.port
    }
    #expect(started.withLock { $0?.linkCount } == 7)
  }

  @Test func frozenCorruptedAndHalfClosedLinksAreResumedWithExactContent() async throws {
    let started = Mutex<Proxy?>(nil)
    try await exchange { target in
      let proxy = try await Proxy.start(
        to: target,
        faults: [.freeze(after: 9_000_000), .corrupt(at: 12_345_678), .halfClose(after: 8_000_000)])
      started.withLock { $0 = proxy }
      return proxy.port
    }
    #expect(started.withLock { $0?.linkCount } == 4)
  }

  @Test func linkThatStaysAwayEndsBothSides() async throws {
    let started = Mutex<Proxy?>(nil)
    let pair = try await Pair(quickConfiguration(resumeLimit: .seconds(1))) { target in
      let proxy = try await Proxy.start(to: target)
      started.withLock { $0 = proxy }
      return proxy.port
    }
    async let serving = fault { _ = try await pair.serving.receive(anyOfThree) }
    async let sending = fault {
      while true {
        try await pair.joining.send(Message(type: 0, payload: .init(repeating: 1, count: 1 << 20)))
      }
    }
    async let joining = fault { _ = try await pair.joining.receive(anyOfThree) }
    started.withLock { $0 }?.shut()
    // The first message may have arrived before the cut.
    let first = await serving
    let second =
      first == nil ? await fault { while true { _ = try await pair.serving.receive(anyOfThree) } } : first
    #expect(second == .linkLost)
    #expect(await joining == .linkLost)
    #expect(await sending == .linkLost)
    #expect(await fault { try await pair.serving.close() } == .linkLost)
  }

  @Test func closeSurvivesALinkThatIsCutInIt() async throws {
    // Where the handshakes end is not known to the byte, so the cut wanders through the close.
    for limit in stride(from: 3_400, to: 7_000, by: 300) {
      let pair = try await Pair(quickConfiguration(resumeLimit: .seconds(5))) { target in
        try await Proxy.start(to: target, faults: [.cut(after: limit)]).port
      }
      async let sent: Void = pair.joining.send(Message(type: 1, payload: .init(repeating: 3, count: 1000)))
      #expect(try await pair.serving.receive(anyOfThree)?.payload.count == 1000)
      try await sent
      try await pair.close()
    }
  }
}
#endif
