import ModularArithmetic
import _Builtin_intrinsics.intel

/// The lanes of this target.
typealias Lanes = IFMALanes

@inline(__always) func signed(_ a: SIMD8<UInt64>) -> SIMD8<Int64> { unsafeBitCast(a, to: SIMD8<Int64>.self) }
@inline(__always) func unsigned(_ a: SIMD8<Int64>) -> SIMD8<UInt64> {
  unsafeBitCast(a, to: SIMD8<UInt64>.self)
}

/// acc + (low 52 bits of a·b), from the low 52 bits of a and b.
@inline(__always)
func addLow52(_ acc: SIMD8<UInt64>, _ a: SIMD8<UInt64>, _ b: SIMD8<UInt64>) -> SIMD8<UInt64> {
  unsigned(_mm512_madd52lo_epu64(signed(acc), signed(a), signed(b)))
}

/// acc + ⌊a·b / 2^52⌋, from the low 52 bits of a and b.
@inline(__always)
func addHigh52(_ acc: SIMD8<UInt64>, _ a: SIMD8<UInt64>, _ b: SIMD8<UInt64>) -> SIMD8<UInt64> {
  unsigned(_mm512_madd52hi_epu64(signed(acc), signed(a), signed(b)))
}

/// Eight 52-bit lanes on AVX-512 IFMA.
///
/// A lane stands for its low 52 bits: the multiplier reads no others, so that wrapped differences and carries
/// above bit 52 need no masking until a residue is wanted. Products by constants follow Shoup (Harvey, "Faster
/// arithmetic for number-theoretic transforms", 2014, section 3, with β = 2^52).
enum IFMALanes {
  typealias Scalar = UInt64
  typealias Vector = SIMD8<UInt64>
  typealias Words = SIMD8<UInt64>

  /// q, 2q, 2^52 − q and ⌊2^52 / q⌋; for products ⌊2^(50+L) / q⌋ < 2^52 and 52 − L. A tuple, since a struct would
  /// come with shared weak helpers; every operation splats what it needs.
  typealias Constants = (
    q: UInt64, twiceQ: UInt64, negatedQ: UInt64, reciprocal: UInt64, productReciprocal: UInt64,
    productShift: UInt64
  )

  /// Thirty-two registers hold eight vectors, seven factors and their companions.
  static let prefersRadix8 = true
  /// x + w·y and x + 2q − w·y with w·y in [0, 2q).
  static let butterflyGrowth = 16
  /// [0, 2q).
  static let reducedBound = 16

  static func constants(for modulus: Modulus) -> Constants {
    let q = modulus.value
    let length = UInt64(modulus.bitWidth)
    // 2^(50+L) = 2^(L−14)·2^64; the smallest prime that is 1 modulo 2048 has 14 bits.
    let dividend: (high: UInt64, low: UInt64) = (1 << (length - 14), 0)
    return (
      q: q, twiceQ: 2 * q, negatedQ: (1 << 52) - q, reciprocal: (1 << 52) / q,
      productReciprocal: q.dividingFullWidth(dividend).quotient, productShift: 52 - length
    )
  }

  static func twiddle(_ w: FixedMultiplicand, modulus: Modulus) -> (UInt64, UInt64) {
    (w.value, w.quotient52)
  }

  /// w·y mod q in [0, 2q), for y < 2^52.
  @inline(__always)
  static func multiply(_ y: Vector, _ w: (Vector, Vector), _ c: Constants) -> Vector {
    let quotient = addHigh52(.zero, y, w.1)
    return addLow52(addLow52(.zero, y, w.0), quotient, Vector(repeating: c.negatedQ))
  }

  /// Cooley–Tukey: (x + w·y, x − w·y), below x's bound plus 2q, for y < 2^52 (Harvey, 2014, algorithm 4 without its
  /// conditional subtraction).
  @inline(__always)
  static func butterfly(_ x: inout Vector, _ y: inout Vector, _ w: (Vector, Vector), _ c: Constants) {
    // The product accumulates onto x: one instruction less, and x − t = 2x − (x + t).
    let quotient = addHigh52(.zero, y, w.1)
    let sum = addLow52(addLow52(x, y, w.0), quotient, Vector(repeating: c.negatedQ))
    y = (x &+ x &+ Vector(repeating: c.twiceQ)) &- sum
    x = sum
  }

  /// Gentleman–Sande: (x + y, w·(x − y)) for x, y < 2^(`level`+1)·q: the sum is below twice that, the product below
  /// 2q (Harvey, 2014, algorithm 3, likewise).
  @inline(__always)
  static func inverseButterfly(
    _ x: inout Vector, _ y: inout Vector, _ w: (Vector, Vector), level: UInt64, _ c: Constants
  ) {
    let difference = (x &+ Vector(repeating: c.twiceQ &<< level)) &- y
    x = x &+ y
    y = multiply(difference, w, c)
  }

  /// In [0, 2q): ⌊x·⌊2^52/q⌋ / 2^52⌋ is below x/q by less than 2.
  @inline(__always)
  static func reduce(_ x: Vector, _ c: Constants) -> Vector {
    addLow52(x, addHigh52(.zero, x, Vector(repeating: c.reciprocal)), Vector(repeating: c.negatedQ))
  }

  /// Eight bytes, each as a word; at any address.
  @inline(__always)
  static func widened(_ bytes: UnsafePointer<UInt8>) -> Words {
    Words(truncatingIfNeeded: UnsafeRawPointer(bytes).loadUnaligned(as: SIMD8<UInt8>.self))
  }

  /// Words below 2^52 as lanes.
  @inline(__always) static func lanes(_ words: Words) -> Vector { words }

  /// The residue in [0, q) of any x < 2^52.
  @inline(__always)
  static func residues(_ x: Vector, _ c: Constants) -> Words { residues(ofReduced: reduce(x, c), c) }

  /// The residue in [0, q) of x < 2q.
  @inline(__always)
  static func residues(ofReduced x: Vector, _ c: Constants) -> Words {
    let value = x & Words(repeating: (1 << 52) - 1)
    return select(value, value &- Words(repeating: c.q))
  }

  /// a·b mod q in [0, q) for residues a and b.
  ///
  /// Barrett on plain residues (HAC, algorithm 14.42). With 2^(L−1) < q < 2^L, h = ⌊ab / 2^(L−2)⌋ < 2^(L+2) ≤ 2^50
  /// comes from operands shifted by 52 − L and 2 bits, both still below 2^52; m = ⌊2^(50+L) / q⌋ < 2^52. The
  /// estimate k = ⌊h·m / 2^52⌋ is below ab/q by less than 2^(L−2)/q + ab/2^(50+L) + 1 < 1/2 + 1/4 + 1, so that
  /// ab − k·q is in [0, 2q).
  @inline(__always)
  static func product(_ a: Words, _ b: Words, _ c: Constants) -> Words {
    let high = addHigh52(
      .zero, a &<< Words(repeating: c.productShift), b &<< Words(repeating: 2))
    let quotient = addHigh52(.zero, high, Words(repeating: c.productReciprocal))
    let low = addLow52(.zero, a, b)
    return residues(ofReduced: addLow52(low, quotient, Words(repeating: c.negatedQ)), c)
  }

  /// The smaller word: what lies in [0, q) of a sum s < 2q and s − q, or of a wrapped difference and that plus q.
  @inline(__always)
  static func select(_ a: Words, _ b: Words) -> Words {
    unsigned(_mm512_min_epu64(signed(a), signed(b)))
  }

  /// All ones where a > limit, for words below 2^63.
  @inline(__always)
  static func mask(where a: Words, exceeds limit: Words) -> Words {
    unsigned(signed(limit &- a) &>> SIMD8<Int64>(repeating: 63))
  }
}
