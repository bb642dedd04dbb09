import BigIntegers

/// A non-negative number in units of 2^-320: wide enough that every rounding stays far below the probabilities
/// (about 2^-80) that are compared here.
struct FixedPoint: Comparable {
  static let fractionBits = 320
  static let one = FixedPoint(raw: BigInteger(1) << fractionBits)

  let raw: BigInteger

  static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
  static func + (a: Self, b: Self) -> Self { FixedPoint(raw: a.raw + b.raw) }
  static func - (a: Self, b: Self) -> Self { FixedPoint(raw: a.raw - b.raw) }

  func times(_ factor: Int) -> FixedPoint { FixedPoint(raw: raw * BigInteger(factor)) }

  /// a·b, rounded down.
  func multipliedDown(_ other: FixedPoint) -> FixedPoint {
    FixedPoint(raw: (raw * other.raw) >> Self.fractionBits)
  }

  /// a·b, rounded up.
  func multipliedUp(_ other: FixedPoint) -> FixedPoint {
    FixedPoint(raw: FixedPoint.ceilingShift(raw * other.raw, Self.fractionBits))
  }

  /// a / b, rounded up; b > 0.
  func dividedUp(_ other: FixedPoint) -> FixedPoint {
    FixedPoint(raw: ((raw << Self.fractionBits) + other.raw - 1) / other.raw)
  }

  private static func ceilingShift(_ value: BigInteger, _ bits: Int) -> BigInteger {
    (value + (BigInteger(1) << bits) - 1) >> bits
  }
}

/// Proven bounds of e^-x: lower ≤ e^-x ≤ upper.
struct ExponentialBounds {
  let lower: FixedPoint
  let upper: FixedPoint

  /// The bounds for x = numerator / denominator ≥ 0, by the alternating Taylor series at x / 2^j ≤ 1/2, whose partial
  /// sums lie on both sides of the limit, and j squarings, every step rounded outwards.
  init(numerator: BigInteger, denominator: BigInteger) {
    precondition(numerator.signum >= 0 && denominator.signum > 0, "e^-x of a rational x ≥ 0")
    var halvings = 0
    while numerator << 1 > denominator << halvings { halvings += 1 }
    (lower, upper) = Self.squared(
      Self.taylor(numerator: numerator, denominator: denominator << halvings), times: halvings)
  }

  private static func taylor(
    numerator: BigInteger, denominator: BigInteger
  ) -> (FixedPoint, FixedPoint) {
    var termLow = FixedPoint.one.raw
    var termHigh = FixedPoint.one.raw
    var low = termLow
    var high = termHigh
    var index = 0
    // Below one unit, a term is 1 when rounded up for ever.
    while termHigh > 1 {
      index += 1
      let divisor = denominator * BigInteger(index)
      termLow = termLow * numerator / divisor
      termHigh = (termHigh * numerator + divisor - 1) / divisor
      if index.isMultiple(of: 2) {
        low += termLow
        high += termHigh
      } else {
        low -= termHigh
        high -= termLow
      }
    }
    // What is left out of an alternating series of falling terms is less than its last term.
    return (FixedPoint(raw: low - termHigh), FixedPoint(raw: high + termHigh))
  }

  private static func squared(
    _ bounds: (FixedPoint, FixedPoint), times: Int
  ) -> (FixedPoint, FixedPoint) {
    var (low, high) = bounds
    for _ in 0..<times {
      low = low.multipliedDown(low)
      high = high.multipliedUp(high)
    }
    return (low, high)
  }
}
