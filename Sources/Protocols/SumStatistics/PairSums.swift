import Glibc

/// Sums over pairs of numbers (x, y): what correlation and the regression of y on x are computed from.
public struct PairSums: Sendable, Hashable {
  /// The first number's.
  public let x: SampleSums
  /// The second number's, of the same count.
  public let y: SampleSums
  /// Σ x·y in units of both.
  public let products: Int

  /// Takes sums over the same rows.
  public init(x: SampleSums, y: SampleSums, products: Int) {
    precondition(x.count == y.count && products.magnitude <= 1 << 60)
    self.x = x
    self.y = y
    self.products = products
  }

  private var count: Double { Double(x.count) }
  /// count·Σxy − Σx·Σy.
  private var scaledCovariance: Int128 {
    Int128(x.count) * Int128(products) - Int128(x.sum) * Int128(y.sum)
  }

  /// The unbiased covariance; nil of fewer than two pairs.
  public var covariance: Double? {
    guard x.count > 1 else { return nil }
    return Double(scaledCovariance) / (count * (count - 1)) / (x.unit * y.unit)
  }

  /// 1 − r²: computed of its own, since r² near 1 has lost it. nil where one of both does not vary.
  private var unexplained: Double? {
    let (vx, vy, c) = (x.scaledVariance, y.scaledVariance, scaledCovariance)
    guard x.count > 2, vx > 0, vy > 0 else { return nil }
    let r = correlationUnchecked
    guard abs(r) < 1 else { return 0 }
    // vx·vy − c² over vx·vy, by the difference of the roots: (√(vx·vy) − |c|)·(√(vx·vy) + |c|).
    let root = (Double(vx) * Double(vy)).squareRoot()
    return (root - abs(Double(c))) / root * (1 + abs(r))
  }

  private var correlationUnchecked: Double {
    let root = (Double(x.scaledVariance) * Double(y.scaledVariance)).squareRoot()
    return max(-1, min(1, Double(scaledCovariance) / root))
  }

  /// Pearson's correlation.
  public struct Correlation: Sendable, Hashable {
    /// r, from −1 to 1.
    public let coefficient: Double
    /// P[|r| at least this large] if x and y were independent normal numbers: Student's t with count − 2 degrees.
    public let pValue: Double
    /// By Fisher's transformation, atanh r ± z/√(count − 3); nil below four pairs.
    public let interval: ClosedRange<Double>?
  }

  /// The correlation; nil of fewer than three pairs, or where one of both does not vary.
  public func correlation(confidence level: Double = 0.95) -> Correlation? {
    guard let unexplained else { return nil }
    let r = correlationUnchecked
    let t = unexplained > 0 ? r * ((count - 2) / unexplained).squareRoot() : .infinity
    var interval: ClosedRange<Double>?
    if x.count > 3, abs(r) < 1 {
      let reach = StandardNormal.twoSidedQuantile(level) / (count - 3).squareRoot()
      interval = tanh(atanh(r) - reach)...tanh(atanh(r) + reach)
    }
    return Correlation(
      coefficient: r, pValue: t.isInfinite ? 0 : StudentT(degrees: count - 2).twoSidedTail(t),
      interval: interval)
  }

  /// The line y = intercept + slope·x of least squares.
  public struct Regression: Sendable, Hashable {
    /// How much y grows with x.
    public let slope: Estimate
    /// y at x = 0.
    public let intercept: Estimate
    /// r²: the part of the variance of y that the line explains.
    public let explained: Double
    /// P[|slope| at least this large] if y did not depend on x.
    public let pValue: Double
  }

  /// The regression of y on x; nil of fewer than three pairs, or where one of both does not vary.
  public func regression(confidence level: Double = 0.95) -> Regression? {
    guard let unexplained, let meanX = x.mean, let meanY = y.mean, let correlation = correlation(),
      let varianceX = x.variance, let varianceY = y.variance
    else { return nil }
    let slope = Double(scaledCovariance) / Double(x.scaledVariance) * x.unit / y.unit
    let slopeVariance = varianceY / varianceX * unexplained / (count - 2)
    // Var(intercept) = Var(slope)·Σx²/n.
    let secondMoment = Double(x.squares) / count / (x.unit * x.unit)
    let reach = StudentT(degrees: count - 2).twoSidedQuantile(level)
    return Regression(
      slope: Estimate(slope, standardError: slopeVariance.squareRoot(), reach: reach),
      intercept: Estimate(
        meanY - slope * meanX, standardError: (slopeVariance * secondMoment).squareRoot(), reach: reach),
      explained: 1 - unexplained, pValue: correlation.pValue)
  }
}
