#if Services
import CrossStatistics
import DisclosureControl
import Glibc
import Studies

/// The analyst's result as rows of text: labels, then numbers with the half-width of their 95 % noise interval.
struct ResultTable {
  let header: [String]
  let rows: [[String]]

  init(_ agreed: AgreedStudy, result: AnalystRun.Result) {
    let plan = agreed.plan
    let study = agreed.study
    guard !plan.releases.isEmpty else {
      header = study.analyst.groups.map(\.column) + ["count", "count_pm95"]
      let shift = plan.dummies?.shift ?? 0
      let width = plan.dummies.map { Self.halfWidth(1 / (Double($0.epsilon.micros) / 1e6)) } ?? 0
      rows = zip(plan.groups, result.counts).map { labels, count in
        labels + ["\(count - shift)", Self.text(width, 0)]
      }
      return
    }
    var names =
      study.analyst.groups.map(\.column) + study.provider.cells.map(\.column) + ["count", "count_pm95"]
    for measure in study.measures {
      for statistic in measure.statistics {
        names.append("\(measure.column)_\(statistic.rawValue)")
        if statistic == .sum { names.append("\(measure.column)_sum_pm95") }
      }
    }
    header = names
    let counts = result.tables[0].map { $0.map { Int($0) } }
    let visible = MinimumCount(study.minimumCount).visibility(of: counts)
    rows = plan.groups.indices.flatMap { group in
      plan.cells.indices.map { cell in
        plan.groups[group] + plan.cells[cell]
          + (study.minimumCount == 0 || visible.cells[group][cell]
            ? Self.numbers(agreed, result, group, cell)
            : names.dropFirst(plan.groups[group].count + plan.cells[cell].count).map { _ in "" })
      }
    }
  }

  private static func numbers(
    _ agreed: AgreedStudy, _ result: AnalystRun.Result, _ group: Int, _ cell: Int
  ) -> [String] {
    let (study, plan) = (agreed.study, agreed.plan)
    func entry(_ content: StudyPlan.Release.Content) -> (value: Double, width: Double) {
      guard let index = plan.releases.firstIndex(where: { $0.content == content }) else { return (0, 0) }
      let scale = plan.releases[index].release.noise.map {
        Double($0.scale.numerator) / Double($0.scale.denominator)
      }
      return (Double(result.tables[index][group][cell]), scale.map(halfWidth) ?? 0)
    }
    let count = entry(.count)
    var fields = [text(count.value, 0), text(count.width, 0)]
    for (index, measure) in study.measures.enumerated() {
      let unit = pow(10, Double(measure.decimals))
      let shift = measure.encoding == .offset ? Double(measure.minimum) : 0
      let sum = entry(.sum(measure: index))
      let mean = count.value > 0 ? sum.value / count.value : .nan
      for statistic in measure.statistics {
        switch statistic {
        case .sum:
          fields.append(text((sum.value + shift * count.value) / unit, measure.decimals))
          fields.append(text((sum.width + abs(shift) * count.width) / unit, measure.decimals))
        case .mean:
          fields.append(text((mean + shift) / unit, measure.decimals + 2))
        case .variance:
          let squares = entry(.squares(measure: index)).value / count.value
          fields.append(text((squares - mean * mean) / (unit * unit), measure.decimals + 2))
        }
      }
    }
    return fields
  }

  /// Half the width of the interval that holds discrete Laplace noise of this scale in 95 of 100 cases.
  private static func halfWidth(_ scale: Double) -> Double { (scale * log(20)).rounded(.up) }

  private static func text(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "" }
    let factor = pow(10, Double(decimals))
    let scaled = (value * factor).rounded()
    guard decimals > 0 else { return String(Int(scaled)) }
    let digits = String(Int(scaled.magnitude))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return (scaled < 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }
}
#endif
