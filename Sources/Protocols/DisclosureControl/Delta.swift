import BigIntegers

/// The failure probability δ, as an exact dyadic upper bound in units of 2^-62.
///
/// Every computed δ is rounded up to the next unit, and sums are exact (they saturate at 1), so that a ledger never
/// records less than what was risked. The rounding costs at most one part in four million of a δ of 2^-40.
public struct Delta: Sendable, Hashable, Comparable {
  /// Multiples of 2^-62, 0…2^62.
  public let units: UInt64

  /// The number of units in a δ of 1, as a power of two.
  public static let fractionBits = 62
  /// No failure at all.
  public static let zero = Delta(saturating: 0)
  /// Certain failure: where sums saturate.
  public static let one = Delta(saturating: .max)

  /// `units`·2^-62; nil above 2^62.
  public init?(units: UInt64) {
    guard units <= 1 << UInt64(Self.fractionBits) else { return nil }
    self.units = units
  }

  /// 2^-`bits`, for `bits` in 0…62.
  public init(powerOfHalf bits: Int) {
    precondition((0...Self.fractionBits).contains(bits), "a power of one half from 2^0 to 2^-62")
    units = 1 << UInt64(Self.fractionBits - bits)
  }

  /// `units`·2^-62, or 1 where that is less.
  package init(saturating units: UInt64) { self.units = min(units, 1 << UInt64(Self.fractionBits)) }

  /// The least multiple of 2^-62 that is at least `value` (0 ≤ value), or 1.
  init(roundingUp value: FixedPoint) {
    let shift = FixedPoint.fractionBits - Self.fractionBits
    let rounded = (value.raw + (BigInteger(1) << shift) - 1) >> shift
    self.init(saturating: UInt64(exactly: rounded) ?? .max)
  }

  /// Smaller as numbers.
  public static func < (a: Self, b: Self) -> Bool { a.units < b.units }

  /// a + b, at most 1.
  public static func + (a: Self, b: Self) -> Self { Delta(saturating: a.units + b.units) }

  /// This δ shared among `count` ≥ 1 events, rounded down.
  public func divided(by count: Int) -> Delta {
    precondition(count >= 1, "shared among at least one")
    return Delta(saturating: units / UInt64(count))
  }
}

extension Delta: CustomStringConvertible {
  /// `2^-40` for a power of two, else the bracket `<2^-39` with the next power above.
  public var description: String {
    guard units > 0 else { return "0" }
    let width = UInt64.bitWidth - units.leadingZeroBitCount
    let exact = units.nonzeroBitCount == 1
    let exponent = Self.fractionBits - (exact ? width - 1 : width)
    return exact ? "2^-\(exponent)" : "<2^-\(exponent)"
  }
}

/// What one release costs, or what may be spent: ε and δ together, added part by part (basic composition; Dwork and
/// Roth 2014, theorem 3.16).
public struct PrivacyCost: Sendable, Hashable {
  /// The privacy parameter.
  public let epsilon: Epsilon
  /// The failure probability.
  public let delta: Delta

  /// Nothing.
  public static let zero = PrivacyCost(epsilon: .zero, delta: .zero)

  /// ε and δ.
  public init(epsilon: Epsilon, delta: Delta) {
    self.epsilon = epsilon
    self.delta = delta
  }

  /// The cost of both releases; each part saturates.
  public static func + (a: Self, b: Self) -> Self {
    PrivacyCost(epsilon: a.epsilon + b.epsilon, delta: a.delta + b.delta)
  }
}
