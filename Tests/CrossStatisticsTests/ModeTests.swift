import CrossStatistics
import TestSupport
import Testing

/// Every mode from CSV to result: exact studies give the plain join, to the last unit; noisy ones stay near it.
@Suite struct ModeTests {
  /// The analyst's table: 300 ids, each with one of four teams and three ages.
  private static func analystTable(_ random: inout SeededGenerator) -> String {
    let rows = (0..<300).map { id in
      "id\(id),t\(Int.random(in: 0..<4, using: &random)),\(["young", "old", "none"].randomElement(using: &random) ?? "")"
    }
    return (["id,team,age"] + rows.shuffled(using: &random)).joined(separator: "\n")
  }

  /// The provider's table: ids 150 to 549 with one to `most` rows each.
  private static func providerTable(most: Int, _ random: inout SeededGenerator) -> String {
    var rows: [String] = []
    for id in 150..<550 {
      for _ in 0..<Int.random(in: 1...most, using: &random) {
        let (cents, delay) = (
          Int.random(in: 0...99_999, using: &random), Int.random(in: -30...120, using: &random)
        )
        rows.append(
          "id\(id),s\(Int.random(in: 0..<3, using: &random)),d\(Int.random(in: 0..<2, using: &random)),"
            + "\(cents / 100).\(cents % 100 / 10)\(cents % 10),\(delay)")
      }
    }
    return (["key,site,day,spent,delay"] + rows.shuffled(using: &random)).joined(separator: "\n")
  }

  private static func study(
    mode: String, groups: String, cells: String, measures: String, most: Int? = nil, rest: String
  )
    -> String
  {
    let rows = most.map { ", \"maximum_rows\": \(400 * $0)" } ?? ""
    return """
      {"format": 1, "name": "modes", "mode": "\(mode)", "population": "people", "id": {"kind": "plain"},
       "analyst": {"id_column": "id", "maximum_ids": 300\(groups)},
       "provider": {"id_column": "key", "maximum_ids": 400\(rows)\(cells)}\(measures)\(rest)}
      """
  }

  private static let groups = """
    , "maximum_ids_per_group": 120, "groups": [
    {"column": "team", "values": ["t0", "t1", "t2"], "other": "rest"},
    {"column": "age", "values": ["young", "old", "none"]}]
    """
  private static let cells = """
    , "cells": [{"column": "site", "values": ["s0", "s1", "s2"]},
    {"column": "day", "values": ["d0", "d1"]}]
    """
  private static let measures = """
    , "measures": [{"column": "spent", "decimals": 2, "minimum": 0, "maximum": 999.99,
      "statistics": ["sum", "mean", "variance"]},
     {"column": "delay", "minimum": -30, "maximum": 120, "statistics": ["sum", "mean"]}]
    """

  @Test(arguments: [
    ("cross", groups, cells, measures, 4), ("cross", groups, cells, "", 4), ("cross", "", cells, measures, 1),
    ("sum", "", "", measures, 4),
    ("sum", "", "", measures, 1),
  ])
  func exactTablesEqualThePlainJoin(
    mode: String, groups: String, cells: String, measures: String, most: Int
  ) throws {
    var random = SeededGenerator()
    let run = try StudyRun(
      Self.study(
        mode: mode, groups: groups, cells: cells, measures: measures, most: most,
        rest: #", "maximum_rows_per_id": \#(most), "minimum_count": 0, "privacy": "exact""#),
      analyst: Self.analystTable(&random), provider: Self.providerTable(most: most, &random))
    let expected = run.plainJoin()
    #expect(try run.result().result.tables == expected, "seed \(random.seed)")
    let shape = [expected.count, expected[0].count, expected[0][0].count]
    let wanted = [measures.isEmpty ? 1 : 4, groups.isEmpty ? 1 : 12, mode == "sum" ? 1 : 6]
    #expect(shape == wanted, "tables, groups, cells")
  }

  @Test func anExactCountIsTheSizeOfTheIntersection() throws {
    var random = SeededGenerator()
    let run = try StudyRun(
      Self.study(mode: "count", groups: "", cells: "", measures: "", rest: #", "privacy": "exact""#),
      analyst: Self.analystTable(&random), provider: Self.providerTable(most: 1, &random))
    let counts = try run.result().result.counts
    #expect(counts == [run.commonIdentifiers().count] && counts == [150], "seed \(random.seed)")
  }

  @Test func elementsAreTheIntersectionOnTheSidesThatMayKnow() throws {
    var random = SeededGenerator()
    for receiver in ["analyst", "both"] {
      let run = try StudyRun(
        Self.study(
          mode: "elements", groups: #", "population": "own people""#, cells: "", measures: "",
          rest: #", "privacy": "exact", "result": {"receiver": "\#(receiver)"}"#),
        analyst: Self.analystTable(&random), provider: Self.providerTable(most: 1, &random))
      let (result, told) = try run.result()
      let found = result.common.map { Array(run.analyst.identifiers[$0]) }
      #expect(found == run.commonIdentifiers() && found.count == 150)
      #expect(Set(told.map { Array($0) }) == (receiver == "both" ? Set(found) : []))
    }
  }

  @Test func noisyTablesStayWithinTheirBoundsOfThePlainJoin() throws {
    var random = SeededGenerator()
    let epsilon = #"{"match": 0.5, "cells": {"counts": 0.5, "measures": {"spent": 0.4, "delay": 0.3}}}"#
    let run = try StudyRun(
      Self.study(
        mode: "cross", groups: Self.groups, cells: Self.cells, measures: Self.measures, most: 4,
        rest:
          #", "maximum_rows_per_id": 4, "minimum_count": 0, "privacy": {"epsilon": \#(epsilon), "delta": "2^-38"}"#
      ),
      analyst: Self.analystTable(&random), provider: Self.providerTable(most: 4, &random))
    let expected = run.plainJoin()
    let tables = try run.result().result.tables
    for (index, release) in run.plan.releases.enumerated() {
      let bound = release.release.noiseBound
      let noise = zip(tables[index].joined(), expected[index].joined()).map { Int($0 - $1) }
      #expect(noise.allSatisfy { $0.magnitude <= bound.magnitude })
      #expect(Set(noise).count > 8, "72 draws of a wide distribution")
    }
  }
}
