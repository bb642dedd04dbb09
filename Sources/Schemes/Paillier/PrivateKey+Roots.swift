import BigIntegers
import Secrets

// What proofs take of the primes: powers modulo each, joined by the Chinese remainder theorem, in constant time.

extension PrivateKey {
  /// The number below n that is a mod p and b mod q.
  func join(_ a: borrowing SecretInteger, _ b: borrowing SecretInteger) -> SecretInteger {
    let step = b.minus(a.modulo(q), modulo: q).times(inverseOfP).modulo(q)
    return p.times(step).plus(a).lowWords(publicKey.wordCount)
  }

  /// Exponents modulo p − 1 and q − 1 for one kind of root.
  struct RootExponents: ~Copyable {
    let p: SecretInteger
    let q: SecretInteger
  }

  /// x^exponents mod n.
  func power(_ x: borrowing SecretInteger, _ exponents: borrowing RootExponents) -> SecretInteger {
    join(x.power(exponents.p, modulo: p), x.power(exponents.q, modulo: q))
  }

  /// The exponents of n-th roots: n⁻¹ mod p − 1 and mod q − 1.
  ///
  /// (p − 1)/2 is odd for a Blum prime, so that n's inverse modulo it exists in odd-modulus arithmetic; the odd one of it and it plus
  /// (p − 1)/2 is the inverse modulo p − 1. Nil where there is none.
  func nthRootExponents() -> RootExponents? {
    let n = SecretInteger(variableTime: publicKey.n, wordCount: publicKey.wordCount)
    guard let first = Self.inverse(n, modPrimeMinusOne: p) else { return nil }
    guard let second = Self.inverse(n, modPrimeMinusOne: q) else { return nil }
    return RootExponents(p: first, q: second)
  }

  private static func inverse(
    _ n: borrowing SecretInteger, modPrimeMinusOne prime: borrowing SecretInteger
  ) -> SecretInteger? {
    let half = prime.minus(word: 1).shiftedRight(by: 1).trimmed(variableTime: ())
    guard let inverse = n.inverse(modulo: half) else { return nil }
    // Adds half where the inverse is even: half is odd. The sum may be as long as the prime.
    let isEven = 1 - inverse.lowestWord & 1
    return inverse.copy(wordCount: prime.wordCount).plus(half.masked(isEven))
  }

  /// The exponents of fourth roots of squares: ((p + 1)/4)² mod p − 1, and the same for q.
  func fourthRootExponents() -> RootExponents {
    RootExponents(p: Self.fourthRoot(p), q: Self.fourthRoot(q))
  }

  private static func fourthRoot(_ prime: borrowing SecretInteger) -> SecretInteger {
    let quarter = prime.plus(SecretInteger(powerOfTwo: 0)).shiftedRight(by: 2)
    return quarter.times(quarter).modulo(prime.minus(word: 1))
  }

  /// 1 where x is a square mod p, else 0, and the same for q, by Euler's criterion; x is invertible.
  func isSquare(_ x: borrowing SecretInteger) -> (modP: UInt64, modQ: UInt64) {
    (Self.isSquare(x, p), Self.isSquare(x, q))
  }

  static func isSquare(_ x: borrowing SecretInteger, _ prime: borrowing SecretInteger) -> UInt64 {
    // 1 or prime − 1, which is even.
    x.power(prime.minus(word: 1).shiftedRight(by: 1), modulo: prime).lowestWord & 1
  }
}
