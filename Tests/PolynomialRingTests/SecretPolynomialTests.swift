import ModularArithmetic
import PolynomialRing
import Primitives
import TestSupport
import Testing

/// Secrets against the same operations on plain polynomials.
@Suite struct SecretPolynomialTests {
  private func stream(_ number: UInt64) throws -> RandomStream {
    RandomStream(seed: try #require(Seed(bytes: [UInt8](repeating: 7, count: 32))), stream: number)
  }

  /// A fixed secret, and the same element in the open.
  private func withSecret(
    _ basis: RNSBasis, stream number: UInt64,
    _ body: (borrowing SecretPolynomial, RNSPolynomial<Evaluation>) throws -> Void
  ) throws {
    var stream = try stream(number)
    let small = SmallPolynomial.uniform(degree: degree, bits: 48, from: &stream)
    var open = RNSPolynomial<Coefficient>(zero: basis)
    small.add(to: &open)
    try body(SecretPolynomial(small, basis: basis), open.evaluated())
  }

  /// s·1: the secret in the open.
  private func opened(_ secret: borrowing SecretPolynomial, _ basis: RNSBasis) throws -> RNSPolynomial<
    Evaluation
  > {
    var one = try basis.one()
    secret.multiply(into: &one)
    return one
  }

  @Test func operationsAgreeWithPlainPolynomials() throws {
    for variant in variants {
      let basis = try basis([14, 36, 48], variant: variant)
      try withSecret(basis, stream: 0) { s, plain in
        #expect(try opened(s, basis) == plain)
        let element = GaloisElement.rotatingRows(by: 3, degree: degree)
        #expect(try opened(s.substituting(power: element), basis) == plain.substituting(power: element))
        try withSecret(basis, stream: 1) { t, other in
          let product = try opened(.product(s, t), basis)
          #expect(product == RNSPolynomial(product: plain, other))
        }
        // Lower levels use the secret's first rows, or any of them.
        let some = RNSBasis(rings: [basis.rings[2], basis.rings[0]])
        #expect(try opened(s, some) == RNSPolynomial(rows: [plain.row(2), plain.row(0)], basis: some))
      }
    }
  }

  @Test func addedProductsAreThoseOfPlainPolynomials() throws {
    var generator = SeededGenerator()
    for variant in variants {
      let basis = try basis([14, 36, 48], variant: variant)
      // The target's primes are some of the secret's, in another order.
      let some = RNSBasis(rings: [basis.rings[2], basis.rings[0]])
      try withSecret(basis, stream: 3) { s, plain in
        let factor: RNSPolynomial<Evaluation> = try some.random(&generator)
        let before: RNSPolynomial<Evaluation> = try some.random(&generator)
        var after = before
        s.addProduct(with: factor, to: &after)
        var expected = RNSPolynomial(
          product: factor, try RNSPolynomial(rows: [plain.row(2), plain.row(0)], basis: some))
        expected.add(before)
        #expect(after == expected, "\(variant), seed \(generator.seed)")
      }
    }
  }

  @Test func constantMultiplesGoToOneRow() throws {
    var generator = SeededGenerator()
    let basis = try basis([14, 36, 48])
    try withSecret(basis, stream: 2) { s, plain in
      for index in 0..<3 {
        let before: RNSPolynomial<Evaluation> = try basis.random(&generator)
        var after = before
        let modulus = basis.moduli[index]
        let constant = UInt64.random(in: 0..<modulus.value, using: &generator)
        s.add(times: FixedMultiplicand(constant, modulus: modulus), toRow: index, of: &after)
        for row in 0..<3 {
          let expected = zip(before.row(row), plain.row(row)).map {
            row == index ? modulus.add($0, modulus.multiply($1, constant)) : $0
          }
          #expect(after.row(row) == expected, "row \(row), seed \(generator.seed)")
        }
      }
    }
  }
}
