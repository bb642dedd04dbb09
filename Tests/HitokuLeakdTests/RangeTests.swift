#if Services
import Foundation
import LabeledLookup
import LeakCheck
import LeakDatabase
import Primitives
import ServiceContracts
import TestSupport
import Testing

@Suite(.serialized) struct RangeTests {
  private func digits(_ word: String) -> String { hex(SHA1.hash(Array(word.utf8))).uppercased() }

  private func range(_ stage: DaemonStage, _ kind: LeakListKind, _ lines: [String]) throws {
    var builder = try RangeBuilder(kind, work: stage.path("range-work-\(kind.rawValue)"))
    try builder.add(.bytes(Array(lines.joined(separator: "\r\n").utf8)), name: "list")
    _ = try builder.finish(to: stage.path("\(kind.rawValue).range"))
  }

  @Test func theRangeInterfaceAnswersExistingClients() async throws {
    let stage = try DaemonStage()
    try stage.build("passwords", words: 0..<10)
    try stage.point(to: "passwords")
    try range(stage, .sha1, (0..<100).map { "\(digits("word\($0)")):\($0 + 1)" })
    try range(stage, .ntlm, ["8846F7EAEE8FB117AD06BDD830B7586C:42"])
    let daemon = try await stage.start([
      "--range-file", stage.path("sha1.range"), "--range-file", stage.path("ntlm.range"),
    ])
    try await withPeer(stage, daemon) { peer in
      #expect(try await peer.document().offersRange)
      let hash = digits("word7")
      let (prefix, suffix) = (hash.prefix(5), hash.dropFirst(5))
      for text in ["\(prefix)", prefix.lowercased()] {
        let lines = String(decoding: try await peer.send("/range/\(text)").body, as: UTF8.self)
        #expect(lines.components(separatedBy: "\r\n").contains("\(suffix):8"))
      }
      let ntlm = try await peer.send("/range/8846F?mode=ntlm").body
      #expect(String(decoding: ntlm, as: UTF8.self) == "7EAEE8FB117AD06BDD830B7586C:42")
      #expect(try await peer.send("/range/8846F").body.isEmpty)
      let padded = try await peer.send("/range/\(prefix)", headers: ["Add-Padding": "true"])
      let lines = String(decoding: padded.body, as: UTF8.self).components(separatedBy: "\r\n")
      #expect((800...1000).contains(lines.count))
      #expect(lines.allSatisfy { $0.split(separator: ":").first?.count == 35 })
      #expect(lines.filter { !$0.hasSuffix(":0") } == ["\(suffix):8"])
      for path in ["/range/8846", "/range/8846G", "/range/8846F?mode=md5"] {
        #expect(try await peer.send(path).problem == .malformedRequest, "\(path)")
      }
    }
    #expect(daemon.stop() == 0)
  }

  @Test func privateListsHaveNoRangeInterface() async throws {
    let stage = try DaemonStage()
    try stage.build("private", words: 0..<10, isPrivate: true)
    try stage.point(to: "private")
    try range(stage, .sha1, [digits("word1")])
    let daemon = try stage.launch(["--range-file", stage.path("sha1.range")])
    #expect(daemon.end() == 65)
    #expect(daemon.log.contains("gives lists away"))
  }

  @Test func batchesAreAnsweredFromTheirTable() async throws {
    let stage = try DaemonStage()
    try stage.build("passwords", words: 0..<500, batchSet: "lookup-batch-n4096")
    try stage.point(to: "passwords")
    let daemon = try await stage.start()
    try await withPeer(stage, daemon) { peer in
      let session = try await peer.session()
      let batch = try #require(session.document.batch)
      let version = session.document.version
      let database = try LeakDatabase(path: stage.path("passwords"))
      let parameters = try #require(database.batch).parameters
      #expect(batch.parametersDigest == hex(parameters.digest) && batch.queries == 1024)
      let table = try TableDescription(decoding: try await peer.bytes(.batchDescription(version: version)))
      let outputs = try await peer.outputs((400..<600).map { "word\($0)" }, session)
      let query = try BatchQuery(outputs.keys(in: table), parameters, table: table)
      #expect(query.bytes.count == batch.queryBytes)
      let response = try await peer.bytes(.batchLookup(version: version), query.bytes)
      #expect(response.count == batch.responseBytes)
      let results = try query.finish(response)
      #expect(results.map { $0 != .absent } == (400..<600).map { $0 < 500 })
      let reply = try await peer.send(
        LeakPath.batchLookup(version: version).text, Array(repeating: 1, count: 100))
      #expect(reply.problem == .malformedRequest)
    }
    #expect(daemon.stop() == 0)
  }
}
#endif
