import BigIntegers
import ModularArithmetic
import PolynomialRing
import ProcessorFeatures
import TestSupport

/// The variants this processor runs.
let variants = VectorVariant.allCases.filter { $0 <= .current }

/// Bit widths of the primes of the bases under test: one small prime, mixed widths, and the sizes of the parameter
/// files up to the largest number of primes a set may have.
let shapes: [[Int]] = [
  [26], [48], [30, 48, 20], [36, 36, 37], Array(repeating: 43, count: 5), Array(repeating: 48, count: 20),
]

let degree = 1024

/// The largest distinct primes of these widths that are ≡ 1 mod 2N and not `taken`.
func moduli(_ bitWidths: [Int], avoiding taken: [Modulus] = []) throws -> [Modulus] {
  var chosen: [Modulus] = []
  for width in bitWidths {
    let refused = taken + chosen
    let candidates = try Modulus.primes(
      bitWidth: width, congruentToOneModulo: UInt64(2 * degree), count: refused.count + 1)
    chosen += candidates.filter { !refused.contains($0) }.prefix(1)
  }
  return chosen
}

func basis(_ bitWidths: [Int], avoiding taken: [Modulus] = [], variant: VectorVariant = .current) throws
  -> RNSBasis
{
  try RNSBasis(degree: degree, moduli: moduli(bitWidths, avoiding: taken), variant: variant)
}

extension RNSBasis {
  /// The same primes on other kernels.
  func on(_ variant: VectorVariant) throws -> RNSBasis {
    try RNSBasis(degree: degree, moduli: moduli, variant: variant)
  }

  /// Uniform residues.
  func randomRows(_ generator: inout SeededGenerator) -> [[UInt64]] {
    moduli.map { modulus in
      (0..<degree).map { _ in UInt64.random(in: 0..<modulus.value, using: &generator) }
    }
  }

  func random<Form>(_ generator: inout SeededGenerator, as _: Form.Type = Form.self) throws -> RNSPolynomial<
    Form
  > {
    try RNSPolynomial(rows: randomRows(&generator), basis: self)
  }

  /// The polynomial with these coefficients, of any sign and size; missing ones are zero.
  func polynomial(_ coefficients: [BigInteger]) throws -> RNSPolynomial<Coefficient> {
    try RNSPolynomial(
      rows: moduli.map { modulus in
        (0..<degree).map {
          $0 < coefficients.count ? coefficients[$0].remainder(dividingBy: modulus.value) : 0
        }
      }, basis: self)
  }

  /// The same constant in every slot of one row and zero elsewhere: a constant polynomial by its values.
  func constant(_ value: UInt64, row: Int) throws -> RNSPolynomial<Evaluation> {
    try RNSPolynomial(
      rows: moduli.indices.map { [UInt64](repeating: $0 == row ? value : 0, count: degree) }, basis: self)
  }

  /// The polynomial 1 by its values.
  func one() throws -> RNSPolynomial<Evaluation> {
    try RNSPolynomial(rows: moduli.map { _ in [UInt64](repeating: 1, count: degree) }, basis: self)
  }

  /// Every coefficient as the integer in [0, Q) with its residues, by the Chinese remainder theorem.
  func integers(_ polynomial: RNSPolynomial<Coefficient>) throws -> [BigInteger] {
    let units = try moduli.map { modulus in
      let cofactor = product / BigInteger(modulus.value)
      return cofactor * (try cofactor.inverse(modulo: BigInteger(modulus.value)))
    }
    let rows = moduli.indices.map { polynomial.row($0) }
    return (0..<degree).map { column in
      var sum: BigInteger = 0
      for (row, unit) in zip(rows, units) { sum += unit * BigInteger(row[column]) }
      return sum % product
    }
  }

  /// x with x = −Σ Q/q_i mod Q: its every scaled source is q_i − 1, the largest sums that the kernels meet.
  var largestSum: BigInteger {
    moduli.reduce(0 as BigInteger) { $0 - product / BigInteger($1.value) } % product
  }
}

extension RNSPolynomial {
  /// All residues, row after row.
  var words: [UInt64] { basis.moduli.indices.flatMap { row($0) } }
}

extension BigInteger {
  /// Uniform on [0, bound), up to a bias of 2^-64.
  static func random(below bound: BigInteger, _ generator: inout SeededGenerator) -> BigInteger {
    BigInteger(words: (0..<(bound.bitWidth / 64 + 2)).map { _ in generator.next() }) % bound
  }

  static func power(_ base: BigInteger, _ exponent: Int) -> BigInteger {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }

  /// x in [−m/2, m/2), the representative of self modulo m.
  func centred(modulo m: BigInteger) -> BigInteger {
    let x = self % m
    return x + x >= m ? x - m : x
  }

  /// Limbs of 48 bits, lowest first.
  func limbs(_ count: Int) -> [UInt64] {
    (0..<count).map { (self >> (48 * $0)).remainder(dividingBy: 1 << 48) }
  }
}

/// The roundings of numerator/denominator that a sum with `sources` terms in fixed point may give: the nearest
/// integer, ties up, and the next one where the quotient lies within sources·2^-bits of a half-integer.
func roundings(
  _ numerator: BigInteger, over denominator: BigInteger, sources: Int, bits: Int = 51
) -> [BigInteger] {
  let twice = denominator + denominator
  let nearest = (numerator + numerator + denominator) / twice
  // How far above nearest − 1/2 the quotient is, times `twice`.
  let above = numerator + numerator + denominator - twice * nearest
  let window = BigInteger(sources) * twice
  var allowed = [nearest]
  if above << bits <= window { allowed.append(nearest - 1) }
  if (twice - above) << bits <= window { allowed.append(nearest + 1) }
  return allowed
}

/// The first column in which the polynomial is none of the allowed integers, the same one in every row.
func firstMismatch(
  _ polynomial: RNSPolynomial<Coefficient>, _ allowed: (Int) -> [BigInteger]
) -> Int? {
  let moduli = polynomial.basis.moduli
  let rows = moduli.indices.map { polynomial.row($0) }
  return (0..<degree).first { column in
    !allowed(column).contains { candidate in
      zip(rows, moduli).allSatisfy { row, modulus in
        row[column] == candidate.remainder(dividingBy: modulus.value)
      }
    }
  }
}
