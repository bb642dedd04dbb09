#if Services
import Foundation
import LabeledLookup
import LeakCheck
import ObliviousPRF
import ServiceContracts
import TestSupport
import Testing

@Suite(.serialized) struct HostileTests {
  @Test func malformedReplayedAndMisdirectedRequestsAreRefusedAndTheDaemonStaysUp() async throws {
    let stage = try DaemonStage()
    try stage.build("passwords", words: 0..<100)
    try stage.point(to: "passwords")
    let daemon = try await stage.start()
    var random = SeededGenerator()
    try await withPeer(stage, daemon) { peer in
      let session = try await peer.session()
      let version = session.document.version
      let lookup = LeakPath.lookup(version: version, bucket: 0).text
      let evaluate = LeakPath.evaluate(version: version).text
      func refused(_ path: String, _ body: [UInt8]?, _ status: Int, _ kind: Problem.Kind) async throws {
        let reply = try await peer.send(path, body)
        #expect(reply.status == status && reply.problem == kind, "\(path.suffix(20)) \(reply.status)")
        #expect(reply.headers.first(name: "content-type") == Problem.mediaType)
      }
      let size = session.document.lookup.queryBytes
      let noise = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
      try await refused(lookup, noise, 400, .malformedRequest)
      try await refused(lookup, [], 400, .malformedRequest)
      try await refused(lookup, Array(noise.dropLast()), 400, .malformedRequest)
      try await refused(lookup, noise + [0], 413, .tooLarge)
      try await refused(lookup, [UInt8](repeating: 1, count: 100_000), 413, .tooLarge)
      try await refused(evaluate, [], 400, .malformedRequest)
      try await refused(evaluate, [UInt8](repeating: 0, count: 32), 400, .malformedRequest)
      try await refused(evaluate, [UInt8](repeating: 0xFF, count: 32), 400, .malformedRequest)
      try await refused(evaluate, [UInt8](repeating: 0, count: 64), 400, .malformedRequest)
      try await refused(evaluate, [UInt8](repeating: 0, count: 33 * 1024), 413, .tooLarge)
      try await refused(LeakPath.lookup(version: version, bucket: 1).text, noise, 404, .notFound)
      try await refused(LeakPath.batchLookup(version: version).text, noise, 404, .notFound)
      let other = String(version.reversed())
      try await refused(LeakPath.evaluate(version: other).text, [], 410, .unknownVersion)
      try await refused(LeakPath.description(version: other, bucket: 0).text, nil, 410, .unknownVersion)
      try await refused("/range/ABCDE", nil, 404, .notFound)

      // A query, changed; one for another table; the same one twice.
      let client = try LookupClient(session.parameters, table: session.table)
      let outputs = try await peer.outputs(["word1"], session)
      let query = try client.query(output: outputs.outputs[0])
      var strayed = query.bytes
      strayed[10] ^= 1
      try await refused(lookup, strayed, 409, .wrongTable)
      let first = try await peer.send(lookup, query.bytes)
      let again = try await peer.send(lookup, query.bytes)
      #expect(first.status == 200 && first.body == again.body, "the daemon keeps nothing of a query")
      for _ in 0..<50 {
        var changed = query.bytes
        changed[Int.random(in: 0..<changed.count, using: &random)] ^= UInt8.random(
          in: 1...255, using: &random)
        let status = try await peer.send(lookup, changed).status
        #expect([200, 400, 409].contains(status), "status \(status), seed \(random.seed)")
      }
      #expect(try await peer.check("word2", session) == .present(label: []))
    }
    #expect(daemon.stop() == 0)
  }

  @Test func budgetsOutliveAKillAndSayWhenToComeAgain() async throws {
    let stage = try DaemonStage()
    try stage.build("passwords", words: 0..<10)
    try stage.point(to: "passwords")
    var daemon = try await stage.start(["--budget", "1030"])
    try await withPeer(stage, daemon) { peer in
      let session = try await peer.session()
      #expect(session.document.limits.elementsPerDay == 1030)
      #expect(session.document.limits.burst == 100_000, "as the stage starts it")
      _ = try await peer.outputs(["a", "b"], session)
      _ = try await peer.outputs(["a"], session)
      let request = try LeakRequest(
        [LeakEntry(password: "a"), LeakEntry(password: "b")], verifying: session.key)
      let refused = try await peer.send(
        LeakPath.evaluate(version: session.document.version).text, request.bytes)
      #expect(refused.status == 429 && refused.problem == .budgetSpent)
      let seconds = try #require(refused.headers.first(name: "retry-after").flatMap { Int($0) })
      #expect((1...86_400).contains(seconds))
    }
    daemon.signal(SIGKILL)
    _ = daemon.end()
    daemon = try await stage.start(["--budget", "1030"])
    try await withPeer(stage, daemon) { peer in
      let session = try await peer.session()
      let request = try LeakRequest(
        [LeakEntry(password: "a"), LeakEntry(password: "b")], verifying: session.key)
      let refused = try await peer.send(
        LeakPath.evaluate(version: session.document.version).text, request.bytes)
      #expect(refused.problem == .budgetSpent, "midnight apart")
    }
    #expect(daemon.stop() == 0)
  }

  @Test func aFullQueueAnswers503AndARate429() async throws {
    let stage = try DaemonStage()
    try stage.build("passwords", words: 0..<10)
    try stage.point(to: "passwords")
    let daemon = try await stage.start(["--threads", "1", "--queue", "1", "--rate", "60", "--burst", "200"])
    try await withPeer(stage, daemon) { peer in
      let session = try await peer.session()
      let entries = (0..<1024).map { LeakEntry(password: "w\($0)") }
      let blinded = try LeakRequest(entries, verifying: session.key).bytes
      let path = LeakPath.evaluate(version: session.document.version).text
      let replies = try await withThrowingTaskGroup(of: Peer.Reply.self) { group in
        for _ in 0..<60 { group.addTask { try await peer.send(path, blinded) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(replies.contains { $0.status == 200 })
      #expect(replies.contains { $0.problem == .busy && $0.headers.first(name: "retry-after") == "1" })
      #expect(replies.allSatisfy { [200, 503].contains($0.status) })
      var last: Peer.Reply?
      for _ in 0..<400 where last?.status != 429 { last = try await peer.send("/v1/database") }
      #expect(last?.problem == .rateLimited)
      #expect(last?.headers.first(name: "retry-after") == "1")
      #expect(try await peer.send("/health").status == 200, "probes are not limited")
    }
    #expect(daemon.stop() == 0)
  }
}
#endif
