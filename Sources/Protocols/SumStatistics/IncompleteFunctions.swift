/// A continued fraction b0 + a1/(b1 + a2/(b2 + …)) by the modified Lentz method (Press et al., "Numerical Recipes", 3rd ed.,
/// section 5.2): relative error of a few units in the last place, one step more for each level.
func continuedFraction(from b0: Double, _ coefficients: (Int) -> (a: Double, b: Double)) -> Double {
  let tiny = 1e-300
  var value = b0 == 0 ? tiny : b0
  var c = value
  var d = 0.0
  for level in 1...1_000_000 {
    let (a, b) = coefficients(level)
    d = b + a * d
    d = 1 / (d == 0 ? tiny : d)
    c = b + a / c
    if c == 0 { c = tiny }
    value *= c * d
    if abs(c * d - 1) < 1e-16 { break }
  }
  return value
}

/// I_x(a, b), the regularised incomplete beta function, for a, b > 0, x + y = 1, both at least 0. Both are given, since 1 − x has
/// lost its digits where x is near 1.
func incompleteBeta(_ a: Double, _ b: Double, x: Double, y: Double) -> Double {
  guard x > 0 else { return 0 }
  guard y > 0 else { return 1 }
  // Near x = 1 the complement's series, all of whose terms are positive, has few of them; the fraction would have hundreds.
  guard y >= 0.1 || (a + b) * y >= 4 else { return 1 - betaSeries(b, a, x: y, y: x) }
  // The fraction converges in about √max(a, b) steps below the mean (DLMF 8.17.22 and the remark after it).
  guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(b, a, x: y, y: x) }
  let fraction = continuedFraction(from: 1) { level in
    let m = Double(level / 2)
    if level % 2 == 0 {
      return (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), 1)
    }
    return (-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), 1)
  }
  return betaPower(a, b, x: x, y: y) / (a * fraction)
}

/// I_x(a, b) = x^a·y^b/(a·B(a, b))·Σ (a + b)_k/(a + 1)_k·x^k (DLMF 8.17.8), for small (a + b)·x.
private func betaSeries(_ a: Double, _ b: Double, x: Double, y: Double) -> Double {
  var (term, sum) = (1.0, 1.0)
  for index in 0... {
    term *= (a + b + Double(index)) / (a + 1 + Double(index)) * x
    sum += term
    if term < sum * 1e-17 { break }
  }
  return betaPower(a, b, x: x, y: y) / a * sum
}

/// Q(a, x) = Γ(a, x)/Γ(a), the regularised upper incomplete gamma function, for a > 0, x ≥ 0.
func upperIncompleteGamma(_ a: Double, _ x: Double) -> Double {
  guard x > 0 else { return 1 }
  guard x >= a + 1 else {
    // P(a, x) = x^a·e^−x/Γ(a + 1)·Σ x^k/((a + 1)…(a + k)) (DLMF 8.7.1).
    var term = 1 / a
    var sum = term
    for index in 1... {
      term *= x / (a + Double(index))
      sum += term
      if term < sum * 1e-17 { break }
    }
    return 1 - gammaPower(a, x) * sum
  }
  // DLMF 8.9.2.
  let fraction = continuedFraction(from: x + 1 - a) { level in
    let k = Double(level)
    return (k * (a - k), x + 2 * k + 1 - a)
  }
  return gammaPower(a, x) / fraction
}
