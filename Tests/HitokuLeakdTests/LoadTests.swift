#if Services
import Foundation
import LabeledLookup
import LeakCheck
import ServiceContracts
import Synchronization
import TestSupport
import Testing

/// A hundred clients at once. `Scripts/soak` runs it for minutes and with a large database, and prints what it saw.
@Suite(.serialized) struct LoadTests {
  private static func setting(_ name: String, _ value: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
  }

  private struct Numbers {
    var statuses: [Int: Int] = [:]
    var wrong = 0
    var milliseconds: [Double] = []
  }

  private final class Tally: Sendable {
    let numbers = Mutex(Numbers())
  }

  @Test(arguments: [true, false])
  func aHundredClientsSeeNothingButAnswersAndTheDocumented429(http2: Bool) async throws {
    let (seconds, items) = (Self.setting("HITOKU_SOAK_SECONDS", 3), Self.setting("HITOKU_SOAK_ITEMS", 1000))
    let rate = Self.setting("HITOKU_SOAK_RATE", 6000)
    let stage = try DaemonStage()
    try stage.build("load", words: 0..<items, set: items > 16_000 ? "lookup-1m-n2048" : "lookup-bucket-n1024")
    try stage.point(to: "load")
    let options = [
      "--rate", "\(rate)", "--burst", "200", "--budget", "1000000000", "--queue", "1024",
      "--log-level", "notice",
    ]
    let daemon = try await stage.start(options)
    let tally = Tally()
    try await withPeer(stage, daemon, http2: http2) { peer in
      let operators = Peer(http: peer.http, base: daemon.operators)
      let session = try await peer.session()
      let idle = try await resident(operators)
      let end = ContinuousClock.now + .seconds(seconds)
      // What buffers and connections of a hundred clients take is there after a third of the time.
      async let warm = {
        try await Task.sleep(for: .seconds(Double(seconds) / 3))
        return try await resident(operators)
      }()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<Self.setting("HITOKU_SOAK_CLIENTS", 100) {
          group.addTask {
            var number = client
            while ContinuousClock.now < end {
              try await self.check(number % (2 * items), items, peer, session, tally)
              number += 37
            }
          }
        }
        try await group.waitForAll()
      }
      let (before, after) = (try await warm, try await resident(operators))
      let times = try await serverTimes(operators)
      print(
        report(tally.numbers.withLock { $0 }, http2, seconds, items, [idle, before, after])
          + ", on the server \(times)")
      #expect(after < before * 1.25 + 32, "\(before) MB, then \(after) MB")
    }
    let result = tally.numbers.withLock { $0 }
    #expect(result.wrong == 0)
    #expect(Set(result.statuses.keys).isSubset(of: [200, 429]), "\(result.statuses)")
    #expect((result.statuses[200] ?? 0) > 0)
    #expect(daemon.stop() == 0)
  }

  private func check(
    _ number: Int, _ items: Int, _ peer: Peer, _ session: Peer.Session, _ tally: Tally
  ) async throws {
    let start = ContinuousClock.now
    do {
      let found = try await peer.check("word\(number)", session)
      let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
      tally.numbers.withLock {
        $0.statuses[200, default: 0] += 1
        $0.milliseconds.append(milliseconds)
        if (found != .absent) != (number < items) { $0.wrong += 1 }
      }
    } catch let refused as Peer.Refused {
      tally.numbers.withLock { $0.statuses[refused.reply.status, default: 0] += 1 }
      let wait = refused.reply.headers.first(name: "retry-after").flatMap { Int($0) } ?? 1
      try await Task.sleep(for: .seconds(wait))
    }
  }

  /// Mebibytes.
  private func resident(_ operators: Peer) async throws -> Double {
    let text = String(decoding: try await operators.send("/metrics").body, as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("hitoku_resident_bytes ") }
    return try #require(line.flatMap { Double($0.dropFirst(22)) }) / 1_048_576
  }

  /// Mean milliseconds of a request in the daemon, its wait for a thread included.
  private func serverTimes(_ operators: Peer) async throws -> String {
    let text = String(decoding: try await operators.send("/metrics").body, as: UTF8.self)
    func value(_ name: String, _ place: String) -> Double {
      let start = "hitoku_request_seconds_\(name){place=\"\(place)\"} "
      let line = text.split(separator: "\n").first { $0.hasPrefix(start) }
      return line.flatMap { Double($0.dropFirst(start.count)) } ?? .nan
    }
    return ["evaluate", "lookup"].map { place in
      let milliseconds = 1000 * value("sum", place) / value("count", place)
      return "\(place) \((milliseconds * 100).rounded() / 100) ms"
    }.joined(separator: ", ")
  }

  private func report(
    _ tally: Numbers, _ http2: Bool, _ seconds: Int, _ items: Int, _ resident: [Double]
  ) -> String {
    let sorted = tally.milliseconds.sorted()
    let (middle, last) = (sorted.isEmpty ? 0 : sorted[sorted.count / 2], sorted.last ?? 0)
    let checks = Double(sorted.count) / Double(seconds)
    return
      "load: \(http2 ? "HTTP/2" : "HTTP/1.1"), \(items) items, \(seconds) s, statuses \(tally.statuses), "
      + "\(Int(checks)) checks/s, median \(Int(middle)) ms, longest \(Int(last)) ms, "
      + "resident \(resident.map { Int($0) }) MiB idle, warm and at the end"
  }
}
#endif
