import Glibc

/// Student's t distribution with `degrees` > 0 of freedom, not necessarily whole.
public struct StudentT: Sendable, Hashable {
  /// The degrees of freedom.
  public let degrees: Double

  /// Any positive number of degrees.
  public init(degrees: Double) {
    precondition(degrees > 0, "degrees of freedom")
    self.degrees = degrees
  }

  /// P[|T| ≥ |t|] = I_x(ν/2, ½) at x = ν/(ν + t²) (Abramowitz and Stegun 26.7.1, 26.5.27), to 10^-12 of itself.
  public func twoSidedTail(_ t: Double) -> Double {
    let (x, y) = point(t)
    return incompleteBeta(degrees / 2, 0.5, x: x, y: y)
  }

  /// The t > 0 with P[|T| < t] = `level`, 0 < level < 1: half the width of a confidence interval in standard errors.
  ///
  /// Newton's method from the normal quantile, which lies below: the tail is convex, so that no step overshoots.
  public func twoSidedQuantile(_ level: Double) -> Double {
    precondition(level > 0 && level < 1, "a confidence level")
    let target = 1 - level
    var t = StandardNormal.twoSidedQuantile(level)
    for _ in 0..<400 {
      let (x, y) = point(t)
      // d tail/dt = −2·x^a·y^b/(B(a, b)·t).
      let slope = 2 * betaPower(degrees / 2, 0.5, x: x, y: y) / t
      let step = (incompleteBeta(degrees / 2, 0.5, x: x, y: y) - target) / slope
      t += step
      if abs(step) <= 1e-15 * t { break }
    }
    return t
  }

  private func point(_ t: Double) -> (x: Double, y: Double) {
    let square = t * t
    return (degrees / (degrees + square), square / (degrees + square))
  }
}

/// The chi-square distribution with `degrees` > 0 of freedom.
public struct ChiSquare: Sendable, Hashable {
  /// The degrees of freedom.
  public let degrees: Double

  /// Any positive number of degrees.
  public init(degrees: Double) {
    precondition(degrees > 0, "degrees of freedom")
    self.degrees = degrees
  }

  /// P[X ≥ x] = Q(ν/2, x/2) for x ≥ 0 (Abramowitz and Stegun 26.4.19), to 10^-12 of itself.
  public func upperTail(_ x: Double) -> Double { upperIncompleteGamma(degrees / 2, x / 2) }
}

/// The standard normal distribution.
public enum StandardNormal {
  /// P[|Z| ≥ |z|].
  public static func twoSidedTail(_ z: Double) -> Double { erfc(abs(z) * 0.5.squareRoot()) }

  /// The z > 0 with P[|Z| < z] = `level`, 0 < level < 1: Newton's method on the convex tail from zero's right, as for `StudentT`.
  public static func twoSidedQuantile(_ level: Double) -> Double {
    precondition(level > 0 && level < 1, "a confidence level")
    let target = 1 - level
    // The tail's slope is −2φ: from zero, where the tail is 1, no step overshoots.
    var z = 0.0
    for _ in 0..<200 {
      let slope = exp(-z * z / 2) * (2 / Double.pi).squareRoot()
      let step = (twoSidedTail(z) - target) / slope
      z += step
      if abs(step) <= 1e-15 * z { break }
    }
    return z
  }
}
