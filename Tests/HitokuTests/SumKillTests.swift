#if Services
import EncryptedSum
import Foundation
import ServiceClient
import ServiceContracts
import Studies
import SumClient
import Synchronization
import TestSupport
import Testing

/// Kills the daemon at random points while contributors contribute, replace and withdraw over TLS: three times, or
/// `HITOKU_SOAK_SUMD_KILLS` times (`Scripts/soak sumd`), on SQLite, and on PostgreSQL where `HITOKU_TEST_POSTGRES` names a database.
@Suite(.serialized) struct SumKillTests {
  private static let kills =
    ProcessInfo.processInfo.environment["HITOKU_SOAK_SUMD_KILLS"].flatMap { Int($0) } ?? 3
  private static let contributors = 16

  @Test(.timeLimit(.minutes(30)), arguments: SumBackend.available)
  func everyAcknowledgedContributionCountsOnceHoweverOftenTheDaemonIsKilled(backend: SumBackend) async throws
  {
    var random = SeededGenerator()
    let schema = try backend.makeSchema()
    defer { schema?.drop() }
    let stage = try SumStage(store: schema?.options ?? [])
    let digest = try stage.create(
      draft: """
        {"format": 1, "kind": "sum", "title": "Kills",
         "fields": [{"column": "x", "minimum": 0, "maximum": 1000000, "squares": false}],
         "minimum_contributors": 2, "maximum_contributors": 100, "maximum_rows": 1, "privacy": "exact",
         "opening": "2020-01-01T00:00:00Z", "closing": "2999-01-01T00:00:00Z"}
        """)
    let study = try SumStudy(decoding: Array(try stage.read("study.json").utf8))
    let analyst = try stage.connection("analyst")
    let key = try await analyst.send(
      "GET", SumPath.part(of: digest, .key).text, expecting: SumPath.bytes, limit: 1 << 20)
    await analyst.close()
    let plan = try SumSession.plan(study, encodedKey: key)
    let target = MovingTarget(stage.address)
    var bearers: [Bearer] = []
    for index in 0..<Self.contributors {
      try stage.makeToken("registrant", name: "c\(index)", study: digest)
      bearers.append(
        Bearer(
          name: "c\(index)", token: try stage.token("c\(index)"),
          certificate: stage.path("server/certificate.pem"),
          plan: plan, target: target, seed: random.next()))
    }
    let said = try await withThrowingTaskGroup(of: Bearer.Ending.self) { group in
      for bearer in bearers { group.addTask { try await bearer.run() } }
      for _ in 0..<Self.kills {
        try await Task.sleep(for: .milliseconds(Int.random(in: 5...400, using: &random)))
        try stage.restart()
        target.move(to: stage.address)
      }
      try await Task.sleep(for: .milliseconds(200))
      target.end()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    try await check(said, stage, study, "seed \(random.seed)")
    let count = said.reduce(0) { $0 + $1.receipts.count }, repeated = said.reduce(0) { $0 + $1.repetitions }
    print("\(backend): \(Self.kills) kills, \(count) changes acknowledged, \(repeated) requests repeated")
  }

  /// The log holds every acknowledged change once and no other, and the decrypted sum is that of what stands.
  private func check(
    _ said: [Bearer.Ending], _ stage: SumStage, _ study: SumStudy, _ seed: String
  ) async throws {
    let log = try await log(stage, study)
    #expect(SumLogEntry.isChain(log, study: study.digest), "\(seed)")
    let receipts = said.flatMap(\.receipts)
    #expect(Set(receipts.map(\.sequence)).count == receipts.count, "\(seed)")
    #expect(log.count == receipts.count + 1, "\(seed)")
    for receipt in receipts where log.indices.contains(receipt.sequence - 1) {
      let entry = log[receipt.sequence - 1]
      #expect(entry.kind.rawValue == receipt.kind, "\(seed)")
      #expect(SumSession.digits(entry.subject) == receipt.contribution, "\(seed)")
    }
    let audit = ["sum", "audit", "study.json", "--keys", "auditor-keys"] + stage.server("auditor")
    try stage.expectSuccess(["sum", "close", "study.json"] + stage.server("analyst"))
    try stage.expectSuccess(audit)
    try stage.expectSuccess(["sum", "release", "study.json"] + stage.server("analyst"))
    try stage.expectSuccess(audit)
    try stage.expectSuccess(
      ["sum", "result", "study.json", "--keys", "analyst-keys", "--out", "figures.csv"]
        + stage.server("analyst"))
    let standing = said.compactMap(\.standing)
    let figures = try stage.figures()
    #expect(figures["x: count"] == Double(standing.count), "\(seed)")
    let mean = Double(standing.reduce(0, +)) / Double(standing.count)
    #expect(abs((figures["x: mean"] ?? .nan) - mean) <= 1e-9 * mean, "\(seed)")
  }

  private func log(_ stage: SumStage, _ study: SumStudy) async throws -> [SumLogEntry] {
    let auditor = try SumServer(
      stage.address, trust: .certificate(file: stage.path("server/certificate.pem")),
      token: try stage.token("auditor"))
    var log: [SumLogEntry] = []
    while true {
      let page = try await auditor.log(of: SumSession.digits(study.digest), from: log.count + 1)
      if page.entries.isEmpty { break }
      for line in page.entries {
        log.append(
          SumLogEntry(
            sequence: line.sequence, time: line.time, kind: try #require(.init(rawValue: line.kind)),
            name: line.name, subject: try #require(SumSession.bytes(line.subject)),
            stored: try #require(SumSession.bytes(line.hash))))
      }
    }
    await auditor.close()
    return log
  }
}

/// Where the daemon listens now, for those who ask it.
private final class MovingTarget: Sendable {
  private let state: Mutex<(address: String, isOver: Bool)>

  init(_ address: String) { state = Mutex((address, false)) }

  var address: String { state.withLock { $0.address } }
  var isOver: Bool { state.withLock { $0.isOver } }
  func move(to address: String) { state.withLock { $0.address = address } }
  func end() { state.withLock { $0.isOver = true } }
}

/// A contributor that changes its mind all the time, and repeats what nobody answered until somebody does.
private struct Bearer: Sendable {
  let name: String
  let token: String
  let certificate: String
  let plan: SumPlan
  let target: MovingTarget
  let seed: UInt64

  struct Ending: Sendable {
    var receipts: [SumReceiptDocument] = []
    var repetitions = 0
    /// The value of what stands in the end.
    var standing: Int?
  }

  func run() async throws -> Ending {
    var (ending, random) = (Ending(), SeededGenerator(seed: seed))
    while !target.isOver || ending.standing == nil {
      if ending.standing != nil, Int.random(in: 0..<4, using: &random) == 0 {
        ending.receipts.append(try await send("DELETE", nil, &ending.repetitions))
        ending.standing = nil
      } else {
        let value = Int.random(in: 0...1_000_000, using: &random)
        let vector = try plan.layout.vector(of: [SumRow(values: [value])], study: plan.study)
        let body = try plan.encrypt(vector)
        let receipt = try await send(
          ending.standing == nil ? "POST" : "PUT", .init(SumPath.bytes, body), &ending.repetitions)
        #expect(receipt.contribution == SumSession.digits(plan.digest(of: body, by: name)))
        ending.receipts.append(receipt)
        ending.standing = value
      }
    }
    return ending
  }

  /// Sends until an answer comes, under one idempotency key.
  private func send(
    _ method: String, _ body: ServiceConnection.Body?, _ repetitions: inout Int
  ) async throws -> SumReceiptDocument {
    let path = SumPath.part(of: SumSession.digits(plan.studyDigest), .contribution).text
    let key = UUID().uuidString
    while true {
      let connection = try ServiceConnection(
        target.address, trust: .certificate(file: certificate), token: token)
      let answer: Result<[UInt8], ServiceClientError>
      do throws(ServiceClientError) {
        answer = .success(
          try await connection.send(
            method, path, body, fields: [(SumPath.idempotencyKey, key)], expecting: SumPath.json,
            limit: 1 << 16))
      } catch { answer = .failure(error) }
      await connection.close()
      switch answer {
      case .success(let bytes): return try JSONDecoder().decode(SumReceiptDocument.self, from: Data(bytes))
      case .failure(.unreachable):
        repetitions += 1
        try await Task.sleep(for: .milliseconds(20))
      case .failure(let error): throw error
      }
    }
  }
}

/// Where whole daemons keep their stores in tests. PostgreSQL is tested where `HITOKU_TEST_POSTGRES` is a connection string of an owner of
/// a database; `psql` makes and drops a schema for each store.
enum SumBackend: String, CaseIterable {
  case sqlite
  case postgres

  static let server = ProcessInfo.processInfo.environment["HITOKU_TEST_POSTGRES"]
  static var available: [SumBackend] { server == nil ? [.sqlite] : allCases }

  struct Schema {
    let name: String
    var options: [String] {
      ["--postgres", "\(SumBackend.server ?? "") options='-c search_path=\(name)'"]
    }
    func drop() { try? SumBackend.psql("DROP SCHEMA \(name) CASCADE") }
  }

  /// A new schema; nil for SQLite.
  func makeSchema() throws -> Schema? {
    guard self == .postgres else { return nil }
    let schema = Schema(name: "p" + UUID().uuidString.filter(\.isHexDigit).lowercased())
    try Self.psql("CREATE SCHEMA \(schema.name)")
    return schema
  }

  static func psql(_ text: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", server ?? "", "-c", text]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
  }
}
#endif
