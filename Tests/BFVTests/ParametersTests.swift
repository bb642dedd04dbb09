import BFV
import BigIntegers
import ModularArithmetic
import Testing

/// What forms a parameter set and what is refused, by type.
@Suite struct ParametersTests {
  private static func error(_ literal: ParametersLiteral, insecure: Bool = true) -> BFVError? {
    do {
      _ = try insecure ? Parameters(insecure: literal) : Parameters(literal)
      return nil
    } catch { return error }
  }

  private static func primes(_ bits: Int, _ count: Int, degree: Int = 1024) throws -> [UInt64] {
    try Modulus.primes(bitWidth: bits, congruentToOneModulo: UInt64(2 * degree), count: count).map(\.value)
  }

  @Test(arguments: [(1024, 26), (2048, 53), (4096, 106), (8192, 214), (16_384, 430), (32_768, 868)])
  func modulusIsRefusedAboveTheSecurityLimit(degree: Int, limit: Int) throws {
    // Equal parts that make up the limit and one bit more, the last one as special modulus where there are several.
    let parts = (limit + 47) / 48
    func literal(_ bits: Int) throws -> ParametersLiteral {
      let sizes = (0..<parts).map { bits / parts + ($0 < bits % parts ? 1 : 0) }
      var moduli: [UInt64] = []
      for size in Set(sizes) {
        moduli += try Self.primes(size, sizes.count { $0 == size }, degree: degree)
      }
      let special = parts > 1 ? moduli.removeLast() : nil
      return ParametersLiteral(
        name: "limit", degree: degree, plaintextModulus: 2, coefficientModuli: moduli,
        specialModulus: special)
    }
    #expect(try Self.error(literal(limit), insecure: false) == nil)
    #expect(try Self.error(literal(limit + 1), insecure: false) == .insecureParameters)
    if degree < 8192 { #expect(try Self.error(literal(limit + 1)) == nil) }
  }

  @Test func specialModulusCountsTowardsSecurity() throws {
    var literal = try SmallSet(degree: 2048, primeBits: 30, primeCount: 1).literal
    #expect(Self.error(literal, insecure: false) == nil)
    literal.specialModulus = try Self.primes(24, 1, degree: 2048)[0]
    #expect(Self.error(literal, insecure: false) == .insecureParameters)
    #expect(Self.error(literal) == nil)
    literal.specialModulus = try Self.primes(23, 1, degree: 2048)[0]
    #expect(Self.error(literal, insecure: false) == nil)
  }

  @Test(arguments: [Int.min, -1024, 0, 1, 512, 1000, 1023, 1025, 1536, 65_536, Int.max])
  func degreesOtherThanPowersOfTwoInRangeAreRefused(degree: Int) throws {
    var literal = try SmallSet.slots.literal
    literal.degree = degree
    #expect(Self.error(literal) == .invalidParameters)
    #expect(Self.error(literal, insecure: false) == .invalidParameters)
  }

  @Test func moduliOtherThanDistinctNTTPrimesAreRefused() throws {
    let good = try Self.primes(40, 3)
    let composite = UInt64(2048 * 3 + 1)
    #expect(try !Modulus(composite).isPrime)
    let wide = (1 << 48) + UInt64(2048 * 2 + 1)
    for bad in [
      0, 1, 2, composite, good[0] + 2, good[0] - 2, (1 << 40) - 87, 65_539, good[1], wide, 1 << 48, .max,
    ] as [UInt64] {
      var literal = try SmallSet(primeCount: 2).literal
      literal.coefficientModuli = [good[0], good[1], bad]
      #expect(Self.error(literal) == .invalidParameters, "data modulus \(bad)")
      literal.coefficientModuli = [good[0], good[1]]
      literal.specialModulus = bad
      #expect(Self.error(literal) == .invalidParameters, "special modulus \(bad)")
    }
    var literal = try SmallSet(primeCount: 2).literal
    literal.coefficientModuli = []
    #expect(Self.error(literal) == .invalidParameters)
    literal.coefficientModuli = try Self.primes(40, 21)
    #expect(Self.error(literal) == .invalidParameters)
    literal.coefficientModuli.removeLast()
    #expect(Self.error(literal) == nil)
  }

  @Test func plaintextModuliOutOfRangeAreRefused() throws {
    var literal = try SmallSet.slots.literal
    let q = literal.coefficientModuli.reduce(BigInteger(1)) { $0 * BigInteger($1) }
    let prime = BigInteger(literal.coefficientModuli[1])
    let special = BigInteger(literal.specialModulus ?? 0)
    let refused: [BigInteger] = [
      -65_537, -1, 0, 1, q, q / 2, q / 2 + 1, BigInteger(1) << 220, prime, 3 * prime, prime * prime, special,
    ]
    for t in refused {
      literal.plaintextModulus = t
      #expect(Self.error(literal) == .invalidParameters, "\(t)")
    }
    for t in [2, 3, 4, q / 2 - 1] as [BigInteger] {
      literal.plaintextModulus = t
      literal.answerBits = nil
      #expect(Self.error(literal) == nil, "\(t)")
    }
  }

  @Test func digitsDroppedBitsAndAnswerWidthsOutOfRangeAreRefused() throws {
    let good = try SmallSet.slots.literal
    for digits in [Int.min, -1, 0, 1, 3, 46, 64, Int.max] {
      var literal = good
      literal.digitBits = digits
      #expect(Self.error(literal) == .invalidParameters, "digits of \(digits)")
    }
    for dropped in [Int.min, -1, 17, 40, Int.max] {
      var literal = good
      literal.uploadDroppedBits = dropped
      #expect(Self.error(literal) == .invalidParameters, "\(dropped) dropped bits")
    }
    for width in [Int.min, -1, 0, 16, 257, Int.max] {
      for bits in [
        ParametersLiteral.AnswerBits(c0: width, c1: 30), .init(c0: 30, c1: width),
        .init(c0: 30, c1: 30, c2: width),
      ] {
        var literal = good
        literal.answerBits = bits
        #expect(Self.error(literal) == .invalidParameters, "answer widths \(bits)")
      }
    }
    for digits in [4, 45] {
      for dropped in [0, 16] {
        for width in [17, 256] {
          var literal = good
          literal.digitBits = digits
          literal.uploadDroppedBits = dropped
          literal.answerBits = .init(c0: width, c1: width, c2: width)
          #expect(Self.error(literal) == nil, "\(digits), \(dropped), \(width)")
        }
      }
    }
  }

  @Test func digestCoversEverythingButTheName() throws {
    let base = try SmallSet(plaintextModulus: 65_537, specialBits: 41, answerBits: .init(c0: 20, c1: 30))
      .literal
    var variants: [ParametersLiteral] = [base]
    func vary(_ change: (inout ParametersLiteral) -> Void) {
      var literal = base
      change(&literal)
      variants.append(literal)
    }
    vary { $0.plaintextModulus = 65_539 }
    vary { $0.plaintextModulus = BigInteger(1) << 70 }
    vary { $0.coefficientModuli.removeLast() }
    vary { $0.coefficientModuli.reverse() }
    vary { $0.specialModulus = nil }
    vary { $0.digitBits = 20 }
    vary { $0.uploadDroppedBits = 1 }
    vary { $0.answerBits = nil }
    vary { $0.answerBits?.c0 = 21 }
    vary { $0.answerBits?.c1 = 31 }
    vary { $0.answerBits?.c2 = 31 }
    variants.append(try SmallSet(degree: 2048, plaintextModulus: 65_537, specialBits: 41).literal)
    let digests = try variants.map { literal in
      var literal = literal
      if literal.plaintextModulus.bitWidth > 30 { literal.answerBits = nil }
      return try Parameters(insecure: literal).digest
    }
    #expect(Set(digests).count == digests.count)
    #expect(digests.allSatisfy { $0.count == 32 })
    var renamed = base
    renamed.name = "another"
    #expect(try Parameters(insecure: renamed).digest == digests[0])
  }

  @Test func propertiesAreThoseOfTheLiteral() throws {
    let literal = try SmallSet.slots.literal
    let parameters = try Parameters(insecure: literal)
    #expect(parameters.literal == literal)
    #expect(parameters.degree == 1024 && parameters.topLevel == 3 && parameters.hasSlots)
    var product: BigInteger = 1
    for level in 1...3 {
      product *= BigInteger(literal.coefficientModuli[level - 1])
      #expect(parameters.modulus(atLevel: level) == product)
    }
  }
}
