import DisclosureControl
import Foundation
import TestSupport
import Testing

@Suite struct DiscreteLaplaceTests {
  @Test(arguments: [(1, 1), (1, 3), (3, 2), (10, 1), (47, 3), (5750, 7)] as [(UInt64, UInt64)])
  func drawsFollowTheDiscreteLaplaceDistribution(numerator: UInt64, denominator: UInt64) throws {
    let laplace = DiscreteLaplace(
      scale: try NoiseScale(numerator: numerator, denominator: denominator))
    var coins = coins(seed: 1)
    let counts = histogram(count: 200_000) { laplace.sample(using: &coins) }
    let scale = Double(numerator) / Double(denominator)
    let ratio = chiSquareRatio(counts, in: -20_000...20_000) {
      laplaceProbability($0, scale: scale)
    }
    #expect(ratio < 1, "seed 1, \(numerator)/\(denominator)")
  }

  /// Mean 0, variance 2q/(1 − q)², fourth central moment 2q(1 + 10q + q²)/(1 − q)⁴.
  @Test(arguments: [1, 4, 100, 57_500] as [UInt64])
  func momentsAreThoseOfTheExactDistribution(scale: UInt64) throws {
    let laplace = DiscreteLaplace(scale: try NoiseScale(numerator: scale, denominator: 1))
    var coins = coins(seed: 2)
    let count = 200_000.0
    let (mean, variance) = moments(histogram(count: Int(count)) { laplace.sample(using: &coins) })
    let q = exp(-1 / Double(scale))
    let exact = 2 * q / pow(1 - q, 2)
    let fourth = 2 * q * (1 + 10 * q + q * q) / pow(1 - q, 4)
    #expect(abs(mean) < 4 * (exact / count).squareRoot())
    #expect(abs(variance - exact) < 4 * ((fourth - exact * exact) / count).squareRoot())
  }

  @Test(arguments: [(1, 1), (10, 1), (1150, 1), (86_250, 3), (4, 5)] as [(UInt64, UInt64)])
  func theTailBoundAgreesWithTheClosedForm(numerator: UInt64, denominator: UInt64) throws {
    let laplace = DiscreteLaplace(
      scale: try NoiseScale(numerator: numerator, denominator: denominator))
    let scale = Double(numerator) / Double(denominator)
    for multiple in [0.0, 1, 5, 20, 28] {
      let m = Int(multiple * scale)
      let exact = 2 * exp(-Double(m + 1) / scale) / (1 + exp(-1 / scale))
      let bound = Double(laplace.tail(beyond: m).units) / pow(2, 62)
      #expect(bound >= exact * (1 - 1e-12) && bound <= exact * (1 + 1e-12) + pow(2, -62), "\(m)")
    }
  }

  @Test func theNoiseBoundIsTheLeastThatKeepsTheProbability() throws {
    let laplace = DiscreteLaplace(
      scale: try NoiseScale(sensitivity: 575, epsilon: #require(Epsilon(micros: 500_000))))
    let delta = Delta(powerOfHalf: 41)
    let m = try laplace.bound(outputs: 81, delta: delta)
    // 1150·(41·ln 2 + ln 81 + …) by hand.
    let q = exp(-1.0 / 1150)
    let least = 1150 * (41 * log(2.0) + log(81 * 2 / (1 + q))) - 1
    #expect(m == Int(least.rounded(.up)))
    #expect(laplace.tail(beyond: m).units * 81 <= delta.units + 81)
    #expect(laplace.tail(beyond: m - 2).units * 81 > delta.units)
  }

  @Test func oneStreamGivesOneSequence() throws {
    let laplace = DiscreteLaplace(scale: try NoiseScale(numerator: 9, denominator: 4))
    var first = coins(seed: 3)
    var second = coins(seed: 3)
    for _ in 0..<1000 {
      #expect(laplace.sample(using: &first) == laplace.sample(using: &second))
    }
  }

  @Test func scalesOutOfRangeAreRefused() throws {
    #expect(throws: DisclosureControlError.scaleOutOfRange) {
      _ = try NoiseScale(sensitivity: 1, epsilon: .zero)
    }
    #expect(throws: DisclosureControlError.scaleOutOfRange) {
      _ = try NoiseScale(numerator: 0, denominator: 1)
    }
    #expect(throws: DisclosureControlError.scaleOutOfRange) {
      _ = try NoiseScale(numerator: 1 << 62, denominator: 1 << 13)
    }
    #expect(try NoiseScale(numerator: 1_150_000, denominator: 500_000).denominator == 10)
  }

  @Test func coinsBelowABoundAreUniform() {
    var coins = coins(seed: 4)
    for bound in [1, 2, 3, 7, 64, 100] as [UInt64] {
      let counts = histogram(count: 50_000) { Int(coins.below(bound)) }
      #expect(counts.keys.allSatisfy { (0..<Int(bound)).contains($0) })
      if bound > 1 {
        #expect(chiSquareRatio(counts, in: 0...Int(bound) - 1) { _ in 1 / Double(bound) } < 1, "\(bound)")
      }
    }
    let wide = UInt128(3) << 70
    let thirds = histogram(count: 30_000) { Int(coins.below(wide) >> 70) }
    #expect(chiSquareRatio(thirds, in: 0...2) { _ in 1.0 / 3 } < 1)
  }
}
