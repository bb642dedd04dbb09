import BigIntegers
import TestSupport
import Testing

@Suite struct BigIntegerPropertyTests {
  /// A number of 0 to 6 words, half of the time negative, with runs of zeros and ones as often as random bits.
  private func number(using generator: inout SeededGenerator) -> BigInteger {
    let words = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
      [0, .max, generator.next(), generator.next()].randomElement(using: &generator) ?? 0
    }
    let magnitude = BigInteger(words: words)
    return Bool.random(using: &generator) ? -magnitude : magnitude
  }

  private func forRandomNumbers(_ check: (BigInteger, BigInteger, BigInteger, Comment) throws -> Void)
    rethrows
  {
    var generator = SeededGenerator()
    let message: Comment = "HITOKU_TEST_SEED=\(generator.seed)"
    for _ in 0..<500 {
      let (a, b) = (number(using: &generator), number(using: &generator))
      try check(a, b, number(using: &generator), message)
    }
  }

  @Test func additionAndMultiplicationFormARing() {
    forRandomNumbers { a, b, c, message in
      #expect(a + b == b + a && a * b == b * a, message)
      #expect((a + b) + c == a + (b + c) && (a * b) * c == a * (b * c), message)
      #expect(a * (b + c) == a * b + a * c, message)
      #expect(a - b == a + -b && a - a == 0 && a * 1 == a, message)
    }
  }

  @Test func divisionsRestoreTheDividend() {
    forRandomNumbers { a, b, _, message in
      guard b != 0 else { return }
      #expect((a / b) * b + a % b == a, message)
      #expect((a % b).magnitude < b.magnitude && (a % b == 0 || (a % b).signum == b.signum), message)
      let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
      #expect(quotient * b + remainder == a, message)
      #expect(remainder == 0 || remainder.signum == a.signum, message)
    }
  }

  @Test func wordRemaindersEqualFullOnes() {
    forRandomNumbers { a, b, _, message in
      guard let word = b.words.first, word != 0 else { return }
      #expect(BigInteger(a.remainder(dividingBy: word)) == a % BigInteger(word), message)
    }
  }

  @Test func wordsAndTextRoundTrip() {
    forRandomNumbers { a, _, _, message in
      let magnitude = BigInteger(words: a.words)
      #expect(a == (a.signum < 0 ? -magnitude : magnitude), message)
      #expect(a.words.last != 0 && a.words.count == (a.bitWidth + 63) / 64, message)
      #expect(BigInteger(a.description) == a && BigInteger(a.text(radix: 16), radix: 16) == a, message)
    }
  }

  @Test func shiftsMultiplyAndDivideByPowersOfTwo() {
    forRandomNumbers { a, b, _, message in
      let n = Int((b.words.first ?? 0) & 0xFF)
      let power = BigInteger(1) << n
      #expect(a << n == a * power && a >> n == a / power, message)
      #expect(power.bitWidth == n + 1, message)
    }
  }

  @Test func orderAgreesWithTheSignOfTheDifference() {
    forRandomNumbers { a, b, _, message in
      #expect((a < b) == ((a - b).signum < 0) && (a == b) == ((a - b).signum == 0), message)
    }
  }

  @Test func theDivisorIsCommonAndInversesInvert() throws {
    try forRandomNumbers { a, b, _, message in
      let divisor = BigInteger.gcd(a, b)
      guard divisor != 0, b != 0 else { return }
      #expect(a % divisor == 0 && b % divisor == 0, message)
      let modulus = b.magnitude
      guard divisor == 1 else {
        #expect(throws: BigIntegersError.notInvertible, message) { try a.inverse(modulo: modulus) }
        return
      }
      let inverse = try a.inverse(modulo: modulus)
      #expect(a * inverse % modulus == BigInteger(1) % modulus && inverse >= 0 && inverse < modulus, message)
    }
  }
}
