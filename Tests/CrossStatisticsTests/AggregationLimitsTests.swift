import BFV
import BigIntegers
import CrossStatistics
import Foundation
import TestSupport
import Testing

/// What an aggregation refuses, and what its parameter sets promise at their limits.
@Suite struct AggregationLimitsTests {
  /// Totals and noises beyond 2^59, weights beyond 2^40, and totals that no parameter set has room for.
  @Test(
    arguments: [
      (1, (1 << 59) + 1, 0), (1, 1, (1 << 59) + 1), ((1 << 40) + 1, 1 << 41, 0), (1, -1, 0), (0, 1, 0),
      (1, .max, .max),
    ] as [(Int64, Int64, Int64)])
  func boundsBeyondTheLimitsAreRefused(weight: Int64, total: Int64, noise: Int64) {
    let shape = AggregationShape(
      rows: 4, groups: 2, cells: 2,
      tables: [.init(weightBound: weight, totalBound: total, noiseBound: noise)])
    #expect(throws: CrossStatisticsError.shapeOutOfRange) { _ = try AggregationPlan(shape) }
  }

  /// A study chooses its bounds, and with them the radix, which may be one of the largest primes of a set.
  @Test func aRadixThatIsAPrimeOfTheBestSetIsNotTaken() throws {
    func shape(_ rows: Int, totalBound: Int64) -> AggregationShape {
      AggregationShape(
        rows: rows, groups: 1, cells: 1,
        tables: [.init(weightBound: 256, totalBound: totalBound, noiseBound: 0)])
    }
    var found = 0
    for rows in [1 << 18, 1 << 20, 1 << 22, 1 << 24] {
      for bits in 33..<48 {
        let plan = try AggregationPlan(shape(rows, totalBound: (1 << (Int64(bits) - 1)) - 1))
        for prime in plan.parameters.literal.coefficientModuli where prime >> UInt64(bits - 1) == 1 {
          // The radix is this prime now, and as wide as before: the same primes come first.
          let other = try AggregationPlan(shape(rows, totalBound: Int64(prime / 2)))
          #expect(!other.parameters.literal.coefficientModuli.contains(prime), "\(rows) rows, \(bits) bits")
          found += 1
        }
      }
    }
    #expect(found > 0)
  }

  @Test func moreThanTwoGibibytesOfAnswersAreRefused() {
    let shape = AggregationShape(
      rows: 100_000, groups: 4096, cells: 65_536,
      tables: [.init(weightBound: 1, totalBound: 1000, noiseBound: 10)])
    #expect(throws: CrossStatisticsError.shapeOutOfRange) { _ = try AggregationPlan(shape) }
  }

  /// With every row matched and weighted at its bound: the flood hides all noise to 2^-40 over all answers, and the
  /// answers still decrypt but with probability 2^-40.
  @Test func plansFloodAndDecryptTheirWorstCase() throws {
    var random = SeededGenerator()
    for _ in 0..<60 {
      let rows = 1 << Int.random(in: 0...23, using: &random) + Int.random(in: 0...1000, using: &random)
      let shape = AggregationShape(
        rows: rows, groups: Int.random(in: 1...30, using: &random),
        cells: Int.random(in: 1...300, using: &random),
        tables: (0..<Int.random(in: 1...3, using: &random)).map { _ in
          let weight: Int64 = 1 << Int64.random(in: 0...20, using: &random)
          return .init(
            weightBound: weight, totalBound: weight * Int64.random(in: 1...Int64(rows), using: &random),
            noiseBound: 1 << Int64.random(in: 0...20, using: &random))
        })
      guard let plan = try? AggregationPlan(shape) else { continue }
      let literal = plan.parameters.literal
      let degree = Double(literal.degree), rowCount = Double(rows), answers = Double(plan.answers)
      let modulus = literal.coefficientModuli.reduce(0) { $0 + log2(Double($1)) }
      let weight =
        zip(shape.tables, plan.limbs).map {
          $1 == 1 ? Double($0.weightBound) : exp2(Double(plan.limbBits - 1))
        }.max() ?? 1
      // Sent modulo 2^w, so the steps are Q/2^w; rounded once more on the way back.
      let width = Double(plan.parameters.modulus(atLevel: plan.parameters.topLevel).bitWidth)
      let step = exp2(modulus - width + Double(literal.uploadDroppedBits))
      let upload = 10.5 + (literal.uploadDroppedBits > 0 ? (step * step + 1) / 12 : 0)
      let deviation = (rowCount * weight * weight * upload + 10.5 * (1 + 2 * 0.78 * degree)).squareRoot()
      let bounded = 0.5 * (rowCount * weight + 2)
      #expect(log2(answers * (bounded + deviation)) - Double(plan.floodBits) <= -40, "\(shape)")
      let bits = try #require(literal.answerBits)
      let tail = (2 * log(2) * (41 + log2(answers))).squareRoot()
      let secret = (0.78 * degree / 12).squareRoot()
      let relative =
        (bounded + tail * deviation + exp2(Double(plan.floodBits) - 1) * (1 + 0x1p-30) + tail * secret + 1)
        / exp2(modulus) + tail * secret / exp2(Double(bits.c1)) + 0.5 / exp2(Double(bits.c0))
      let logOfT = Double(plan.groupsPerPack) * log2(Double(plan.radix.description) ?? .infinity)
      #expect(log2(relative) < -1 - logOfT, "\(shape), seed \(random.seed)")
    }
  }
}
