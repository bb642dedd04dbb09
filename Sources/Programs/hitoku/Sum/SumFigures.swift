#if Services
import EncryptedSum
import Foundation
import Reports
import SumStatistics

/// One statistic of a study.
struct SumFigure {
  /// Of what: a column, or columns.
  let subject: String
  let statistic: String
  let value: Double
  /// The 95 % confidence interval, where there is one.
  var interval: ClosedRange<Double>?
  /// Of the test, where there is one.
  var pValue: Double?
}

/// All statistics that a study's sums give.
struct SumFigures {
  let totals: SumTotals
  private(set) var figures: [SumFigure] = []
  /// How often each label, bin or pair of labels occurs.
  private(set) var counts: [(subject: String, label: String, count: Int)] = []

  init(_ totals: SumTotals) {
    self.totals = totals
    for index in totals.study.fields.indices { add(field: index) }
    for index in totals.study.questions.products.indices { add(product: index) }
    for index in totals.study.questions.groups.indices { add(group: index) }
    for (index, category) in totals.study.categories.enumerated() {
      for (label, count) in zip(category.labels, totals.values(.labels(category: index)) ?? []) {
        counts.append((category.column, label, count))
      }
    }
    for index in totals.study.questions.tables.indices { add(table: index) }
  }

  private mutating func add(
    _ subject: String, _ statistic: String, _ value: Double?, _ interval: ClosedRange<Double>? = nil,
    p: Double? = nil
  ) {
    guard let value else { return }
    figures.append(
      SumFigure(subject: subject, statistic: statistic, value: value, interval: interval, pValue: p))
  }

  private mutating func add(field index: Int) {
    let field = totals.study.fields[index]
    add(field.column, "count", Double(totals.rows))
    if let sample = totals.sample(field: index) {
      let mean = sample.meanEstimate()
      add(field.column, "mean", sample.mean, mean?.interval)
      let spread = sample.varianceInterval()
      add(field.column, "variance", sample.variance, spread)
      add(
        field.column, "standard deviation", sample.standardDeviation,
        spread.map { $0.lowerBound.squareRoot()...$0.upperBound.squareRoot() })
    } else {
      add(field.column, "mean", totals.mean(field: index))
    }
    guard let bins = totals.values(.bins(field: index)) else { return }
    let edges = field.edges.map { fixed(Double($0) / field.unit, field.decimals) }
    for (bin, count) in bins.enumerated() {
      let label =
        bin == 0
        ? "< \(edges[0])" : bin == edges.count ? "≥ \(edges[bin - 1])" : "\(edges[bin - 1]) … < \(edges[bin])"
      counts.append((field.column, label, count))
    }
  }

  private mutating func add(product index: Int) {
    let pair = totals.study.questions.products[index]
    let (x, y) = (totals.study.fields[pair.first].column, totals.study.fields[pair.second].column)
    guard let sums = totals.pair(product: index) else { return }
    add("\(x), \(y)", "covariance", sums.covariance)
    if let correlation = sums.correlation() {
      add("\(x), \(y)", "correlation", correlation.coefficient, correlation.interval, p: correlation.pValue)
    }
    if let line = sums.regression() {
      add("\(y) on \(x)", "slope", line.slope.value, line.slope.interval, p: line.pValue)
      add("\(y) on \(x)", "intercept", line.intercept.value, line.intercept.interval)
      add("\(y) on \(x)", "r squared", line.explained)
    }
  }

  /// Each label's mean, and Welch's test of each pair of labels.
  private mutating func add(group index: Int) {
    let question = totals.study.questions.groups[index]
    let column = totals.study.fields[question.first].column
    let labels = totals.study.categories[question.second].labels
    guard let samples = totals.samples(group: index) else { return }
    for (label, sample) in zip(labels, samples) {
      add("\(column) of \(label)", "count", Double(sample.count))
      add("\(column) of \(label)", "mean", sample.mean, sample.meanEstimate()?.interval)
      add("\(column) of \(label)", "standard deviation", sample.standardDeviation)
    }
    // Of many labels every pair would be compared: nobody asked for so many tests.
    guard labels.count <= 8 else { return }
    for first in labels.indices {
      for second in labels.indices.dropFirst(first + 1) {
        guard let test = WelchTest(samples[first], samples[second]) else { continue }
        let subject = "\(column), \(labels[first]) less \(labels[second])"
        add(subject, "difference", test.difference.value, test.difference.interval, p: test.pValue)
        add(subject, "Welch t", test.statistic, p: test.pValue)
        add(subject, "degrees of freedom", test.degrees)
      }
    }
  }

  private mutating func add(table index: Int) {
    let question = totals.study.questions.tables[index]
    let (first, second) = (totals.study.categories[question.first], totals.study.categories[question.second])
    guard let table = totals.table(index) else { return }
    let subject = "\(first.column) by \(second.column)"
    for (row, label) in zip(table, first.labels) {
      for (count, other) in zip(row, second.labels) { counts.append((subject, "\(label) / \(other)", count)) }
    }
    guard let test = ChiSquareTest(table) else { return }
    add(subject, "chi-square", test.statistic, p: test.pValue)
    add(subject, "degrees of freedom", Double(test.degrees))
    add(subject, "least expected count", test.leastExpected)
  }
}

extension SumField {
  fileprivate var unit: Double { (0..<decimals).reduce(1.0) { unit, _ in unit * 10 } }
}

extension SumFigures {
  /// Ten significant digits: more than any table of them, and less than what is exact.
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    guard value != 0 else { return "0" }
    let magnitude = Int(log10(abs(value)).rounded(.down))
    guard (-5...14).contains(magnitude) else { return "\(value)" }
    var digits = fixed(value, max(0, 9 - magnitude))
    while digits.contains("."), digits.hasSuffix("0") { digits.removeLast() }
    if digits.hasSuffix(".") { digits.removeLast() }
    return digits
  }

  /// The report: statistics as facts, counts as the table with its chart.
  func report() -> Report {
    let study = totals.study
    var sections = [
      Report.Section(
        "Study",
        [
          Report.Fact("Digest", hexadecimal(study.digest), key: "study"),
          Report.Fact("Contributors", totals.contributors, key: "contributors"),
          Report.Fact("Rows", totals.rows, key: "rows"),
          Report.Fact(
            "Noise", study.privacy.map { "ε = \($0.epsilon), one \($0.unit.rawValue)" } ?? "none: exact sums",
            key: "noise"),
        ])
    ]
    var subjects: [String] = []
    for figure in figures where !subjects.contains(figure.subject) { subjects.append(figure.subject) }
    for subject in subjects {
      let facts = figures.filter { $0.subject == subject }.map { figure in
        Report.Fact(
          figure.statistic, Self.sentence(figure), key: "\(subject) \(figure.statistic)".lowercased(),
          json: figure.json)
      }
      sections.append(Report.Section(subject, facts))
    }
    var report = Report(
      title: study.title,
      summary:
        "Sums over \(totals.contributors) contributors, whose numbers nobody saw. Intervals hold the true value in 95 of "
        + "100 cases, those of variances and standard deviations if the values are normally distributed"
        + (study.privacy == nil ? "." : "; they do not count the noise."), sections: sections)
    if !counts.isEmpty {
      report.table = ReportTable(
        groupColumns: ["counts of", "value"], cellColumns: [],
        quantities: [.init(name: "count", title: "Count", decimals: 0)],
        rows: counts.map {
          ReportTable.Row(labels: [$0.subject, $0.label], entries: [.value(Double($0.count), halfWidth: 0)])
        })
    }
    return report
  }

  private static func sentence(_ figure: SumFigure) -> String {
    var sentence = text(figure.value)
    if let interval = figure.interval {
      sentence += "  [\(text(interval.lowerBound)), \(text(interval.upperBound))]"
    }
    if let p = figure.pValue { sentence += "  p = \(p < 1e-6 ? "\(p)" : text(p))" }
    return sentence
  }

  /// One line for each statistic and each count.
  var records: [[String]] {
    [["subject", "statistic", "value", "low95", "high95", "p"]]
      + figures.map { figure in
        [
          figure.subject, figure.statistic, "\(figure.value)",
          figure.interval.map { "\($0.lowerBound)" } ?? "", figure.interval.map { "\($0.upperBound)" } ?? "",
          figure.pValue.map { "\($0)" } ?? "",
        ]
      } + counts.map { [$0.subject, "count of \($0.label)", "\($0.count)", "", "", ""] }
  }
}

extension SumFigure {
  fileprivate var json: JSONValue {
    var object: [String: JSONValue] = ["value": Self.number(value)]
    if let interval {
      object["low95"] = Self.number(interval.lowerBound)
      object["high95"] = Self.number(interval.upperBound)
    }
    if let pValue { object["p"] = Self.number(pValue) }
    return .object(object)
  }

  private static func number(_ value: Double) -> JSONValue { value.isFinite ? .number("\(value)") : .null }
}
#endif
