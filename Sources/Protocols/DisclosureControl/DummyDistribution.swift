import BigIntegers

/// How many dummies hide one match count: `shift` + z, with z discrete Laplace of scale 1/ε, truncated to −shift…shift.
///
/// A count that changes by one when an id comes or goes is (ε, δ)-differentially private after the dummies are added: at
/// every value that both neighbours can show, the probabilities differ by at most e^ε, and the one value that only the
/// smaller shows has probability δ = P[z = −shift]. Dummies are never negative in number, and never exceed `maximum`.
public struct DummyDistribution: Sendable, Hashable {
  /// The privacy parameter of one match count.
  public let epsilon: Epsilon
  /// The expected number of dummies, and the middle of the range.
  public let shift: Int

  /// The largest number of dummies, 2·shift: what lists are padded for.
  public var maximum: Int { 2 * shift }

  /// The largest `shift`: four million dummies need an ε of 10^-5.
  public static let largestShift = 1 << 22

  /// The distribution of a given `shift`, 0…`largestShift`. Throws `epsilonOutOfRange` for an ε of zero.
  public init(epsilon: Epsilon, shift: Int) throws(DisclosureControlError) {
    guard epsilon > .zero else { throw .epsilonOutOfRange }
    guard (0...Self.largestShift).contains(shift) else { throw .scaleOutOfRange }
    self.epsilon = epsilon
    self.shift = shift
  }

  /// The distribution with the smallest shift whose truncation costs at most `delta` in all.
  ///
  /// An analyst's groups partition its ids, so one id of the provider changes `changedCounts` = 1 match count, however many
  /// groups there are, and δ is not divided among the groups. Where one id could change k counts, ε is spent k
  /// times over and `delta` is shared by k. Throws `epsilonOutOfRange`, `deltaOutOfRange` for a share below
  /// 2^-62, `scaleOutOfRange` for more than `largestShift` dummies.
  public init(epsilon: Epsilon, delta: Delta, changedCounts: Int = 1) throws(DisclosureControlError) {
    let share = delta.divided(by: changedCounts)
    guard epsilon > .zero else { throw .epsilonOutOfRange }
    guard share > .zero else { throw .deltaOutOfRange }
    let shift = try leastInteger { Self.truncationDelta(epsilon: epsilon, shift: $0) <= share }
    try self.init(epsilon: epsilon, shift: shift)
  }

  /// The δ of the truncation for one count, rounded up.
  public var delta: Delta { Self.truncationDelta(epsilon: epsilon, shift: shift) }

  /// One draw, 0…`maximum`: exact, by rejection of what the truncation excludes.
  public func sample(using coins: inout RandomCoins) -> Int {
    // An ε in millionths is in 1…10^12, so that both parts are in range.
    guard let scale = try? NoiseScale(sensitivity: 1, epsilon: epsilon) else {
      preconditionFailure("1/ε is a scale for every ε above zero")
    }
    let laplace = DiscreteLaplace(scale: scale)
    while true {
      let noise = laplace.sample(using: &coins)
      if noise.magnitude <= shift.magnitude { return shift + noise }
    }
  }

  /// P[z = −s] = q^s·(1 − q)/(1 + q − 2q^(s+1)), q = e^-ε, rounded up.
  private static func truncationDelta(epsilon: Epsilon, shift: Int) -> Delta {
    func power(_ exponent: Int) -> ExponentialBounds {
      ExponentialBounds(
        numerator: BigInteger(exponent) * BigInteger(epsilon.micros),
        denominator: BigInteger(Epsilon.microsPerUnit))
    }
    let q = power(1)
    let above = power(shift).upper.multipliedUp(FixedPoint.one - q.lower)
    let below = FixedPoint.one + q.lower - power(shift + 1).upper.times(2)
    return Delta(roundingUp: above.dividedUp(below))
  }
}
