#if Services
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct SumProgramTests {
  /// One person's row.
  private struct Row {
    let wage: Double
    let age: Double
    let sex: String
    let branch: String
    var line: String { "\(wage),\(Int(age)),\(sex),\(branch)" }
  }

  private static let header = "wage,age,sex,branch"

  private static func rows(_ count: Int, _ random: inout SeededGenerator) -> [Row] {
    (0..<count).map { _ in
      Row(
        wage: Double(Int.random(in: 0...20_000, using: &random)) / 100,
        age: Double(Int.random(in: 14...99, using: &random)),
        sex: ["f", "m"].randomElement(using: &random) ?? "f",
        branch: ["a", "b", "c"].randomElement(using: &random) ?? "a")
    }
  }

  @Test func figuresOfFiveEmployersAreThoseOfTheirPooledRows() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let stage = try SumStage()
    let digest = try stage.create(listing: (0..<5).map { "e\($0)" } + ["gone", "again"])
    var pooled: [Row] = []
    for index in 0..<5 {
      let rows = Self.rows(10 + index, &random)
      pooled += rows
      try contribute(rows, "e\(index)", digest, stage, stage.signing("e\(index)"))
    }
    // Two more change their minds; what they sent first must not count.
    try contribute(Self.rows(7, &random), "gone", digest, stage, stage.signing("gone"))
    try stage.expectSuccess(
      ["sum", "withdraw", "study.json", "--name", "gone", "--receipt", "gone.receipt"] + stage.server("gone"))
    let better = Self.rows(9, &random)
    pooled += better
    try contribute(Self.rows(5, &random), "again", digest, stage, stage.signing("again"))
    try contribute(better, "again", digest, stage, ["--replace"] + stage.signing("again"))
    try stage.restart()
    try release(stage)
    try stage.expectSuccess(
      [
        "sum", "result", "study.json", "--keys", "analyst-keys", "--out", "figures.csv", "--report",
        "page.html",
        "--publish",
      ] + stage.server("analyst"))
    let figures = try stage.figures()
    for (name, expected) in Self.expected(pooled) {
      let found = figures[name] ?? .nan
      #expect(
        abs(found - expected) <= 1e-9 * max(1, abs(expected)), "\(name) \(found) \(expected), seed \(seed)")
    }
    #expect(try stage.read("page.html").contains("<svg"))
    for name in ["e0", "again", "gone"] {
      let said = try stage.expectSuccess(
        ["sum", "verify-receipt", "study.json", "\(name).receipt"] + stage.server(name)
      ).output
      #expect(
        said.contains(name == "gone" ? "not counted in the sum of 6" : "counted in the sum of 6"), "\(said)")
    }
    let published = try stage.expectSuccess(
      ["sum", "published", "study.json"] + stage.server("result-user")
    ).output
    #expect(published.contains("Welch") || published.contains("welch"), "\(published)")
    #expect(stage.stop() == 0)
  }

  @Test func resultIsRefusedUntilTheAuditorCountersigned() throws {
    let stage = try SumStage()
    let digest = try stage.create()
    for name in ["one", "two"] {
      try contribute([Row(wage: 10, age: 30, sex: "f", branch: "a")], name, digest, stage)
    }
    let result = ["sum", "result", "study.json", "--keys", "analyst-keys"] + stage.server("analyst")
    #expect(try stage.run(result).code == 69)
    try stage.expectSuccess(["sum", "close", "study.json"] + stage.server("analyst"))
    let early = try stage.run(["sum", "release", "study.json"] + stage.server("analyst"))
    #expect(early.code == 77 && early.errors.contains("seed"), "\(early.errors)")
    try stage.expectSuccess(
      ["sum", "audit", "study.json", "--keys", "auditor-keys"] + stage.server("auditor"))
    try stage.expectSuccess(["sum", "release", "study.json"] + stage.server("analyst"))
    let unsigned = try stage.run(result)
    #expect(unsigned.code == 69 && unsigned.errors.contains("not countersigned"), "\(unsigned.errors)")
    try stage.expectSuccess(
      ["sum", "audit", "study.json", "--keys", "auditor-keys"] + stage.server("auditor"))
    try stage.expectSuccess(result)
  }

  @Test func rowsOutOfBoundsNeverLeaveTheMachineAndReceiptsAreChecked() throws {
    let stage = try SumStage()
    let digest = try stage.create()
    try stage.makeToken("registrant", name: "one", study: digest)
    try stage.write("bad.csv", [Self.header, "10,30,f,a", "201,30,f,a"])
    let submit = ["sum", "submit", "study.json", "bad.csv", "--name", "one", "--receipt", "r"]
    let refused = try stage.run(submit + stage.server("one"))
    #expect(refused.code == 65 && refused.errors.contains("line 3"), "\(refused.errors)")
    let status = try stage.expectSuccess(["sum", "status", "study.json", "--json"] + stage.server("one"))
    #expect(status.output.contains(#""contributors" : 0"#), "\(status.output)")
    try stage.write("bad.csv", [Self.header, "10,30,f,a"])
    let other = try stage.run(submit + ["--digest", String(repeating: "0", count: 64)] + stage.server("one"))
    #expect(other.code == 65)
    try stage.expectSuccess(submit + stage.server("one"))
    try stage.expectSuccess(["sum", "verify-receipt", "study.json", "r"])
    let altered = try stage.read("r").replacingOccurrences(of: #""one""#, with: #""two""#)
    try stage.write("r2", [altered])
    #expect(try stage.run(["sum", "verify-receipt", "study.json", "r2"]).code == 65)
  }

  @Test func anAuditorThatAsksTooFastWaitsAsLongAsTheServerSays() throws {
    let stage = try SumStage(options: ["--rate", "120", "--burst", "2"])
    let digest = try stage.create()
    for name in ["one", "two", "three"] {
      try contribute([Row(wage: 10, age: 30, sex: "f", branch: "a")], name, digest, stage)
    }
    try stage.expectSuccess(["sum", "close", "study.json"] + stage.server("analyst"))
    let audit = ["sum", "audit", "study.json", "--keys", "auditor-keys"] + stage.server("auditor")
    try stage.expectSuccess(audit)
    try stage.expectSuccess(["sum", "release", "study.json"] + stage.server("analyst"))
    let ending = try stage.expectSuccess(audit)
    #expect(ending.errors.contains("the server asks to wait for 1 s"), "\(ending.errors)")
    #expect(ending.output.contains("countersigned: 3 contributions"), "\(ending.output)")
  }

  private func contribute(
    _ rows: [Row], _ name: String, _ digest: String, _ stage: SumStage, _ options: [String] = []
  ) throws {
    if !options.contains("--replace") { try stage.makeToken("registrant", name: name, study: digest) }
    try stage.write("\(name).csv", [Self.header] + rows.map(\.line))
    try stage.expectSuccess(
      [
        "sum", "submit", "study.json", "\(name).csv", "--name", name, "--receipt", "\(name).receipt",
        "--digest",
        digest,
      ] + options + stage.server(name))
    try stage.expectSuccess(["sum", "verify-receipt", "study.json", "\(name).receipt"])
  }

  private func release(_ stage: SumStage) throws {
    let audit = ["sum", "audit", "study.json", "--keys", "auditor-keys"] + stage.server("auditor")
    try stage.expectSuccess(["sum", "close", "study.json"] + stage.server("analyst"))
    try stage.expectSuccess(audit)
    try stage.expectSuccess(["sum", "release", "study.json"] + stage.server("analyst"))
    #expect(try stage.expectSuccess(audit).output.contains("countersigned"))
  }

  /// Two passes over the plain rows.
  private static func expected(_ rows: [Row]) -> [String: Double] {
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    func covariance(_ x: [Double], _ y: [Double]) -> Double {
      let (a, b) = (mean(x), mean(y))
      return zip(x, y).map { ($0 - a) * ($1 - b) }.reduce(0, +) / Double(x.count - 1)
    }
    let (wages, ages) = (rows.map(\.wage), rows.map(\.age))
    let by = ["f", "m"].map { sex in rows.filter { $0.sex == sex }.map(\.wage) }
    let errors = by.map { covariance($0, $0) / Double($0.count) }
    let slope = covariance(ages, wages) / covariance(ages, ages)
    var expected: [String: Double] = [
      "wage: count": Double(rows.count), "wage: mean": mean(wages),
      "wage: variance": covariance(wages, wages),
      "age: standard deviation": covariance(ages, ages).squareRoot(),
      "age, wage: correlation": covariance(ages, wages)
        / (covariance(ages, ages) * covariance(wages, wages)).squareRoot(),
      "wage on age: slope": slope, "wage on age: intercept": mean(wages) - slope * mean(ages),
      "wage, f less m: Welch t": (mean(by[0]) - mean(by[1])) / (errors[0] + errors[1]).squareRoot(),
      "wage: count of ≥ 20.50": Double(wages.count { $0 >= 20.5 }),
    ]
    var square = 0.0
    for sex in ["f", "m"] {
      for branch in ["a", "b", "c"] {
        let cell = Double(rows.count { $0.sex == sex && $0.branch == branch })
        let even =
          Double(rows.count { $0.sex == sex }) * Double(rows.count { $0.branch == branch })
          / Double(rows.count)
        square += (cell - even) * (cell - even) / even
        expected["sex by branch: count of \(sex) / \(branch)"] = cell
      }
    }
    expected["sex by branch: chi-square"] = square
    return expected
  }
}
#endif
