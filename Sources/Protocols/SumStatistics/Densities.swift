import Glibc

// Point probabilities of the binomial and Poisson distributions for real arguments, which every tail below is a multiple
// of: C. Loader, "Fast and accurate computation of binomial probabilities" (2000). Differences of log-gammas, the usual way,
// lose as many digits as log-gamma has before the point.

/// log Γ(z + 1) − (z + ½)·log z + z − ½·log 2π for z > 0: what Stirling's formula leaves out (Loader, section 2).
func stirlingError(_ z: Double) -> Double {
  guard z >= 16 else {
    return logGamma(z + 1) - (z + 0.5) * log(z) + z - 0.918_938_533_204_672_741_78
  }
  let square = 1 / (z * z)
  // 1/12, 1/360, 1/1260, 1/1680, 1/1188, 691/360360: the Bernoulli series, below 10^-17 at z = 16.
  let terms = [
    1.0 / 12, -1.0 / 360, 1.0 / 1_260, -1.0 / 1_680, 1.0 / 1_188, -691.0 / 360_360, 1.0 / 156,
  ]
  return terms.reversed().reduce(0) { $0 * square + $1 } / z
}

/// log Γ(z) for 0 < z ≤ 17, in a thread's own sign variable.
private func logGamma(_ z: Double) -> Double {
  var sign: Int32 = 0
  return unsafe lgamma_r(z, &sign)
}

/// x·log(x/m) + m − x for x, m > 0, which is small where x is near m (Loader, section 2: bd0).
func deviance(_ x: Double, _ m: Double) -> Double {
  deviance(x, m, difference: x - m)
}

/// The same where x − m is known with more digits than the difference of the rounded numbers has.
func deviance(_ x: Double, _ m: Double, difference: Double) -> Double {
  guard abs(difference) < 0.1 * (x + m) else { return x * log(x / m) + m - x }
  let ratio = difference / (x + m)
  let square = ratio * ratio
  var sum = difference * ratio
  var term = 2 * x * ratio
  for index in 1... {
    term *= square
    let next = sum + term / Double(2 * index + 1)
    if next == sum { break }
    sum = next
  }
  return sum
}

/// x^a·y^b / B(a, b) for a, b > 0, x + y = 1, both above 0.
func betaPower(_ a: Double, _ b: Double, x: Double, y: Double) -> Double {
  let n = a + b
  // a − n·x = a·y − b·x.
  let difference = a * y - b * x
  let exponent =
    stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x, difference: difference)
    - deviance(b, n * y, difference: -difference)
  return exp(exponent) * (a * b / (2 * .pi * n)).squareRoot()
}

/// x^a·e^−x / Γ(a) for a, x > 0.
func gammaPower(_ a: Double, _ x: Double) -> Double {
  exp(-stirlingError(a) - deviance(a, x)) * (a / (2 * .pi)).squareRoot()
}
