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

  /// The x with P[X ≥ x] = `tail`, 10^-6 ≤ tail ≤ 1 − 10^-6: by bisection, to the accuracy of the tail; beyond 10^8 degrees by Wilson and
  /// Hilferty's cube (Abramowitz and Stegun 26.4.17), whose relative error is below 10^-8 there.
  public func quantile(upperTail tail: Double) -> Double {
    precondition((1e-6...(1 - 1e-6)).contains(tail), "a tail probability")
    guard degrees <= 1e8 else {
      let level = abs(1 - 2 * tail)
      let reach = level > 0 ? StandardNormal.twoSidedQuantile(level) : 0
      let z = tail < 0.5 ? reach : -reach
      let share = 2 / (9 * degrees)
      let root = 1 - share + z * share.squareRoot()
      return degrees * root * root * root
    }
    var (low, high) = (0.0, degrees + 12 * (2 * degrees).squareRoot() + 40)
    while high - low > 1e-15 * high {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { break }
      if upperTail(middle) > tail { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
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
