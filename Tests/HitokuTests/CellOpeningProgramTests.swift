#if Services
import Foundation
import TestSupport
import Testing

/// Cells that stay closed to the analyst, between two processes.
@Suite(.serialized) struct CellOpeningProgramTests {
  /// ε so large that counts have no noise but once in a million runs.
  private func stage(_ random: inout SeededGenerator, isShared: Bool) throws -> (Stage, minimum: Int) {
    let stage = try Stage(&random)
    // The third largest count of six is the least that is shown.
    let minimum = stage.expected.values.map(\.rows).sorted()[3]
    try stage.study {
      $0["privacy"] = ["epsilon": ["match": 0.02, "cells": 96], "delta": "2^-38"]
      $0["minimum_count"] = minimum
      $0["suppress"] = "secure"
      guard isShared else { return }
      var analyst = $0["analyst"] as? [String: Any]
      analyst?["population"] = "own people"
      $0["analyst"] = analyst
      $0["result"] = ["receiver": "both", "publish": true]
    }
    try stage.allow("--epsilon", "100")
    if isShared { try stage.allowAnalyst("--epsilon", "100") }
    return (stage, minimum)
  }

  @Test func theAnalystGetsTheCellsThatReachTheMinimumAndNothingOfTheOthers() throws {
    var random = SeededGenerator()
    let (stage, minimum) = try stage(&random, isShared: false)
    let (_, analyst) = try stage.match(join: ["--out", "table.csv", "--report", "report.html", "--json"])
    let rows = try stage.rows("table.csv")
    #expect(rows.count == 6)
    for row in rows {
      let count = stage.expected[(row["team"] ?? "") + (row["site"] ?? ""), default: (0, 0)].rows
      let isShown = count >= minimum
      #expect(row["count"] == (isShown ? "\(count)" : ""), "seed \(random.seed)")
      #expect(row["suppressed"] == (isShown ? "no" : "yes") && row["points_sum"]?.isEmpty == !isShown)
    }
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(analyst.output.utf8)) as? [String: Any])
    let objects = try #require(json["rows"] as? [[String: Any]])
    #expect(objects.count { ($0["suppressed"] as? Bool) == true } == rows.count { $0["suppressed"] == "yes" })
    #expect(try stage.read("report.html").contains("Opened to nobody"))
    // The price is that of a run that opens everything, and it is paid before.
    let shown = try stage.run(["psi", "ledger", "show", "--json"])
    let accounts = try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [[String: Any]]
    #expect(((accounts?.first?["spent"] as? [String: Any])?["epsilon"] as? Double) == 96.02)
  }

  @Test func aPublishedTableIsSuppressedAlikeOnBothSides() throws {
    var random = SeededGenerator()
    let (stage, _) = try stage(&random, isShared: true)
    _ = try stage.match(serve: ["--out", "shared.csv"])
    #expect(try stage.read("shared.csv") == stage.read("table.csv"))
    #expect(Set(try stage.rows("shared.csv").compactMap { $0["suppressed"] }) == ["yes", "no"])
  }

  @Test func thePlanTellsWhatOpeningCellsCosts() throws {
    var random = SeededGenerator()
    let (stage, _) = try stage(&random, isShared: false)
    func facts() throws -> [String: Any] {
      let json = try stage.run(["psi", "plan", "study.json", "--json"]).output
      let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      return try #require(object?["facts"] as? [String: Any])
    }
    let secure = try facts()
    let opening = try #require(secure["opening_bytes"] as? Int)
    #expect(opening > 8192 && opening < 1 << 20)
    #expect((secure["analyst_learns"] as? String)?.contains("which do not") == true)
    try stage.study { $0["minimum_count"] = 3 }
    #expect(try facts()["opening_bytes"] == nil)
  }

  /// What a group matched, less its shown cells, would tell of a hidden one.
  @Test(arguments: ["secure", "report"])
  func matchCountsOfGroupsWithAHiddenCellAreNotReported(suppress: String) throws {
    var random = SeededGenerator()
    let (stage, minimum) = try stage(&random, isShared: false)
    try stage.study {
      $0["privacy"] = ["epsilon": ["match": 0.02, "cells": 96], "delta": "2^-38"]
      $0["minimum_count"] = minimum
      $0["suppress"] = suppress
    }
    let (_, analyst) = try stage.match(join: ["--out", "table.csv", "--report", "report.html", "--json"])
    let json = try JSONSerialization.jsonObject(with: Data(analyst.output.utf8)) as? [String: Any]
    let facts = try #require(json?["facts"] as? [String: Any])
    let rows = try stage.rows("table.csv")
    #expect(rows.contains { $0["count"]?.isEmpty == true })
    for (group, name) in ["a", "b"].enumerated() {
      let hides = rows.contains { $0["team"] == name && $0["count"]?.isEmpty == true }
      #expect((facts["matched_\(group)"] == nil) == hides, "group \(name), seed \(random.seed)")
    }
    #expect(
      try stage.read("report.html").contains("Matched ids")
        == facts.keys.contains { $0.hasPrefix("matched_") })
  }

  @Test func aStudyWithAsManyTablesAsThereCanBeIsPlanned() throws {
    var random = SeededGenerator()
    let (stage, _) = try stage(&random, isShared: false)
    try stage.study {
      $0["privacy"] = ["epsilon": ["match": 0.02, "cells": 96], "delta": "2^-38"]
      $0["minimum_count"] = 50
      $0["suppress"] = "secure"
      $0["measures"] = (0..<32).map {
        ["column": "m\($0)", "minimum": -5, "maximum": 9, "statistics": ["sum", "variance"]] as [String: Any]
      }
    }
    let plan = try stage.run(["psi", "plan", "study.json", "--json"])
    #expect(plan.code == 0, "\(plan.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [String: Any]
    let facts = try #require(json?["facts"] as? [String: Any])
    #expect((facts["opening_bytes"] as? Int ?? 0) > 1 << 16)
    #expect((facts["pm95_match_count"] as? Int) == 150, "ln 20 / 0.02")
  }
}
#endif
