import ModularArithmetic
import PolynomialRing
import Primitives
import ProcessorFeatures
import TestSupport
import Testing

/// Statistics of samplers on a fixed key stream: they come out the same in every run, so that a bound at six standard
/// deviations or at a tail of 10^-6 never fails by chance.
@Suite struct SamplingTests {
  private static let seed = (0..<32).map { UInt8($0) }

  private func stream(_ number: UInt64) throws -> RandomStream {
    RandomStream(seed: try #require(Seed(bytes: Self.seed)), stream: number)
  }

  /// The coefficients, by way of residues modulo a prime that holds them all.
  private func coefficients(_ small: borrowing SmallPolynomial) throws -> [Int64] {
    let modulus = try Modulus.primes(
      bitWidth: 48, congruentToOneModulo: UInt64(2 * small.degree), count: 1)[0]
    var polynomial = RNSPolynomial<Coefficient>(
      zero: try RNSBasis(degree: small.degree, moduli: [modulus], variant: .base))
    small.add(to: &polynomial)
    return polynomial.row(0).map(modulus.centered)
  }

  /// Σ (observed − expected)²/expected over bins; their number is the number of degrees of freedom plus one.
  private func chiSquare(_ observed: [Int], _ expected: [Double]) -> Double {
    zip(observed, expected).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) / $1.1 }
  }

  /// Whether neighbouring values of this variance are uncorrelated, to six standard deviations.
  private func neighboursAreUncorrelated(_ values: [Int64], variance: Double) -> Bool {
    let sum = zip(values, values.dropFirst()).reduce(0.0) { $0 + Double($1.0 * $1.1) }
    return abs(sum) < 6 * variance * Double(values.count).squareRoot()
  }

  @Test func ternaryCoefficientsAreUniform() throws {
    var stream = try stream(1)
    var values: [Int64] = []
    for _ in 0..<8 { values += try coefficients(.ternary(degree: 32768, from: &stream)) }
    let observed = [-1, 0, 1].map { value in values.count { $0 == value } }
    #expect(observed.reduce(0, +) == values.count)
    let third = Double(values.count) / 3
    // 2 degrees of freedom, tail 10^-6.
    #expect(chiSquare(observed, [third, third, third]) < 27.6)
    #expect(neighboursAreUncorrelated(values, variance: 2 / 3))
  }

  @Test func errorsHaveTheCentredBinomialDistribution() throws {
    var stream = try stream(2)
    var values: [Int64] = []
    for _ in 0..<8 { values += try coefficients(.error(degree: 32768, from: &stream)) }
    let count = Double(values.count)
    #expect(values.allSatisfy { $0.magnitude <= 21 })
    let mean = Double(values.reduce(0, +)) / count
    #expect(abs(mean) < 6 * (10.5 / count).squareRoot())
    // The fourth moment of a sum of 42 halves is 3σ⁴ − σ²/2, so the sample variance has variance (2σ⁴ − σ²/2)/count.
    let variance = values.reduce(0.0) { $0 + Double($1 * $1) } / count
    #expect(abs(variance - 10.5) < 6 * ((2 * 10.5 * 10.5 - 10.5 / 2) / count).squareRoot())
    // C(42, k)/2^42, the tails from ±13 on in one bin each: 27 bins, 26 degrees of freedom, tail 10^-6.
    var probability = 1.0 / Double(1 << 42)
    var observed = [Int](repeating: 0, count: 27)
    var expected = [Double](repeating: 0, count: 27)
    for k in 0...42 {
      expected[max(-13, min(13, k - 21)) + 13] += probability * count
      probability *= Double(42 - k) / Double(k + 1)
    }
    for value in values { observed[Int(max(-13, min(13, value))) + 13] += 1 }
    #expect(expected.allSatisfy { $0 > 5 })
    #expect(chiSquare(observed, expected) < 76)
    #expect(neighboursAreUncorrelated(values, variance: 10.5))
  }

  @Test func errorsAreTheSameOnEveryKernel() throws {
    for degree in [1024, 4096] {
      var outputs: [[Int64]] = []
      for variant in variants {
        var stream = try stream(3)
        outputs.append(try coefficients(.error(degree: degree, from: &stream, variant: variant)))
      }
      #expect(outputs.allSatisfy { $0 == outputs[0] })
      // And as the definition has them: 21 bits less 21 others of each word.
      var words = try self.words(degree, stream: 3)
      let low: UInt64 = (1 << 21) - 1
      words = words.map {
        UInt64(bitPattern: Int64(($0 & low).nonzeroBitCount - ($0 >> 21 & low).nonzeroBitCount))
      }
      #expect(outputs[0] == words.map { Int64(bitPattern: $0) })
    }
  }

  @Test(arguments: [1, 4, 40, 48]) func uniformIntegersFillTheirRange(bits: Int) throws {
    var stream = try stream(4)
    let values = try coefficients(.uniform(degree: 32768, bits: bits, from: &stream))
    let bound = Int64(1) << Int64(bits - 1)
    #expect(values.allSatisfy { -bound <= $0 && $0 < bound })
    // The upper bits, at most 16 bins: 15 degrees of freedom, tail 10^-6.
    let shift = max(0, bits - 4)
    var observed = [Int](repeating: 0, count: 1 << (bits - shift))
    for value in values { observed[Int((value + bound) >> Int64(shift))] += 1 }
    let expected = [Double](repeating: Double(values.count) / Double(observed.count), count: observed.count)
    #expect(chiSquare(observed, expected) < 56.5)
  }

  /// `count` words of the fixed stream, in the order the samplers take them.
  private func words(_ count: Int, stream number: UInt64) throws -> [UInt64] {
    var stream = try stream(number)
    var words = [UInt64](repeating: 0, count: count)
    unsafe words.withUnsafeMutableBytes { unsafe stream.fill($0) }
    return words
  }

  @Test func uniformElementsAreAFunctionOfTheSeed() throws {
    let primes = try moduli([14, 26, 36, 48])
    for variant in variants {
      let basis = try RNSBasis(degree: degree, moduli: primes, variant: variant)
      var stream = try stream(5)
      let element = RNSPolynomial<Evaluation>(uniform: basis, from: &stream)
      #expect(element.hasReducedResidues)
      let bytes = element.words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
      }
      let digest = SHA256.hash(bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      // Changes only with the format of every seeded ciphertext and key.
      #expect(digest == "98e2394721bcb24baed948eab84a833b279c1846a53fbda1cc053703aa697205", "\(variant)")
    }
  }

  /// Among so many words one hits the small prime itself: it must be skipped.
  @Test func uniformElementsTakeTheWordsInOrder() throws {
    let basis = try basis([14, 36])
    var hits = 0
    for number in UInt64(100)..<164 {
      var stream = try stream(number)
      let element = RNSPolynomial<Coefficient>(uniform: basis, from: &stream)
      // The rule, word by word: what is missing is drawn at once, cut, and kept where it is below the prime.
      let words = try words(8 * degree, stream: number)
      var next = 0
      for (index, modulus) in basis.moduli.enumerated() {
        var row: [UInt64] = []
        while row.count < degree {
          let missing = degree - row.count
          let candidates = words[next..<(next + missing)].map { $0 % (1 << UInt64(modulus.bitWidth)) }
          hits += candidates.count { $0 == modulus.value }
          row += candidates.filter { $0 < modulus.value }
          next += missing
        }
        #expect(element.row(index) == row)
      }
    }
    #expect(hits > 0)
  }

  @Test func uniformResiduesFillTheirRange() throws {
    let modulus = try moduli([48])[0]
    let basis = try RNSBasis(degree: degree, moduli: [modulus])
    var stream = try stream(7)
    var observed = [Int](repeating: 0, count: 64)
    for _ in 0..<128 {
      for value in RNSPolynomial<Coefficient>(uniform: basis, from: &stream).row(0) {
        observed[Int(value.multipliedFullWidth(by: 64 * (UInt64.max / modulus.value)).high)] += 1
      }
    }
    // 63 degrees of freedom, tail 10^-6.
    #expect(chiSquare(observed, [Double](repeating: 128 * 1024 / 64, count: 64)) < 128)
  }
}
