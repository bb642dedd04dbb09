import ModularArithmetic
import _Builtin_intrinsics.intel

/// The lanes of this target.
typealias Lanes = DoubleLanes

@inline(__always) func words(_ a: SIMD4<Double>) -> SIMD4<UInt64> { unsafeBitCast(a, to: SIMD4<UInt64>.self) }
@inline(__always) func doubles(_ a: SIMD4<UInt64>) -> SIMD4<Double> {
  unsafeBitCast(a, to: SIMD4<Double>.self)
}

/// Four lanes of exact integers in doubles, on AVX2 with FMA.
///
/// A product y·w is the pair h = fl(y·w), l = y·w − h of which FMA gives l exactly (Dekker); k = round(y·w/q) is
/// off by less than 5/8 from y·w/q; h − k·q is an integer below 2^53 and therefore exact, too. (The prime field
/// arithmetic of van der Hoeven, Lecerf and Quintin, "Modular SIMD arithmetic in Mathemagic", 2016, section 3.)
/// Lazy values are signed.
enum DoubleLanes {
  typealias Scalar = Double
  typealias Vector = SIMD4<Double>
  typealias Words = SIMD4<UInt64>

  /// q as a word and as a double, and 1/q. A tuple, since a struct would come with shared weak helpers.
  typealias Constants = (q: UInt64, modulus: Double, reciprocal: Double)

  /// Adding 1.5·2^52 and subtracting it again rounds to an integer; in between, the low bits of the pattern
  /// hold that integer in two's complement.
  @inline(__always) static var rounder: Vector { Vector(repeating: 0x1.8p52) }

  /// Sixteen registers do not hold eight vectors and their factors: more passes are faster than spilling.
  static let prefersRadix8 = false
  /// A product is at most 5/8 q in absolute value: |y| ≤ 2^52 and the companion's relative error 2^-53 put k off
  /// by at most 1/2 + 2^52·2^-55.
  static let butterflyGrowth = 5
  static let reducedBound = 5

  static func constants(for modulus: Modulus) -> Constants {
    (modulus.value, Double(modulus.value), 1 / Double(modulus.value))
  }

  /// The centred w, and w/q.
  static func twiddle(_ w: FixedMultiplicand, modulus: Modulus) -> (Double, Double) {
    let centered = Double(modulus.centered(w.value))
    return (centered, centered / Double(modulus.value))
  }

  /// w·y mod q, at most 5/8 q in absolute value, for |y| ≤ 2^52.
  @inline(__always)
  static func multiply(_ y: Vector, _ w: (Vector, Vector), _ c: Constants) -> Vector {
    let quotient = _mm256_fmadd_pd(y, w.1, rounder) - rounder
    let high = y * w.0
    let low = _mm256_fmsub_pd(y, w.0, high)
    return _mm256_fnmadd_pd(quotient, Vector(repeating: c.modulus), high) + low
  }

  /// Cooley–Tukey: (x + w·y, x − w·y), at most x's bound plus 5/8 q in absolute value, for |y| ≤ 2^52.
  @inline(__always)
  static func butterfly(_ x: inout Vector, _ y: inout Vector, _ w: (Vector, Vector), _ c: Constants) {
    let t = multiply(y, w, c)
    y = x - t
    x = x + t
  }

  /// Gentleman–Sande: (x + y, w·(x − y)) for |x|, |y| ≤ 2^`level`·q: the sum is within twice that, the product within
  /// 5/8 q.
  @inline(__always)
  static func inverseButterfly(
    _ x: inout Vector, _ y: inout Vector, _ w: (Vector, Vector), level: UInt64, _ c: Constants
  ) {
    let difference = x - y
    x = x + y
    y = multiply(difference, w, c)
  }

  /// x mod q for |x| ≤ 2^52: just above q/2 in absolute value, at most.
  @inline(__always)
  static func reduce(_ x: Vector, _ c: Constants) -> Vector {
    let quotient = _mm256_fmadd_pd(x, Vector(repeating: c.reciprocal), rounder) - rounder
    return _mm256_fnmadd_pd(quotient, Vector(repeating: c.modulus), x)
  }

  /// Four bytes, each as a word; at any address.
  @inline(__always)
  static func widened(_ bytes: UnsafePointer<UInt8>) -> Words {
    Words(truncatingIfNeeded: UnsafeRawPointer(bytes).loadUnaligned(as: SIMD4<UInt8>.self))
  }

  /// Words below 2^52 as lanes.
  @inline(__always)
  static func lanes(_ words: Words) -> Vector {
    doubles(words | Words(repeating: 0x4330_0000_0000_0000)) - Vector(repeating: 0x1p52)
  }

  /// The residue in [0, q) of any |x| ≤ 2^52.
  @inline(__always)
  static func residues(_ x: Vector, _ c: Constants) -> Words { residues(ofReduced: reduce(x, c), c) }

  /// The residue in [0, q) of any |x| < q.
  @inline(__always)
  static func residues(ofReduced x: Vector, _ c: Constants) -> Words {
    let integer = words(x + rounder) &- Words(repeating: 0x4338_0000_0000_0000)
    return select(integer &+ Words(repeating: c.q), integer)
  }

  /// a·b mod q, at most 5/8 q in absolute value, for residues: here k comes from h/q < 2^48, whose relative error
  /// is below 2^-51.
  @inline(__always)
  static func lazyProduct(_ a: Vector, _ b: Vector, _ c: Constants) -> Vector {
    let high = a * b
    let low = _mm256_fmsub_pd(a, b, high)
    return reduce(high, c) + low
  }

  /// a·b mod q in [0, q) for residues a and b.
  @inline(__always)
  static func product(_ a: Words, _ b: Words, _ c: Constants) -> Words {
    residues(ofReduced: lazyProduct(lanes(a), lanes(b), c), c)
  }

  /// There is no unsigned minimum: b where its sign bit is clear, else a.
  @inline(__always)
  static func select(_ a: Words, _ b: Words) -> Words {
    words(_mm256_blendv_pd(doubles(b), doubles(a), doubles(b)))
  }

  /// All ones where a > limit, for words below 2^63.
  @inline(__always)
  static func mask(where a: Words, exceeds limit: Words) -> Words {
    let difference = unsafeBitCast(limit &- a, to: SIMD4<Int64>.self)
    return unsafeBitCast(difference &>> SIMD4<Int64>(repeating: 63), to: Words.self)
  }
}
