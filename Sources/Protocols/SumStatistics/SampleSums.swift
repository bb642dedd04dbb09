import Glibc

/// An estimate with an interval that holds the true value with the confidence asked for.
public struct Estimate: Sendable, Hashable {
  /// The estimate.
  public let value: Double
  /// Its standard error.
  public let standardError: Double
  /// The interval's ends.
  public let interval: ClosedRange<Double>

  init(_ value: Double, standardError: Double, reach: Double) {
    self.value = value
    self.standardError = standardError
    interval = (value - reach * standardError)...(value + reach * standardError)
  }
}

/// Count, sum and sum of squares of a sample of numbers in units of 10^−decimals. Everything is computed from the integers exactly
/// and rounded last, so that large means cost no digits of a variance.
public struct SampleSums: Sendable, Hashable {
  /// The number of values.
  public let count: Int
  /// Their sum in units.
  public let sum: Int
  /// The sum of their squares in units squared.
  public let squares: Int
  /// Digits after the decimal point.
  public let decimals: Int

  /// Sums of magnitude up to 2^60, counts up to 2^60.
  public init(count: Int, sum: Int, squares: Int, decimals: Int) {
    precondition(
      count.magnitude <= 1 << 60 && sum.magnitude <= 1 << 60 && squares.magnitude <= 1 << 60
        && (0...18).contains(decimals))
    self.count = count
    self.sum = sum
    self.squares = squares
    self.decimals = decimals
  }

  /// 10^decimals: units of a one.
  var unit: Double { pow(10, Double(decimals)) }

  /// The mean; nil of none.
  public var mean: Double? { count > 0 ? Double(sum) / Double(count) / unit : nil }

  /// count·Σx² − (Σx)², in units squared: count·(count − 1) times the variance.
  var scaledVariance: Int128 { Int128(count) * Int128(squares) - Int128(sum) * Int128(sum) }

  /// The unbiased variance, over count − 1; nil of fewer than two values, or where noise made it negative.
  public var variance: Double? {
    guard count > 1, scaledVariance >= 0 else { return nil }
    return Double(scaledVariance) / (Double(count) * Double(count - 1)) / (unit * unit)
  }

  /// The variance's interval where the values are normally distributed: (n − 1)·s² over the quantiles of chi-square; nil where there
  /// is no variance.
  public func varianceInterval(confidence level: Double = 0.95) -> ClosedRange<Double>? {
    guard let variance else { return nil }
    let distribution = ChiSquare(degrees: Double(count - 1))
    let ends = [(1 - level) / 2, (1 + level) / 2].map {
      Double(count - 1) * variance / distribution.quantile(upperTail: $0)
    }
    return ends[0]...ends[1]
  }

  /// The root of the variance.
  public var standardDeviation: Double? { variance.map { $0.squareRoot() } }

  /// The squared standard error of the mean.
  var meanVariance: Double? { variance.map { $0 / Double(count) } }

  /// The mean with its Student interval; nil where there is no variance.
  public func meanEstimate(confidence level: Double = 0.95) -> Estimate? {
    guard let mean, let meanVariance else { return nil }
    return Estimate(
      mean, standardError: meanVariance.squareRoot(),
      reach: StudentT(degrees: Double(count - 1)).twoSidedQuantile(level))
  }
}
