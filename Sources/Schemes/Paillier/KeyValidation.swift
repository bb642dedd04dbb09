import BigIntegers

/// What is checked of a modulus that came from outside. It does not show that the modulus has two prime factors of equal
/// size, nor that they are secret: that takes proofs.
enum KeyValidation {
  static let bits = 2048...4096

  /// Throws `invalidKey(.modulus, …)` unless 2048 to 4096 bits, odd, not prime, no perfect power, no factor below 2^20.
  static func check(modulus n: BigInteger) throws(PaillierError) {
    guard n.signum > 0, n.bitWidth >= bits.lowerBound else {
      throw .invalidKey(.modulus, .tooShort(bits: n.bitWidth))
    }
    guard n.bitWidth <= bits.upperBound else { throw .invalidKey(.modulus, .tooLong(bits: n.bitWidth)) }
    guard !n.isEven else { throw .invalidKey(.modulus, .even) }
    guard BigInteger.gcd(productOfSmallPrimes % n, n) == 1 else { throw .invalidKey(.modulus, .smallFactor) }
    guard !n.isPerfectPower else { throw .invalidKey(.modulus, .perfectPower) }
    guard !n.isProbablePrime(rounds: 25) else { throw .invalidKey(.modulus, .prime) }
  }

  /// The product of the odd primes below 2^20, about 1.5 million bits.
  private static let productOfSmallPrimes: BigInteger = {
    var factors = SmallPrimes.odd(below: 1 << 20).map { BigInteger($0) }
    // A balanced tree: multiplying one by one would take quadratic time.
    while factors.count > 1 {
      factors = stride(from: 0, to: factors.count, by: 2).map { i in
        i + 1 < factors.count ? factors[i] * factors[i + 1] : factors[i]
      }
    }
    return factors.first ?? 1
  }()
}

/// Eratosthenes's sieve.
enum SmallPrimes {
  static func odd(below bound: Int) -> [Int] {
    var isComposite = [Bool](repeating: false, count: bound)
    for i in stride(from: 3, to: bound, by: 2) where !isComposite[i] && i * i < bound {
      for j in stride(from: i * i, to: bound, by: 2 * i) { isComposite[j] = true }
    }
    return stride(from: 3, to: bound, by: 2).filter { !isComposite[$0] }
  }
}
