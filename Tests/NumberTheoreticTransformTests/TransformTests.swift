import ModularArithmetic
import NumberTheoreticTransform
import ProcessorFeatures
import TestSupport
import Testing

@Suite struct TransformTests {
  @Test(arguments: variants)
  func forwardEvaluatesAtOddPowersInBitReversedOrder(variant: VectorVariant) throws {
    var generator = SeededGenerator()
    for degree in [1024, 2048] {
      let modulus = try prime(bitWidth: 48, degree: degree)
      let ring = try ResidueRing(degree: degree, modulus: modulus, variant: variant)
      let coefficients = randomRow(count: degree, below: modulus.value, using: &generator)
      let row = AlignedRow(coefficients)
      unsafe ring.forward(row.start)
      let values = row.words
      let bits = degree.trailingZeroBitCount
      for i in Array(0..<40) + [degree / 2, degree - 1] {
        let reversed = (0..<bits).reduce(0) { $0 | (i >> $1 & 1) << (bits - 1 - $1) }
        let point = modulus.power(ring.root, variableTimeExponent: UInt64(2 * reversed + 1))
        let expected = coefficients.reversed().reduce(UInt64(0)) {
          modulus.add(modulus.multiply($0, point), $1)
        }
        #expect(values[i] == expected, "slot \(i) of \(degree), seed \(generator.seed)")
      }
    }
  }

  @Test(arguments: variants)
  func pointwiseProductIsNegacyclicProduct(variant: VectorVariant) throws {
    var generator = SeededGenerator()
    let degree = 1024
    for bitWidth in [14, 26, 48] {
      let modulus = try prime(bitWidth: bitWidth, degree: degree)
      let ring = try ResidueRing(degree: degree, modulus: modulus, variant: variant)
      let a = randomRow(count: degree, below: modulus.value, using: &generator)
      let b = randomRow(count: degree, below: modulus.value, using: &generator)
      let (x, y) = (AlignedRow(a), AlignedRow(b))
      unsafe ring.forward(x.start)
      unsafe ring.forward(y.start)
      unsafe ring.multiply(x.start, x.start, y.start)
      unsafe ring.inverse(x.start)
      #expect(
        firstDifference(x.words, negacyclicProduct(a, b, modulus)) == nil,
        "\(bitWidth) bits, seed \(generator.seed)")
    }
  }

  @Test(arguments: degrees, primeSizes)
  func inverseUndoesForwardAndVariantsAgree(degree: Int, bitWidth: Int) throws {
    var generator = SeededGenerator()
    let modulus = try prime(bitWidth: bitWidth, degree: degree)
    let rings = try variants.map { try ResidueRing(degree: degree, modulus: modulus, variant: $0) }
    for (name, words) in rows(count: degree, below: modulus.value, using: &generator) {
      var forward: [UInt64]?
      var inverse: [UInt64]?
      for ring in rings {
        let message: Comment = "\(name), \(ring.variant), \(bitWidth) bits, seed \(generator.seed)"
        let row = AlignedRow(words)
        unsafe ring.forward(row.start)
        let values = row.words
        #expect(values.allSatisfy { $0 < modulus.value }, message)
        #expect(firstDifference(values, forward ?? values) == nil, message)
        forward = values
        unsafe ring.inverse(row.start)
        #expect(firstDifference(row.words, words) == nil, message)

        // The same row as evaluations: the extremes must pass the inverse, too.
        let evaluations = AlignedRow(words)
        unsafe ring.inverse(evaluations.start)
        let coefficients = evaluations.words
        #expect(coefficients.allSatisfy { $0 < modulus.value }, message)
        #expect(firstDifference(coefficients, inverse ?? coefficients) == nil, message)
        inverse = coefficients
      }
    }
  }

  @Test func unsuitableArgumentsAreRefused() throws {
    let fit = try prime(bitWidth: 30, degree: 1024)
    for degree in [-1, 0, 512, 1025, 3072, 65536] {
      #expect(throws: TransformError.unsupportedDegree) { try ResidueRing(degree: degree, modulus: fit) }
    }
    let composite = try Modulus(2048 * 4096 + 1)
    #expect(!composite.isPrime)
    #expect(throws: TransformError.notPrime) { try ResidueRing(degree: 1024, modulus: composite) }
    let other = try Modulus.primes(bitWidth: 30, congruentToOneModulo: 1024, count: 40).first {
      ($0.value - 1) % 2048 != 0
    }
    #expect(throws: TransformError.noRootOfUnity) {
      try ResidueRing(degree: 1024, modulus: #require(other))
    }
  }

  @Test func rootIsTheSmallestOne() throws {
    let modulus = try prime(bitWidth: 26, degree: 1024)
    let ring = try ResidueRing(degree: 1024, modulus: modulus, variant: .base)
    let smallest = (1..<modulus.value).first {
      modulus.power($0, variableTimeExponent: 1024) == modulus.value - 1
    }
    #expect(ring.root == smallest)
  }
}

/// a·b mod (X^N + 1, q), by the definition.
private func negacyclicProduct(_ a: [UInt64], _ b: [UInt64], _ modulus: Modulus) -> [UInt64] {
  var product = [UInt64](repeating: 0, count: a.count)
  for (i, x) in a.enumerated() {
    for (j, y) in b.enumerated() {
      let term = modulus.multiply(x, y)
      let wraps = i + j >= a.count
      let k = wraps ? i + j - a.count : i + j
      product[k] = wraps ? modulus.subtract(product[k], term) : modulus.add(product[k], term)
    }
  }
  return product
}
