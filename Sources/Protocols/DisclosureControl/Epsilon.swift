/// The privacy parameter ε, exact in millionths, so that sums in a ledger neither drift nor round.
///
/// Range: 0…10^6 for what a run spends. A sum saturates at `maximum`, which exceeds every budget that can be set.
public struct Epsilon: Sendable, Hashable, Comparable {
  /// Millionths of ε.
  public let micros: UInt64

  /// One ε in millionths.
  public static let microsPerUnit: UInt64 = 1_000_000
  /// Nothing spent.
  public static let zero = Epsilon(saturating: 0)
  /// The largest value, 10^12: where sums saturate.
  public static let maximum = Epsilon(saturating: .max)

  private static let largestMicros: UInt64 = 1_000_000_000_000_000_000

  /// `micros` millionths, 0…10^12 (ε ≤ 10^6); nil above.
  public init?(micros: UInt64) {
    guard micros <= 1_000_000_000_000 else { return nil }
    self.micros = micros
  }

  /// `micros` millionths, or `maximum` where that is less.
  package init(saturating micros: UInt64) { self.micros = min(micros, Self.largestMicros) }

  /// Smaller as numbers.
  public static func < (a: Self, b: Self) -> Bool { a.micros < b.micros }

  /// a + b, at most `maximum`.
  public static func + (a: Self, b: Self) -> Self { Epsilon(saturating: a.micros + b.micros) }
}

extension Epsilon: CustomStringConvertible {
  /// A decimal number without trailing zeros: `0.1`, `2`.
  public var description: String {
    let digits = String(micros % Self.microsPerUnit)
    let fraction = String(repeating: "0", count: 6 - digits.count) + digits
    let kept = fraction.reversed().drop { $0 == "0" }.reversed()
    return kept.isEmpty
      ? "\(micros / Self.microsPerUnit)" : "\(micros / Self.microsPerUnit)." + String(kept)
  }
}
