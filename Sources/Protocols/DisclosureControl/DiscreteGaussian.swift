/// The discrete Gaussian distribution on all integers: P[z] ∝ e^(−z²/(2σ²)).
///
/// Exact: integers only, algorithm 3 of Canonne, Kamath and Steinke (arXiv 2004.00010), by rejection from a discrete
/// Laplace of scale ⌊σ⌋ + 1. For sensitivity Δ it is Δ²/(2σ²)-concentrated differentially private (theorem 4 there). The
/// time of a draw depends on its value: draw all noise before anything is sent that a peer could time against.
public struct DiscreteGaussian: Sendable, Hashable {
  /// σ² = numerator / denominator, each 1…2^40.
  public let varianceNumerator: UInt64
  /// The lower part of σ².
  public let varianceDenominator: UInt64

  private let laplace: DiscreteLaplace

  /// σ² = `numerator` / `denominator`, each in 1…2^40. Throws `scaleOutOfRange`.
  public init(varianceNumerator numerator: UInt64, denominator: UInt64) throws(DisclosureControlError) {
    guard (1...1 << 40).contains(numerator), (1...1 << 40).contains(denominator) else {
      throw .scaleOutOfRange
    }
    varianceNumerator = numerator
    varianceDenominator = denominator
    laplace = DiscreteLaplace(
      scale: try NoiseScale(numerator: Self.floorOfRoot(numerator / denominator) + 1, denominator: 1))
  }

  /// One draw.
  public func sample(using coins: inout RandomCoins) -> Int {
    let a = UInt128(varianceNumerator)
    let b = UInt128(varianceDenominator)
    let t = UInt128(laplace.scale.numerator)
    // (|y| − σ²/t)²/(2σ²) = (|y|·b·t − a)²/(2·a·b·t²). As t ≤ σ + 1, b·t² ≤ 2a + 2b, so that the lower part is below
    // 2^84; |y| exceeds 2^20·t with probability e^(−2^20), so that the square fits.
    while true {
      let y = laplace.sample(using: &coins)
      let scaled = UInt128(y.magnitude) * b * t
      let distance = scaled > a ? scaled - a : a - scaled
      if coins.bernoulliExponential(distance * distance, over: 2 * a * b * t * t) { return y }
    }
  }

  /// ⌊√x⌋ for x ≤ 2^40, bit by bit.
  private static func floorOfRoot(_ x: UInt64) -> UInt64 {
    var root: UInt64 = 0
    for bit in stride(from: 20, through: 0, by: -1) {
      let candidate = root | 1 << UInt64(bit)
      if candidate * candidate <= x { root = candidate }
    }
    return root
  }
}
