import BigIntegers
import ModularArithmetic
import PolynomialRing
import TestSupport
import Testing

@Suite struct RNSPolynomialTests {
  private typealias Values = RNSPolynomial<Evaluation>

  @Test(arguments: shapes) func arithmeticIsThatOfTheIntegers(shape: [Int]) throws {
    var generator = SeededGenerator()
    for variant in variants {
      let basis = try basis(shape, variant: variant)
      let q = basis.product
      let (a, b): (RNSPolynomial<Coefficient>, RNSPolynomial<Coefficient>) =
        (try basis.random(&generator), try basis.random(&generator))
      let (x, y) = (try basis.integers(a), try basis.integers(b))
      let message: Comment = "\(variant), seed \(generator.seed)"
      var sum = a
      sum.add(b)
      #expect(try basis.integers(sum) == zip(x, y).map { ($0 + $1) % q }, message)
      var difference = a
      difference.subtract(b)
      #expect(try basis.integers(difference) == zip(x, y).map { ($0 - $1) % q }, message)
      var negated = a
      negated.negate()
      #expect(try basis.integers(negated) == x.map { -$0 % q }, message)
      var scaled = a
      scaled.multiply(byConstants: basis.moduli.map { FixedMultiplicand($0.value - 3, modulus: $0) })
      #expect(try basis.integers(scaled) == x.map { $0 * -3 % q }, message)
      #expect(a.evaluated().interpolated() == a, message)
    }
  }

  @Test func innerProductIsTheSumOfProducts() throws {
    var generator = SeededGenerator()
    for variant in variants {
      let basis = try basis([20, 36, 48], variant: variant)
      // The operands' bases hold more primes, in another order.
      let further = try PolynomialRingTests.basis([47], variant: variant)
      let larger = RNSBasis(rings: [basis.rings[2], further.rings[0], basis.rings[0], basis.rings[1]])
      for count in [1, 2, 17, 300] {
        let a: [Values] = try (0..<count).map { _ in try larger.random(&generator) }
        let b: [Values] = try (0..<count).map { _ in try basis.random(&generator) }
        var expected = Values(zero: basis)
        for (x, y) in zip(a, b) {
          let rows = [2, 3, 0].map { x.row($0) }
          expected.add(RNSPolynomial(product: try Values(rows: rows, basis: basis), y))
        }
        let message: Comment = "\(count) terms, \(variant), seed \(generator.seed)"
        #expect(RNSPolynomial(innerProductOf: a, b, basis: basis) == expected, message)
        #expect(RNSPolynomial(innerProductOf: b, a, basis: basis) == expected, message)
      }
    }
  }

  @Test func innerProductBearsTheLargestResidues() throws {
    for variant in variants {
      let basis = try basis([48, 48, 26], variant: variant)
      var minusOne = try basis.one()
      minusOne.negate()
      let terms = [Values](repeating: minusOne, count: 5000)
      let expected = try Values(
        rows: basis.moduli.map { [UInt64](repeating: $0.reduce(5000), count: degree) }, basis: basis)
      #expect(RNSPolynomial(innerProductOf: terms, terms, basis: basis) == expected, "\(variant)")
    }
  }

  @Test func productsAgreeWhicheverWayTheyAreMade() throws {
    var generator = SeededGenerator()
    let basis = try basis([26, 48])
    let (a, b): (RNSPolynomial<Coefficient>, Values) = (
      try basis.random(&generator), try basis.random(&generator)
    )
    let expected = RNSPolynomial(product: a.evaluated(), b)
    var values = a.evaluated()
    values.multiply(by: b)
    #expect(values == expected, "seed \(generator.seed)")
    var coefficients = a
    coefficients.multiply(by: b)
    #expect(coefficients == expected.interpolated(), "seed \(generator.seed)")
  }

  @Test func productsWithResiduesAreThoseWithTheirCentredLift() throws {
    var generator = SeededGenerator()
    for variant in variants {
      let basis = try basis([20, 36, 48], variant: variant)
      let factors: [RNSPolynomial<Coefficient>] = try (0..<2).map { _ in try basis.random(&generator) }
      for t: UInt64 in [2, 3, 65537, basis.moduli[0].value, (1 << 48) - 1] {
        let source = try Modulus(t)
        let words = (0..<degree).map { $0 < 4 ? t - 1 : UInt64.random(in: 0..<t, using: &generator) }
        let lift = try basis.polynomial(words.map { BigInteger(Int(source.centered($0))) }).evaluated()
        var products = factors
        RNSPolynomial.multiply(&products, by: words, modulo: source)
        for (factor, product) in zip(factors, products) {
          let expected = RNSPolynomial(product: factor.evaluated(), lift).interpolated()
          #expect(product == expected, "\(t), \(variant), seed \(generator.seed)")
        }
      }
    }
  }

  @Test func changingACopyLeavesTheOriginal() throws {
    var generator = SeededGenerator()
    let basis = try basis([26, 48])
    let original: RNSPolynomial<Coefficient> = try basis.random(&generator)
    let other: RNSPolynomial<Coefficient> = try basis.random(&generator)
    let words = original.words
    let encoding = RoundingMap.encodingAdded(from: 65537, to: basis)
    let changes: [(String, (inout RNSPolynomial<Coefficient>) -> Void)] = [
      ("add", { $0.add(other) }), ("add itself", { $0.add($0) }), ("subtract", { $0.subtract(other) }),
      ("negate", { $0.negate() }), ("keep", { $0.keepConstantCoefficient() }),
      (
        "transform", { $0 = $0.evaluated().substituting(power: .swappingRows(degree: degree)).interpolated() }
      ),
      ("multiply", { $0.multiply(by: other.evaluated()) }),
      ("constants", { $0.multiply(byConstants: basis.moduli.map { FixedMultiplicand(5, modulus: $0) }) }),
      ("encode", { $0.add(encoded: encoding) }),
    ]
    for (name, change) in changes {
      var copy = original
      change(&copy)
      #expect(copy != original, "\(name), seed \(generator.seed)")
      #expect(original.words == words, "\(name), seed \(generator.seed)")
    }
    let values = original.evaluated()
    let evaluated = values.words
    var copy = values
    copy.multiply(by: values)
    #expect(values.words == evaluated && copy.words != evaluated, "seed \(generator.seed)")
    #expect(values.interpolated().words == words && values.words == evaluated, "seed \(generator.seed)")
  }

  @Test func prefixKeepsTheFirstRows() throws {
    var generator = SeededGenerator()
    let basis = try basis([20, 36, 48])
    let f: RNSPolynomial<Coefficient> = try basis.random(&generator)
    for count in 1...3 {
      let part = f.prefix(basis.prefix(count))
      #expect(part.basis.moduli == Array(basis.moduli.prefix(count)))
      #expect((0..<count).allSatisfy { part.row($0) == f.row($0) })
    }
  }

  @Test func suffixHasTheLastPrimes() throws {
    let basis = try basis([20, 36, 48])
    for count in 1...3 { #expect(basis.suffix(count).moduli == Array(basis.moduli.suffix(count))) }
  }

  @Test func wipedStorageIsCopiedOnWriteLikeAnyOther() throws {
    var generator = SeededGenerator()
    let basis = try basis([26, 48])
    let other: RNSPolynomial<Coefficient> = try basis.random(&generator)
    var original = RNSPolynomial<Coefficient>(zero: basis, isWiped: true)
    #expect(original.isZero)
    original.add(other)
    var copy = original
    copy.negate()
    #expect(original == other, "seed \(generator.seed)")
    copy.add(original)
    #expect(copy.isZero, "seed \(generator.seed)")
  }

  @Test func constantSumsAreWeightedSumsOfCoefficients() throws {
    var generator = SeededGenerator()
    let basis = try basis([20, 36, 48])
    let polynomials: [RNSPolynomial<Coefficient>] = try (0..<3).map { _ in try basis.random(&generator) }
    let integers = try polynomials.map { try basis.integers($0) }
    let limit = (Int64(1) << 47) - 1
    for count in [0, 1, 500] {
      let terms = (0..<count).map { number in
        WeightedCoefficient(
          polynomial: .random(in: 0..<3, using: &generator),
          index: .random(in: 0..<degree, using: &generator),
          weight: number == 0 ? -limit : .random(in: -limit...limit, using: &generator))
      }
      let sum = RNSPolynomial(constantSumOf: terms, over: polynomials, basis: basis)
      let expected = terms.reduce(0 as BigInteger) {
        $0 + integers[$1.polynomial][$1.index] * BigInteger(Int($1.weight))
      }
      #expect(sum == (try basis.polynomial([expected])), "\(count) terms, seed \(generator.seed)")
    }
  }

  @Test func keepingTheConstantDropsTheRest() throws {
    var generator = SeededGenerator()
    let basis = try basis([20, 48])
    var f: RNSPolynomial<Coefficient> = try basis.random(&generator)
    let constants = [f.row(0)[0], f.row(1)[0]]
    f.keepConstantCoefficient()
    for index in 0..<2 {
      #expect(f.row(index) == [constants[index]] + [UInt64](repeating: 0, count: degree - 1))
    }
  }
}

extension RNSPolynomial where Form == Coefficient {
  /// Adds the encoding of X^0 + … + X^(N−1).
  fileprivate mutating func add(encoded map: RoundingMap) {
    map.add([UInt64](repeating: 1, count: degree), to: &self)
  }
}
