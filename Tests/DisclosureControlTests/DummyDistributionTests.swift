import DisclosureControl
import Foundation
import TestSupport
import Testing

@Suite struct DummyDistributionTests {
  @Test(arguments: [(100_000, 248), (500_000, 53), (1_000_000, 27)] as [(UInt64, Int)])
  func theSmallestShiftForTwoToTheMinusForty(micros: UInt64, shift: Int) throws {
    let epsilon = try #require(Epsilon(micros: micros))
    let dummies = try DummyDistribution(epsilon: epsilon, delta: Delta(powerOfHalf: 40))
    #expect(dummies.shift == shift)
    #expect(dummies.delta <= Delta(powerOfHalf: 40))
    #expect(try DummyDistribution(epsilon: epsilon, shift: shift - 1).delta > Delta(powerOfHalf: 40))
  }

  @Test(arguments: [(100_000, 271), (500_000, 58), (1_000_000, 30)] as [(UInt64, Int)])
  func sharingDeltaAmongTenCountsCostsAFewDummiesMore(micros: UInt64, shift: Int) throws {
    let epsilon = try #require(Epsilon(micros: micros))
    let dummies = try DummyDistribution(epsilon: epsilon, delta: Delta(powerOfHalf: 40), changedCounts: 10)
    #expect(dummies.shift == shift)
  }

  /// The definition of (ε, δ) itself, on the whole distribution: Σ max(0, P[k] − e^ε·P[k − 1]) ≤ δ, and nearly equal.
  @Test(arguments: [100_000, 500_000, 1_000_000, 3_000_000] as [UInt64])
  func deltaIsTheHockeyStickDivergenceOfNeighbours(micros: UInt64) throws {
    let epsilon = try #require(Epsilon(micros: micros))
    for shift in [0, 1, 3, 10] {
      let weights = (-shift...shift).map { exp(-Double(micros) / 1e6 * Double(abs($0))) }
      let norm = weights.reduce(0, +)
      var divergence = 0.0
      for (index, weight) in weights.enumerated() {
        let neighbour = index == 0 ? 0 : weights[index - 1]
        divergence += max(0, weight - exp(Double(micros) / 1e6) * neighbour * (1 + 1e-14)) / norm
      }
      let delta = Double(try DummyDistribution(epsilon: epsilon, shift: shift).delta.units) / pow(2, 62)
      #expect(abs(delta - divergence) < 1e-12, "shift \(shift)")
    }
  }

  @Test(arguments: [0, 1, 3, 8])
  func drawsFollowTheTruncatedDistribution(shift: Int) throws {
    let dummies = try DummyDistribution(epsilon: #require(Epsilon(micros: 300_000)), shift: shift)
    var coins = coins(seed: 7)
    let counts = histogram(count: 100_000) { dummies.sample(using: &coins) }
    #expect(counts.keys.allSatisfy { (0...dummies.maximum).contains($0) })
    #expect(counts.count == 2 * shift + 1)
    let norm = (-shift...shift).reduce(0.0) { $0 + exp(-0.3 * Double(abs($1))) }
    if shift > 0 {
      let ratio = chiSquareRatio(counts, in: 0...2 * shift) { exp(-0.3 * Double(abs($0 - shift))) / norm }
      #expect(ratio < 1, "seed 7")
    }
  }

  @Test func whatCannotBeHiddenIsRefused() throws {
    #expect(throws: DisclosureControlError.epsilonOutOfRange) {
      _ = try DummyDistribution(epsilon: .zero, delta: Delta(powerOfHalf: 40))
    }
    #expect(throws: DisclosureControlError.deltaOutOfRange) {
      _ = try DummyDistribution(epsilon: #require(Epsilon(micros: 1)), delta: .zero)
    }
    #expect(throws: DisclosureControlError.scaleOutOfRange) {
      _ = try DummyDistribution(epsilon: #require(Epsilon(micros: 1)), delta: Delta(powerOfHalf: 40))
    }
  }
}
