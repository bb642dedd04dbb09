import Glibc

/// Welch's test of whether two samples have one mean, without assuming one variance (B. L. Welch 1947; the degrees of freedom are
/// Satterthwaite's).
public struct WelchTest: Sendable, Hashable {
  /// The difference of the means, first less second, with its interval.
  public let difference: Estimate
  /// The difference over its standard error.
  public let statistic: Double
  /// The degrees of freedom, not whole.
  public let degrees: Double
  /// P[|T| at least this large] if the means were one.
  public let pValue: Double

  /// Nil where one sample has fewer than two values, or neither varies.
  public init?(_ first: SampleSums, _ second: SampleSums, confidence level: Double = 0.95) {
    guard let meanA = first.mean, let meanB = second.mean, let a = first.meanVariance,
      let b = second.meanVariance, a + b > 0
    else { return nil }
    let error = (a + b).squareRoot()
    degrees = (a + b) * (a + b) / (a * a / Double(first.count - 1) + b * b / Double(second.count - 1))
    statistic = (meanA - meanB) / error
    let student = StudentT(degrees: degrees)
    pValue = student.twoSidedTail(statistic)
    difference = Estimate(meanA - meanB, standardError: error, reach: student.twoSidedQuantile(level))
  }
}
