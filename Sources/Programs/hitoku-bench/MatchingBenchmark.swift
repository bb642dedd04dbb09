#if Services
import ArgumentParser
import Foundation

/// `hitoku psi` as people run it: two processes, CSV in and out, TLS on loopback.
struct MatchingBenchmark {
  /// What is asked.
  enum Mode: String, CaseIterable, ExpressibleByArgument {
    /// How many ids are common.
    case count
    /// Counts and one sum by 10 groups × 100 cells.
    case cross
  }

  /// One run.
  struct Row {
    var mode: Mode
    var count: Int
    var providerCount: Int
    var seconds: Double
    var analyst: ChildProcess.Usage
    var provider: ChildProcess.Usage
    var bytes: Int

    var json: String {
      let cpu = analyst.processorSeconds + provider.processorSeconds
      return """
        {"name":"psi/\(mode.rawValue)","n":\(count),"n_provider":\(providerCount),"seconds":\(rounded(seconds)),"cpu_seconds":\(rounded(cpu)),\
        "cpu_seconds_analyst":\(rounded(analyst.processorSeconds)),\
        "cpu_seconds_provider":\(rounded(provider.processorSeconds)),\
        "bytes_per_item":\(rounded(Double(bytes) / Double(count))),"bytes":\(bytes),\
        "rss_mb":\(megabytes(max(analyst.residentBytes, provider.residentBytes))),\
        "rss_mb_analyst":\(megabytes(analyst.residentBytes)),"rss_mb_provider":\(megabytes(provider.residentBytes))}
        """
    }

    var text: String {
      let cpu = analyst.processorSeconds + provider.processorSeconds
      return
        "psi/\(mode.rawValue)  n \(count) × \(providerCount)  \(rounded(seconds)) s  \(rounded(cpu)) CPU s  "
        + "\(rounded(Double(bytes) / Double(count))) bytes per item  "
        + "\(megabytes(analyst.residentBytes)) / \(megabytes(provider.residentBytes)) MB analyst / provider"
    }

    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
    private func megabytes(_ bytes: Int) -> Int { bytes / 1_000_000 }
  }

  let program: String
  let mode: Mode
  /// The analyst's ids.
  let count: Int
  /// The provider's ids, each with one row.
  let providerCount: Int

  /// Makes tables, identities and a budget in a folder of its own, runs both sides, and removes everything.
  func run() throws -> Row {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hitoku-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appending(path: name).path() }
    try Data(study.utf8).write(to: folder.appending(path: "study.json"))
    try writeTable(path("analyst.csv"), count, first: 0, column: "group", labels: 10)
    try writeTable(path("provider.csv"), providerCount, first: count / 2, column: "cell", labels: 100)
    for side in ["analyst", "provider"] {
      try call(["identity", "create", path(side), "--name", side], path)
    }
    try call(
      [
        "psi", "ledger", "budget", path("study.json"), "--peer", path("analyst/certificate.pem"), "--epsilon",
        "10", "--state", path("state"),
      ], path)
    let provider = try ChildProcess(
      program, side("serve", "provider", "analyst", path) + ["--listen", "127.0.0.1:0"],
      output: path("provider.out"), errors: path("provider.log"))
    let port = try waitForPort(provider, path("provider.log"))
    let start = ContinuousClock.now
    let analyst = try ChildProcess(
      program,
      side("join", "analyst", "provider", path) + [
        "--connect", "127.0.0.1:\(port)", "--out", path("table.csv"), "--json",
      ], output: path("analyst.out"), errors: path("analyst.log"))
    let (analystUsage, providerUsage) = (analyst.wait(), provider.wait())
    let time = (ContinuousClock.now - start).components
    guard analystUsage.exitCode == 0, providerUsage.exitCode == 0 else {
      let log = try? String(contentsOfFile: path("analyst.log"), encoding: .utf8)
      throw ValidationError("the run failed: \(log ?? "")")
    }
    return Row(
      mode: mode, count: count, providerCount: providerCount,
      seconds: Double(time.seconds) + Double(time.attoseconds) * 1e-18,
      analyst: analystUsage, provider: providerUsage, bytes: try bytes(path("analyst.out")))
  }

  private func side(_ command: String, _ own: String, _ peer: String, _ path: (String) -> String) -> [String]
  {
    [
      "psi", command, "--study", path("study.json"), "--input", path("\(own).csv"), "--identity", path(own),
      "--peer", path("\(peer)/certificate.pem"), "--state", path(own == "provider" ? "state" : "log"),
    ]
  }

  private func call(_ arguments: [String], _ path: (String) -> String) throws {
    let usage = try ChildProcess(program, arguments, output: path("out"), errors: path("log.txt")).wait()
    guard usage.exitCode == 0 else { throw ValidationError("\(arguments.prefix(3)) failed") }
  }

  private func waitForPort(_ provider: ChildProcess, _ log: String) throws -> String {
    while provider.isRunning {
      let lines = (try? String(contentsOfFile: log, encoding: .utf8))?.split(separator: "\n") ?? []
      if let line = lines.first(where: { $0.hasPrefix("listening on port ") }) {
        return String(line.dropFirst(18))
      }
      usleep(50_000)
    }
    throw ValidationError("the provider ended: \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
  }

  private func bytes(_ report: String) throws -> Int {
    let data = try Data(contentsOf: URL(filePath: report))
    let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return (object?["facts"] as? [String: Any])?["bytes"] as? Int ?? 0
  }

  /// Ids from `first` on, in an order that has nothing to do with them; half of both tables' ids are common.
  private func writeTable(_ path: String, _ count: Int, first: Int, column: String, labels: Int) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw ValidationError("cannot write \(path)") }
    defer { try? file.close() }
    var text = mode == .count ? "id\n" : "id,\(column),value\n"
    for index in 0..<count {
      // An odd factor permutes the residues modulo a power of two, and a step coprime to the count those modulo it.
      let id = first + index * 7919 % count
      text += mode == .count ? "customer-\(id)\n" : "customer-\(id),\(id % labels),\(id % 1000)\n"
      if text.utf8.count > 1 << 20 {
        try file.write(contentsOf: Data(text.utf8))
        text.removeAll(keepingCapacity: true)
      }
    }
    try file.write(contentsOf: Data(text.utf8))
  }

  private var study: String {
    func values(_ count: Int) -> String { (0..<count).map { "\"\($0)\"" }.joined(separator: ", ") }
    let head =
      "\"format\": 1, \"name\": \"benchmark\", \"population\": \"people\", \"id\": {\"kind\": \"plain\"}"
    guard mode == .cross else {
      return """
        {\(head), "mode": "count", "analyst": {"id_column": "id", "maximum_ids": \(count)},
         "provider": {"id_column": "id", "maximum_ids": \(providerCount)},
         "privacy": {"epsilon": {"match": 0.5}, "delta": "2^-40"}}
        """
    }
    return """
      {\(head), "mode": "cross",
       "analyst": {"id_column": "id", "maximum_ids": \(count), "maximum_ids_per_group": \(count / 10 + 1),
         "groups": [{"column": "group", "values": [\(values(10))]}]},
       "provider": {"id_column": "id", "maximum_ids": \(providerCount), "maximum_rows": \(providerCount),
         "cells": [{"column": "cell", "values": [\(values(100))]}]},
       "measures": [{"column": "value", "minimum": 0, "maximum": 1000, "statistics": ["sum"]}],
       "maximum_rows_per_id": 1, "minimum_count": 0,
       "privacy": {"epsilon": {"match": 0.5, "cells": 1}, "delta": "2^-38"}}
      """
  }
}

/// `hitoku-bench psi`.
struct PSICommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "psi",
    abstract:
      "Both sides of 'hitoku psi' as two processes on this machine: wall and processor time, bytes, memory.",
    discussion: """
      n ids on each side, half of them common, CSV in and out, ε on. Processor time is that of both sides, everything \
      included; seconds run from the analyst's start to both ends. Bytes are those of all messages, for each of n items.
      """)
  @Flag(help: "Print one JSON object per line.") var json = false
  @Option(help: "Ids on each side; may be given again. Default: 2^20 for count, 10^6 for cross.")
  var size: [Int] = []
  @Option(help: "Ids of the provider; default: as many as the analyst's.") var providerSize: Int?
  @Option(help: "Only this mode.") var only: MatchingBenchmark.Mode?
  @Option(help: "The program; default: hitoku beside this one.") var program: String?

  func validate() throws {
    try HitokuBench.Output.refuseUnknownVariant()
    guard
      (size + [providerSize].compactMap { $0 }).allSatisfy({
        (100...100_000_000).contains($0) && $0 % 7919 != 0
      })
    else {
      throw ValidationError("a size is from 100 to 10^8, and no multiple of 7919")
    }
  }

  func run() throws {
    let path =
      program ?? Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "hitoku").path()
    guard let path, FileManager.default.isExecutableFile(atPath: path) else {
      throw ValidationError("hitoku is not beside this program: build it, or give --program")
    }
    for mode in MatchingBenchmark.Mode.allCases where only == nil || only == mode {
      for count in size.isEmpty ? [mode == .count ? 1 << 20 : 1_000_000] : size {
        let row = try MatchingBenchmark(
          program: path, mode: mode, count: count, providerCount: providerSize ?? count
        ).run()
        print(json ? row.json : row.text)
      }
    }
  }
}
#endif
