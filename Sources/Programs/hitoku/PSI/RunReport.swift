#if Services
import ByteCoding
import CrossStatistics
import Foundation
import Identities
import Reports
import Studies

/// The report of a run, from what the run gave.
struct RunReport {
  private let agreed: AgreedStudy

  init(_ agreed: AgreedStudy) { self.agreed = agreed }

  /// What a run was, besides its result.
  struct Circumstances {
    var own: Fingerprint
    var peer: Fingerprint
    var session: [UInt8]
    var rows: RowCounts
    var seconds: Double
    var bytes: Int
  }

  /// The whole report, the common ids in place of a table in mode `elements`.
  func report(
    _ statistics: StudyStatistics?, ids: ByteStrings?, matched: [Int] = [], circumstances: Circumstances
  ) -> Report {
    var report = Report(
      title: agreed.study.name, summary: summary, sections: agreed.sections)
    report.table = statistics.map(table)
    report.list = ids.map { ids in
      ("ids", ids.indices.map { String(decoding: ids[$0], as: UTF8.self) })
    }
    report.sections[0].facts += [
      .init(
        "The other side's, compared", hexadecimal(agreed.study.digest), key: "peer_study_digest")
    ]
    if !matched.isEmpty, let statistics {
      let facts = matches(matched, statistics)
      if !facts.isEmpty { report.sections.append(Report.Section("Matched ids", facts)) }
    }
    // Exact sizes have no noise: they have no place in a result that may be passed on.
    if agreed.shape.publication == nil { report.sections.append(data(circumstances.rows)) }
    report.sections.append(run(circumstances))
    return report
  }

  private var summary: String {
    let noise = agreed.study.privacy == nil ? "exact, by agreement" : "with noise that protects single people"
    return "Two organisations matched their records without showing them. Results are \(noise)."
  }

  private func table(_ statistics: StudyStatistics) -> ReportTable {
    let (study, plan) = (agreed.study, agreed.plan)
    let cells = plan.releases.isEmpty ? [[]] : plan.cells
    let rows = plan.groups.indices.flatMap { group in
      cells.indices.map { cell in
        ReportTable.Row(
          labels: plan.groups[group] + cells[cell], entries: statistics.numbers[group][cell].map(Self.entry))
      }
    }
    return ReportTable(
      groupColumns: study.analyst.groups.map(\.column),
      cellColumns: plan.releases.isEmpty ? [] : study.provider.cells.map(\.column),
      quantities: statistics.quantities.map { quantity in
        .init(name: quantity.name, title: title(quantity.name), decimals: quantity.decimals)
      }, rows: rows, marksHidden: study.suppression == .secure)
  }

  private func title(_ name: String) -> String {
    if name == "count" { return agreed.plan.releases.isEmpty ? "common ids" : "rows" }
    for measure in agreed.study.measures {
      for statistic in measure.statistics where name == "\(measure.column)_\(statistic.rawValue)" {
        return "\(statistic.rawValue) of \(measure.column)"
      }
    }
    return name
  }

  private static func entry(_ number: StudyStatistics.Number) -> ReportTable.Entry {
    switch number {
    case .value(let value, let width): .value(value, halfWidth: width)
    case .undefined: .undefined
    case .hidden: .hidden
    }
  }

  /// How many of the provider's ids matched each group, as the analyst sees it beside the tables; of groups with a hidden
  /// cell nothing, for what they matched less the shown cells would tell of it.
  private func matches(_ counts: [Int], _ statistics: StudyStatistics) -> [Report.Fact] {
    let found = StudyStatistics(agreed.study, agreed.plan, matchCounts: counts)
    return agreed.plan.groups.indices.filter { !statistics.hidesCells(ofGroup: $0) }.map { group in
      let labels = agreed.plan.groups[group]
      return .init(
        labels.isEmpty ? "All" : labels.joined(separator: " · "),
        Self.entry(found.numbers[group][0][0]).text(decimals: 0), key: "matched_\(group)")
    }
  }

  private func data(_ counts: RowCounts) -> Report.Section {
    var facts = [
      Report.Fact("Rows read", counts.read, key: "rows_read"),
      Report.Fact("Rows used", counts.used, key: "rows_used"),
    ]
    for (reason, count, key) in counts.dropped {
      facts.append(.init("Dropped, \(reason)", count, key: key))
    }
    if counts.clamped > 0 { facts.append(.init("Values clamped", counts.clamped, key: "clamped")) }
    return Report.Section("This side's table", facts)
  }

  private func run(_ run: Circumstances) -> Report.Section {
    Report.Section(
      "Run",
      [
        .init("Ended", Date.now.formatted(.iso8601), key: "time"),
        .init("Took", duration(run.seconds), key: "seconds", json: .number(fixed(run.seconds, 3))),
        .init("Sent and received", byteCount(run.bytes), key: "bytes", json: .integer(run.bytes)),
        .init("Run", hexadecimal(Array(run.session.prefix(16))), key: "run"),
        .init("This side", "\(run.own)", key: "own_fingerprint"),
        .init("The other side", "\(run.peer)", key: "peer_fingerprint"),
      ])
  }
}

extension AgreedStudy {
  /// What a result says; nil in mode `elements`, whose result is a list.
  func statistics(counts: [Int], tables: [[[Int64]]], suppressed: [[Bool]] = []) -> StudyStatistics? {
    let isDoublyNoised = shape.publication != nil
    switch study.mode {
    case .elements: return nil
    case .count:
      return StudyStatistics(study, plan, matchCounts: counts, isDoublyNoised: isDoublyNoised)
    case .sum, .cross:
      return StudyStatistics(
        study, plan, tables: tables, suppressed: suppressed, isDoublyNoised: isDoublyNoised)
    }
  }
}

extension RowCounts {
  /// Why rows were dropped, for people and for programs; what did not happen is left out.
  fileprivate var dropped: [(reason: String, count: Int, key: String)] {
    [
      ("without id", missingID, "missing_id"), ("with an invalid id", invalidID, "invalid_id"),
      ("with an id seen before", duplicateID, "duplicate_id"),
      ("of an unknown category", unknownCategory, "unknown_category"),
      ("with an invalid measure", invalidMeasure, "invalid_measure"),
      ("out of range", outOfRange, "out_of_range"),
      ("beyond an id's maximum", excess, "excess_rows"),
    ].filter { $0.1 > 0 }
  }

  /// Says what became of the rows, and refuses a table of which nothing is left: a run would cost its full price.
  func check() throws {
    let reasons = dropped.map { "\(grouped($0.count)) \($0.reason)" }
    note(
      "read \(counted(read, "row")): \(grouped(used)) used"
        + (reasons.isEmpty ? "" : ", dropped \(reasons.joined(separator: ", "))")
        + (clamped > 0 ? "; \(counted(clamped, "value")) clamped" : ""))
    guard used > 0 else {
      throw CommandFailure(
        "no row of the table can be used.", hint: "Compare its columns and values with the study's.",
        code: .data)
    }
    if 5 * (read - used) > read { note("warning: more than a fifth of the rows were dropped") }
  }
}
#endif
