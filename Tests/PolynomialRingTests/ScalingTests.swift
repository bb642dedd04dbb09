import BigIntegers
import ModularArithmetic
import PolynomialRing
import TestSupport
import Testing

@Suite struct ScalingTests {
  /// Random elements, the extremes, and elements next to a half-integer of T·x/Q.
  private func inputs(_ basis: RNSBasis, _ t: BigInteger, _ generator: inout SeededGenerator) -> [BigInteger]
  {
    let q = basis.product
    var inputs: [BigInteger] = [
      0, 1, q - 1, q / 2, q / 2 + 1, q / (t + t), q - q / (t + t), basis.largestSum,
    ]
    inputs += (0..<128).map { index in
      let middle = (BigInteger.random(below: t, &generator) * 2 + 1) * q / (t + t)
      // From the middle itself to 2^-39 of a unit away, on both sides.
      let distance = index < 2 ? 0 : (q / t) >> (102 - index / 2)
      return (index % 2 == 0 ? middle + distance : middle - distance) % q
    }
    return inputs + (inputs.count..<degree).map { _ in .random(below: q, &generator) }
  }

  @Test(arguments: PlaintextModulus.all)
  func scalingIsTheRoundedQuotientModuloT(modulus: PlaintextModulus) throws {
    var generator = SeededGenerator()
    let t = modulus.value
    // One word is summed to 2^-51 for each prime, more words to 2^-80.
    let bits = t.bitWidth <= Modulus.maximumBitWidth ? 51 : 79
    for shape in shapes {
      let source = try basis(shape)
      let inputs = inputs(source, t, &generator)
      let scaling = ModulusScaling(to: t, from: source)
      #expect(scaling.limbCount == modulus.limbCount)
      let limbs = scaling.limbs(of: try source.polynomial(inputs), count: degree)
      let mismatch = (0..<degree).first { column in
        let result = (0..<modulus.limbCount).reversed().reduce(0 as BigInteger) {
          ($0 << 48) + BigInteger(limbs[$1 * degree + column])
        }
        return !roundings(t * inputs[column], over: source.product, sources: source.count, bits: bits)
          .contains { $0 % t == result }
      }
      #expect(mismatch == nil, "\(shape), seed \(generator.seed)")
    }
  }

  /// Counts that are no multiple of the kernel's tile, from any column.
  @Test(arguments: ["0xfc001", "0x1000000000000", "0x123456789abcdef0123456789"])
  func partOfTheColumnsEqualsTheWhole(literal: String) throws {
    var generator = SeededGenerator()
    let t = try #require(BigInteger(literal: literal))
    for variant in variants {
      let source = try basis([36, 36, 37], variant: variant)
      let x: RNSPolynomial<Coefficient> = try source.random(&generator)
      let scaling = ModulusScaling(to: t, from: source)
      let whole = scaling.limbs(of: x, count: degree)
      for (first, count) in [(0, 1), (0, 31), (1, 32), (5, 33), (31, 64), (1023, 1), (960, 64), (7, 1017)] {
        let part = scaling.limbs(of: x, first: first, count: count)
        let expected = (0..<scaling.limbCount).flatMap { limb in
          whole[(limb * degree + first)..<(limb * degree + first + count)]
        }
        #expect(part == expected, "\(variant), \(first) and \(count), seed \(generator.seed)")
      }
    }
  }
}
