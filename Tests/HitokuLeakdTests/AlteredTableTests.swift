#if Services
import Foundation
import LabeledLookup
import LeakCheck
import ParameterFiles
import TestSupport
import Testing

/// Tables that were altered by who can make their checksums fit.
@Suite(.serialized) struct AlteredTableTests {
  /// The bytes of every second group.
  private func half(_ set: String) throws -> [Range<Int>] {
    let parameters = try ParameterFiles.lookup(named: set)
    let (groups, size) = (parameters.literal.groups, parameters.groupByteCount)
    return stride(from: 0, to: groups, by: 2).map { ($0 * size)..<(($0 + 1) * size) }
  }

  @Test func tablesWithZeroedGroupsAreRefusedAtTheStartAndAtAReload() async throws {
    let stage = try DaemonStage()
    try stage.build("good", words: 0..<50)
    try stage.build("groups", words: 0..<50, set: "lookup-1m-n2048")
    let groups = try half("lookup-1m-n2048")
    try stage.changeFile("tables.bin", of: "groups") { bytes in
      for group in groups { for place in group { bytes[place] = 0 } }
    }
    // One cell of a group, and a piece of another kind of table.
    try stage.build("cell", words: 0..<50, set: "lookup-1m-n2048")
    try stage.changeFile("tables.bin", of: "cell") { bytes in
      for place in 3_000_000..<3_000_200 { bytes[place] = 0 }
    }
    try stage.build("batch", words: 0..<50, batchSet: "lookup-batch-n4096")
    try stage.changeFile("batch.bin", of: "batch") { bytes in
      for place in 1_000_000..<1_010_000 { bytes[place] = 0 }
    }
    try stage.buildCredentials("users", buckets: 8)
    try stage.changeFile("tables.bin", of: "users") { bytes in
      for place in (bytes.count / 2)..<bytes.count { bytes[place] = 0 }
    }
    try stage.point(to: "good")
    let daemon = try await stage.start()
    for (refusals, name) in ["groups", "cell", "batch", "users"].enumerated() {
      try stage.point(to: name)
      let second = try stage.launch(["--state", stage.path("second")])
      #expect(second.end() == 65 && second.log.contains("runs of zeros"), "\(name): \(second.log)")
      daemon.signal(SIGHUP)
      let line = try await daemon.wait(for: "reload refused", count: refusals + 1)
      #expect((line["reason"] as? String)?.contains("runs of zeros") == true)
    }
    try await withPeer(stage, daemon) { peer in
      let session = try await peer.session()
      #expect(try await peer.check("word7", session) == .present(label: []))
    }
    #expect(daemon.stop() == 0)
  }

  /// What no client and no daemon can see, as SECURITY.md says: the OPRF's proof is about its key, not about the table.
  @Test func whoReplacesGroupsByRandomBytesHidesTheirItemsAndNoOthers() async throws {
    let stage = try DaemonStage()
    var random = SeededGenerator()
    let set = "lookup-1m-n2048"
    try stage.build("passwords", words: 0..<50, set: set)
    let (groups, parameters) = (try half(set), try ParameterFiles.lookup(named: set))
    try stage.changeFile("tables.bin", of: "passwords") { bytes in
      for group in groups { for place in group { bytes[place] = UInt8.random(in: 0..<127, using: &random) } }
    }
    try stage.point(to: "passwords")
    let daemon = try await stage.start()
    try await withPeer(stage, daemon) { peer in
      let session = try await peer.session()
      for number in 0..<60 {
        let output = try await peer.outputs(["word\(number)"], session).outputs[0]
        let key = ItemKey(output: output, salt: session.table.salt)
        let isHidden = key.group(below: parameters.literal.groups) % 2 == 0
        let found = try await peer.check("word\(number)", session)
        #expect(
          found == (number < 50 && !isHidden ? .present(label: []) : .absent),
          "word\(number), seed \(random.seed)")
      }
    }
    #expect(daemon.stop() == 0)
  }
}
#endif
