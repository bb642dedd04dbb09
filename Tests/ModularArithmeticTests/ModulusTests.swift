import ModularArithmetic
import TestSupport
import Testing

/// Small, odd, even, power-of-two and largest moduli.
private let moduli: [UInt64] = [
  2, 3, 4, 5, 6, 7, 8, 12_289, 1 << 20, (1 << 20) + 7, (1 << 32) - 5, 1 << 32, (1 << 47) - 1, 1 << 47,
  (1 << 48) - 59, (1 << 48) - 2, (1 << 48) - 1,
]

/// Random residues and the extremes.
private func residues(_ q: UInt64, _ generator: inout SeededGenerator) -> [UInt64] {
  let extremes = [0, 1 % q, q / 2, (q - 1) / 2, q - 2, q - 1]
  return extremes + (0..<40).map { _ in UInt64.random(in: 0..<q, using: &generator) }
}

@Suite struct ModulusTests {
  @Test func onlyModuliFromTwoToFortyEightBitsAreAccepted() throws {
    for value: UInt64 in [0, 1, 1 << 48, .max] {
      #expect(throws: ModularArithmeticError.modulusOutOfRange) { try Modulus(value) }
    }
    #expect(try Modulus(2).bitWidth == 2)
    #expect(try Modulus((1 << 48) - 1).bitWidth == 48)
  }

  @Test(arguments: moduli)
  func operationsAgreeWithWideIntegers(q: UInt64) throws {
    var generator = SeededGenerator()
    let modulus = try Modulus(q)
    let wide = UInt128(q)
    for a in residues(q, &generator) {
      for b in residues(q, &generator) {
        let message: Comment = "\(a), \(b) mod \(q), seed \(generator.seed)"
        #expect(modulus.add(a, b) == (a + b) % q, message)
        #expect(modulus.subtract(a, b) == (a + q - b) % q, message)
        #expect(modulus.multiply(a, b) == UInt64(UInt128(a) * UInt128(b) % wide), message)
      }
      #expect(modulus.negate(a) == (q - a) % q, "\(a) mod \(q), seed \(generator.seed)")
    }
  }

  @Test(arguments: moduli)
  func reductionAgreesWithDivision(q: UInt64) throws {
    var generator = SeededGenerator()
    let modulus = try Modulus(q)
    var words: [UInt64] = [0, 1, q - 1, q, q + 1, .max, .max / q * q, .max / q * q - 1]
    words += (0..<200).map { _ in generator.next() >> UInt64.random(in: 0..<64, using: &generator) }
    for x in words { #expect(modulus.reduce(x) == x % q, "\(x) mod \(q), seed \(generator.seed)") }

    let limit = UInt128(1) << UInt128(2 * modulus.bitWidth)
    var wide: [UInt128] = [0, UInt128(q), limit - 1, limit / UInt128(q) * UInt128(q) - 1]
    wide += (0..<200).map { _ in UInt128.random(in: 0..<limit, using: &generator) }
    for x in wide {
      #expect(
        modulus.reduce(high: UInt64(x >> 64), low: UInt64(truncatingIfNeeded: x)) == UInt64(x % UInt128(q)),
        "\(x) mod \(q), seed \(generator.seed)")
    }
  }

  @Test(arguments: moduli)
  func centredRepresentativesAreNearestToZeroAndComeBack(q: UInt64) throws {
    var generator = SeededGenerator()
    let modulus = try Modulus(q)
    for a in residues(q, &generator) {
      let centered = modulus.centered(a)
      let message: Comment = "\(a) mod \(q), seed \(generator.seed)"
      #expect(-Int64(q) <= 2 * centered && 2 * centered < Int64(q), message)
      #expect(modulus.residue(ofSigned: centered) == a, message)
    }
    for x: Int64 in [-(1 << 62) + 1, -Int64(q), -1, 0, 1, Int64(q), (1 << 62) - 1] {
      let remainder = x % Int64(q)
      #expect(Int64(modulus.residue(ofSigned: x)) == (remainder < 0 ? remainder + Int64(q) : remainder))
    }
  }

  @Test(arguments: moduli)
  func inverseExistsExactlyForCoprimeResidues(q: UInt64) throws {
    var generator = SeededGenerator()
    let modulus = try Modulus(q)
    for a in residues(q, &generator) {
      let message: Comment = "\(a) mod \(q), seed \(generator.seed)"
      if greatestCommonDivisor(a, q) == 1 {
        #expect(try modulus.multiply(a, modulus.inverse(variableTime: a)) == 1, message)
      } else {
        #expect(throws: ModularArithmeticError.notInvertible, message) {
          try modulus.inverse(variableTime: a)
        }
      }
    }
  }

  @Test func powersAgreeWithRepeatedProducts() throws {
    let modulus = try Modulus(12_289)
    for base: UInt64 in [0, 1, 2, 11, 12_288] {
      var product: UInt64 = 1
      for exponent: UInt64 in 0..<70 {
        #expect(modulus.power(base, variableTimeExponent: exponent) == product)
        product = modulus.multiply(product, base)
      }
    }
  }
}

@Suite struct FixedMultiplicandTests {
  @Test(arguments: moduli)
  func productsOfAnyWordAgreeWithWideIntegers(q: UInt64) throws {
    var generator = SeededGenerator()
    let modulus = try Modulus(q)
    for w in residues(q, &generator) {
      let fixed = FixedMultiplicand(w, modulus: modulus)
      let quotient = UInt64((UInt128(w) << 52) / UInt128(q))
      #expect(fixed.quotient52 == quotient, "\(w) mod \(q), seed \(generator.seed)")
      for x in residues(q, &generator) + [.max, .max - 1, 1 << 63, generator.next(), generator.next()] {
        let message: Comment = "\(w)·\(x) mod \(q), seed \(generator.seed)"
        let expected = UInt64(UInt128(w) * UInt128(x) % UInt128(q))
        #expect(fixed.multiply(x, modulus: modulus) == expected, message)
        let lazy = fixed.multiplyLazily(x, modulus: modulus)
        #expect(lazy < 2 * q && lazy % q == expected, message)
      }
    }
  }
}

private func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
  b == 0 ? a : greatestCommonDivisor(b, a % b)
}
