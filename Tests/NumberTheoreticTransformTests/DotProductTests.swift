import ModularArithmetic
import NumberTheoreticTransform
import ProcessorFeatures
import TestSupport
import Testing

@Suite struct DotProductTests {
  static let degree = 1024

  /// Runs `dot` and `dotAdd` on rows given by index.
  func check(
    _ ring: ResidueRing, terms: Int, distinct: [AlignedRow], _ message: Comment
  ) {
    let modulus = ring.modulus
    let a = (0..<terms).map { distinct[$0 % distinct.count] }
    let b = (0..<terms).map { distinct[($0 + $0 / distinct.count + 1) % distinct.count] }
    let values = distinct.map(\.words)
    var wanted = [UInt64](repeating: 0, count: Self.degree)
    for k in 0..<terms {
      let (x, y) = (k % distinct.count, (k + k / distinct.count + 1) % distinct.count)
      for i in 0..<Self.degree {
        wanted[i] = modulus.add(wanted[i], modulus.multiply(values[x][i], values[y][i]))
      }
    }
    let r = AlignedRow(zeros: Self.degree)
    unsafe withRows(a, b) { unsafe ring.dot(r.start, $0, $1) }
    #expect(firstDifference(r.words, wanted) == nil, message)
    let s = AlignedRow(values[0])
    unsafe withRows(a, b) { unsafe ring.dotAdd(s.start, $0, $1) }
    #expect(firstDifference(s.words, zip(values[0], wanted).map(modulus.add)) == nil, message)
    // The result in place of an operand, last: it changes a distinct row.
    unsafe withRows(a, b) { unsafe ring.dot(a[0].start, $0, $1) }
    #expect(firstDifference(a[0].words, wanted) == nil, message)
  }

  func withRows(
    _ a: [AlignedRow], _ b: [AlignedRow],
    _ body: (UnsafeBufferPointer<UnsafePointer<UInt64>>, UnsafeBufferPointer<UnsafePointer<UInt64>>) -> Void
  ) {
    let x = unsafe a.map { unsafe UnsafePointer($0.start) }
    let y = unsafe b.map { unsafe UnsafePointer($0.start) }
    unsafe x.withUnsafeBufferPointer { x in unsafe y.withUnsafeBufferPointer { y in unsafe body(x, y) } }
  }

  @Test(arguments: variants, [1, 2, 23, 24, 25, 255, 256, 257, 300])
  func dotOfLargestResiduesIsExact(variant: VectorVariant, terms: Int) throws {
    for bitWidth in [20, 47, 48] {
      let modulus = try prime(bitWidth: bitWidth, degree: Self.degree)
      let ring = try ResidueRing(degree: Self.degree, modulus: modulus, variant: variant)
      let row = AlignedRow([UInt64](repeating: modulus.value - 1, count: Self.degree))
      check(ring, terms: terms, distinct: [row], "\(bitWidth) bits, \(terms) terms")
    }
  }

  @Test(arguments: variants, [1, 3, 16, 100, 600])
  func dotAgreesWithScalars(variant: VectorVariant, terms: Int) throws {
    var generator = SeededGenerator()
    for bitWidth in primeSizes {
      let modulus = try prime(bitWidth: bitWidth, degree: Self.degree)
      let ring = try ResidueRing(degree: Self.degree, modulus: modulus, variant: variant)
      let distinct = (0..<5).map { _ in
        AlignedRow(randomRow(count: Self.degree, below: modulus.value, using: &generator))
      }
      check(ring, terms: terms, distinct: distinct, "\(bitWidth) bits, seed \(generator.seed)")
    }
  }

  @Test(arguments: variants)
  func longSumsOfSmallModuliAreSplit(variant: VectorVariant) throws {
    let modulus = try prime(bitWidth: 20, degree: Self.degree)
    let ring = try ResidueRing(degree: Self.degree, modulus: modulus, variant: variant)
    let row = AlignedRow([UInt64](repeating: modulus.value - 1, count: Self.degree))
    check(ring, terms: 4097, distinct: [row], "4097 terms")
  }

  /// Products whose low 52 bits are all ones fill a 64-bit accumulator of low parts after 4096 terms.
  @Test(arguments: variants)
  func lowPartsDoNotOverflow(variant: VectorVariant) throws {
    var generator = SeededGenerator()
    let modulus = try prime(bitWidth: 45, degree: Self.degree)
    let ring = try ResidueRing(degree: Self.degree, modulus: modulus, variant: variant)
    var (x, y): (UInt64, UInt64)
    repeat {
      x = UInt64.random(in: 0..<modulus.value, using: &generator) | 1
      var inverse = x
      for _ in 0..<6 { inverse &*= 2 &- x &* inverse }
      y = (0 &- inverse) & ((1 << 52) - 1)
    } while x >= modulus.value || y >= modulus.value
    let rows = [x, y].map { AlignedRow([UInt64](repeating: $0, count: Self.degree)) }
    let r = AlignedRow([UInt64](repeating: modulus.value - 1, count: Self.degree))
    let terms = 4097
    let a = [AlignedRow](repeating: rows[0], count: terms)
    let b = [AlignedRow](repeating: rows[1], count: terms)
    unsafe withRows(a, b) { unsafe ring.dotAdd(r.start, $0, $1) }
    let sum = modulus.multiply(modulus.multiply(x, y), UInt64(terms))
    let wanted = [UInt64](repeating: modulus.add(modulus.value - 1, sum), count: Self.degree)
    #expect(firstDifference(r.words, wanted) == nil, "\(x), \(y), seed \(generator.seed)")
  }
}
