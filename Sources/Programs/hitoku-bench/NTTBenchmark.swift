import ModularArithmetic
import NumberTheoreticTransform
import ProcessorFeatures

/// Times one row's transforms and pointwise operations under a 48-bit prime.
///
/// Every operation writes what the next one reads, so that nothing can be hoisted or dropped; the rows that stream
/// through an operation are as many as it has operands and results.
struct NTTBenchmark {
  /// How many terms a dot product has here.
  static let dotTerms = 16

  let degree: Int
  let variant: VectorVariant
  var stopwatch = Stopwatch(budget: .milliseconds(100))

  /// Measures all operations. Throws where no ring of this degree exists.
  func rows() throws -> [BenchmarkRow] {
    let modulus = try Modulus.primes(
      bitWidth: 48, congruentToOneModulo: UInt64(2 * degree), count: 1)[0]
    let ring = try ResidueRing(degree: degree, modulus: modulus, variant: variant)
    let rows = BenchmarkRows(count: 2 * Self.dotTerms, degree: degree, below: modulus.value)
    let (a, b, c) = unsafe (rows[0], rows[1], rows[2])
    let left = unsafe UnsafeBufferPointer(rebasing: UnsafeBufferPointer(rows.readable)[..<Self.dotTerms])
    let right = unsafe UnsafeBufferPointer(rebasing: UnsafeBufferPointer(rows.readable)[Self.dotTerms...])
    return [
      row("ntt/forward", calls: 1) { unsafe ring.forward(a) },
      row("ntt/inverse", calls: 1) { unsafe ring.inverse(a) },
      row("ntt/dot", calls: Self.dotTerms) { unsafe ring.dot(a, left, right) },
      row("ntt/multiply", calls: 3) {
        unsafe ring.multiply(c, a, b)
        unsafe ring.multiply(a, b, c)
        unsafe ring.multiply(b, c, a)
      },
      row("ntt/add", calls: 3) {
        unsafe ring.add(c, a, b)
        unsafe ring.add(a, b, c)
        unsafe ring.add(b, c, a)
      },
    ]
  }

  private func row(_ name: String, calls: Int, _ body: () -> Void) -> BenchmarkRow {
    BenchmarkRow(
      name: name, size: degree, primes: 1, variant: variant,
      microseconds: stopwatch.median(calls: calls, body), bytes: 0)
  }
}

/// Neighbouring aligned rows of pseudorandom residues.
@safe private final class BenchmarkRows {
  private let words: UnsafeMutablePointer<UInt64>
  private let degree: Int
  /// The starts of all rows.
  let readable: UnsafeMutableBufferPointer<UnsafePointer<UInt64>>

  init(count: Int, degree: Int, below bound: UInt64) {
    self.degree = degree
    unsafe words = UnsafeMutableRawPointer.allocate(byteCount: 8 * count * (degree + 72), alignment: 64)
      .bindMemory(to: UInt64.self, capacity: count * degree)
    var state: UInt64 = 88_172_645_463_325_252
    for i in 0..<count * (degree + 72) {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      unsafe (words + i).initialize(to: state % bound)
    }
    unsafe readable = .allocate(capacity: count)
    for i in 0..<count {
      unsafe readable.initializeElement(at: i, to: UnsafePointer(words + i * (degree + 72)))
    }
  }

  deinit {
    unsafe words.deallocate()
    unsafe readable.deallocate()
  }

  subscript(i: Int) -> UnsafeMutablePointer<UInt64> { unsafe words + i * (degree + 72) }
}
