#if Services
import EncryptedSum
import Foundation
import ServiceClient
import ServiceContracts
import TestSupport
import Testing

/// Whole runs of other studies than exact BFV sums at one daemon.
@Suite(.serialized) struct SumSchemeProgramTests {
  private static func draft(_ title: String, _ more: String, minimum: Int = -1000, squares: Bool = true)
    -> String
  {
    """
    {"format": 1, "kind": "sum", "title": "\(title)", \(more)
     "fields": [{"column": "x", "minimum": \(minimum), "maximum": 1000, "squares": \(squares)}],
     "minimum_contributors": 3, "maximum_contributors": 20, "maximum_rows": 20,
     "opening": "2020-01-01T00:00:00Z", "closing": "2999-01-01T00:00:00Z"}
    """
  }

  private static func rows(_ count: Int, _ random: inout SeededGenerator) -> [Int] {
    (0..<count).map { _ in Int.random(in: -1000...1000, using: &random) }
  }

  private func submit(_ rows: [Int], _ name: String, _ digest: String, _ stage: SumStage, at index: Int = 0)
    throws
  {
    try stage.makeToken("registrant", name: name, study: digest)
    try stage.write("\(name).csv", ["x"] + rows.map(String.init))
    try stage.expectSuccess(
      [
        "sum", "submit", "study.json", "\(name).csv", "--name", name, "--receipt", "\(name).receipt",
        "--digest", digest,
      ] + stage.server(name, at: index))
  }

  /// Closes, releases, audits and decrypts, at one daemon after the other where there are two.
  private func figures(_ stage: SumStage, keys: String, instances: Int = 1) throws -> [String: Double] {
    let last = instances - 1
    func audit(at index: Int) throws {
      try stage.expectSuccess(
        ["sum", "audit", "study.json", "--keys", "auditor-keys"] + stage.server("auditor", at: index))
    }
    try stage.expectSuccess(["sum", "close", "study.json"] + stage.server("analyst", at: last))
    try audit(at: 0)
    try stage.expectSuccess(["sum", "release", "study.json"] + stage.server("analyst", at: last))
    try audit(at: 0)
    try stage.expectSuccess(
      ["sum", "result", "study.json", "--keys", keys, "--out", "figures.csv"]
        + stage.server("analyst", at: last))
    return try stage.figures()
  }

  private func expect(_ figures: [String: Double], of rows: [Int], _ seed: UInt64) {
    let mean = Double(rows.reduce(0, +)) / Double(rows.count)
    #expect(figures["x: count"] == Double(rows.count), "seed \(seed)")
    #expect(abs((figures["x: mean"] ?? .nan) - mean) <= 1e-9 * max(1, abs(mean)), "seed \(seed)")
    guard figures["x: variance"] != nil else { return }
    let variance =
      rows.map { (Double($0) - mean) * (Double($0) - mean) }.reduce(0, +) / Double(rows.count - 1)
    #expect(abs((figures["x: variance"] ?? .nan) - variance) <= 1e-9 * variance, "seed \(seed)")
  }

  @Test func packedPaillierSumsAreThoseOfThePooledRows() throws {
    var random = SeededGenerator()
    let stage = try SumStage()
    try stage.expectSuccess(["sum", "keys", "paillier-keys", "--paillier", "2048"])
    let digest = try stage.create(
      draft: Self.draft("Packed", #""scheme": "paillier", "privacy": "exact","#), keys: "paillier-keys")
    var pooled: [Int] = []
    for index in 0..<4 {
      let rows = Self.rows(5 + index, &random)
      pooled += rows
      try submit(rows, "c\(index)", digest, stage)
    }
    expect(try figures(stage, keys: "paillier-keys"), of: pooled, random.seed)
  }

  @Test func numbersInPythonPaillierFormCountLikeOwnContributions() async throws {
    var random = SeededGenerator()
    let stage = try SumStage()
    try stage.expectSuccess(["sum", "keys", "paillier-keys", "--paillier", "2048"])
    let digest = try stage.create(
      draft: Self.draft(
        "Lines", #""scheme": "paillier", "paillier_form": "separate", "privacy": "exact","#, squares: false),
      keys: "paillier-keys")
    let (own, first, lines) = (Self.rows(6, &random), Self.rows(3, &random), Self.rows(4, &random))
    try submit(own, "own", digest, stage)
    try submit(Self.rows(2, &random), "replaced", digest, stage)
    func body(_ rows: [Int], _ name: String) throws -> ServiceConnection.Body {
      try stage.expectSuccess([
        "paillier", "encrypt", "paillier-keys/paillier.json", "--exponent", "0", "--output", name, "--",
        "\(rows.count)", "\(rows.reduce(0, +))",
      ])
      return ServiceConnection.Body(SumPath.lines, Array(try stage.read(name).utf8))
    }
    let path = SumPath.part(of: digest, .numbers).text
    try stage.makeToken("registrant", name: "lines", study: digest)
    let connection = try stage.connection("lines")
    #expect(try await connection.status("PUT", path, try body(first, "a")) == (409, "nothing-contributed"))
    #expect(try await connection.status("POST", path, try body(first, "b")).status == 200)
    #expect(try await connection.status("PUT", path, try body(lines, "c")).status == 200)
    await connection.close()
    let other = try stage.connection("replaced")
    #expect(try await other.status("PUT", path, try body(first, "d")).status == 200)
    await other.close()
    expect(try figures(stage, keys: "paillier-keys"), of: own + lines + first, random.seed)
  }

  @Test(arguments: ["row", "contributor"])
  func sumsWithNoiseAreNearThePooledOnesAndAreReleasedOnce(unit: String) throws {
    var random = SeededGenerator()
    let stage = try SumStage()
    let digest = try stage.create(
      draft: Self.draft(
        "Noise", #""privacy": {"epsilon": 3, "unit": "\#(unit)"},"#, minimum: 0, squares: false))
    var pooled: [Int] = []
    for index in 0..<3 {
      let rows = Self.rows(20, &random).map { abs($0) }
      pooled += rows
      try submit(rows, "c\(index)", digest, stage)
    }
    let found = try figures(stage, keys: "analyst-keys")
    // Two blocks share ε = 3: Laplace noise of scale 1000·r/1.5 on the sum and r/1.5 on the count, r rows of a unit. Beyond 40 scales
    // it is once in 10^17.
    let unitRows = unit == "row" ? 1.0 : 20.0
    let count = try #require(found["x: count"])
    let sum = (found["x: mean"] ?? .nan) * count
    let exact = Double(pooled.reduce(0, +))
    #expect(abs(count - Double(pooled.count)) <= 40 * unitRows / 1.5, "seed \(random.seed)")
    #expect(abs(sum - exact) <= 40 * 1000 * unitRows / 1.5, "\(sum) \(exact), seed \(random.seed)")
    // Exactly the sum and the count: at most once in 600.
    #expect(abs(sum - exact) > 1e-6 || count != Double(pooled.count), "no noise, seed \(random.seed)")
    let again = try stage.run(["sum", "release", "study.json"] + stage.server("analyst"))
    #expect(again.code == 77 && again.errors.contains("once"), "\(again.errors)")
  }

  @Test(.enabled(if: SumBackend.server != nil))
  func twoDaemonsOnOneDatabaseServeOneStudy() throws {
    var random = SeededGenerator()
    let schema = try SumBackend.postgres.makeSchema()
    defer { schema?.drop() }
    let stage = try SumStage(store: schema?.options ?? [])
    try stage.startAnother()
    let digest = try stage.create(draft: Self.draft("Two", #""privacy": "exact","#))
    var pooled: [Int] = []
    for index in 0..<4 {
      let rows = Self.rows(5 + index, &random)
      pooled += rows
      try submit(rows, "c\(index)", digest, stage, at: index % 2)
    }
    // What one stored the other replaces, and one's token is known to the other.
    let better = Self.rows(7, &random)
    try stage.write("c0.csv", ["x"] + better.map(String.init))
    try stage.expectSuccess(
      ["sum", "submit", "study.json", "c0.csv", "--name", "c0", "--receipt", "again.receipt", "--replace"]
        + stage.server("c0", at: 1))
    expect(
      try figures(stage, keys: "analyst-keys", instances: 2), of: better + pooled.dropFirst(5), random.seed)
  }
}
#endif
