#if Services
import Foundation
import TestSupport
import Testing

/// The program as people run it: two processes, real files, real TLS on loopback.
@Suite(.serialized) struct ProgramTests {
  @Test func twoProcessesGetThePlainJoinsTableAsCSVAndAsAPage() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.allow("--exact")
    let (_, analyst) = try stage.match(join: ["--out", "table.csv", "--report", "report.html", "--json"])
    let rows = try stage.rows("table.csv")
    #expect(rows.count == 6)
    for row in rows {
      let expected = stage.expected[(row["team"] ?? "") + (row["site"] ?? ""), default: (0, 0)]
      #expect(
        row["count"] == "\(expected.rows)" && row["points_sum"] == "\(expected.points)", "seed \(random.seed)"
      )
    }
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(analyst.output.utf8)) as? [String: Any])
    let facts = try #require(json["facts"] as? [String: Any])
    let digest = try #require(facts["study_digest"] as? String)
    #expect((json["rows"] as? [[String: Any]])?.count == 6 && (facts["rows_used"] as? Int) == 200)
    #expect(facts["matched_0"] != nil && facts["matched_1"] != nil, "nothing is hidden")
    let page = try stage.read("report.html")
    #expect(page.components(separatedBy: digest).count - 1 == 2, "both sides' digests")
    #expect(page.contains("<svg") && !page.contains("<script"))
    for name in ["table.csv", "report.html"] {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: stage.folder.appending(path: name).path())
      #expect((attributes[.posixPermissions] as? Int) == 0o600)
    }
  }

  @Test func theLedgerAndItsLogTellOfARun() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.study { $0["privacy"] = ["epsilon": ["match": 0.5, "cells": 1], "delta": "2^-38"] }
    try stage.allow()
    _ = try stage.match()
    let shown = try stage.run(["psi", "ledger", "show", "--json"])
    let accounts = try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [[String: Any]]
    #expect(((accounts?.first?["spent"] as? [String: Any])?["epsilon"] as? Double) == 1.5)
    let log = try stage.run(["psi", "ledger", "log"]).output
    for event in ["population budget", "started", "charge  match", "charge  cells", "completed"] {
      #expect(log.contains(event), "\(log)")
    }
    let verified = try stage.run(["psi", "ledger", "verify"])
    let head = try #require(verified.output.split(separator: " ").last?.trimmingCharacters(in: .newlines))
    #expect(try stage.run(["psi", "ledger", "verify", "--head", head]).code == 0)
    #expect(
      try stage.run(["psi", "ledger", "verify", "--head", "1:" + String(repeating: "0", count: 64)]).code == 1
    )
    // The analyst's own log has the run, and no charge.
    let own = try stage.run(["psi", "ledger", "log", "--state", "state-of-analyst"]).output
    #expect(own.contains("completed") && !own.contains("charge"))
  }

  @Test func commonIDsGoToBothSidesWhereTheStudySaysSo() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.study {
      $0["mode"] = "elements"
      $0["analyst"] = ["id_column": "id", "maximum_ids": 200, "population": "own people"]
      $0["provider"] = ["id_column": "id", "maximum_ids": 400]
      $0["policies"] = ["duplicate_ids": "drop"]
      $0["result"] = ["receiver": "both"]
      for key in ["measures", "maximum_rows_per_id", "minimum_count"] { $0[key] = nil }
    }
    try stage.allow("--exact")
    #expect(try stage.join("1").end().code == 77, "the analyst's ids leave exactly: its ledger must allow it")
    try stage.allowAnalyst("--exact")
    let (provider, _) = try stage.match()
    #expect(Set(provider.output.split(separator: "\n").map(String.init)) == Set(stage.common))
    #expect(Set(try stage.rows("table.csv").compactMap { $0["id"] }) == Set(stage.common))
  }

  @Test func countsAndSumsEqualThePlainJoin() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.study {
      $0["mode"] = "sum"
      $0["analyst"] = ["id_column": "id", "maximum_ids": 200]
      $0["provider"] = ["id_column": "id", "maximum_ids": 400, "maximum_rows": 1200]
    }
    try stage.allow("--exact")
    _ = try stage.match()
    let row = try #require(try stage.rows("table.csv").first)
    #expect(row["count"] == "\(stage.expected.values.reduce(0) { $0 + $1.rows })", "seed \(random.seed)")
    #expect(row["points_sum"] == "\(stage.expected.values.reduce(0) { $0 + $1.points })")
    try stage.study {
      $0["mode"] = "count"
      $0["analyst"] = ["id_column": "id", "maximum_ids": 200]
      $0["provider"] = ["id_column": "id", "maximum_ids": 400]
      $0["policies"] = ["duplicate_ids": "drop"]
      for key in ["measures", "maximum_rows_per_id", "minimum_count"] { $0[key] = nil }
    }
    _ = try stage.match()
    #expect(try stage.rows("table.csv").first?["count"] == "100")
  }

  @Test func aPublishedTableHasBothSidesNoiseAndIsTheSameOnBothSides() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.study {
      $0["privacy"] = ["epsilon": ["match": 2, "cells": 4], "delta": "2^-38"]
      var analyst = $0["analyst"] as? [String: Any]
      analyst?["population"] = "own people"
      $0["analyst"] = analyst
      $0["result"] = ["receiver": "both", "publish": true]
    }
    try stage.allow()
    let refused = try stage.join("1").end()
    #expect(refused.code == 77, "the analyst's own noise is charged to its ledger: \(refused.errors)")
    try stage.allowAnalyst()
    _ = try stage.match(serve: ["--out", "shared.csv", "--report", "shared.html"])
    #expect(try stage.read("shared.csv") == stage.read("table.csv"))
    for row in try stage.rows("table.csv") {
      let expected = stage.expected[(row["team"] ?? "") + (row["site"] ?? ""), default: (0, 0)]
      let count = try #require(Int(row["count"] ?? ""))
      // Two draws of scale 3/2 for counts: beyond 90 with probability e^-58.
      #expect(abs(count - expected.rows) < 90, "seed \(random.seed)")
    }
    let log = try stage.run(["psi", "ledger", "log", "--state", "state-of-analyst"]).output
    #expect(log.contains("charge  publication  \"own people\""), "\(log)")
    let page = try stage.read("shared.html")
    #expect(!page.contains("Rows read"), "exact sizes are not for publication")
  }

  @Test func countsBelowTheMinimumAreNotShown() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.study {
      $0["mode"] = "count"
      $0["analyst"] = ["id_column": "id", "maximum_ids": 200]
      $0["provider"] = ["id_column": "id", "maximum_ids": 400]
      $0["policies"] = ["duplicate_ids": "drop"]
      $0["minimum_count"] = 101
      for key in ["measures", "maximum_rows_per_id"] { $0[key] = nil }
    }
    try stage.allow("--exact")
    let (_, analyst) = try stage.match(join: ["--json"])
    let json = try JSONSerialization.jsonObject(with: Data(analyst.output.utf8)) as? [String: Any]
    #expect((json?["rows"] as? [[String: Any]])?.first?["count"] is NSNull)
    #expect((json?["facts"] as? [String: Any])?["minimum_count"] != nil)
  }

  @Test func aRunIsNotLostForWantOfListeners() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    try stage.allow("--exact")
    let (provider, port) = try stage.serve()
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.currentDirectoryURL = stage.folder
    shell.environment = ["HITOKU_STATE": stage.folder.appending(path: "state-of-analyst").path()]
    shell.arguments = [
      "-c",
      "\(RunningProgram.program("hitoku")?.path() ?? "") psi join --study study.json --input analyst.csv --connect 127.0.0.1:\(port) "
        + "--identity analyst --peer provider/certificate.pem --out table.csv 2>/dev/full",
    ]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0 && provider.end().code == 0)
    #expect(try stage.rows("table.csv").count == 6)
  }

  @Test func aPlanTellsCostsAndWhetherCapsFit() throws {
    var random = SeededGenerator()
    let stage = try Stage(&random)
    let plan = try stage.run(["psi", "plan", "study.json", "--rows-analyst", "201", "--json"])
    let facts =
      (try JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [String: Any])?["facts"]
      as? [String: Any]
    #expect((facts?["bytes"] as? Int ?? 0) > 1000 && (facts?["seconds"] as? Double) != nil)
    #expect((facts?["analyst_rows"] as? String)?.contains("refused") == true)
    #expect(try stage.run(["psi", "plan", "study.json"]).output.contains("Who learns what"))
  }
}
#endif
