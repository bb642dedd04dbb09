import BigIntegers
import ModularArithmetic
import PolynomialRing
import TestSupport
import Testing

/// What stands between bytes from outside and the kernels.
@Suite struct ResidueCheckTests {
  /// The polynomial with one residue replaced, unchecked, as a decoder writes it.
  private func polynomial(_ basis: RNSBasis, row: Int, column: Int, residue: UInt64) -> RNSPolynomial<
    Coefficient
  > {
    var index = 0
    return RNSPolynomial(basis: basis) { words, modulus in
      for k in 0..<words.count { words[k] = UInt64(k) % modulus.value }
      if index == row { words[column] = residue }
      index += 1
    }
  }

  @Test func everyResidueFromThePrimeOnIsFound() throws {
    let basis = try basis([14, 26, 36, 48])
    for (row, modulus) in basis.moduli.enumerated() {
      let q = modulus.value
      let top: UInt64 = 1 << 63
      let excessive: [UInt64] = [
        q, q + 1, 2 * q, (1 << UInt64(modulus.bitWidth)) - 1, 1 << 48, top - 1, top, top + 1, top + q - 1,
        top + q, .max - q, .max - 1, .max,
      ]
      for column in [0, 1, 511, degree - 1] {
        for residue in excessive {
          let found = polynomial(basis, row: row, column: column, residue: residue)
          #expect(!found.hasReducedResidues, "\(residue) in row \(row)")
        }
        for residue in [0, 1, q / 2, q - 2, q - 1] {
          #expect(polynomial(basis, row: row, column: column, residue: residue).hasReducedResidues)
        }
      }
    }
  }

  @Test func zeroIsAllZeroWords() throws {
    let basis = try basis([14, 48])
    #expect(RNSPolynomial<Coefficient>(zero: basis).isZero)
    for (row, modulus) in basis.moduli.enumerated() {
      for column in [0, 1, 511, degree - 1] {
        for value in [1, modulus.value - 1] {
          var rows = basis.moduli.map { _ in [UInt64](repeating: 0, count: degree) }
          rows[row][column] = value
          #expect(try !RNSPolynomial<Evaluation>(rows: rows, basis: basis).isZero)
        }
      }
    }
  }

  @Test func rowsFromOutsideAreChecked() throws {
    let basis = try basis([26, 48])
    let good = basis.moduli.map { [UInt64](repeating: $0.value - 1, count: degree) }
    #expect(try RNSPolynomial<Coefficient>(rows: good, basis: basis).words == good.flatMap { $0 })
    for (row, modulus) in basis.moduli.enumerated() {
      for value in [modulus.value, .max] {
        var bad = good
        bad[row][degree - 1] = value
        #expect(throws: PolynomialRingError.residueOutOfRange) {
          try RNSPolynomial<Coefficient>(rows: bad, basis: basis)
        }
      }
    }
    for shape in [
      [], [good[0]], good + [good[0]], [good[0], Array(good[1].dropLast())], [good[0], good[1] + [0]],
    ] {
      #expect(throws: PolynomialRingError.invalidCoefficients) {
        try RNSPolynomial<Coefficient>(rows: shape, basis: basis)
      }
    }
  }

  @Test func unsuitableBasesAreRefused() throws {
    let good = try moduli([26, 48])
    let composite = try Modulus(2048 * 4096 + 1)
    let lacking = try Modulus(1_000_003)
    for primes in [[], [good[0], good[0]], [composite], [good[0], lacking]] {
      #expect(throws: PolynomialRingError.invalidBasis) { try RNSBasis(degree: degree, moduli: primes) }
    }
    for degree in [0, 512, 1000, 65536] {
      #expect(throws: PolynomialRingError.invalidBasis) { try RNSBasis(degree: degree, moduli: good) }
    }
    #expect(try RNSBasis(degree: degree, moduli: good).isSame(as: RNSBasis(degree: degree, moduli: good)))
    #expect(
      try !RNSBasis(degree: degree, moduli: good).isSame(
        as: RNSBasis(degree: degree, moduli: good.reversed())))
  }

  @Test func rowsAreHandedOutWithTheirPrimes() throws {
    var generator = SeededGenerator()
    let basis = try basis([14, 26, 48])
    let f: RNSPolynomial<Evaluation> = try basis.random(&generator)
    var seen: [Modulus] = []
    f.forEachRow { row, modulus in
      let words = f.row(seen.count)
      #expect(row.count == degree && row.indices.allSatisfy { row[$0] == words[$0] })
      seen.append(modulus)
    }
    #expect(seen == basis.moduli)
  }
}
