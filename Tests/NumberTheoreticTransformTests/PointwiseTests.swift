import ModularArithmetic
import NumberTheoreticTransform
import ProcessorFeatures
import TestSupport
import Testing

@Suite struct PointwiseTests {
  static let degree = 1024

  static func modulus(_ bitWidth: Int) throws -> Modulus { try prime(bitWidth: bitWidth, degree: degree) }

  /// Every operation on two rows of residues agrees with the scalar definition, in place and not.
  @Test(arguments: variants, [14] + primeSizes)
  func operationsOnResiduesAgreeWithScalars(variant: VectorVariant, bitWidth: Int) throws {
    var generator = SeededGenerator()
    let modulus = try Self.modulus(bitWidth)
    let q = modulus.value
    let ring = try ResidueRing(degree: Self.degree, modulus: modulus, variant: variant)
    let w = FixedMultiplicand(q - 1 - generator.next() % 3, modulus: modulus)
    let inputs = rows(count: Self.degree, below: q, using: &generator)
    for (aName, a) in inputs {
      for (bName, b) in inputs {
        let message: Comment = "\(aName), \(bName), seed \(generator.seed)"
        func check(
          _ run: (ResidueRing, AlignedRow, AlignedRow, AlignedRow) -> Void,
          _ expected: (UInt64, UInt64) -> UInt64
        ) {
          let wanted = zip(a, b).map(expected)
          let (x, y, r) = (AlignedRow(a), AlignedRow(b), AlignedRow(zeros: Self.degree))
          run(ring, r, x, y)
          #expect(firstDifference(r.words, wanted) == nil, message)
          #expect(firstDifference(x.words, a) == nil, message)
          #expect(firstDifference(y.words, b) == nil, message)
          run(ring, x, x, y)
          #expect(firstDifference(x.words, wanted) == nil, message)
          let (u, v) = (AlignedRow(a), AlignedRow(b))
          run(ring, v, u, v)
          #expect(firstDifference(v.words, wanted) == nil, message)
        }
        check({ unsafe $0.add($1.start, $2.start, $3.start) }, modulus.add)
        check({ unsafe $0.subtract($1.start, $2.start, $3.start) }, modulus.subtract)
        check({ unsafe $0.multiply($1.start, $2.start, $3.start) }, modulus.multiply)
        check(
          { unsafe $0.subtractMultiply($1.start, $2.start, $3.start, by: w) },
          { modulus.multiply(modulus.subtract($0, $1), w.value) })

        let accumulated = AlignedRow(b)
        let x = AlignedRow(a)
        unsafe ring.multiplyAdd(accumulated.start, x.start, x.start)
        #expect(
          firstDifference(accumulated.words, zip(a, b).map { modulus.add($1, modulus.multiply($0, $0)) })
            == nil, message)
        unsafe ring.multiplyAdd(x.start, x.start, x.start)
        #expect(firstDifference(x.words, a.map { modulus.add($0, modulus.multiply($0, $0)) }) == nil, message)
      }
      let x = AlignedRow(a)
      unsafe ring.negate(x.start, x.start)
      #expect(firstDifference(x.words, a.map(modulus.negate)) == nil, "\(aName), seed \(generator.seed)")
    }
  }

  @Test(arguments: variants, [14] + primeSizes)
  func operationsOnWideWordsAgreeWithScalars(variant: VectorVariant, bitWidth: Int) throws {
    var generator = SeededGenerator()
    let modulus = try Self.modulus(bitWidth)
    let q = modulus.value
    let ring = try ResidueRing(degree: Self.degree, modulus: modulus, variant: variant)
    let multiplicands = [0, 1, 2, q / 2, q / 2 + 1, q - 2, q - 1, generator.next() % q]
    for (name, words) in rows(count: Self.degree, below: 1 << 52, using: &generator) {
      // Values next to multiples of q, where a quotient is off first.
      var a = words
      for i in 0..<256 {
        a[i] = min((1 << 52) - 1, UInt64.random(in: 0...((1 << 52) / q), using: &generator) * q)
        a[i] = i % 2 == 0 ? a[i] : a[i] &- (a[i] > 0 ? 1 : 0)
      }
      let message: Comment = "\(name), seed \(generator.seed)"
      let x = AlignedRow(a)
      let r = AlignedRow(zeros: Self.degree)
      unsafe ring.reduce(r.start, x.start)
      let reduced = a.map { $0 % q }
      #expect(firstDifference(r.words, reduced) == nil, message)
      for value in multiplicands {
        let w = FixedMultiplicand(value, modulus: modulus)
        unsafe ring.multiply(r.start, x.start, by: w)
        let products = reduced.map { modulus.multiply($0, value) }
        #expect(firstDifference(r.words, products) == nil, message)
        unsafe ring.multiplyAdd(r.start, x.start, by: w)
        #expect(firstDifference(r.words, products.map { modulus.add($0, $0) }) == nil, message)
      }
      unsafe ring.reduce(x.start, x.start)
      #expect(firstDifference(x.words, reduced) == nil, message)
    }
  }

  @Test(arguments: variants, [14] + primeSizes)
  func centredLiftKeepsTheSignedValue(variant: VectorVariant, bitWidth: Int) throws {
    var generator = SeededGenerator()
    let modulus = try Self.modulus(bitWidth)
    let ring = try ResidueRing(degree: Self.degree, modulus: modulus, variant: variant)
    let sources =
      try primeSizes.map(Self.modulus) + [Modulus(2), Modulus(3), Modulus(1 << 20), Modulus((1 << 48) - 1)]
    for source in sources {
      let p = source.value
      var a = randomRow(count: Self.degree, below: p, using: &generator)
      for (i, x) in [0, 1, (p - 1) / 2, (p - 1) / 2 + 1, p - 1].enumerated() { a[7 * i] = x % p }
      let x = AlignedRow(a)
      unsafe ring.liftCentered(x.start, x.start, from: source)
      #expect(
        firstDifference(x.words, a.map { modulus.residue(ofSigned: source.centered($0)) }) == nil,
        "from \(p), seed \(generator.seed)")
    }
  }

  @Test(arguments: variants, [14] + primeSizes)
  func transformOfBytesIsThatOfTheirCentredLift(variant: VectorVariant, bitWidth: Int) throws {
    var generator = SeededGenerator()
    let modulus = try Self.modulus(bitWidth)
    let ring = try ResidueRing(degree: Self.degree, modulus: modulus, variant: variant)
    for source in try [2, 7, 37, 59, 127, 256].map({ try Modulus($0) }) {
      var a = randomRow(count: Self.degree, below: source.value, using: &generator)
      let r = AlignedRow(a)
      // One byte off any alignment, and one beyond the source.
      var bytes = [0] + a.map { UInt8($0) }
      bytes[8] = 255
      a[7] = source.value - 1
      unsafe bytes.withUnsafeBufferPointer { bytes in
        guard let start = bytes.baseAddress else { return }
        unsafe ring.forward(r.start, bytes: start + 1, from: source)
      }
      let expected = AlignedRow(a.map { modulus.residue(ofSigned: source.centered($0)) })
      unsafe ring.forward(expected.start)
      #expect(
        firstDifference(r.words, expected.words) == nil, "from \(source.value), seed \(generator.seed)")
    }
  }
}
