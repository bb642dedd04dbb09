#if Services
import Foundation
import LabeledLookup
import LeakCheck
import Primitives
import ServiceContracts
import TestSupport
import Testing

@Suite(.serialized) struct RoundTripTests {
  @Test(arguments: [true, false]) func leakedPasswordsAreFoundAndOthersNot(http2: Bool) async throws {
    let stage = try DaemonStage()
    try stage.build("passwords", words: 0..<1000)
    try stage.point(to: "passwords")
    let daemon = try await stage.start()
    try await withPeer(stage, daemon, http2: http2) { peer in
      #expect(try await peer.send("/health").version == (http2 ? "HTTP/2.0" : "HTTP/1.1"))
      let session = try await peer.session()
      #expect(session.document.kind == .sha1 && session.document.items == 1000)
      #expect(session.document.lookup.parametersDigest == hex(session.parameters.digest))
      for number in [0, 500, 999, 1000, 123_456] {
        let found = try await peer.check("word\(number)", session)
        #expect(found == (number < 1000 ? .present(label: []) : .absent), "word\(number)")
      }
    }
    #expect(daemon.stop() == 0, "\(daemon.log)")
  }

  @Test func answersHaveOneLengthAndSetsWithExpansionKeysAndLabelsWork() async throws {
    let stage = try DaemonStage()
    try stage.build("labels", words: 0..<100, set: "lookup-labels-expand")
    try stage.point(to: "labels")
    let daemon = try await stage.start()
    try await withPeer(stage, daemon) { peer in
      let session = try await peer.session()
      #expect(session.document.lookup.keyBytes > 0)
      let label = LeakLabel(count: 1, source: 0).bytes
      #expect(try await peer.check("word7", session) == .present(label: label))
      let outputs = try await peer.outputs(["word1", "none", "word1"], session)
      #expect(outputs.outputs.count == 2)
      var lengths: Set<Int> = []
      for output in outputs.outputs {
        let client = try LookupClient(session.parameters, table: session.table)
        let query = try client.query(output: output)
        #expect(query.bytes.count == session.document.lookup.queryBytes)
        let path = LeakPath.lookup(version: session.document.version, bucket: 0)
        lengths.insert(try await peer.bytes(path, client.expansionKeys + query.bytes).count)
      }
      #expect(lengths == [session.document.lookup.responseBytes])
    }
    #expect(daemon.stop() == 0)
  }

  @Test func logAndMetricsHoldNothingOfAQuery() async throws {
    let stage = try DaemonStage()
    try stage.build("passwords", words: 0..<100)
    try stage.point(to: "passwords")
    let daemon = try await stage.start(["--log-level", "trace"])
    let (query, blinded, metrics) = try await withPeer(stage, daemon) { peer in
      let session = try await peer.session()
      let request = try LeakRequest([LeakEntry(password: "word5")], verifying: session.key)
      let (blinded, version) = (request.bytes, session.document.version)
      let outputs = try request.finish(try await peer.bytes(.evaluate(version: version), blinded))
      let client = try LookupClient(session.parameters, table: session.table)
      let query = try client.query(output: outputs.outputs[0]).bytes
      _ = try await peer.bytes(.lookup(version: version, bucket: 0), query)
      _ = try await peer.send(
        "/v1/secret-in-a-path?password=secret-in-a-query", headers: ["x": "secret-in-a-field"])
      let operators = Peer(http: peer.http, base: daemon.operators)
      let metrics = String(decoding: try await operators.send("/metrics").body, as: UTF8.self)
      #expect(try await operators.send("/ready").status == 200)
      return (query, blinded, metrics)
    }
    #expect(daemon.stop() == 0)
    #expect(metrics.contains(#"hitoku_requests_total{place="lookup",status="200"} 1"#))
    #expect(metrics.contains("hitoku_elements_total 1\n"))
    let sha1 = SHA1.hash(Array("word5".utf8))
    for text in [daemon.log, metrics] {
      for secret in ["word5", "secret-in", hex(sha1), hex(blinded), Data(blinded).base64EncodedString()] {
        #expect(!text.lowercased().contains(secret.lowercased()))
      }
      for start in stride(from: 100, to: 200, by: 20) {
        #expect(!text.contains(hex(Array(query[start..<(start + 8)]))))
      }
    }
    #expect(
      daemon.lines("request").contains { $0["place"] as? String == "unknown" && $0["status"] as? Int == 404 })
  }
}

func hex(_ bytes: [UInt8]) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
#endif
