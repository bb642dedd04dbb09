import ModularArithmetic
import NumberTheoreticTransform
import ProcessorFeatures

/// Times one row's transforms and pointwise operations under a 48-bit prime.
///
/// Every operation writes what the next one reads, so that nothing can be hoisted or dropped; products and sums are
/// accumulated in place.
struct NTTBenchmark {
  /// One line of the table.
  struct Row {
    /// ntt/forward, ntt/inverse, ntt/dot (per term of 16), ntt/multiply or ntt/add.
    let name: String
    let degree: Int
    let variant: VectorVariant
    let medianMicroseconds: Double
  }

  /// How many terms a dot product has here.
  static let dotTerms = 16

  let degree: Int
  let variant: VectorVariant
  /// How many times each operation is timed.
  var samples = 200

  /// Measures all operations. Throws where no ring of this degree exists.
  func rows() throws -> [Row] {
    let modulus = try Modulus.primes(
      bitWidth: 48, congruentToOneModulo: UInt64(2 * degree), count: 1)[0]
    let ring = try ResidueRing(degree: degree, modulus: modulus, variant: variant)
    let rows = BenchmarkRows(count: 2 * Self.dotTerms, degree: degree, below: modulus.value)
    let (a, b) = unsafe (rows[0], rows[1])
    let left = unsafe UnsafeBufferPointer(rebasing: UnsafeBufferPointer(rows.readable)[..<Self.dotTerms])
    let right = unsafe UnsafeBufferPointer(rebasing: UnsafeBufferPointer(rows.readable)[Self.dotTerms...])
    return [
      row("ntt/forward", calls: 1) { unsafe ring.forward(a) },
      row("ntt/inverse", calls: 1) { unsafe ring.inverse(a) },
      row("ntt/dot", calls: Self.dotTerms) { unsafe ring.dot(a, left, right) },
      row("ntt/multiply", calls: 1) { unsafe ring.multiply(a, a, b) },
      row("ntt/add", calls: 1) { unsafe ring.add(a, a, b) },
    ]
  }

  /// The median time of one of `calls` in `body`, over samples of eight bodies each.
  private func row(_ name: String, calls: Int, _ body: () -> Void) -> Row {
    let repetitions = 8
    let clock = ContinuousClock()
    let times = (0..<samples + 20).map { _ in
      clock.measure { for _ in 0..<repetitions { body() } } / Double(repetitions * calls)
    }
    // The first ones warm the caches up.
    let median = times.dropFirst(20).sorted()[samples / 2]
    return Row(
      name: name, degree: degree, variant: variant, medianMicroseconds: median / .microseconds(1))
  }
}

/// Aligned rows of pseudorandom residues in one allocation, at the spacing that `ResidueRing` asks for.
@safe private final class BenchmarkRows {
  private let words: UnsafeMutablePointer<UInt64>
  private let spacing: Int
  /// The starts of all rows.
  let readable: UnsafeMutableBufferPointer<UnsafePointer<UInt64>>

  init(count: Int, degree: Int, below bound: UInt64) {
    spacing = ResidueRing.rowSpacing(degree: degree)
    unsafe words = UnsafeMutableRawPointer.allocate(byteCount: 8 * count * spacing, alignment: 64)
      .bindMemory(to: UInt64.self, capacity: count * spacing)
    var state: UInt64 = 88_172_645_463_325_252
    for i in 0..<count * spacing {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      unsafe (words + i).initialize(to: state % bound)
    }
    unsafe readable = .allocate(capacity: count)
    for i in 0..<count { unsafe readable.initializeElement(at: i, to: UnsafePointer(words + i * spacing)) }
  }

  deinit {
    unsafe words.deallocate()
    unsafe readable.deallocate()
  }

  subscript(i: Int) -> UnsafeMutablePointer<UInt64> { unsafe words + i * spacing }
}
