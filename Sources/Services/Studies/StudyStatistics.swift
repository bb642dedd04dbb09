import DisclosureControl
import Glibc

/// The statistics that a study asks for, from the totals that a run opens.
///
/// Every number comes with half the width of the interval that holds the noiseless one in at least 95 of 100 cases. For one
/// draw of discrete Laplace noise of scale b that is b·ln 20; for a combination of independent draws with scales bᵢ it
/// is ln 20·√(Σ bᵢ²), which is an upper bound: of all sums of Laplace draws with one variance the single draw has the widest
/// interval at this level. Quotients are taken to first order in the noise.
public struct StudyStatistics: Sendable {
  /// A number and its interval.
  public enum Number: Sendable, Hashable {
    /// The number, and half the width of its interval; 0 without noise.
    case value(Double, halfWidth: Double)
    /// There is none: a quotient by a count that is not above its own interval.
    case undefined
    /// Not shown, or not even open, for the count is below the study's minimum.
    case hidden
  }

  /// A kind of number.
  public struct Quantity: Sendable, Hashable {
    /// The measure's column and the statistic with an underscore between, or `count`.
    public let name: String
    /// Digits after the decimal point.
    public let decimals: Int
  }

  /// The kinds of numbers: the count, then the statistics of each measure.
  public let quantities: [Quantity]
  /// For each group, cell and quantity its number.
  public let numbers: [[[Number]]]

  /// Of a table's totals: `tables` has, for each release of the plan, group and cell, the total with its noise, to which
  /// this side has added as much again where `isDoublyNoised`. `suppressed` says for each group and cell whether it
  /// stayed closed; empty where everything was opened.
  public init(
    _ study: Study, _ plan: StudyPlan, tables: [[[Int64]]], suppressed: [[Bool]] = [],
    isDoublyNoised: Bool = false
  ) {
    let variances = plan.releases.map { release in
      let scale =
        release.release.noise.map { Double($0.scale.numerator) / Double($0.scale.denominator) } ?? 0
      return scale * scale * (isDoublyNoised ? 2 : 1)
    }
    let quantities =
      [Quantity(name: "count", decimals: 0)]
      + study.measures.flatMap { measure in
        measure.statistics.map { statistic in
          Quantity(
            name: "\(measure.column)_\(statistic.rawValue)",
            decimals: statistic == .sum ? measure.decimals : measure.decimals + 2)
        }
      }
    let counts = tables[0].map { $0.map { Int($0) } }
    let visible = MinimumCount(study.minimumCount).visibility(of: counts)
    var numbers: [[[Number]]] = []
    for group in plan.groups.indices {
      numbers.append(
        plan.cells.indices.map { cell in
          let isOpen = suppressed.isEmpty || !suppressed[group][cell]
          let isShown = isOpen && (study.minimumCount == 0 || visible.cells[group][cell])
          return isShown
            ? Self.entries(study, plan, variances, tables.map { Double($0[group][cell]) })
            : quantities.map { _ in .hidden }
        })
    }
    self.quantities = quantities
    self.numbers = numbers
  }

  /// Of match counts, the dummies' shift taken off: for each group its count.
  public init(_ study: Study, _ plan: StudyPlan, matchCounts: [Int], isDoublyNoised: Bool = false) {
    quantities = [Quantity(name: "count", decimals: 0)]
    let shift = plan.dummies?.shift ?? 0
    let draws: Double = isDoublyNoised ? 2 : 1
    let width =
      plan.dummies.map { log(20) * draws.squareRoot() / (Double($0.epsilon.micros) / 1e6) } ?? 0
    let minimum = MinimumCount(study.minimumCount)
    numbers = matchCounts.map { count in
      let isShown = study.minimumCount == 0 || minimum.shows(count - shift)
      return [[isShown ? .value(Double(count - shift), halfWidth: width.rounded(.up)) : .hidden]]
    }
  }

  private static func entries(
    _ study: Study, _ plan: StudyPlan, _ variances: [Double], _ totals: [Double]
  ) -> [Number] {
    func index(_ content: StudyPlan.Release.Content) -> Int {
      plan.releases.firstIndex { $0.content == content } ?? 0
    }
    var numbers = [number(totals[0], [(1, variances[0])], unit: 1)]
    for (measure, rules) in study.measures.enumerated() {
      let sum = index(.sum(measure: measure))
      let unit = pow(10, Double(rules.decimals))
      let shift = rules.encoding == .offset ? Double(rules.minimum) : 0
      for statistic in rules.statistics {
        switch statistic {
        case .sum:
          numbers.append(
            number(totals[sum] + shift * totals[0], [(1, variances[sum]), (shift, variances[0])], unit: unit))
        case .mean:
          numbers.append(mean(totals[0], totals[sum], variances[0], variances[sum], shift, unit))
        case .variance:
          let squares = index(.squares(measure: measure))
          numbers.append(
            variance(
              (totals[0], totals[sum], totals[squares]),
              (variances[0], variances[sum], variances[squares]), unit * unit))
        }
      }
    }
    return numbers
  }

  /// Whether a count stands out of its noise: what is divided by any other says nothing.
  private static func isSolid(_ count: Double, _ variance: Double) -> Bool {
    count > 0 && count > log(20) * variance.squareRoot()
  }

  private static func mean(
    _ count: Double, _ sum: Double, _ countVariance: Double, _ sumVariance: Double, _ shift: Double,
    _ unit: Double
  ) -> Number {
    guard isSolid(count, countVariance) else { return .undefined }
    let mean = sum / count
    return number(mean + shift, [(1 / count, sumVariance), (mean / count, countVariance)], unit: unit)
  }

  /// Q/n − (S/n)²: that of the rows, not of a sample.
  private static func variance(
    _ total: (count: Double, sum: Double, squares: Double),
    _ variance: (count: Double, sum: Double, squares: Double), _ unit: Double
  ) -> Number {
    let count = total.count
    guard isSolid(count, variance.count) else { return .undefined }
    let (mean, square) = (total.sum / count, total.squares / count)
    return number(
      square - mean * mean,
      [
        (1 / count, variance.squares), (2 * mean / count, variance.sum),
        ((2 * mean * mean - square) / count, variance.count),
      ], unit: unit)
  }

  /// `terms`: the weight of each draw of noise in the number, and its squared scale.
  private static func number(
    _ value: Double, _ terms: [(weight: Double, variance: Double)], unit: Double
  ) -> Number {
    let spread = terms.reduce(0) { $0 + $1.weight * $1.weight * $1.variance }
    return .value(value / unit, halfWidth: log(20) * spread.squareRoot() / unit)
  }
}
