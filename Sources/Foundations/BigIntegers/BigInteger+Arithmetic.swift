import CGMP

// Calls into GMP with pointers from `IntegerStorage`; GMP allows an operand to be the result as well.

extension BigInteger {
  /// a + b.
  public static func + (a: Self, b: Self) -> Self {
    unsafe Self { unsafe __gmpz_add($0, a.storage.number, b.storage.number) }
  }

  /// a − b.
  public static func - (a: Self, b: Self) -> Self {
    unsafe Self { unsafe __gmpz_sub($0, a.storage.number, b.storage.number) }
  }

  /// a·b.
  public static func * (a: Self, b: Self) -> Self {
    unsafe Self { unsafe __gmpz_mul($0, a.storage.number, b.storage.number) }
  }

  /// −a.
  public static prefix func - (a: Self) -> Self {
    unsafe Self { unsafe __gmpz_neg($0, a.storage.number) }
  }

  /// Adds b.
  public static func += (a: inout Self, b: Self) {
    unsafe a.update { unsafe __gmpz_add($0, $0, b.storage.number) }
  }

  /// Subtracts b.
  public static func -= (a: inout Self, b: Self) {
    unsafe a.update { unsafe __gmpz_sub($0, $0, b.storage.number) }
  }

  /// Multiplies by b.
  public static func *= (a: inout Self, b: Self) {
    unsafe a.update { unsafe __gmpz_mul($0, $0, b.storage.number) }
  }

  /// ⌊a / b⌋, rounded towards −∞; b ≠ 0. a = (a / b)·b + a % b.
  public static func / (a: Self, b: Self) -> Self {
    precondition(b.signum != 0, "division by zero")
    return unsafe Self { unsafe __gmpz_fdiv_q($0, a.storage.number, b.storage.number) }
  }

  /// a − b·⌊a / b⌋: in [0, b) for b > 0, in (b, 0] for b < 0; b ≠ 0.
  public static func % (a: Self, b: Self) -> Self {
    precondition(b.signum != 0, "division by zero")
    return unsafe Self { unsafe __gmpz_fdiv_r($0, a.storage.number, b.storage.number) }
  }

  /// Quotient rounded towards zero and remainder with the sign of the dividend, as Swift's own integers have them;
  /// divisor ≠ 0.
  public func quotientAndRemainder(dividingBy divisor: Self) -> (quotient: Self, remainder: Self) {
    precondition(divisor.signum != 0, "division by zero")
    let quotient = Self()
    let remainder = unsafe Self {
      unsafe __gmpz_tdiv_qr(quotient.storage.number, $0, storage.number, divisor.storage.number)
    }
    return (quotient, remainder)
  }

  /// The remainder in [0, divisor), also for a negative dividend; divisor ≥ 1.
  public func remainder(dividingBy divisor: UInt64) -> UInt64 {
    precondition(divisor != 0, "division by zero")
    return unsafe UInt64(__gmpz_fdiv_ui(storage.number, UInt(divisor)))
  }

  /// a·2^n, or a >> −n for n < 0.
  public static func << (a: Self, n: Int) -> Self {
    guard n >= 0 else { return unsafe Self { unsafe __gmpz_fdiv_q_2exp($0, a.storage.number, n.magnitude) } }
    return unsafe Self { unsafe __gmpz_mul_2exp($0, a.storage.number, n.magnitude) }
  }

  /// ⌊a / 2^n⌋, rounded towards −∞, or a << −n for n < 0.
  public static func >> (a: Self, n: Int) -> Self {
    guard n >= 0 else { return unsafe Self { unsafe __gmpz_mul_2exp($0, a.storage.number, n.magnitude) } }
    return unsafe Self { unsafe __gmpz_fdiv_q_2exp($0, a.storage.number, n.magnitude) }
  }

  /// The greatest common divisor, ≥ 0; gcd(0, 0) = 0.
  public static func gcd(_ a: Self, _ b: Self) -> Self {
    unsafe Self { unsafe __gmpz_gcd($0, a.storage.number, b.storage.number) }
  }

  /// The inverse in [0, modulus), for modulus ≥ 1.
  ///
  /// Throws `notInvertible` where gcd(self, modulus) ≠ 1.
  public func inverse(modulo modulus: Self) throws(BigIntegersError) -> Self {
    guard modulus.signum > 0 else { throw .modulusOutOfRange }
    // Every number is 0 modulo 1, and 0·0 ≡ 1 there; GMP before 6.3 answers otherwise.
    if modulus == 1 { return 0 }
    var exists: Int32 = 0
    let inverse = unsafe Self { unsafe exists = __gmpz_invert($0, storage.number, modulus.storage.number) }
    guard exists != 0 else { throw .notInvertible }
    return inverse
  }
}
