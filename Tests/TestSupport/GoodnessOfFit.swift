import Foundation

/// How often each integer came up in `count` draws.
public func histogram(count: Int, draw: () -> Int) -> [Int: Int] {
  var counts: [Int: Int] = [:]
  for _ in 0..<count { counts[draw(), default: 0] += 1 }
  return counts
}

/// Pearson's statistic of a histogram against a probability function, as a multiple of the value that the right
/// distribution exceeds once in ten thousand. Integers in `range` whose expected count is at least 10 are bins of
/// their own; everything else is one bin.
public func chiSquareRatio(
  _ counts: [Int: Int], in range: ClosedRange<Int>, probability: (Int) -> Double
) -> Double {
  let total = Double(counts.values.reduce(0, +))
  var statistic = 0.0
  var bins = 0
  var restExpected = total
  var restSeen = total
  for value in range {
    let expected = total * probability(value)
    guard expected >= 10 else { continue }
    let seen = Double(counts[value] ?? 0)
    statistic += (seen - expected) * (seen - expected) / expected
    restExpected -= expected
    restSeen -= seen
    bins += 1
  }
  if restExpected >= 10 {
    statistic += (restSeen - restExpected) * (restSeen - restExpected) / restExpected
    bins += 1
  }
  return statistic / criticalChiSquare(degreesOfFreedom: bins - 1)
}

/// The 0.9999 quantile, by Wilson and Hilferty's approximation.
private func criticalChiSquare(degreesOfFreedom: Int) -> Double {
  let k = Double(degreesOfFreedom)
  let root = 1 - 2 / (9 * k) + 3.719 * (2 / (9 * k)).squareRoot()
  return k * root * root * root
}

/// P[z] of the discrete Laplace distribution.
public func laplaceProbability(_ z: Int, scale: Double) -> Double {
  let q = exp(-1 / scale)
  return (1 - q) / (1 + q) * pow(q, Double(abs(z)))
}

/// Mean and variance of a histogram.
public func moments(_ counts: [Int: Int]) -> (mean: Double, variance: Double) {
  let total = Double(counts.values.reduce(0, +))
  let mean = counts.reduce(0.0) { $0 + Double($1.key) * Double($1.value) } / total
  let square = counts.reduce(0.0) { $0 + pow(Double($1.key) - mean, 2) * Double($1.value) }
  return (mean, square / total)
}
