import BigIntegers
import ModularExponentiation
import TestSupport
import Testing

@Suite struct FermatTestTests {
  @Test(arguments: [128, 256, 1024, 1536, 2048])
  func lanesAgreeWithGMPsPowers(bits: Int) {
    var random = SeededGenerator()
    for _ in 0..<4 {
      var candidates = (0..<8).map { _ in random.modulus(bits: bits) }
      // A prime, and numbers of extreme limbs, among them.
      while !candidates[3].isProbablePrime(rounds: 25) { candidates[3] = candidates[3] - 2 }
      candidates[5] = (BigInteger(1) << bits) - 1
      candidates[6] = (BigInteger(1) << (bits - 1)) + 1
      for variant in variants {
        let passes = FermatTest.passes(candidates, variant: variant)
        let expected = candidates.map { variant == .base || BigInteger(2).power($0 - 1, modulo: $0) == 1 }
        #expect(passes == expected, "seed \(random.seed)")
        #expect(passes[3])
      }
    }
  }
}
