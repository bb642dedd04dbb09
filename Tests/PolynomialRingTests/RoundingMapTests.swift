import BigIntegers
import ModularArithmetic
import PolynomialRing
import TestSupport
import Testing

/// Every map against exact integers, on random coefficients and on those where roundings and sums are at their
/// extremes.
@Suite struct RoundingMapTests {
  /// Zero, ±1, the middle of the range with its surroundings inside and outside of the rounding window, the largest sum,
  /// and random integers modulo the product of the basis.
  private func extensionInputs(_ basis: RNSBasis, _ generator: inout SeededGenerator) -> [BigInteger] {
    let q = basis.product
    let half = q / 2
    var special: [BigInteger] = [0, 1, q - 1, half, half + 1, half - 1, half + 2, basis.largestSum]
    for steps in [1, 3, basis.count, 4 * basis.count, 100 * basis.count] {
      let distance = (q * BigInteger(steps)) >> 52
      special += [half + distance, half - distance]
    }
    return special + (special.count..<degree).map { _ in .random(below: q, &generator) }
  }

  @Test(arguments: shapes)
  func centredExtensionIsTheCentredRepresentative(shape: [Int]) throws {
    var generator = SeededGenerator()
    let source = try basis(shape)
    let target = try basis([48, 47, 33, 22, 48], avoiding: source.moduli)
    let inputs = extensionInputs(source, &generator)
    let polynomial = try source.polynomial(inputs)
    let map = RoundingMap.centredExtension(from: source, to: target)
    let q = source.product
    let allowed = { (column: Int) -> [BigInteger] in
      // x − R·Q for every rounding R of x/Q that is allowed.
      roundings(inputs[column], over: q, sources: source.count).map { inputs[column] - $0 * q }
    }
    #expect(firstMismatch(map(polynomial, to: target), allowed) == nil, "seed \(generator.seed)")
    let joined = source.joined(with: target)
    let extended = map.extend(polynomial, to: joined)
    #expect(firstMismatch(try extended.withoutFirst(source.count, target), allowed) == nil)
    #expect(extended.prefix(source) == polynomial)
  }

  @Test(arguments: shapes, ["2", "0xfc001", "0x1000000000000000000000000000000000000001"])
  func productScalingIsTheRoundedQuotient(shape: [Int], plaintextModulus: String) throws {
    var generator = SeededGenerator()
    let t = try #require(BigInteger(literal: plaintextModulus))
    let source = try basis(shape)
    let bits = source.product.bitWidth + t.bitWidth + 13
    let auxiliary = try basis(Array(repeating: 48, count: (bits + 46) / 47), avoiding: source.moduli)
    let joined = source.joined(with: auxiliary)
    let q = source.product
    // What a tensor product of centred elements can be: |x| ≤ N·Q²/2.
    let range = q * q * BigInteger(degree)
    var inputs: [BigInteger] = [0, 1, -1, range / 2, -(range / 2), q / (t + t), q / 2, -(q / 2)]
    inputs += (0..<64).map { _ in
      // Next to a half-integer of t·x/Q.
      (BigInteger.random(below: range, &generator) / q * q - range / 2) / t + q / (t + t)
    }
    inputs += (inputs.count..<degree).map { _ in .random(below: range, &generator) - range / 2 }
    let map = RoundingMap.productScaling(by: t, from: source, auxiliary: auxiliary)
    let scaled = map.scale(try joined.polynomial(inputs), to: auxiliary)
    let mismatch = firstMismatch(scaled) { roundings(t * inputs[$0], over: q, sources: source.count) }
    #expect(mismatch == nil, "seed \(generator.seed)")
  }

  @Test(arguments: shapes)
  func divisionByThePrimeIsExact(shape: [Int]) throws {
    var generator = SeededGenerator()
    let kept = try basis(shape)
    for width in [20, 36, 48] {
      let last = try basis([width], avoiding: kept.moduli)
      let joined = kept.joined(with: last)
      let p = last.product
      var inputs: [BigInteger] = [
        0, 1, -1, p / 2, p / 2 + 1, -(p / 2), -(p / 2) - 1, p, p - 1, joined.product / 2,
      ]
      inputs += (inputs.count..<degree).map { _ in .random(below: joined.product, &generator) }
      let polynomial = try joined.polynomial(inputs)
      for variant in variants {
        let basis = try kept.on(variant)
        let map = RoundingMap.division(by: last.moduli[0], kept: basis)
        let quotient = map.divideByLast(polynomial, to: basis)
        // p is odd, so that no quotient is nearer than 2^-49 to a half-integer.
        let mismatch = firstMismatch(quotient) { [(inputs[$0] + inputs[$0] + p) / (p + p)] }
        #expect(mismatch == nil, "\(variant), \(width) bits, seed \(generator.seed)")
      }
    }
  }

  @Test(arguments: PlaintextModulus.all)
  func encodingAddsTheRoundedMultiple(modulus: PlaintextModulus) throws {
    var generator = SeededGenerator()
    let t = modulus.value
    for shape in shapes {
      let target = try basis(shape)
      let q = target.product
      let inputs = modulus.inputs(&generator)
      let before: RNSPolynomial<Coefficient> = try target.random(&generator)
      var after = before
      let map = RoundingMap.encodingAdded(from: t, to: target)
      map.add(modulus.limbRows(inputs), to: &after)
      after.subtract(before)
      let mismatch = firstMismatch(after) { roundings(q * inputs[$0], over: t, sources: modulus.limbCount) }
      #expect(mismatch == nil, "\(shape), seed \(generator.seed)")
    }
  }

  @Test(arguments: PlaintextModulus.all)
  func centredLiftIsTheCentredRepresentative(modulus: PlaintextModulus) throws {
    var generator = SeededGenerator()
    let t = modulus.value
    for shape in shapes {
      let target = try basis(shape)
      let inputs = modulus.inputs(&generator)
      let lifted = RoundingMap.centredLift(from: t, to: target).map(modulus.limbRows(inputs), to: target)
      let mismatch = firstMismatch(lifted) { column in
        roundings(inputs[column], over: t, sources: modulus.limbCount).map { inputs[column] - $0 * t }
      }
      #expect(mismatch == nil, "\(shape), seed \(generator.seed)")
    }
  }
}

extension RNSPolynomial where Form == Coefficient {
  /// The rows behind the first `count`.
  fileprivate func withoutFirst(_ count: Int, _ target: RNSBasis) throws -> RNSPolynomial {
    try RNSPolynomial(rows: (count..<basis.count).map { row($0) }, basis: target)
  }
}
