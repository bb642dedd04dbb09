#if Services
import Foundation
import TestSupport
import Testing

/// Kills `hitoku leak build` and `leak add` at random points: six times, or `HITOKU_SOAK_KILLS` times with `HITOKU_SOAK_LINES` lines.
@Suite struct LeakKillTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let kills = environment["HITOKU_SOAK_KILLS"].flatMap { Int($0) } ?? 6
  private static let lines = environment["HITOKU_SOAK_LINES"].flatMap { Int($0) } ?? 6000

  /// One command, and the database that it makes.
  private struct Job {
    var command: [String]
    var out: String
  }

  /// Builds from lists of which the first has most lines, then adds another one.
  private func jobs(_ work: String, _ outs: [String], _ common: [String]) -> [Job] {
    let options = ["--key", "oprf.key", "--work", work, "--format", "words", "--out"]
    let build =
      ["leak", "build"] + options + [outs[0], "--name", "list", "--set", "lookup-bucket-n1024"] + common
    let add = ["leak", "add"] + options + [outs[1]]
    return [
      Job(command: build + (0..<4).map { "list\($0).txt" }, out: outs[0]),
      Job(command: add + ["list4.txt"], out: outs[1]),
    ]
  }

  @Test(.timeLimit(.minutes(60)))
  func howeverOftenABuildIsKilledItsDatabaseIsTheSame() throws {
    var random = SeededGenerator()
    let stage = try LeakStage()
    for list in 0..<5 {
      let count = list == 0 ? Self.lines : Self.lines / 8
      try stage.write("list\(list).txt", (0..<count).map { "word\(list)-\($0 / 2 * 3 / 2)" })
    }
    // More items than the small set takes.
    let set = Self.lines > 10_000 ? ["--set", "lookup-1m-n2048"] : []
    var milliseconds: [Int] = []
    for job in jobs("work", ["whole-build", "whole-add"], set) {
      let start = ContinuousClock.now
      try stage.expectSuccess(job.command)
      milliseconds.append(Int((ContinuousClock.now - start) / .milliseconds(1)))
    }
    var (killed, round) = (0, 0)
    while killed < Self.kills {
      round += 1
      let outs = ["build-\(round)", "add-\(round)"]
      for (job, limit) in zip(jobs("work-\(round)", outs, set), milliseconds) {
        while !FileManager.default.fileExists(atPath: stage.path(job.out)) {
          let program = try RunningProgram(job.command, in: stage.folder)
          if killed < Self.kills {
            usleep(UInt32(1000 * Int.random(in: 1...(limit + limit / 8), using: &random)))
            program.signal(SIGKILL)
          }
          let ending = program.end()
          let isExpected = ending.code == 0 || ending.code == -SIGKILL
          #expect(isExpected, "seed \(random.seed), round \(round): \(ending.errors)")
          guard isExpected else { return }
          killed += ending.code == 0 ? 0 : 1
        }
        try expectSame(job.out, job.out.hasPrefix("build") ? "whole-build" : "whole-add", stage, random.seed)
      }
      try expectNoLeftovers(round, stage, random.seed)
      for name in outs + ["work-\(round)"] { try FileManager.default.removeItem(atPath: stage.path(name)) }
    }
  }

  private func expectSame(_ name: String, _ whole: String, _ stage: LeakStage, _ seed: UInt64) throws {
    for file in ["tables.bin", "descriptions.bin", "manifest.json"] {
      let isSame = FileManager.default.contentsEqual(
        atPath: stage.path("\(name)/\(file)"), andPath: stage.path("\(whole)/\(file)"))
      #expect(isSame, "seed \(seed): \(name)/\(file)")
    }
  }

  private func expectNoLeftovers(_ round: Int, _ stage: LeakStage, _ seed: UInt64) throws {
    let names = try ["", "work-\(round)", "build-\(round)", "add-\(round)"].flatMap {
      try FileManager.default.contentsOfDirectory(atPath: stage.path($0))
    }
    #expect(!names.contains { $0.contains("partial") }, "seed \(seed): \(names)")
  }

  @Test func aStoppedBuildSaysThatItGoesOn() throws {
    let stage = try LeakStage()
    try stage.write("list.txt", (0..<200_000).map { "word\($0)" })
    let build = [
      "leak", "build", "--key", "oprf.key", "--work", "work", "--out", "db", "--name", "x", "--format",
      "words",
      "list.txt",
    ]
    let program = try RunningProgram(build, in: stage.folder)
    #expect(program.waitForLine("list.txt: 10 %") != nil)
    program.signal(SIGINT)
    let ending = program.end()
    #expect(ending.code == 130 && ending.errors.contains("goes on from the last checkpoint"))
    #expect(!FileManager.default.fileExists(atPath: stage.path("db")))
  }
}
#endif
