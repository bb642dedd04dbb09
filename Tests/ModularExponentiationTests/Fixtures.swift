import BigIntegers
import ProcessorFeatures
import TestSupport

/// Every path this processor has: lanes, where it has them, and GMP's words.
let variants: [VectorVariant] = [.base, .avx512].filter(\.isSupported)

extension SeededGenerator {
  /// Uniform below 2^bits.
  mutating func integer(bits: Int) -> BigInteger {
    BigInteger(words: (0..<(bits + 63) / 64).map { _ in next() }) >> ((64 - bits % 64) % 64)
  }

  /// Odd with both highest bits set.
  mutating func modulus(bits: Int) -> BigInteger {
    let top = BigInteger(3) << (bits - 2)
    let low = integer(bits: bits - 2)
    return top + low + (low.isEven ? 1 : 0)
  }

  mutating func integer(below bound: BigInteger) -> BigInteger { integer(bits: bound.bitWidth + 64) % bound }
}

func secret(_ x: BigInteger, words: Int) -> SecretInteger { SecretInteger(variableTime: x, wordCount: words) }

func secrets(_ values: [BigInteger], words: Int) -> SecretIntegers {
  SecretIntegers(variableTime: values, wordCount: words)
}

func integers(_ values: borrowing SecretIntegers) -> [BigInteger] {
  (0..<values.count).map { values[$0].value(variableTime: ()) }
}

/// Moduli that stress carries: random, all ones, sparse, just above a power of two.
func moduli(bits: Int, _ random: inout SeededGenerator) -> [BigInteger] {
  let top = BigInteger(1) << (bits - 1)
  return [random.modulus(bits: bits), (top << 1) - 1, top + 1, top + (BigInteger(1) << (bits / 2)) + 1]
}
