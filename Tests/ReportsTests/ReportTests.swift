import Foundation
import Reports
import Testing

@Suite struct ReportTests {
  private static let hostile = "</td><script>alert('\u{1}\"&')</script>"

  private static func report() -> Report {
    var report = Report(
      title: "Delay & <more>", summary: hostile,
      sections: [.init("Privacy", [.init("ε in all", "0.5", key: "epsilon")])])
    report.table = ReportTable(
      groupColumns: ["maker"], cellColumns: ["origin"],
      quantities: [
        .init(name: "count", title: "rows", decimals: 0),
        .init(name: "delay_mean", title: "mean of delay", decimals: 2),
      ],
      rows: [
        .init(
          labels: [hostile, "EWR"], entries: [.value(12, halfWidth: 2.1), .value(-1.005, halfWidth: 0.5)]),
        .init(labels: [hostile, "JFK"], entries: [.value(0, halfWidth: 2.1), .undefined]),
        .init(labels: ["AIRBUS", "EWR"], entries: [.hidden, .hidden]),
        .init(
          labels: ["AIRBUS", "JFK"], entries: [.value(-3, halfWidth: 2.1), .value(7.25, halfWidth: 0.25)]),
      ])
    return report
  }

  @Test func theFlatTableHasNumbersIntervalsAndGaps() throws {
    let table = try #require(Self.report().table)
    #expect(table.header == ["maker", "origin", "count", "count_pm95", "delay_mean", "delay_mean_pm95"])
    #expect(
      table.rows.map(table.fields).map { $0.dropFirst(2) } == [
        ["12", "3", "-1.00", "0.50"], ["0", "3", "", ""], ["", "", "", ""], ["-3", "3", "7.25", "0.25"],
      ])
  }

  @Test func hiddenRowsAreMarkedWhereThatIsWanted() throws {
    var report = Self.report()
    report.table?.marksHidden = true
    let table = try #require(report.table)
    #expect(table.header.last == "suppressed")
    #expect(table.rows.map { table.fields($0).last } == ["no", "no", "yes", "no"])
    #expect(table.rows.allSatisfy { table.fields($0).count == table.header.count })
    let parsed = try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any]
    let rows = try #require(parsed?["rows"] as? [[String: Any]])
    #expect(rows.map { $0["suppressed"] as? Bool } == [false, false, true, false])
  }

  @Test func theJSONParsesToTheSameNumbers() throws {
    let parsed = try JSONSerialization.jsonObject(with: Data(Self.report().json().utf8)) as? [String: Any]
    let rows = try #require(parsed?["rows"] as? [[String: Any]])
    #expect(rows.count == 4)
    #expect(rows[0]["maker"] as? String == Self.hostile)
    #expect(rows[0]["count"] as? Int == 12 && rows[0]["count_pm95"] as? Int == 3)
    #expect(rows[3]["delay_mean"] as? Double == 7.25)
    #expect(rows[2]["count"] is NSNull && rows[1]["delay_mean"] is NSNull)
    #expect((parsed?["facts"] as? [String: Any])?["epsilon"] as? String == "0.5")
  }

  @Test func thePageIsWellFormedAndRunsNothing() throws {
    let html = Self.report().html()
    #expect(!html.contains("<script") && html.contains("&lt;script&gt;"))
    #expect(html.contains("default-src 'none'"))
    // Nothing is fetched: no address stands in it at all.
    #expect(
      !html.contains("http://") && !html.contains("https://") && !html.contains("url(")
        || html.contains("url(#hidden"))
    let opened = html.matches(
      of: /<(svg|g|details|section|table|tr|td|th|dl|div|main|body|html|header|p|h1|h2)[ >]/)
    for match in Set(opened.map { String($0.1) }) {
      let starts = opened.count { $0.1 == match }
      let ends = html.components(separatedBy: "</\(match)>").count - 1
      #expect(starts == ends, "\(match)")
    }
    // Two charts: a field of colours with four cells and four bars each.
    #expect(html.components(separatedBy: "<svg").count - 1 == 4)
  }

  @Test func everyNumberOfTheTableStandsInBothChartsAndIntervalsAreDrawn() {
    let html = Self.report().html()
    #expect(html.components(separatedBy: "12 ±3").count - 1 == 4, "two titles, a bar's label, a table's cell")
    #expect(html.components(separatedBy: "hidden").count > 4)
    #expect(html.contains("<p>Hatched cells are hidden.</p>"))
  }

  @Test(arguments: [
    (0.0, 2, "0.00"), (-0.004, 2, "0.00"), (1.005, 2, "1.00"), (-12.5, 0, "-13"),
    (1e15, 1, "1000000000000000.0"),
    (Double.nan, 0, ""),
  ])
  func numbersHaveTheirDecimals(value: Double, decimals: Int, text: String) {
    #expect(fixed(value, decimals) == text)
  }

  @Test func intervalsAreNeverRoundedDown() {
    #expect(fixedUp(0.301, 2) == "0.31" && fixedUp(0.3, 2) == "0.30" && fixedUp(7, 0) == "7")
    #expect(fixedUp(0, 0) == "0")
  }

  @Test func sizesAndTimesReadWell() {
    #expect(byteCount(999) == "999 B" && byteCount(1500) == "1.5 kB" && byteCount(220_000_000) == "220 MB")
    #expect(duration(0.44) == "0.4 s" && duration(75) == "1 min 15 s" && duration(7500) == "2 h 5 min")
    #expect(grouped(1_234_567) == "1,234,567" && grouped(-999) == "-999")
  }
}
