#if Services
import Foundation
import TestSupport
import Testing

/// What happens when something goes wrong: as documented, within seconds, nothing partial, the other side well.
@Suite(.serialized) struct FailureTests {
  private func expectNoResult(_ stage: Stage) throws {
    let left = try FileManager.default.contentsOfDirectory(atPath: stage.folder.path())
    #expect(!left.contains { $0.hasPrefix("table") || $0.contains("partial") }, "\(left)")
  }

  @Test func aRunWithoutBudgetIsRefusedBeforeAnybodyWaits() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    let provider = try stage.run([
      "psi", "serve", "--study", "study.json", "--input", "provider.csv", "--listen", "127.0.0.1:0",
      "--identity", "provider", "--peer", "analyst/certificate.pem",
    ])
    #expect(provider.code == 77 && provider.errors.contains("Hint:"), "\(provider.errors)")
  }

  @Test func aBudgetThatIsGoneByThenEndsTheRunOnBothSides() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.study { $0["privacy"] = ["epsilon": ["match": 0.5, "cells": 1], "delta": "2^-38"] }
    try stage.allow()
    let (provider, port) = try stage.serve()
    let lowered = try stage.run([
      "psi", "ledger", "budget", "study.json", "--peer", "analyst/certificate.pem", "--epsilon", "1.2",
    ])
    #expect(lowered.code == 0)
    let analyst = try stage.join(port).end()
    let ending = provider.end()
    #expect(ending.code == 77 && ending.errors.contains("Hint:"), "\(ending.errors)")
    #expect(analyst.code == 69 && analyst.errors.contains("Hint:"), "\(analyst.errors)")
    try expectNoResult(stage)
    // The match was paid for and stays paid; the cells were not.
    let log = try stage.run(["psi", "ledger", "log"]).output
    #expect(
      log.contains("charge  match") && !log.contains("charge  cells") && log.contains("failed"), "\(log)")
  }

  @Test func anotherStudyEndsTheRunOnBothSides() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.allow("--exact")
    try stage.study("other.json") { $0["name"] = "another" }
    let (provider, port) = try stage.serve()
    let analyst = try stage.join(port, study: "other.json").end()
    #expect(analyst.code == 69 && analyst.errors.contains("different studies"), "\(analyst.errors)")
    let ending = provider.end()
    #expect(ending.code == 69 && ending.errors.contains("different studies"), "\(ending.errors)")
    try expectNoResult(stage)
  }

  @Test func aWrongCertificateAndGarbageAreTurnedAwayAndTheHonestRunStillWorks() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.allow("--exact")
    #expect(try stage.run(["identity", "create", "other", "--name", "other"]).code == 0)
    let (provider, port) = try stage.serve()
    let stranger = try stage.start([
      "psi", "join", "--study", "study.json", "--input", "analyst.csv", "--connect", "127.0.0.1:\(port)",
      "--identity", "other", "--peer", "provider/certificate.pem", "--out", "table-of-stranger.csv",
      "--patience", "3",
    ]).end()
    #expect(stranger.code == 69 && stranger.errors.contains("Hint:"), "\(stranger.errors)")
    try sendGarbage(to: port, &random)
    #expect(provider.isRunning, "strangers do not end the wait")
    try expectNoResult(stage)
    #expect(try stage.join(port).end().code == 0)
    #expect(provider.end().code == 0)
    #expect(stage.exists("table.csv"))
  }

  private func sendGarbage(to port: String, _ random: inout SeededGenerator) throws {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(try #require(UInt16(port))).bigEndian
    address.sin_addr.s_addr = unsafe inet_addr("127.0.0.1")
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let connected = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(socket, $0, size) }
    }
    #expect(connected == 0)
    let bytes = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }
    _ = unsafe bytes.withUnsafeBytes {
      unsafe send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
  }

  @Test(arguments: [true, false]) func aKilledPeerEndsTheOtherSideWithoutAResult(killsProvider: Bool) throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.longStudy()
    try stage.allow("--exact")
    let (provider, port) = try stage.serve()
    let analyst = try stage.join(port)
    #expect(analyst.waitForLine("asking: 10 %") != nil)
    (killsProvider ? provider : analyst).signal(SIGKILL)
    let (first, second) = (provider.end(), analyst.end())
    let survivor = killsProvider ? second : first
    #expect((killsProvider ? first : second).code == -SIGKILL)
    #expect(survivor.code == 69 && survivor.errors.contains("Hint:"), "\(survivor.errors)")
    try expectNoResult(stage)
  }

  @Test(arguments: [(true, SIGINT), (false, SIGTERM)])
  func aSignalEndsTheRunOnBothSides(stopsAnalyst: Bool, signal: Int32) throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.longStudy()
    try stage.allow("--exact")
    let (provider, port) = try stage.serve()
    let analyst = try stage.join(port)
    #expect(analyst.waitForLine("asking: 10 %") != nil)
    (stopsAnalyst ? analyst : provider).signal(signal)
    let (first, second) = (provider.end(), analyst.end())
    let (stopped, other) = stopsAnalyst ? (second, first) : (first, second)
    #expect(stopped.code == 130, "\(stopped.errors)")
    #expect(other.code == 69 && other.errors.contains("ended the run"), "\(other.errors)")
    try expectNoResult(stage)
  }

  @Test func aTableThatDoesNotFitItsStudyIsNamedByItsLine() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.study { $0["policies"] = ["duplicate_ids": "error"] }
    try stage.write("analyst.csv", ["id,team", "id1,a", "id2,b", "id1,a"])
    let analyst = try stage.join("1").end()
    #expect(analyst.code == 65 && analyst.errors.contains("line 4"), "\(analyst.errors)")
    #expect(!analyst.errors.contains("id1"), "errors name lines, not contents")
  }

  private static let failures: [(arguments: [String], code: Int32)] = [
    (["psi", "join"], 64), (["psi", "check", "nothing.json"], 65), (["psi", "nonsense"], 64),
    (["identity", "create", "provider", "--name", "again"], 65),
    (["psi", "ledger", "verify", "--head", "x"], 64),
  ]

  @Test(arguments: failures)
  func exitCodesTellKindsOfFailure(arguments: [String], code: Int32) throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    let ending = try stage.run(arguments)
    #expect(ending.code == code, "\(ending.errors)")
  }

  @Test func aTableOfWhichNothingIsLeftIsRefusedBeforeTheRun() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.study { $0["policies"] = ["unknown_categories": "drop"] }
    try stage.write("analyst.csv", ["id,team", "id1,c", "id2,d"])
    let analyst = try stage.join("1").end()
    #expect(analyst.code == 65 && analyst.errors.contains("2 of an unknown category"), "\(analyst.errors)")
  }

  @Test func aResultThatCannotBeWrittenIsRefusedBeforeTheRun() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    #expect(unsafe mkfifo(stage.folder.appending(path: "pipe").path(), 0o600) == 0)
    for options in [
      ["--out", "nowhere/table.csv"], ["--report", "analyst"], ["--out", "pipe"], ["--out", "analyst.csv"],
      ["--report", "study.json"],
    ] {
      let ending = try stage.join("1", options).end()
      #expect(ending.code == 73 && ending.errors.contains("Hint:"), "\(ending.errors)")
    }
  }
}
#endif
