#if Services
import Foundation
import LabeledLookup
import LeakCheck
import ObliviousPRF
import ParameterFiles
import ServiceContracts
import Synchronization
import TestSupport
import Testing

final class Flag: Sendable {
  let value = Atomic(false)
}

/// What can happen to a database's files.
private enum Damage: CaseIterable {
  case flippedTable, shortTable, flippedDescription, shortManifest

  var file: String {
    switch self {
    case .flippedTable, .shortTable: "tables.bin"
    case .flippedDescription: "descriptions.bin"
    case .shortManifest: "manifest.json"
    }
  }

  func apply(to data: inout Data) {
    switch self {
    case .flippedTable: data[data.count / 2] ^= 4
    case .flippedDescription: data[50] ^= 1
    case .shortTable: data.removeLast()
    case .shortManifest: data.removeLast(9)
    }
  }
}

@Suite(.serialized) struct LifecycleTests {
  @Test func aReloadDropsNoRequestAndTheOldVersionEnds() async throws {
    let stage = try DaemonStage()
    try stage.build("first", words: 0..<100)
    try stage.build("second", words: 100..<200)
    try stage.point(to: "first")
    let daemon = try await stage.start(["--grace-seconds", "8"])
    try await withPeer(stage, daemon) { peer in
      let old = try await peer.session()
      let isOver = Flag()
      let checks = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 {
          group.addTask {
            var count = 0
            while !isOver.value.load(ordering: .relaxed) {
              let session = try await peer.session()
              let isFirst = session.document.name == "first"
              let results = (try await peer.check("word7", session), try await peer.check("word150", session))
              #expect(results.0 == (isFirst ? .present(label: []) : .absent))
              #expect(results.1 == (isFirst ? .absent : .present(label: [])))
              count += 1
            }
            return count
          }
        }
        try stage.point(to: "second")
        daemon.signal(SIGHUP)
        try await daemon.wait(for: "reloaded")
        // The old version answers on.
        #expect(try await peer.check("word7", old) == .present(label: []))
        try await Task.sleep(for: .seconds(1))
        isOver.value.store(true, ordering: .relaxed)
        return try await group.reduce(0, +)
      }
      #expect(checks >= 4)
      #expect(try await peer.document().name == "second")
      let path = LeakPath.description(version: old.document.version, bucket: 0).text
      for _ in 0..<60 {
        guard try await peer.send(path).problem != .unknownVersion else { break }
        try await Task.sleep(for: .milliseconds(500))
      }
      #expect(try await peer.send(path).problem == .unknownVersion)
    }
    #expect(daemon.stop() == 0)
  }

  @Test func damagedDatabasesAndWrongKeysAreRefusedAtAReloadAndAtTheStart() async throws {
    let stage = try DaemonStage()
    try stage.build("good", words: 0..<50)
    try stage.point(to: "good")
    let daemon = try await stage.start()
    let files = FileManager.default
    var refusals = 0
    for damage in Damage.allCases {
      let name = damage.file
      let bad = "bad-\(refusals)"
      try files.copyItem(atPath: stage.path("good"), toPath: stage.path(bad))
      var data = try Data(contentsOf: URL(filePath: stage.path("\(bad)/\(name)")))
      damage.apply(to: &data)
      try data.write(to: URL(filePath: stage.path("\(bad)/\(name)")))
      try stage.point(to: bad)
      daemon.signal(SIGHUP)
      refusals += 1
      try await daemon.wait(for: "reload refused", count: refusals)
      let second = try stage.launch()
      #expect(second.end() == 65, "\(second.log)")
      #expect(second.log.contains("refused to start"))
    }
    // A database of another key, and a key that others can read.
    let other = try DaemonStage()
    try other.build("other", words: 0..<50)
    try files.copyItem(atPath: other.path("other"), toPath: stage.path("other"))
    try stage.point(to: "other")
    daemon.signal(SIGHUP)
    try await daemon.wait(for: "reload refused", count: refusals + 1)
    #expect(daemon.log.contains("another OPRF key"))
    try stage.point(to: "good")
    try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: stage.path("oprf.key"))
    let exposed = try stage.launch()
    #expect(exposed.end() == 65 && exposed.log.contains("chmod 600"))
    try await withPeer(stage, daemon) { peer in
      let session = try await peer.session()
      #expect(try await peer.check("word7", session) == .present(label: []), "it stayed with what it had")
    }
    #expect(daemon.stop() == 0)
  }

  @Test func aTableThatIsCutDuringAnswersChangesNoAnswerAndIsRefusedAtTheReload() async throws {
    let stage = try DaemonStage()
    try stage.build("passwords", words: 0..<200, set: "lookup-1m-n2048", batchSet: "lookup-batch-n4096")
    try stage.point(to: "passwords")
    let daemon = try await stage.start()
    try await withPeer(stage, daemon) { peer in
      let session = try await peer.session()
      let isOver = Flag()
      let count = try await withThrowingTaskGroup(of: Int.self) { group in
        for client in 0..<4 {
          group.addTask {
            var count = 0
            while !isOver.value.load(ordering: .relaxed) {
              let number = (count * 4 + client) % 400
              let found = try await peer.check("word\(number)", session)
              #expect(found == (number < 200 ? .present(label: []) : .absent), "word\(number)")
              count += 1
            }
            return count
          }
        }
        for name in ["tables.bin", "batch.bin"] {
          let path = stage.path("passwords/\(name)")
          try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
          let handle = try FileHandle(forUpdating: URL(filePath: path))
          for length in [5_000_000, 100_000, 0] as [UInt64] {
            try handle.truncate(atOffset: length)
            try await Task.sleep(for: .milliseconds(200))
          }
        }
        isOver.value.store(true, ordering: .relaxed)
        return try await group.reduce(0, +)
      }
      #expect(count > 4)
      let table = try TableDescription(
        decoding: try await peer.bytes(.batchDescription(version: session.document.version)))
      let parameters = try ParameterFiles.batch(named: "lookup-batch-n4096")
      let outputs = try await peer.outputs((190..<210).map { "word\($0)" }, session)
      let query = try BatchQuery(outputs.keys(in: table), parameters, table: table)
      let answer = try await peer.bytes(.batchLookup(version: session.document.version), query.bytes)
      #expect(try query.finish(answer).map { $0 != .absent } == (190..<210).map { $0 < 200 })
      #expect(try await peer.send("/ready").status == 200)
      daemon.signal(SIGHUP)
      try await daemon.wait(for: "reload refused")
      #expect(try await peer.check("word7", session) == .present(label: []), "it stays with what it has")
    }
    #expect(daemon.stop() == 0)
  }

  @Test func manyTablesThatChangeUnderTheDaemonAreServedNoMore() async throws {
    let stage = try DaemonStage()
    try stage.build("passwords", words: 0..<50)
    try stage.buildCredentials("users", buckets: 8)
    try stage.point(to: "users")
    let tables = stage.path("users/tables.bin")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: tables)
    let daemon = try await stage.start()
    try await withPeer(stage, daemon) { peer in
      let session = try await peer.session()
      let client = try LookupClient(session.parameters, table: session.table)
      let query = try client.query(output: Array(repeating: 3, count: 64)).bytes
      let first = LeakPath.lookup(version: session.document.version, bucket: 0).text
      #expect(try await peer.send(first, query).status == 200)
      let handle = try FileHandle(forUpdating: URL(filePath: tables))
      try handle.write(contentsOf: Data(repeating: 7, count: 4096))
      let size = session.document.lookup.queryBytes + session.document.lookup.keyBytes
      let lookup = LeakPath.lookup(version: session.document.version, bucket: 0).text
      for length in [nil, 100, 0] as [UInt64?] {
        if let length { try handle.truncate(atOffset: length) }
        let refused = try await peer.send(lookup, [UInt8](repeating: 1, count: size))
        #expect(refused.status == 503 && refused.problem == .busy)
        #expect(try await peer.send("/ready").status == 503)
      }
      #expect(daemon.lines("database changed").count == 1)
      #expect(try await peer.send("/health").status == 200)
      try stage.point(to: "passwords")
      daemon.signal(SIGHUP)
      try await daemon.wait(for: "reloaded")
      #expect(try await peer.send("/ready").status == 200)
      #expect(try await peer.check("word7", try await peer.session()) == .present(label: []))
    }
    #expect(daemon.stop() == 0)
  }

  @Test func emptyDatabasesDamagedRangesTakenPortsAndTakenStatesAreRefusedWithAReason() async throws {
    let stage = try DaemonStage()
    try stage.build("good", words: 0..<10)
    try stage.build("empty", words: 0..<1)
    try stage.changeManifest(of: "empty") { $0["items"] = 0 }
    try stage.point(to: "empty")
    func refused(_ options: [String], _ code: Int32, _ reason: String) throws {
      let daemon = try stage.launch(options)
      #expect(daemon.end() == code && daemon.log.contains(reason), "\(daemon.log)")
    }
    try refused([], 65, "holds no items")
    try stage.point(to: "good")
    try stage.write("no.range", Data(repeating: 1, count: 5_000_000))
    try refused(["--range-file", stage.path("no.range")], 65, "is no range file")
    let daemon = try await stage.start()
    try refused([], 73, "another daemon keeps its state")
    for option in ["--listen", "--operator-listen"] {
      let address = "127.0.0.1:\(daemon.port)"
      let reason = "cannot listen on \(address): another program does"
      try refused(["--state", stage.path("other-state"), option, address], 69, reason)
    }
    try stage.point(to: "empty")
    daemon.signal(SIGHUP)
    try await daemon.wait(for: "reload refused")
    #expect(daemon.log.contains("holds no items"))
    let time = try #require(daemon.lines("listening").first?["time"] as? String)
    #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(time)")
    try await withPeer(stage, daemon) { peer in
      let operators = Peer(http: peer.http, base: daemon.operators)
      let text = String(decoding: try await operators.send("/metrics").body, as: UTF8.self)
      #expect(text.contains("hitoku_reloads_total{part=\"database\",result=\"refused\"} 1\n"))
      #expect(
        text.contains("hitoku_reloads_total{part=\"database\",result=\"done\"} 0\n"), "there before the first"
      )
    }
    #expect(daemon.stop() == 0)
  }

  @Test func keysAreRotatedByAReload() async throws {
    let (stage, other) = (try DaemonStage(), try DaemonStage())
    try stage.build("first", words: 0..<50)
    try other.build("second", words: 0..<60)
    try FileManager.default.copyItem(atPath: other.path("second"), toPath: stage.path("second"))
    try FileManager.default.copyItem(atPath: other.path("oprf.key"), toPath: stage.path("next.key"))
    try stage.point(to: "first")
    let daemon = try await stage.start(["--oprf-key", stage.path("next.key")])
    try await withPeer(stage, daemon) { peer in
      let before = try await peer.session()
      try stage.point(to: "second")
      daemon.signal(SIGHUP)
      try await daemon.wait(for: "reloaded")
      let after = try await peer.session()
      #expect(before.key != after.key)
      #expect(try await peer.check("word55", after) == .present(label: []))
      #expect(try await peer.check("word5", before) == .present(label: []), "the old version keeps its key")
    }
    #expect(daemon.stop() == 0)
  }

  @Test(arguments: [true, false]) func aStopAnswersWhatCameIn(http2: Bool) async throws {
    let stage = try DaemonStage()
    try stage.build("passwords", words: 0..<10)
    try stage.point(to: "passwords")
    let daemon = try await stage.start(["--threads", "1", "--queue", "400"])
    let statuses = try await withPeer(stage, daemon, http2: http2) { peer in
      let session = try await peer.session()
      let entries = (0..<1024).map { LeakEntry(password: "w\($0)") }
      let blinded = try LeakRequest(entries, verifying: session.key).bytes
      let path = LeakPath.evaluate(version: session.document.version).text
      return try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<40 { group.addTask { try await peer.send(path, blinded).status } }
        // All of them came in.
        let operators = Peer(http: peer.http, base: daemon.operators)
        while true {
          let text = String(decoding: try await operators.send("/metrics").body, as: UTF8.self)
          if text.contains("hitoku_elements_total \(40 * 1024)\n") { break }
        }
        daemon.signal(SIGTERM)
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(statuses == Array(repeating: 200, count: 40))
    #expect(daemon.end() == 0, "\(daemon.log)")
    #expect(daemon.lines("stopped").count == 1)
  }
}
#endif
