import BigIntegers

/// The scale Δ/ε of discrete Laplace noise as a fraction in lowest terms: exact, from an integer sensitivity and an ε in
/// millionths.
public struct NoiseScale: Sendable, Hashable {
  /// The upper part, 1…2^62.
  public let numerator: UInt64
  /// The lower part, 1…2^62.
  public let denominator: UInt64

  /// The scale `numerator` / `denominator`, each in 1…2^62, in lowest terms and at most 2^48. Throws `scaleOutOfRange`.
  public init(numerator: UInt64, denominator: UInt64) throws(DisclosureControlError) {
    guard (1...1 << 62).contains(numerator), (1...1 << 62).contains(denominator),
      numerator >> 48 <= denominator
    else { throw .scaleOutOfRange }
    var (a, b) = (numerator, denominator)
    while b != 0 { (a, b) = (b, a % b) }
    self.numerator = numerator / a
    self.denominator = denominator / a
  }

  /// `sensitivity` / ε. Throws `scaleOutOfRange` for an ε of zero, a sensitivity of zero or a scale above 2^48.
  public init(sensitivity: UInt64, epsilon: Epsilon) throws(DisclosureControlError) {
    let (product, overflow) = sensitivity.multipliedReportingOverflow(by: Epsilon.microsPerUnit)
    guard !overflow else { throw .scaleOutOfRange }
    try self.init(numerator: product, denominator: epsilon.micros)
  }
}

/// The discrete Laplace distribution on all integers: P[z] = (1 − q)/(1 + q)·q^|z|, q = e^(−1/scale).
///
/// Exact: integers only, algorithm 2 of Canonne, Kamath and Steinke (arXiv 2004.00010). The time of a draw depends on
/// its value: draw all noise of a run before anything is sent that a peer could time against.
public struct DiscreteLaplace: Sendable, Hashable {
  /// The scale Δ/ε.
  public let scale: NoiseScale

  /// The distribution of this `scale`.
  public init(scale: NoiseScale) { self.scale = scale }

  /// One draw. |z| < 2^62 but with probability below e^-16000, where the process would stop.
  public func sample(using coins: inout RandomCoins) -> Int {
    let t = scale.numerator
    while true {
      let remainder = coins.below(t)
      guard coins.bernoulliExponential(UInt128(remainder), over: UInt128(t)) else { continue }
      var quotient: UInt128 = 0
      while coins.bernoulliExponential(1, over: 1) { quotient += 1 }
      let magnitude = Int((UInt128(remainder) + UInt128(t) * quotient) / UInt128(scale.denominator))
      let negative = coins.word() & 1 == 1
      // Zero would come up twice as often, once with each sign.
      if negative && magnitude == 0 { continue }
      return negative ? -magnitude : magnitude
    }
  }

  /// An upper bound of P[|z| > m] = 2·q^(m+1)/(1 + q), for m ≥ 0.
  public func tail(beyond m: Int) -> Delta { Delta(roundingUp: tailBound(beyond: m)) }

  /// The least m with `outputs` · P[|z| > m] ≤ `delta`, for `outputs` ≥ 1.
  ///
  /// Throws `deltaOutOfRange` for a `delta` of zero, `scaleOutOfRange` where m would not fit 62 bits.
  public func bound(outputs: Int, delta: Delta) throws(DisclosureControlError) -> Int {
    precondition(outputs >= 1, "at least one output")
    guard delta > .zero else { throw .deltaOutOfRange }
    let budget = FixedPoint(
      raw: BigInteger(delta.units) << (FixedPoint.fractionBits - Delta.fractionBits))
    return try leastInteger { tailBound(beyond: $0).times(outputs) <= budget }
  }

  private func tailBound(beyond m: Int) -> FixedPoint {
    let q = powerOfQ(1)
    return powerOfQ(m + 1).upper.times(2).dividedUp(FixedPoint.one + q.lower)
  }

  private func powerOfQ(_ exponent: Int) -> ExponentialBounds {
    ExponentialBounds(
      numerator: BigInteger(exponent) * BigInteger(scale.denominator),
      denominator: BigInteger(scale.numerator))
  }
}

/// The least integer in 0…2^62 for which a condition holds that stays true once it is. Throws `scaleOutOfRange` if none.
func leastInteger(where holds: (Int) -> Bool) throws(DisclosureControlError) -> Int {
  var high = 1
  while !holds(high) {
    guard high < 1 << 61 else { throw .scaleOutOfRange }
    high <<= 1
  }
  var low = 0
  while low < high {
    let middle = low + (high - low) / 2
    if holds(middle) { high = middle } else { low = middle + 1 }
  }
  return low
}
