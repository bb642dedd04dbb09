import DisclosureControl
import Foundation
import TestSupport
import Testing

@Suite struct DiscreteGaussianTests {
  @Test(arguments: [(1, 1), (1, 4), (10, 3), (100, 1), (1_000_000, 7)] as [(UInt64, UInt64)])
  func drawsFollowTheDiscreteGaussianDistribution(numerator: UInt64, denominator: UInt64) throws {
    let gaussian = try DiscreteGaussian(varianceNumerator: numerator, denominator: denominator)
    var coins = coins(seed: 5)
    let counts = histogram(count: 100_000) { gaussian.sample(using: &coins) }
    let variance = Double(numerator) / Double(denominator)
    let weight = { (z: Int) in exp(-Double(z * z) / (2 * variance)) }
    let norm = (-20_000...20_000).reduce(0.0) { $0 + weight($1) }
    let ratio = chiSquareRatio(counts, in: -20_000...20_000) { weight($0) / norm }
    #expect(ratio < 1, "seed 5, \(numerator)/\(denominator)")
  }

  @Test func theWidestVarianceDraws() throws {
    let gaussian = try DiscreteGaussian(varianceNumerator: 1 << 40, denominator: 1)
    var coins = coins(seed: 6)
    let (mean, variance) = moments(histogram(count: 20_000) { gaussian.sample(using: &coins) })
    let exact = 1_099_511_627_776.0
    #expect(abs(mean) < 4 * (exact / 20_000).squareRoot())
    #expect(abs(variance - exact) < 4 * (2 * exact * exact / 20_000).squareRoot())
    let narrow = try DiscreteGaussian(varianceNumerator: 1, denominator: 1 << 40)
    #expect((0..<100).allSatisfy { _ in narrow.sample(using: &coins) == 0 })
  }

  @Test func variancesOutOfRangeAreRefused() {
    for (a, b) in [(0, 1), (1, 0), (1 << 41, 1), (1, 1 << 41)] as [(UInt64, UInt64)] {
      #expect(throws: DisclosureControlError.scaleOutOfRange) {
        _ = try DiscreteGaussian(varianceNumerator: a, denominator: b)
      }
    }
  }
}
