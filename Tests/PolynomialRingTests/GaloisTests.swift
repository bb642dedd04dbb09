import BigIntegers
import ModularArithmetic
import PolynomialRing
import TestSupport
import Testing

@Suite struct GaloisTests {
  private func element(_ exponent: Int) throws -> GaloisElement {
    try GaloisElement(exponent: exponent, degree: degree)
  }

  private func randomElement(_ generator: inout SeededGenerator) throws -> GaloisElement {
    try element(2 * Int.random(in: 0..<degree, using: &generator) + 1)
  }

  /// Σ_k f_k·X^(k·g), term by term, where X^N = −1.
  private func substituted(_ row: [UInt64], _ exponent: Int, _ modulus: Modulus) -> [UInt64] {
    var result = [UInt64](repeating: 0, count: row.count)
    for (k, value) in row.enumerated() {
      let position = k * exponent % (2 * row.count)
      result[position % row.count] = position < row.count ? value : modulus.negate(value)
    }
    return result
  }

  @Test func substitutionMovesEveryCoefficient() throws {
    var generator = SeededGenerator()
    let basis = try basis([26, 48])
    let f: RNSPolynomial<Coefficient> = try basis.random(&generator)
    for exponent in [1, 3, 5, degree - 1, degree + 1, 2 * degree - 1] {
      let image = f.substituting(power: try element(exponent))
      for (index, modulus) in basis.moduli.enumerated() {
        #expect(
          image.row(index) == substituted(f.row(index), exponent, modulus),
          "\(exponent), seed \(generator.seed)")
      }
    }
  }

  @Test(arguments: 0..<8) func substitutionCommutesWithTheTransform(_: Int) throws {
    var generator = SeededGenerator()
    for variant in variants {
      let basis = try basis([26, 36, 48], variant: variant)
      let f: RNSPolynomial<Coefficient> = try basis.random(&generator)
      let g = try randomElement(&generator)
      #expect(
        f.substituting(power: g).evaluated() == f.evaluated().substituting(power: g),
        "\(g.exponent), \(variant), seed \(generator.seed)")
    }
  }

  @Test(arguments: 0..<8) func substitutionsFormAGroup(_: Int) throws {
    var generator = SeededGenerator()
    let basis = try basis([26, 48])
    let f: RNSPolynomial<Coefficient> = try basis.random(&generator)
    let (g, h) = (try randomElement(&generator), try randomElement(&generator))
    let product = try element(g.exponent * h.exponent % (2 * degree))
    let seed: Comment = "\(g.exponent), \(h.exponent), seed \(generator.seed)"
    #expect(f.substituting(power: g).substituting(power: h) == f.substituting(power: product), seed)
    #expect(f.substituting(power: try element(1)) == f, seed)
    let values = f.evaluated()
    #expect(values.substituting(power: g).substituting(power: h) == values.substituting(power: product), seed)
    #expect(values.substituting(power: try element(1)) == values, seed)
  }

  @Test func substitutionIsMultiplicative() throws {
    var generator = SeededGenerator()
    let basis = try basis([36, 48])
    let (a, b): (RNSPolynomial<Evaluation>, RNSPolynomial<Evaluation>) =
      (try basis.random(&generator), try basis.random(&generator))
    let g = try randomElement(&generator)
    #expect(
      RNSPolynomial(product: a, b).substituting(power: g)
        == RNSPolynomial(product: a.substituting(power: g), b.substituting(power: g)),
      "\(g.exponent), seed \(generator.seed)")
  }

  @Test func rotationsHaveTheOrderOfARow() throws {
    let rows = degree / 2
    #expect(GaloisElement.rotatingRows(by: 0, degree: degree).exponent == 1)
    #expect(GaloisElement.rotatingRows(by: 1, degree: degree).exponent == 3)
    #expect(GaloisElement.rotatingRows(by: rows, degree: degree).exponent == 1)
    let all = (0..<rows).map { GaloisElement.rotatingRows(by: $0, degree: degree) }
    #expect(Set(all).count == rows)
    let swap = GaloisElement.swappingRows(degree: degree)
    #expect(swap.exponent * swap.exponent % (2 * degree) == 1)
    // Rotations and the exchange make up the whole group.
    #expect(Set(all.map(\.exponent) + all.map { 2 * degree - $0.exponent }).count == degree)
    for steps in [1, 2, 100, rows - 1] {
      let there = GaloisElement.rotatingRows(by: steps, degree: degree)
      for other in [-steps, rows - steps, -steps - 3 * rows] {
        let back = GaloisElement.rotatingRows(by: other, degree: degree)
        #expect(there.exponent * back.exponent % (2 * degree) == 1, "\(steps) and \(other)")
      }
    }
  }

  @Test func expansionElementsAreTheOnesOfSealPIR() {
    for level in 0..<10 {
      #expect(GaloisElement.expansion(level: level, degree: degree).exponent == degree >> level + 1)
    }
  }

  @Test func evenAndForeignExponentsAreRefused() {
    for exponent in [-1, 0, 2, degree, 2 * degree, 2 * degree + 1, .max, .min] {
      #expect(throws: PolynomialRingError.invalidCoefficients) { try element(exponent) }
    }
  }

  @Test func monomialsShiftAndWrapWithASign() throws {
    var generator = SeededGenerator()
    let basis = try basis([26, 48])
    let f: RNSPolynomial<Coefficient> = try basis.random(&generator)
    for power in [
      0, 1, 5, degree - 1, degree, degree + 7, 2 * degree - 1, 2 * degree, -1, -degree, -3 * degree - 2,
    ] {
      let remainder = ((power % (2 * degree)) + 2 * degree) % (2 * degree)
      var monomial = [BigInteger](repeating: 0, count: degree)
      monomial[remainder % degree] = remainder < degree ? 1 : -1
      let product = RNSPolynomial(product: f.evaluated(), try basis.polynomial(monomial).evaluated())
      #expect(f.multiplied(byMonomial: power) == product.interpolated(), "\(power), seed \(generator.seed)")
    }
  }
}
