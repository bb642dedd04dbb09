import BigIntegers
import PrimeOrderGroupAVX512
import ProcessorFeatures
import TestSupport
import Testing

/// The limbs of the wide field at the ends of their ranges, which random elements never reach.
@Suite(.enabled(if: VectorVariant.avx512.isSupported)) struct FieldBoundTests {
  private static let p = BigInteger(1) << 255 - 19
  private static let unit: UInt64 = 1 << 52
  private static let tight = FieldProbe.tightBound - 1

  /// Every limb zero, one, 2^51 − 1 or the largest tight one, in all 1,024 combinations, then random tight limbs.
  private static func limbSets(_ random: inout SeededGenerator) -> [[UInt64]] {
    let ends: [UInt64] = [0, 1, 1 << 51 - 1, tight]
    let corners = (0..<1024).map { n in (0..<5).map { ends[n >> (2 * $0) & 3] } }
    let others = (0..<200).map { _ in (0..<5).map { _ in UInt64.random(in: 0...tight, using: &random) } }
    return corners + others
  }

  private static func value(_ limbs: [UInt64]) -> BigInteger {
    limbs.reversed().reduce(BigInteger(0)) { ($0 << 51) + BigInteger($1) }
  }

  @Test(arguments: [0, 256, 1024] as [UInt64])
  func productsOfExtremeLimbsAreRightAndStayInTheirBounds(bias: UInt64) {
    var random = SeededGenerator()
    let sets = Self.limbSets(&random)
    for (k, a) in sets.enumerated() {
      for b in [a, sets[(7 * k + 3) % sets.count], [UInt64](repeating: Self.tight, count: 5)] {
        var wide = [UInt64](repeating: 0, count: 5), carried = wide
        unsafe FieldProbe.multiply(a, b, bias: bias, wide: &wide, carried: &carried)
        let message: Comment = "\(a) · \(b), seed \(random.seed)"
        #expect((Self.value(wide) - Self.value(a) * Self.value(b)) % Self.p == BigInteger(0), message)
        expectBounds(wide, bias: bias, message)
        #expect(Self.value(carried) % Self.p == Self.value(wide) % Self.p, message)
        #expect(carried.allSatisfy { $0 < FieldProbe.tightBound }, message)
      }
    }
  }

  @Test(arguments: [0, 256, 1024] as [UInt64])
  func squaresOfExtremeLimbsAreRightAndStayInTheirBounds(bias: UInt64) {
    var random = SeededGenerator()
    for a in Self.limbSets(&random) {
      var wide = [UInt64](repeating: 0, count: 5), carried = wide
      unsafe FieldProbe.square(a, bias: bias, wide: &wide, carried: &carried)
      let message: Comment = "\(a)², seed \(random.seed)"
      #expect((Self.value(wide) - Self.value(a) * Self.value(a)) % Self.p == BigInteger(0), message)
      expectBounds(wide, bias: bias, message)
      #expect(Self.value(carried) % Self.p == Self.value(wide) % Self.p, message)
      #expect(carried.allSatisfy { $0 < FieldProbe.tightBound }, message)
    }
  }

  /// What the doubling and the addition rely on: see the bounds of `FieldLanes.multiply`.
  private func expectBounds(_ wide: [UInt64], bias: UInt64, _ message: Comment) {
    let least = bias == 0 ? 0 : bias / 2 * Self.unit - 1 << 15
    let most = bias == 0 ? 125 : bias == 256 ? 253 : 637
    #expect(wide.allSatisfy { $0 >= least && $0 <= UInt64(most) * Self.unit }, message)
  }

  /// The biases cover what is subtracted, and no sum reaches 2^62.
  @Test func theBiasesOfTheCurveFormulasSuffice() {
    let (plain, biased, wider) = ((0.0, 125.0), (128.0 - 0.1, 253.0), (512.0 - 0.1, 637.0))
    func difference(_ a: (Double, Double), _ b: (Double, Double)) -> (Double, Double) {
      (a.0 - b.1, a.1 - b.0)
    }
    func sum(_ a: (Double, Double), _ b: (Double, Double)) -> (Double, Double) { (a.0 + b.0, a.1 + b.1) }
    let ranges = [
      difference(wider, sum(plain, biased)), difference(sum(plain, sum(biased, biased)), biased),
      difference(biased, plain), sum(plain, biased), sum(biased, plain),
    ]
    #expect(ranges.allSatisfy { $0.0 > 0 && $0.1 < 1024 })
  }

  @Test func carryingTheWidestLimbsGivesTightOnes() {
    let largest = FieldProbe.wideBound - 1
    for n in 0..<32 {
      let limbs = (0..<5).map { n >> $0 & 1 == 1 ? largest : 0 }
      var carried = [UInt64](repeating: 0, count: 5)
      unsafe FieldProbe.carry(limbs, carried: &carried)
      #expect(carried.allSatisfy { $0 < FieldProbe.tightBound })
      #expect((Self.value(limbs) - Self.value(carried)) % Self.p == BigInteger(0))
    }
  }

  @Test func freezingGivesTheRepresentativeBelowP() {
    var random = SeededGenerator()
    let mask: UInt64 = 1 << 51 - 1
    // p − 1, p, p + 1, 2^255 − 1, 0.
    let edges = [mask - 19, mask - 18, mask - 17, mask].map { [$0, mask, mask, mask, mask] }
    for a in edges + Self.limbSets(&random) {
      var frozen = [UInt64](repeating: 0, count: 5)
      unsafe FieldProbe.freeze(a, frozen: &frozen)
      #expect(Self.value(frozen) == Self.value(a) % Self.p, "\(a), seed \(random.seed)")
      #expect(frozen.allSatisfy { $0 <= mask }, "\(a), seed \(random.seed)")
    }
  }

  @Test func differencesOfExtremeLimbsAreTight() {
    var random = SeededGenerator()
    let sets = Self.limbSets(&random)
    for (k, a) in sets.enumerated() {
      let b = sets[(11 * k + 5) % sets.count]
      var difference = [UInt64](repeating: 0, count: 5)
      unsafe FieldProbe.subtract(a, b, difference: &difference)
      let expected = (Self.value(a) - Self.value(b) + (Self.p << 2)) % Self.p
      #expect(Self.value(difference) % Self.p == expected, "\(a) − \(b), seed \(random.seed)")
      #expect(difference.allSatisfy { $0 < FieldProbe.tightBound }, "\(a) − \(b), seed \(random.seed)")
    }
  }
}
