import BigIntegers
import CrossStatistics
import TestSupport
import Testing

/// The fixed-width arithmetic of noise and blinding against big integers.
@Suite struct SecretResiduesTests {
  private static let moduli: [BigInteger] = [
    2, 3, BigInteger(UInt64(1) << 63), BigInteger(UInt64.max), BigInteger(UInt64.max) + 1,
    (BigInteger(1) << 100) - 15, (BigInteger(1) << 128) - 1, BigInteger(1) << 128,
    (BigInteger(1) << 219) + 11,
  ]

  @Test(arguments: moduli)
  func blindedLimbsAreResiduesThatKeepTheirSum(t: BigInteger) throws {
    var random = SeededGenerator()
    for limbs in 1...6 {
      var residues = SecretResidues(modulus: t, count: limbs + 2)
      // The first number is left alone, the next ones are blinded.
      let start = UInt64.random(in: 0...(.max), using: &random)
      let value = BigInteger(start) % t
      residues.multiply(1, by: 0, adding: UInt64(exactly: value) ?? 0)
      residues.blind(1..<(limbs + 1), bits: 8)
      var sum = BigInteger(0)
      for limb in 0..<limbs {
        let number = residues.value(limb + 1)
        #expect(number.signum >= 0 && number < t, "t = \(t), limb \(limb)")
        sum = sum + (number << (8 * limb))
      }
      #expect(sum % t == (UInt64(exactly: value) == nil ? 0 : value), "t = \(t), seed \(random.seed)")
      #expect(residues.value(0) == 0)
    }
  }

  @Test(arguments: moduli)
  func differencesAndHornersStepAreThoseOfIntegers(t: BigInteger) throws {
    var random = SeededGenerator()
    for _ in 0..<200 {
      // Digits of a number below t, highest first.
      let radix = UInt64.random(in: 2...1 << 61, using: &random)
      var residues = SecretResidues(modulus: t, count: 1)
      var expected = BigInteger(0)
      while true {
        let digit = UInt64.random(in: 0..<radix, using: &random)
        let next = expected * BigInteger(radix) + BigInteger(digit)
        guard next < t else { break }
        residues.multiply(0, by: radix, adding: digit)
        expected = next
        if expected.signum == 0 { break }
      }
      #expect(residues.value(0) == expected, "seed \(random.seed)")
      let other = BigInteger(words: (0..<5).map { _ in random.next() }) % t
      residues.subtract(0, other)
      #expect(residues.value(0) == (expected + t - other) % t, "t = \(t), seed \(random.seed)")
    }
  }

  /// Each blinded limb alone is uniform: for a small t every residue comes up as often.
  @Test func aBlindedLimbIsUniform() {
    var seen = [Int](repeating: 0, count: 5)
    for _ in 0..<5000 {
      var residues = SecretResidues(modulus: 5, count: 3)
      residues.multiply(0, by: 0, adding: 3)
      residues.blind(0..<2, bits: 8)
      seen[Int(exactly: residues.value(0)) ?? 0] += 1
    }
    // 1000 each, within six deviations of 28.
    #expect(seen.allSatisfy { (830...1170).contains($0) }, "\(seen)")
  }
}
