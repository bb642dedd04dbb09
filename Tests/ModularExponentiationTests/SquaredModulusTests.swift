import BigIntegers
import ModularExponentiation
import ProcessorFeatures
import TestSupport
import Testing

/// Both paths against GMP's plain integers, on random and edge inputs.
@Suite struct SquaredModulusTests {
  @Test(arguments: [128, 512, 1024, 1536, 2048, 3072], variants)
  func powersEqualGMPs(bits: Int, variant: VectorVariant) {
    var random = SeededGenerator()
    for n in moduli(bits: bits, &random) {
      let square = n * n, words = bits / 64
      let modulus = SquaredModulus(secret(n, words: words), variant: variant)
      // One more than two groups of lanes, with the edges among them.
      let edges = [0, 1, n - 1, n, n + 1, square - 1, square - n, (BigInteger(1) << (2 * bits - 1)) % square]
      let bases = edges + (0..<9).map { _ in random.integer(below: square) }
      for exponentBits in [1, 32, 63, 200] {
        let limit = BigInteger(1) << exponentBits
        let exponents = bases.indices.map { i in
          i == 3 ? 0 : i == 4 ? limit - 1 : random.integer(below: limit)
        }
        let powers = modulus.powers(
          of: secrets(bases, words: 2 * words),
          exponents: secrets(exponents, words: (exponentBits + 63) / 64),
          bits: exponentBits)
        let expected = zip(bases, exponents).map { $0.power($1, modulo: square) }
        #expect(integers(powers) == expected, "\(n) \(exponentBits) seed \(random.seed)")
      }
    }
  }

  @Test(arguments: [512, 2048], variants)
  func commonExponentsAndMessagesEqualGMPs(bits: Int, variant: VectorVariant) {
    var random = SeededGenerator()
    for n in moduli(bits: bits, &random) {
      let square = n * n, words = bits / 64
      let modulus = SquaredModulus(secret(n, words: words), variant: variant)
      let bases = [1, n - 1, n + 1] + (0..<7).map { _ in random.integer(below: n) }
      let messages = [0, 1, n - 1] + (0..<7).map { _ in random.integer(below: n) }
      let powers = modulus.powers(
        of: secrets(bases, words: 2 * words), publicExponent: secret(n, words: words), bits: bits,
        messages: secrets(messages, words: words))
      let expected = zip(bases, messages).map { ($0.power(n, modulo: square) * (1 + $1 * n)) % square }
      #expect(integers(powers) == expected, "\(n) seed \(random.seed)")
    }
  }

  @Test(arguments: variants)
  func everyShapeOfCommonExponentEqualsGMPs(variant: VectorVariant) {
    var random = SeededGenerator()
    let n = moduli(bits: 512, &random)[0], square = n * n, words = 8
    let modulus = SquaredModulus(secret(n, words: words), variant: variant)
    let bases = [0, 1, n - 1, square - 1] + (0..<7).map { _ in random.integer(below: square) }
    let one = BigInteger(1)
    // Windows at either end, long gaps between them, none at all, and more bits than the exponent has.
    let exponents: [BigInteger] = [
      0, 1, 2, 3, 63, 64, 65, one << 511, (one << 512) - 1, (one << 511) + 1, 0b1_0000001_0000011,
      ((one << 100) - 1) << 300,
    ]
    for exponent in exponents {
      for bits in [max(1, exponent.bitWidth), 512] {
        let powers = modulus.powers(
          of: secrets(bases, words: 2 * words), publicExponent: secret(exponent, words: words), bits: bits,
          messages: secrets([], words: words))
        #expect(
          integers(powers) == bases.map { $0.power(exponent, modulo: square) },
          "\(exponent) in \(bits) bits, seed \(random.seed)")
      }
    }
  }

  @Test(arguments: variants)
  func logarithmsUndoPowersOfOnePlusN(variant: VectorVariant) {
    var random = SeededGenerator()
    // 2^521 − 1 is prime; so is 2^607 − 1: neither fills its words.
    for p in [(BigInteger(1) << 521) - 1, (BigInteger(1) << 607) - 1] {
      let words = (p.bitWidth + 63) / 64, square = p * p
      let modulus = SquaredModulus(secret(p, words: words), variant: variant)
      let messages = [0, 1, p - 1] + (0..<10).map { _ in random.integer(below: p) }
      let bases = messages.map { m in
        (1 + m * p) * (1 + random.integer(below: p - 1)).power(p, modulo: square) % square
          + square * random.integer(below: square)
      }
      // (1 + p)^(p−1) = 1 − p: L is −1 there.
      let logarithms = modulus.logarithms(
        of: secrets(bases, words: 4 * words), exponent: secret(p - 1, words: words),
        factor: secret(p - 1, words: words))
      #expect(integers(logarithms) == messages, "seed \(random.seed)")
    }
  }

  @Test(arguments: [512, 2048, 3072], variants)
  func fixedBasePowersEqualGMPs(bits: Int, variant: VectorVariant) {
    var random = SeededGenerator()
    for n in moduli(bits: bits, &random).prefix(2) {
      let square = n * n, words = bits / 64
      let modulus = SquaredModulus(secret(n, words: words), variant: variant)
      var base = random.integer(below: square)
      while BigInteger.gcd(base, n) != 1 { base += 1 }
      let exponentBits = bits / 2
      let comb = FixedBasePowers(secret(base, words: 2 * words), modulus: modulus, exponentBits: exponentBits)
      let limit = BigInteger(1) << exponentBits
      for count in [1, 8, 31, 37] {
        let exponents =
          [limit - 1, 0, 1].prefix(count) + (3..<max(3, count)).map { _ in random.integer(below: limit) }
        let messages =
          [n - 1, 0, 1].prefix(count) + (3..<max(3, count)).map { _ in random.integer(below: n) }
        let powers = comb.powers(secrets(Array(exponents), words: words / 2))
        let expected = exponents.map { base.power($0, modulo: square) }
        #expect(integers(powers) == expected, "\(n) \(count) seed \(random.seed)")
        let shifted = comb.powers(
          secrets(Array(exponents), words: words / 2), messages: secrets(Array(messages), words: words))
        #expect(
          integers(shifted) == zip(expected, messages).map { $0 * (1 + $1 * n) % square },
          "\(n) \(count) seed \(random.seed)")
      }
    }
  }

  @Test(arguments: [1024, 4096, 6144, 8192], variants)
  func productsEqualGMPs(bits: Int, variant: VectorVariant) {
    var random = SeededGenerator()
    for m in moduli(bits: bits, &random) {
      let words = bits / 64
      let ring = ProductRing(secret(m, words: words), variant: variant)
      let a = [0, 1, m - 1, m - 1] + (0..<12).map { _ in random.integer(below: m) }
      let b = [m - 1, 1, m - 1, 0] + (0..<12).map { _ in random.integer(below: m) }
      func flat(_ values: [BigInteger]) -> [UInt64] {
        values.flatMap { $0.words + [UInt64](repeating: 0, count: words - $0.words.count) }
      }
      #expect(
        ring.products(flat(a), flat(b)) == flat(zip(a, b).map { $0 * $1 % m }), "\(m) seed \(random.seed)")
      #expect(
        ring.products(flat(a), flat([b[7]])) == flat(a.map { $0 * b[7] % m }), "\(m) seed \(random.seed)")
      let columns = (0..<4).map { j in stride(from: j, to: 16, by: 4).reduce(1) { $0 * b[$1] % m } }
      #expect(ring.columnProducts(flat(b), width: 4) == flat(columns), "\(m) seed \(random.seed)")
    }
  }
}
