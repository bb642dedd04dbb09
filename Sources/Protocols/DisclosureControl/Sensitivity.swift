/// What one row can add to a released number, in encoded integer units.
public struct ContributionRange: Sendable, Hashable {
  /// The least contribution of a row.
  public let low: Int
  /// The greatest contribution of a row.
  public let high: Int

  /// Contributions to a count: 1 each, or 0 for a row elsewhere.
  public static let count = ContributionRange(checkedLow: 0, high: 1)

  /// Contributions to a sum of values clamped to `low`…`high`, as they are.
  ///
  /// Each bound is within ±2^31. Throws `boundsOutOfRange`.
  public static func signed(low: Int, high: Int) throws(DisclosureControlError) -> Self {
    try check(low, high)
    return ContributionRange(checkedLow: min(low, 0), high: max(high, 0))
  }

  /// Contributions to a sum of v − low: 0…high − low. Same bounds and error as `signed`.
  public static func offset(low: Int, high: Int) throws(DisclosureControlError) -> Self {
    try check(low, high)
    return ContributionRange(checkedLow: 0, high: high - low)
  }

  /// Contributions to a sum of squares v² of values clamped to `low`…`high`. Same bounds and error as `signed`.
  public static func square(low: Int, high: Int) throws(DisclosureControlError) -> Self {
    try check(low, high)
    return ContributionRange(checkedLow: 0, high: max(low * low, high * high))
  }

  /// Contributions low…high of any other kind, such as products, with `low` ≤ 0 ≤ `high`, each within ±2^40. Throws
  /// `boundsOutOfRange`.
  public static func bounded(low: Int, high: Int) throws(DisclosureControlError) -> Self {
    let limit = 1 << 40
    guard (-limit...0).contains(low), (0...limit).contains(high) else { throw .boundsOutOfRange }
    return ContributionRange(checkedLow: low, high: high)
  }

  /// How far one row can move the number: max(|low|, |high|), as a row is there or not.
  public var magnitude: Int { max(-low, high) }

  private static func check(_ low: Int, _ high: Int) throws(DisclosureControlError) {
    let limit = 1 << 31
    guard low <= high, low >= -limit, high <= limit else { throw .boundsOutOfRange }
  }

  private init(checkedLow low: Int, high: Int) {
    self.low = low
    self.high = high
  }
}

/// One kind of number that a run releases many times over: its sensitivity, its noise and the room it needs.
///
/// Neighbouring tables differ by one id with all its rows, at most `maximumRowsPerID`, each of which moves one cell by at
/// most `contribution.magnitude`: the L1 distance of the whole table is at most their product. (Replacing an id
/// costs twice as much.)
public struct NoisyRelease: Sendable, Hashable {
  /// What one row adds.
  public let contribution: ContributionRange
  /// The L1 sensitivity of all numbers of this kind together, in encoded units.
  public let sensitivity: UInt64
  /// The noise, or nil for an exact release.
  public let noise: DiscreteLaplace?
  /// Noise is clamped to this magnitude; 0 for an exact release.
  ///
  /// A neighbour's number n + `sensitivity` cannot show what lies below n + `sensitivity` − `noiseBound`. So it is the
  /// magnitude `noiseBound` − `sensitivity` that noise exceeds with at most the probability asked for, over all
  /// outputs: only then is that probability a δ.
  public let noiseBound: Int
  /// The least true value.
  public let low: Int
  /// The greatest true value.
  public let high: Int

  /// The largest magnitude of a number or of its noise: 2^59.
  public static let largestMagnitude = 1 << 59
  /// The largest sensitivity, which is what one id can add to an entry: 2^40.
  public static let largestSensitivity: UInt64 = 1 << 40

  /// The release of `outputs` ≥ 1 numbers, each a sum over at most `maximumRows` rows, under `epsilon` (nil: exact),
  /// where some noise may leave its bound with probability `rangeDelta` at most.
  ///
  /// Throws `boundsOutOfRange` beyond `largestMagnitude` or `largestSensitivity`, `scaleOutOfRange` and `deltaOutOfRange` as the
  /// noise does.
  public init(
    contribution: ContributionRange, maximumRowsPerID: Int, maximumRows: Int, outputs: Int, epsilon: Epsilon?,
    rangeDelta: Delta
  ) throws(DisclosureControlError) {
    precondition(maximumRowsPerID >= 1 && maximumRows >= 0 && outputs >= 1, "sizes")
    self.contribution = contribution
    sensitivity = UInt64(try Self.product(contribution.magnitude, maximumRowsPerID))
    guard sensitivity <= Self.largestSensitivity else { throw .boundsOutOfRange }
    low = try Self.product(contribution.low, maximumRows)
    high = try Self.product(contribution.high, maximumRows)
    if let epsilon, sensitivity > 0 {
      let noise = DiscreteLaplace(scale: try NoiseScale(sensitivity: sensitivity, epsilon: epsilon))
      noiseBound = try noise.bound(outputs: outputs, delta: rangeDelta) + Int(sensitivity)
      self.noise = noise
    } else {
      noise = nil
      noiseBound = 0
    }
    guard noiseBound <= Self.largestMagnitude else { throw .boundsOutOfRange }
  }

  /// What is added to make every digit non-negative: noiseBound − low.
  public var offset: Int { noiseBound - low }

  /// The least radix: every value from low − noiseBound to high + noiseBound has a digit of its own.
  public var radix: UInt64 { UInt64(high - low) + 2 * UInt64(noiseBound) + 1 }

  private static func product(_ a: Int, _ b: Int) throws(DisclosureControlError) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    guard !overflow, product.magnitude <= UInt(Self.largestMagnitude) else { throw .boundsOutOfRange }
    return product
  }
}
