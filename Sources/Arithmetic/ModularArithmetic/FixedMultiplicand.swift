/// A constant w in [0, q) with ⌊2^64·w / q⌋, for many products w·x mod q (Shoup's trick: Harvey, "Faster
/// arithmetic for number-theoretic transforms", 2014, section 3).
public struct FixedMultiplicand: Hashable, Sendable {
  /// w.
  public let value: UInt64
  /// ⌊2^64·w / q⌋.
  public let quotient: UInt64

  /// Takes w in [0, q).
  public init(_ value: UInt64, modulus: Modulus) {
    precondition(value < modulus.value)
    self.value = value
    quotient = modulus.value.dividingFullWidth((value, 0)).quotient
  }

  /// ⌊2^52·w / q⌋, the companion for 52-bit lanes.
  @inlinable public var quotient52: UInt64 { quotient >> 12 }

  /// w·x mod q in [0, 2q), for any word x.
  @inlinable @inline(__always)
  public func multiplyLazily(_ x: UInt64, modulus: Modulus) -> UInt64 {
    value &* x &- x.multipliedFullWidth(by: quotient).high &* modulus.value
  }

  /// w·x mod q in [0, q), for any word x.
  @inlinable @inline(__always)
  public func multiply(_ x: UInt64, modulus: Modulus) -> UInt64 {
    let lazy = multiplyLazily(x, modulus: modulus)
    return min(lazy, lazy &- modulus.value)
  }
}
