#if Services
// Fence: open(2) and write(2), which append lines whole.
import ContributionStore
import EncryptedSum
import Foundation
import TestSupport
import Testing

/// Kills a process at random points while it stores contributions: four times, or `HITOKU_SOAK_KILLS` times.
@Suite struct KillTests {
  private static let rounds =
    ProcessInfo.processInfo.environment["HITOKU_SOAK_KILLS"].flatMap { Int($0) } ?? 4

  @Test(.timeLimit(.minutes(30)), arguments: Backend.available)
  func everyAcknowledgedContributionIsInTheSumExactlyOnceHoweverOftenTheProcessIsKilled(
    backend: Backend
  ) async throws {
    var generator = SeededGenerator()
    let parties = try StoreFixture(backend)
    let study = try parties.create(in: parties.open())
    for _ in 0..<Self.rounds {
      let delay = Int.random(in: 20...300, using: &generator)
      await #expect(processExitsWith: .signal(SIGKILL), "seed \(generator.seed)") {
        [folder = parties.folder.path() as String, delay = delay as Int, name = backend.rawValue as String] in
        try await KillTests.submitUntilKilled(folder, Backend(rawValue: name) ?? .sqlite, after: delay)
      }
    }
    // What was said to be stored: the number and the hash of a log entry in each line.
    let said = try String(contentsOf: parties.folder.appending(path: "acknowledged"), encoding: .utf8)
    let acknowledged = said.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let store = try parties.open()
    let standing = try store.verify(study)
    let log = try store.log(of: study, limit: 1_000_000)
    #expect(SumLogEntry.isChain(log, study: study.digest), "seed \(generator.seed)")
    for line in acknowledged {
      let entry = log[try #require(Int(line[0])) - 1]
      #expect(entry.hash.map(String.init).joined(separator: ".") == line[1], "seed \(generator.seed)")
    }
    let withdrawn = log.count { $0.kind == .withdrawn }
    #expect(log.count { $0.kind == .submitted } - withdrawn == standing)
    // The sum counts one row for each, and wages of 1.
    let totals = try parties.result(store, study)
    #expect(totals.contributors == standing && totals.rows == standing, "seed \(generator.seed)")
    #expect(totals.values(.sum(field: 0)) == [standing], "seed \(generator.seed)")
    #expect(!acknowledged.isEmpty)
  }

  /// Four contributors at a time, of 64 names each: they contribute, replace, and every eighth takes its contribution back.
  private static func submitUntilKilled(_ folder: String, _ backend: Backend, after delay: Int) async throws {
    let parties = try StoreFixture(folder: folder, backend)
    let store = try parties.open()
    let study = try store.handle(parties.plan.study)
    let path = parties.folder.appending(path: "acknowledged").path()
    let descriptor = unsafe Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
    let acknowledge: @Sendable (SumLogEntry) -> Void = { entry in
      let line = "\(entry.sequence) \(entry.hash.map(String.init).joined(separator: "."))\n"
      let written = line.utf8CString.count - 1
      guard unsafe write(descriptor, line, written) == written else { abort() }
    }
    let plan = parties.plan
    let vector = try plan.layout.vector(of: [SumRow(values: [1])], study: plan.study)
    Thread.detachNewThread {
      usleep(UInt32(1_000 * delay))
      kill(getpid(), SIGKILL)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<4 {
        group.addTask {
          for number in 0... {
            let name = "worker \(worker) name \(number % 64)"
            let contribution = try plan.checked(try plan.encrypt(vector), by: name)
            do {
              acknowledge(try await store.submit(contribution, to: study))
            } catch ContributionStoreError.refused(.alreadyContributed) {
              acknowledge(try await store.replace(with: contribution, in: study))
            }
            if number % 8 == 7 { acknowledge(try await store.withdraw(contributor: name, from: study)) }
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
#endif
