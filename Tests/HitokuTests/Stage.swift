#if Services
import Foundation
import TestSupport
import Testing

/// A folder with an identity for each side, both tables and an exact study; removed at the end.
final class Stage {
  let folder: URL
  /// The plain join: team and site to rows and points.
  private(set) var expected: [String: (rows: Int, points: Int)] = [:]
  /// The ids of both tables.
  let common = (100..<200).map { "id\($0)" }

  init(_ random: inout SeededGenerator) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "hitoku-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try study { _ in }
    let group = (0..<200).map { _ in ["a", "b"].randomElement(using: &random) ?? "a" }
    let analyst = group.enumerated().map { "id\($0),\($1)" }
    try write("analyst.csv", ["id,team"] + analyst.shuffled(using: &random))
    var rows: [String] = []
    for id in 100..<400 {
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let site = ["x", "y", "z"].randomElement(using: &random) ?? "x"
        let points = Int.random(in: -5...9, using: &random)
        rows.append("id\(id),\(site),\(points)")
        guard id < 200 else { continue }
        expected[group[id] + site, default: (0, 0)].rows += 1
        expected[group[id] + site, default: (0, 0)].points += points
      }
    }
    try write("provider.csv", ["id,site,points"] + rows.shuffled(using: &random))
    for side in ["analyst", "provider"] {
      #expect(try run(["identity", "create", side, "--name", side]).code == 0)
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func write(_ name: String, _ lines: [String]) throws {
    try Data((lines.joined(separator: "\r\n") + "\r\n").utf8).write(to: folder.appending(path: name))
  }

  func read(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: name).path())
  }

  /// The fields of a CSV file's rows by its header.
  func rows(_ name: String) throws -> [[String: String]] {
    let lines = try read(name).split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  /// Writes the study after `edit`.
  func study(_ name: String = "study.json", _ edit: (inout [String: Any]) -> Void) throws {
    var object = try JSONSerialization.jsonObject(with: Data(Self.study.utf8)) as? [String: Any] ?? [:]
    edit(&object)
    try JSONSerialization.data(withJSONObject: object).write(to: folder.appending(path: name))
  }

  /// Makes it a study whose run takes some seconds: long padded lists.
  func longStudy() throws {
    try study {
      $0["mode"] = "count"
      $0["analyst"] = ["id_column": "id", "maximum_ids": 200_000]
      $0["provider"] = ["id_column": "id", "maximum_ids": 200_000]
      $0["policies"] = ["duplicate_ids": "drop"]
      for key in ["measures", "maximum_rows_per_id", "minimum_count"] { $0[key] = nil }
    }
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

  func start(_ arguments: [String]) throws -> RunningProgram {
    // Each side keeps a ledger of its own; ledger commands are the provider's unless they say otherwise.
    let side = arguments.contains("join") ? "analyst" : "provider"
    return try RunningProgram(arguments, in: folder, state: "state-of-\(side)")
  }

  /// Runs the program to its end.
  func run(_ arguments: [String]) throws -> RunningProgram.Ending { try start(arguments).end() }

  func allow(_ options: String...) throws {
    let budget = try run(
      [
        "psi", "ledger", "budget", "study.json", "--peer", "analyst/certificate.pem", "--epsilon", "10",
      ] + options)
    #expect(budget.code == 0, "\(budget.errors)")
  }

  func allowAnalyst(_ options: String...) throws {
    let budget = try run(
      [
        "psi", "ledger", "budget", "study.json", "--peer", "provider/certificate.pem", "--epsilon", "4",
        "--side", "analyst", "--state", "state-of-analyst",
      ] + options)
    #expect(budget.code == 0, "\(budget.errors)")
  }

  /// Starts the provider, and waits until it listens.
  func serve(_ options: [String] = []) throws -> (program: RunningProgram, port: String) {
    let program = try start(
      [
        "psi", "serve", "--study", "study.json", "--input", "provider.csv", "--listen", "127.0.0.1:0",
        "--identity", "provider", "--peer", "analyst/certificate.pem", "--patience", "3",
      ] + options)
    let line = try #require(program.waitForLine("listening on port "))
    return (program, String(line.dropFirst(18)))
  }

  /// The analyst, on its way.
  func join(_ port: String, study: String = "study.json", _ options: [String] = ["--out", "table.csv"])
    throws -> RunningProgram
  {
    try start(
      [
        "psi", "join", "--study", study, "--input", "analyst.csv", "--connect", "127.0.0.1:\(port)",
        "--identity", "analyst", "--peer", "provider/certificate.pem", "--patience", "3",
      ] + options)
  }

  /// A whole run that both sides complete.
  func match(serve: [String] = [], join: [String] = ["--out", "table.csv"]) throws -> (
    provider: RunningProgram.Ending, analyst: RunningProgram.Ending
  ) {
    let (program, port) = try self.serve(serve)
    let analyst = try self.join(port, join).end()
    let provider = program.end()
    #expect(provider.code == 0 && analyst.code == 0, "\(provider.errors)\(analyst.errors)")
    return (provider, analyst)
  }
}

/// The program under test, running.
final class RunningProgram {
  /// How a program ended.
  struct Ending {
    var code: Int32
    var output: String
    var errors: String
  }

  private let process = Process()
  private let errorPipe = Pipe()
  private let outputFile: URL
  private var errors = ""

  /// `name`: of a program beside the tests, or a path from the root.
  init(
    _ arguments: [String], of name: String = "hitoku", in folder: URL, state: String = "state",
    input: String? = nil
  ) throws {
    guard let program = name.hasPrefix("/") ? URL(filePath: name) : Self.program(name) else {
      throw CocoaError(.fileNoSuchFile)
    }
    outputFile = folder.appending(path: "output-\(UUID().uuidString)")
    try Data().write(to: outputFile)
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["HITOKU_STATE": folder.appending(path: state).path()]) { _, own in own }
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = errorPipe
    if let input {
      let file = folder.appending(path: "input-\(UUID().uuidString)")
      try Data(input.utf8).write(to: file)
      process.standardInput = try FileHandle(forReadingFrom: file)
    }
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  var isRunning: Bool { process.isRunning }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// The first whole line of standard error that holds `text`; nil where the program ends without it.
  func waitForLine(holding text: String) -> String? { waitForLine { $0.contains(text) } }

  /// The first whole line of standard error that begins so; nil where the program ends without it.
  func waitForLine(_ beginning: String) -> String? { waitForLine { $0.hasPrefix(beginning) } }

  private func waitForLine(_ isWanted: (Substring) -> Bool) -> String? {
    while true {
      let whole = errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      if let line = whole.first(where: isWanted) { return String(line) }
      let data = errorPipe.fileHandleForReading.availableData
      guard !data.isEmpty else { return nil }
      errors += String(decoding: data, as: UTF8.self)
    }
  }

  /// Waits for its end.
  func end() -> Ending {
    errors += String(
      decoding: (try? errorPipe.fileHandleForReading.readToEnd()) ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    let output = (try? String(contentsOf: outputFile, encoding: .utf8)) ?? ""
    let code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    return Ending(code: code, output: output, errors: errors)
  }

  /// A program beside the tests.
  static func program(_ name: String) -> URL? {
    let tests = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    return [
      tests, tests.deletingLastPathComponent(),
      tests.deletingLastPathComponent().deletingLastPathComponent(),
    ]
    .map { $0.appending(path: name) }
    .first { FileManager.default.isExecutableFile(atPath: $0.path()) }
  }
}
#endif
