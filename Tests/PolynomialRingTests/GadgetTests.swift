import BigIntegers
import ModularArithmetic
import PolynomialRing
import TestSupport
import Testing

@Suite struct GadgetTests {
  private static let widths: [Int?] = [nil, 4, 8, 16, 21, 45]

  /// The digits, each by itself: products with keys that are 1 at one digit and 0 at the others, two at a time.
  private func digits(
    _ x: RNSPolynomial<Coefficient>, _ gadget: Gadget, over full: RNSBasis
  ) throws -> [RNSPolynomial<Coefficient>] {
    let count = gadget.factors(over: x.basis).count
    let (zero, one) = (RNSPolynomial<Evaluation>(zero: full), try full.one())
    let digits = stride(from: 0, to: count, by: 2).flatMap { chosen in
      let keys = (0..<count).map { ($0 == chosen ? one : zero, $0 == chosen + 1 ? one : zero) }
      let (first, second) = x.gadgetProduct(gadget, keys: keys, over: full)
      return [first.interpolated(), second.interpolated()]
    }
    return Array(digits.prefix(count))
  }

  private func inputs(_ basis: RNSBasis, _ generator: inout SeededGenerator) throws -> [RNSPolynomial<
    Coefficient
  >] {
    let q = basis.product
    // Where balanced digits carry: halves, and runs of ones and of alternating bits.
    var extremes: [BigInteger] = [0, 1, -1, q / 2, q / 2 + 1, q / 2 - 1]
    for bits in 3..<48 {
      let power = BigInteger(1) << bits
      extremes += [power, power - 1, -power, -power - 1]
    }
    extremes += [0x5555_5555_5555, 0x7fff_7fff_7fff, 0x7f80_7f80_7f80, 0x8080_8080_8080]
    return [
      try basis.random(&generator), try basis.polynomial(extremes.map { $0 % q }),
      try basis.polynomial([BigInteger](repeating: -1, count: degree)),
    ]
  }

  @Test(arguments: widths) func digitsAreSmallAndRecompose(digitBits: Int?) throws {
    var generator = SeededGenerator()
    let gadget = Gadget(digitBits: digitBits)
    // Many digits of many primes take long and say nothing new.
    for shape in [[26], [48]] + (digitBits.map { $0 < 16 } ?? false ? [] : [[20, 48, 30]]) {
      let data = try basis(shape)
      let full = data.joined(with: try basis([48], avoiding: data.moduli))
      let factors = gadget.factors(over: data)
      #expect(factors.count == data.moduli.reduce(0) { $0 + gadget.digitCount($1) })
      for x in try inputs(data, &generator) {
        let message: Comment = "\(shape), seed \(generator.seed)"
        let digits = try digits(x, gadget, over: full)
        // Modulo 2^64, which is exact: centred residues are far below.
        var sums = data.moduli.map { _ in [Int64](repeating: 0, count: degree) }
        for (digit, (prime, factor)) in zip(digits, factors) {
          // A digit is at most half of its own prime, so that this prime tells it.
          let values = digit.row(prime).map(data.moduli[prime].centered)
          let bound = gadget.digitBound(data.moduli[prime])
          #expect(values.allSatisfy { Double($0.magnitude) <= bound }, message)
          for (row, modulus) in full.moduli.enumerated() {
            let isSame = digit.row(row) == values.map(modulus.residue(ofSigned:))
            #expect(isSame, message)
          }
          for column in values.indices { sums[prime][column] &+= values[column] &* Int64(bitPattern: factor) }
        }
        for (prime, modulus) in data.moduli.enumerated() {
          // Exactly the centred residue, not only modulo the prime.
          let isSame = sums[prime] == x.row(prime).map(modulus.centered)
          #expect(isSame, message)
        }
      }
    }
  }

  @Test(arguments: widths) func productWithTheGadgetGivesBackTheElement(digitBits: Int?) throws {
    var generator = SeededGenerator()
    let gadget = Gadget(digitBits: digitBits)
    let data = try basis([36, 36, 37])
    let full = data.joined(with: try basis([48], avoiding: data.moduli))
    let keys = try gadget.factors(over: data).map { prime, factor in
      let value = full.moduli[prime].reduce(factor)
      return (
        try full.constant(value, row: prime), try full.constant(full.moduli[prime].negate(value), row: prime)
      )
    }
    for x in try inputs(data, &generator) {
      let (same, negated) = x.gadgetProduct(gadget, keys: keys, over: data)
      #expect(same.interpolated() == x, "seed \(generator.seed)")
      var sum = negated.interpolated()
      sum.add(x)
      #expect(sum.isZero, "seed \(generator.seed)")
    }
  }

  /// At a lower level the key has digits and primes that are left out.
  @Test(arguments: widths) func keysOfLargerBasesServeLowerLevels(digitBits: Int?) throws {
    var generator = SeededGenerator()
    let gadget = Gadget(digitBits: digitBits)
    let data = try basis([36, 36, 37])
    let full = data.joined(with: try basis([48], avoiding: data.moduli))
    let count = gadget.factors(over: data).count
    let keys: [(RNSPolynomial<Evaluation>, RNSPolynomial<Evaluation>)] = try (0..<count).map { _ in
      (try full.random(&generator), try full.random(&generator))
    }
    let low = data.prefix(2)
    let target = low.joined(with: RNSBasis(rings: [full.rings[3]]))
    let x: RNSPolynomial<Coefficient> = try low.random(&generator)
    let (first, second) = x.gadgetProduct(gadget, keys: keys, over: target)
    let terms = try digits(x, gadget, over: target).map { $0.evaluated() }
    for (product, half) in [(first, keys.map(\.0)), (second, keys.map(\.1))] {
      let expected = RNSPolynomial(innerProductOf: terms, Array(half.prefix(terms.count)), basis: target)
      #expect(product == expected, "seed \(generator.seed)")
    }
  }
}
