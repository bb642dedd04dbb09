#if Services
import Foundation
import Identities
import PrivateComparison
import Transport

/// Comparisons of 32-bit integers, base transfers and opening to both included, over Transport on loopback: each side a task
/// of its own, in wall time.
struct ComparisonBenchmark {
  let count: Int

  func row() async throws -> RateRow {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hitoku-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let server = try Identity.create(folder: folder.appending(path: "a").path(), name: "a")
    let joiner = try Identity.create(folder: folder.appending(path: "b").path(), name: "b")
    let study = [UInt8](repeating: 1, count: 32)
    let listener = try await Listener.listen(
      host: "127.0.0.1", port: 0, identity: server, peer: joiner.fingerprint, studyDigest: study)
    async let serving = listener.accept()
    let joining = try await Connection.connect(
      host: "127.0.0.1", port: listener.port, identity: joiner, peer: server.fingerprint, studyDigest: study)
    let function = try RowFunction.comparison(.lt, columns: 1, bits: 32)
    let rules = ComparisonRules(receivers: .both)
    let clock = ContinuousClock()
    let connection = try await serving
    let start = clock.now
    async let sent = Self.garble(function, rules, connection, count: count)
    let received = try await Self.evaluate(function, rules, joining, count: count)
    let bytes = try await sent + received
    let seconds = (clock.now - start) / .seconds(1)
    return RateRow(
      name: "gc/compare32", unit: "per_s", perSecond: Double(count) / seconds,
      bytes: Double(bytes) / Double(count))
  }

  private static func garble(
    _ function: RowFunction, _ rules: ComparisonRules, _ connection: Connection, count: Int
  ) async throws -> Int {
    var party = ComparisonGarbler(function, rules: rules, session: connection.sessionID)
    return try await drive(&party, connection, count: count)
  }

  private static func evaluate(
    _ function: RowFunction, _ rules: ComparisonRules, _ connection: Connection, count: Int
  ) async throws -> Int {
    var party = ComparisonEvaluator(function, rules: rules, session: connection.sessionID)
    return try await drive(&party, connection, count: count)
  }

  /// Runs one side on numbers that it makes up; the bytes it sent.
  private static func drive<Party: ComparisonParty & ~Copyable>(
    _ party: inout Party, _ connection: Connection, count: Int
  ) async throws -> Int {
    let limits: MessageLimits = [
      1: 128, 2: 1 << 14, 3: 9 << 20, 6: 1 << 20, 7: 20 << 20, 8: 1 << 20,
    ]
    var left = count
    var bytes = 0
    var ones: UInt64 = 0
    loop: while true {
      switch try party.next() {
      case .send(let message):
        bytes += message.payload.count
        try await connection.send(Message(type: message.kind.rawValue, payload: message.payload))
      case .receive:
        guard let message = try await connection.receive(limits),
          let kind = ComparisonMessage.Kind(rawValue: message.type)
        else { throw CocoaError(.fileReadUnknown) }
        try party.receive(ComparisonMessage(kind, message.payload))
      case .rows(let limit):
        let rows = min(limit, left)
        left -= rows
        try party.provide((0..<rows).map { UInt64(truncatingIfNeeded: $0 &* 0x9E37_79B9) })
      case .results(let values): ones += values.reduce(0, +)
      case .finished: break loop
      }
    }
    try await connection.close()
    consume(ones)
    return bytes
  }
}
#endif
