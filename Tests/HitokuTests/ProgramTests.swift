#if Services
import Foundation
import TestSupport
import Testing

/// The program as people run it: two processes, real files, real TLS on loopback.
@Suite(.serialized) struct ProgramTests {
  /// A folder with an identity for each side, both tables and an exact study; removed at the end.
  private final class Stage {
    let folder: URL
    private(set) var expected: [String: Int] = [:]

    init(_ random: inout SeededGenerator) throws {
      folder = FileManager.default.temporaryDirectory.appending(path: "hitoku-test-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(Self.study.utf8).write(to: folder.appending(path: "study.json"))
      let group = (0..<200).map { _ in ["a", "b"].randomElement(using: &random) ?? "a" }
      let analyst = group.enumerated().map { "id\($0),\($1)" }
      try write("analyst.csv", ["id,team"] + analyst.shuffled(using: &random))
      var rows: [String] = []
      for id in 100..<400 {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let site = ["x", "y", "z"].randomElement(using: &random) ?? "x"
          rows.append("id\(id),\(site),\(Int.random(in: -5...9, using: &random))")
          if id < 200 { expected[group[id] + site, default: 0] += 1 }
        }
      }
      try write("provider.csv", ["id,site,points"] + rows.shuffled(using: &random))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func write(_ name: String, _ lines: [String]) throws {
      try Data((lines.joined(separator: "\r\n") + "\r\n").utf8).write(to: folder.appending(path: name))
    }

    private static let study = """
      {"format": 1, "name": "test", "mode": "cross", "population": "people",
       "id": {"kind": "plain"},
       "analyst": {"id_column": "id", "maximum_ids": 200, "maximum_ids_per_group": 200,
         "groups": [{"column": "team", "values": ["a", "b"]}]},
       "provider": {"id_column": "id", "maximum_ids": 400, "maximum_rows": 1200,
         "cells": [{"column": "site", "values": ["x", "y", "z"]}]},
       "measures": [{"column": "points", "minimum": -5, "maximum": 9, "statistics": ["sum"]}],
       "maximum_rows_per_id": 3, "minimum_count": 0, "privacy": "exact"}
      """

    /// Starts the program here.
    func start(_ arguments: [String]) throws -> (process: Process, output: Pipe) {
      let process = Process()
      guard let program = Self.program else { throw CocoaError(.fileNoSuchFile) }
      process.executableURL = program
      process.arguments = arguments
      process.currentDirectoryURL = folder
      // Each side keeps a ledger of its own; ledger commands are the provider's.
      let side = arguments.contains("join") ? "analyst" : "provider"
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["HITOKU_STATE": folder.appending(path: "state-of-\(side)").path()]) { _, own in own }
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      return (process, output)
    }

    /// Runs the program to its end; its output and exit code.
    func run(_ arguments: [String]) throws -> (code: Int32, text: String) {
      let (process, output) = try start(arguments)
      let data = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// The program beside the tests.
    private static let program: URL? = {
      let tests = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      return [
        tests, tests.deletingLastPathComponent(),
        tests.deletingLastPathComponent().deletingLastPathComponent(),
      ]
      .map { $0.appending(path: "hitoku") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path()) }
    }()

    func identities() throws {
      for side in ["analyst", "provider"] {
        #expect(try run(["identity", "create", side, "--name", side]).code == 0)
      }
    }

    /// Serves and joins; both outputs.
    func match() throws -> (provider: (code: Int32, text: String), analyst: (code: Int32, text: String)) {
      let (process, output) = try start([
        "psi", "serve", "--study", "study.json", "--input", "provider.csv", "--listen", "127.0.0.1:0",
        "--identity", "provider", "--peer", "analyst/certificate.pem",
      ])
      var log = ""
      var port: Substring?
      while port == nil {
        let data = output.fileHandleForReading.availableData
        guard !data.isEmpty else { break }
        log += String(decoding: data, as: UTF8.self)
        port = log.split(separator: "\n").first { $0.hasPrefix("listening on port ") }?.dropFirst(18)
      }
      let analyst = try run([
        "psi", "join", "--study", "study.json", "--input", "analyst.csv", "--connect",
        "127.0.0.1:\(try #require(port))", "--identity", "analyst", "--peer", "provider/certificate.pem",
        "--out", "table.csv",
      ])
      log += String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      return ((process.terminationStatus, log), analyst)
    }
  }

  @Test func twoProcessesGetThePlainJoinsTable() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.identities()
    let budget = try stage.run([
      "psi", "ledger", "budget", "study.json", "--peer", "analyst/certificate.pem", "--epsilon", "1",
      "--exact",
    ])
    #expect(budget.code == 0, "\(budget.text)")
    let (provider, analyst) = try stage.match()
    #expect(provider.code == 0 && analyst.code == 0, "\(provider.text)\(analyst.text)")
    let table = try String(contentsOf: stage.folder.appending(path: "table.csv"), encoding: .utf8)
    let rows = table.split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",") }
    #expect(rows.count == 6)
    for row in rows {
      #expect(Int(row[2]) == stage.expected[String(row[0] + row[1]), default: 0], "seed \(random.seed)")
    }
    let verified = try stage.run(["psi", "ledger", "verify"])
    #expect(verified.code == 0 && verified.text.contains("entries"), "\(verified.text)")
  }

  @Test func aRunWithoutBudgetIsRefusedBeforeAnybodyWaits() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.identities()
    let provider = try stage.run([
      "psi", "serve", "--study", "study.json", "--input", "provider.csv", "--listen", "127.0.0.1:0",
      "--identity", "provider", "--peer", "analyst/certificate.pem",
    ])
    #expect(provider.code == 77 && provider.text.contains("Hint:"), "\(provider.text)")
  }

  @Test func aWrongCertificateIsRefused() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.identities()
    #expect(try stage.run(["identity", "create", "other", "--name", "other"]).code == 0)
    let swapped = stage.folder.appending(path: "analyst")
    try FileManager.default.moveItem(at: swapped, to: stage.folder.appending(path: "honest"))
    try FileManager.default.moveItem(at: stage.folder.appending(path: "other"), to: swapped)
    // The provider still expects the honest analyst.
    try FileManager.default.copyItem(
      at: stage.folder.appending(path: "honest/certificate.pem"),
      to: stage.folder.appending(path: "pinned.pem"))
    let (process, output) = try stage.start([
      "psi", "serve", "--study", "study.json", "--input", "provider.csv", "--listen", "127.0.0.1:0",
      "--identity", "provider", "--peer", "pinned.pem",
    ])
    var log = ""
    while !log.contains("listening on port ") {
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { break }
      log += String(decoding: data, as: UTF8.self)
    }
    let port = try #require(log.split(separator: "\n").first { $0.hasPrefix("listening") }).dropFirst(18)
    let analyst = try stage.run([
      "psi", "join", "--study", "study.json", "--input", "analyst.csv", "--connect", "127.0.0.1:\(port)",
      "--identity", "analyst", "--peer", "provider/certificate.pem", "--out", "table.csv",
    ])
    #expect(analyst.code == 69 && analyst.text.contains("Hint:"), "\(analyst.text)")
    #expect(process.isRunning, "one stranger does not end the wait")
    process.terminate()
    process.waitUntilExit()
  }
}
#endif
