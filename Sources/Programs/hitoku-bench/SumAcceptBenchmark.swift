#if Services
import ArgumentParser
import ContributionStore
import EncryptedSum
import Foundation
import Identities
import Primitives
import Secrets
import ServiceClient
import ServiceContracts
import Studies
import SumClient

/// `hitoku-sumd` as people run it: a process with a store of its own on this disk, and clients that contribute over TLS.
struct SumAcceptBenchmark {
  /// Folder of the programs.
  let programs: URL
  let degree: Int
  /// Contributions, each of another contributor with a token of its own.
  let count: Int
  /// Connections, each with one request at a time.
  let tasks: Int

  /// What was measured, in wall time.
  struct Row {
    var degree: Int
    var count: Int
    var tasks: Int
    var seconds: Double
    var bytes: Int
    var releaseSeconds: Double
    /// The daemon's memory before the release, and the most of it during the release.
    var residentBytes: (before: Int, peak: Int)

    private var rate: Double { (Double(count) / seconds * 10).rounded() / 10 }
    private var release: Double { (releaseSeconds * 1000).rounded() / 1000 }

    var json: String {
      """
      {"name":"sum/accept","n":\(degree),"count":\(count),"tasks":\(tasks),"per_s":\(rate),"bytes":\(bytes),\
      "release_s":\(release),"rss_mb":\(residentBytes.before / 1_000_000),\
      "rss_release_mb":\(residentBytes.peak / 1_000_000)}
      """
    }

    var text: String {
      "sum/accept  \(count) contributions of \(bytes) bytes over TLS, \(tasks) at once  \(rate) per second; released in "
        + "\(release) s; the daemon had \(residentBytes.before / 1_000_000) MB, then at most "
        + "\(residentBytes.peak / 1_000_000) MB"
    }
  }

  /// Makes everything in a folder of its own, and removes it.
  func run() async throws -> Row {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hitoku-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appending(path: name).path() }
    let program = programs.appending(path: "hitoku-sumd").path()
    _ = try Identity.create(folder: path("identity"), name: "benchmark")
    let key = try ChildProcess(
      program, ["key", "--state", path("state")], output: path("key"), errors: path("key.log"))
    guard key.wait().exitCode == 0,
      let bytes = SumSession.bytes(
        try String(contentsOfFile: path("key"), encoding: .utf8).trimmingCharacters(in: .newlines)),
      let provider = SigningPublicKey(bytes: bytes)
    else { throw ValidationError("hitoku-sumd key failed: build hitoku-sumd first") }
    let benchmark = try SumBenchmark(degree: degree, only: nil, provider: provider)
    let tokens = try Tokens(benchmark.plan.studyDigest, count: count, store: path("state/store.sqlite"))
    let daemon = try ChildProcess(
      program,
      [
        "serve", "--state", path("state"), "--identity", path("identity"), "--listen", "127.0.0.1:0",
        "--operator-listen", "127.0.0.1:0", "--rate", "1000000", "--burst", "1000000", "--connections",
        "2000",
        "--connections-per-client", "2000", "--queue", "2000", "--log-level", "notice",
      ], output: path("out"), errors: path("log"))
    defer {
      daemon.stop()
      _ = daemon.wait()
    }
    let address = "127.0.0.1:\(try port(daemon, path("log")))"
    let trust = ServerTrust.certificate(file: path("identity/certificate.pem"))
    let analyst = try SumServer(address, trust: trust, token: tokens.analyst)
    let document = try await analyst.create(benchmark.newStudy())
    let seconds = try await contribute(benchmark, tokens, document.progress.digest, address, trust)
    let auditor = try SumServer(address, trust: trust, token: tokens.auditor)
    let before = try Memory(of: daemon.identifier).resident
    try Memory.forgetPeak(of: daemon.identifier)
    let start = ContinuousClock.now
    _ = try await analyst.closeStudy(document.progress.digest)
    // The log begins with the study and ends with its closing.
    let end = try await auditor.log(of: document.progress.digest, from: count + 2).entries.last
    let seed = SystemRandom.bytes(count: SumSeeds.byteCount)
    let signature = benchmark.signature(onSeed: seed, after: end.flatMap { SumSession.bytes($0.hash) } ?? [])
    _ = try await auditor.give(
      seed: SumAuditorSeedDocument(
        seed: SumSession.digits(seed), signature: SumSession.digits(signature)), to: document.progress.digest)
    _ = try await analyst.release(document.progress.digest)
    let release = (ContinuousClock.now - start) / .seconds(1)
    let peak = try Memory(of: daemon.identifier).peak
    await analyst.close()
    await auditor.close()
    return Row(
      degree: degree, count: count, tasks: tasks, seconds: seconds,
      bytes: benchmark.plan.contributionByteCount, releaseSeconds: release, residentBytes: (before, peak))
  }

  /// Bearers' tokens, made past the daemon.
  private struct Tokens: Sendable {
    let analyst: String
    let auditor: String
    let registrants: [String]

    init(_ study: [UInt8], count: Int, store path: String) throws {
      let store = try ContributionStore(path: path)
      func token(_ role: SumRole, _ name: String) throws -> String {
        try store.makeToken(TokenScope(role: role, study: study, name: name, expires: .max))
      }
      analyst = try token(.analyst, "analyst")
      auditor = try token(.auditor, "auditor")
      registrants = try (0..<count).map { try token(.registrant, "contributor \($0)") }
    }
  }

  private func contribute(
    _ benchmark: SumBenchmark, _ tokens: Tokens, _ digest: String, _ address: String, _ trust: ServerTrust
  ) async throws -> Double {
    let plan = benchmark.plan
    let body = try plan.encrypt([Int](repeating: 7, count: plan.layout.count))
    let (count, tasks) = (count, tasks)
    let path = SumPath.part(of: digest, .contribution).text
    // Connected before the clock starts.
    var connections: [ServiceConnection] = []
    for _ in 0..<tasks { connections.append(try ServiceConnection(address, trust: trust, token: nil)) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for connection in connections {
        group.addTask {
          _ = try await connection.send(
            "GET", SumPath.provider.text, expecting: SumPath.json, limit: 1 << 16)
        }
      }
      try await group.waitForAll()
    }
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (task, connection) in connections.enumerated() {
        group.addTask {
          for number in stride(from: task, to: count, by: tasks) {
            _ = try await connection.send(
              "POST", path, .init(SumPath.bytes, SumBenchmark.own(body, number)),
              fields: [
                ("authorization", "Bearer \(tokens.registrants[number])"),
                (SumPath.idempotencyKey, "\(number)"),
              ], expecting: SumPath.json, limit: 1 << 16)
          }
        }
      }
      try await group.waitForAll()
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    for connection in connections { await connection.close() }
    return seconds
  }

  private func port(_ daemon: ChildProcess, _ log: String) throws -> Int {
    while daemon.isRunning {
      let lines = (try? String(contentsOfFile: log, encoding: .utf8))?.split(separator: "\n") ?? []
      for line in lines {
        let fields = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        if fields?["event"] as? String == "listening", let port = fields?["port"] as? Int { return port }
      }
      usleep(20_000)
    }
    throw ValidationError("the daemon ended: \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
  }

  /// What Linux says of a process's memory.
  private struct Memory {
    var resident = 0
    var peak = 0

    init(of process: pid_t) throws {
      let text = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
      for line in text.split(separator: "\n") {
        let fields = line.split(whereSeparator: { $0 == ":" || $0.isWhitespace })
        guard fields.count >= 2, let kilobytes = Int(fields[1]) else { continue }
        if fields[0] == "VmRSS" { resident = 1024 * kilobytes }
        if fields[0] == "VmHWM" { peak = 1024 * kilobytes }
      }
    }

    static func forgetPeak(of process: pid_t) throws {
      try Data("5".utf8).write(to: URL(filePath: "/proc/\(process)/clear_refs"))
    }
  }
}
#endif
