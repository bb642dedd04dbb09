import CGMP

extension BigInteger {
  /// base^exponent mod modulus in [0, modulus), in time that depends on all three; exponent ≥ 0, modulus ≥ 1.
  public func power(_ exponent: Self, modulo modulus: Self) -> Self {
    precondition(exponent.signum >= 0 && modulus.signum > 0, "an exponent and a modulus")
    return unsafe Self {
      unsafe __gmpz_powm($0, storage.number, exponent.storage.number, modulus.storage.number)
    }
  }

  /// Whether the number is prime: a Baillie–PSW test and `rounds` − 24 rounds of Miller and Rabin's (GMP), so that a composite
  /// number passes with probability below 4^−(rounds − 24), rounds ≥ 25; no composite is known that passes the first.
  public func isProbablePrime(rounds: Int = 64) -> Bool {
    unsafe __gmpz_probab_prime_p(storage.number, Int32(rounds)) != 0
  }

  /// Jacobi's symbol (self / n) for an odd n ≥ 1: −1, 0 or 1.
  public func jacobiSymbol(over n: Self) -> Int {
    precondition(n.signum > 0 && !n.isEven, "an odd modulus")
    return unsafe Int(__gmpz_jacobi(storage.number, n.storage.number))
  }

  /// Whether the number is a perfect power a^b, b ≥ 2.
  public var isPerfectPower: Bool { unsafe __gmpz_perfect_power_p(storage.number) != 0 }

  /// ⌊√self⌋ for self ≥ 0.
  public var squareRoot: Self {
    precondition(signum >= 0, "a square root of a negative number")
    return unsafe Self { unsafe __gmpz_sqrt($0, storage.number) }
  }
}
