/// A word-size modulus q with 2 ≤ q < 2^48 and its reduction constants.
///
/// Forty-eight bits leave room for the lazy ranges of every kernel: sums up to 16q stay below 2^52, the width
/// of one AVX-512 IFMA lane and of a double's mantissa. All operations take and return residues in [0, q) and
/// run in constant time.
public struct Modulus: Hashable, Sendable {
  /// Moduli have at most this many bits.
  public static let maximumBitWidth = 48

  /// q.
  public let value: UInt64

  /// L with 2^(L−1) ≤ q < 2^L.
  public let bitWidth: Int

  /// ⌊2^(62+L) / q⌋ ≤ 2^63: Barrett constant for products of two residues.
  @usableFromInline let productReciprocal: UInt64

  /// ⌊(2^64 − 1) / q⌋: Barrett constant for one word.
  @usableFromInline let wordReciprocal: UInt64

  /// Checks the range 2 ≤ `value` < 2^48.
  public init(_ value: UInt64) throws(ModularArithmeticError) {
    guard value >= 2, value >> UInt64(Self.maximumBitWidth) == 0 else { throw .modulusOutOfRange }
    self.value = value
    bitWidth = UInt64.bitWidth - value.leadingZeroBitCount
    // 2^(62+L) = 2^(L−2)·2^64, and 2^(L−2) < q.
    productReciprocal = value.dividingFullWidth((1 << UInt64(bitWidth - 2), 0)).quotient
    wordReciprocal = UInt64.max / value
  }

  /// (a + b) mod q for a, b in [0, q).
  @inlinable @inline(__always)
  public func add(_ a: UInt64, _ b: UInt64) -> UInt64 {
    assert(a < value && b < value)
    let sum = a &+ b
    return min(sum, sum &- value)
  }

  /// (a − b) mod q for a, b in [0, q).
  @inlinable @inline(__always)
  public func subtract(_ a: UInt64, _ b: UInt64) -> UInt64 {
    assert(a < value && b < value)
    let difference = a &- b
    return min(difference, difference &+ value)
  }

  /// −a mod q for a in [0, q).
  @inlinable @inline(__always)
  public func negate(_ a: UInt64) -> UInt64 {
    assert(a < value)
    let negated = value &- a
    return min(negated, negated &- value)
  }

  /// x mod q for any word x.
  @inlinable @inline(__always)
  public func reduce(_ x: UInt64) -> UInt64 {
    let quotient = x.multipliedFullWidth(by: wordReciprocal).high
    let remainder = x &- quotient &* value
    return min(remainder, remainder &- value)
  }

  /// x mod q for x = 2^64·`high` + `low` < 2^(2L), in particular for a product of two residues.
  ///
  /// Barrett reduction: with c = ⌊x / 2^(L−2)⌋ and m = ⌊2^(62+L)/q⌋ the estimate ⌊c·m / 2^64⌋ is below x/q by less
  /// than 1 + 1/2 + 2^-14, so that one conditional subtraction suffices (HAC, Algorithm 14.42).
  @inlinable @inline(__always)
  public func reduce(high: UInt64, low: UInt64) -> UInt64 {
    let shift = UInt64(truncatingIfNeeded: bitWidth &- 2)
    // bitWidth = 2 shifts by zero: `high` is zero then, so the wrapped left shift adds nothing.
    let top = (low &>> shift) | (high &<< (64 &- shift))
    let quotient = top.multipliedFullWidth(by: productReciprocal).high
    let remainder = low &- quotient &* value
    return min(remainder, remainder &- value)
  }

  /// a·b mod q for a, b in [0, q).
  @inlinable @inline(__always)
  public func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
    assert(a < value && b < value)
    let product = a.multipliedFullWidth(by: b)
    return reduce(high: product.high, low: product.low)
  }

  /// base^exponent mod q for base in [0, q). The exponent is public: time depends on it.
  public func power(_ base: UInt64, variableTimeExponent exponent: UInt64) -> UInt64 {
    var result = reduce(1)
    var square = base
    var remaining = exponent
    while remaining > 0 {
      if remaining & 1 == 1 { result = multiply(result, square) }
      square = multiply(square, square)
      remaining >>= 1
    }
    return result
  }

  /// a^-1 mod q, for public a. Throws `notInvertible` where gcd(a, q) ≠ 1.
  public func inverse(variableTime a: UInt64) throws(ModularArithmeticError) -> UInt64 {
    // Extended Euclid; coefficients stay below q in absolute value, so Int64 holds them.
    var (r0, r1) = (Int64(value), Int64(a % value))
    var (t0, t1): (Int64, Int64) = (0, 1)
    while r1 != 0 {
      let quotient = r0 / r1
      (r0, r1) = (r1, r0 - quotient * r1)
      (t0, t1) = (t1, t0 - quotient * t1)
    }
    guard r0 == 1 else { throw .notInvertible }
    return t0 < 0 ? UInt64(t0 + Int64(value)) : UInt64(t0)
  }

  /// The centred representative of a in [0, q): in [−q/2, q/2).
  @inlinable @inline(__always)
  public func centered(_ a: UInt64) -> Int64 {
    assert(a < value)
    let signed = Int64(bitPattern: a)
    let mask = (Int64(bitPattern: (value &- 1) >> 1) &- signed) >> 63
    return signed &- (Int64(bitPattern: value) & mask)
  }

  /// The residue of a signed integer with |x| < 2^62.
  @inlinable @inline(__always)
  public func residue(ofSigned x: Int64) -> UInt64 {
    assert(x.magnitude < 1 << 62)
    let negative = UInt64(bitPattern: x &>> 63)
    let magnitude = reduce((UInt64(bitPattern: x) ^ negative) &- negative)
    // magnitude, or q − magnitude where x < 0.
    let flipped = negate(magnitude)
    return magnitude ^ ((magnitude ^ flipped) & negative)
  }
}

/// What can be wrong with the arguments of modular arithmetic.
public enum ModularArithmeticError: Error, Equatable, Sendable {
  /// A modulus is not in [2, 2^48).
  case modulusOutOfRange
  /// The element has no inverse.
  case notInvertible
  /// No prime, or no root of unity, of the wanted kind exists.
  case notFound
}
