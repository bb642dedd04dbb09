import BFV
import BigIntegers
import CrossStatistics
import DisclosureControl
import Foundation
import Primitives
import Secrets
import TestSupport
import Testing

/// Noise as it is drawn, packed into digits modulo t, added to counts and read again: all of a run but the encryption.
@Suite struct NoiseTests {
  private static let shape = AggregationShape(
    rows: 60, groups: 3, cells: 2,
    tables: [
      .init(weightBound: 2, totalBound: 120, noiseBound: 200),
      .init(weightBound: 300, totalBound: 18_000, noiseBound: 9000),
    ])

  /// Repeatable coins: the stream of a key that counts `seed`.
  private static func coins(seed: UInt8) -> RandomCoins {
    let key = unsafe SecretBytes(count: RandomStream.keyByteCount) { unsafe $0[0] = seed }
    return RandomCoins(RandomStream(key: key))
  }

  @Test func tenThousandRunsHaveTheExactDistributionInEveryEntry() throws {
    let seed: UInt8 = 7
    let plan = try AggregationPlan(Self.shape)
    let scales: [UInt64] = [4, 40]
    let distributions = try scales.map {
      DiscreteLaplace(scale: try NoiseScale(numerator: $0, denominator: 1))
    }
    // What each entry is without noise.
    let truth = (0..<12).map { Int64(($0 % 4) * 13 - 20) }
    var seen = [[Int: Int]](repeating: [:], count: 12)
    var products: [Double] = []
    var coins = Self.coins(seed: seed)
    var isSound = true
    for _ in 0..<10_000 {
      let noise = CellNoise(Self.shape, distributions, using: &coins)
      var entries: [Int64] = []
      for cell in 0..<2 {
        for table in 0..<2 {
          for pack in 0..<plan.packs {
            let first = (cell * 2 + table) * 3 + pack * plan.groupsPerPack
            let count = min(plan.groupsPerPack, 3 - pack * plan.groupsPerPack)
            let sum = (0..<count).reversed().reduce(BigInteger(0)) {
              $0 * plan.radix + BigInteger(Int(truth[first + $1]))
            }
            let value = noise.packed(cell: cell, table: table, pack: pack, plan: plan) + sum
            entries += plan.digits(
              of: value % plan.parameters.plaintextModulus, pack: pack, table: table, isSound: &isSound)
          }
        }
      }
      for (index, entry) in entries.enumerated() { seen[index][Int(entry - truth[index]), default: 0] += 1 }
      products.append(Double(entries[0] - truth[0]) * Double(entries[1] - truth[1]))
    }
    #expect(isSound)
    for (index, counts) in seen.enumerated() {
      let scale = Double(scales[index / 3 % 2])
      let ratio = chiSquareRatio(counts, in: -20_000...20_000) { laplaceProbability($0, scale: scale) }
      #expect(ratio < 1, "entry \(index), seed \(seed)")
      #expect(counts.values.reduce(0, +) == 10_000)
    }
    // Neighbouring groups have noise of their own: variances are 2·scale² each, about.
    let mean = products.reduce(0, +) / 10_000
    #expect(abs(mean) < 4 * 2 * 16 / 100, "covariance \(mean), seed \(seed)")
  }

  @Test func runsDoNotShareTheirNoise() throws {
    let laplace = DiscreteLaplace(scale: try NoiseScale(numerator: 50, denominator: 1))
    let plan = try AggregationPlan(Self.shape)
    let draws = (0..<8).map { _ -> BigInteger in
      var coins = RandomCoins.fromSystem()
      return CellNoise(Self.shape, [laplace, laplace], using: &coins)
        .packed(cell: 0, table: 0, pack: 0, plan: plan)
    }
    #expect(Set(draws).count == 8)
  }

  @Test func noiseBeyondItsBoundIsSetToIt() throws {
    let wide = DiscreteLaplace(scale: try NoiseScale(numerator: 1 << 20, denominator: 1))
    let plan = try AggregationPlan(Self.shape)
    var coins = Self.coins(seed: 1)
    let noise = CellNoise(Self.shape, [wide, nil], using: &coins)
    for cell in 0..<2 {
      for pack in 0..<plan.packs {
        let t = plan.parameters.plaintextModulus
        var isSound = true
        let counts = plan.digits(
          of: noise.packed(cell: cell, table: 0, pack: pack, plan: plan) % t, pack: pack, table: 0,
          isSound: &isSound)
        #expect(counts.allSatisfy { $0.magnitude <= 200 } && counts.contains { $0.magnitude == 200 })
        let sums = plan.digits(
          of: noise.packed(cell: cell, table: 1, pack: pack, plan: plan) % t, pack: pack, table: 1,
          isSound: &isSound)
        #expect(sums.allSatisfy { $0 == 0 } && isSound)
      }
    }
  }
}
