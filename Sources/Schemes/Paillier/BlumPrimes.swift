import BigIntegers
import ModularExponentiation
import Primitives
import Secrets

/// Random primes p ≡ 3 mod 4. Key generation is the one place where secrets are `BigInteger`s: candidates pass through GMP's prime
/// test, whose time and memory depend on them.
enum BlumPrimes {
  /// Two different primes of exactly `bits` bits, both highest ones set so that the product has 2·bits, p and q ≡ 3 mod 4 and
  /// gcd(p − 1, q − 1) = 2, differing in one of their 64 highest bits.
  static func pair(bits: Int) -> (p: BigInteger, q: BigInteger) {
    var stream = RandomStream.fromSystem()
    while true {
      let p = prime(bits: bits, &stream), q = prime(bits: bits, &stream)
      // A product has gcd(n, φ(n)) = 1 where neither prime divides the other minus one, which equal lengths ensure.
      guard p >> (bits - 64) != q >> (bits - 64), BigInteger.gcd(p - 1, q - 1) == 2 else { continue }
      return (p, q)
    }
  }

  /// The first prime ≡ 3 mod 4 behind a random number: the sieve takes the small factors of a stretch out first.
  private static func prime(bits: Int, _ stream: inout RandomStream) -> BigInteger {
    let top = BigInteger(3) << (bits - 2)
    while true {
      let start = top + (integer(bits: bits - 4, &stream) << 2) + 3
      let offsets = candidates(from: start)
      for group in stride(from: 0, to: offsets.count - FermatTest.lanes + 1, by: FermatTest.lanes) {
        let numbers = offsets[group..<group + FermatTest.lanes].map { start + BigInteger($0) }
        guard numbers.allSatisfy({ $0.bitWidth == bits }) else { break }
        // Baillie, Pomerance, Selfridge and Wagstaff's test, then 6 rounds of Miller and Rabin's: for random numbers of this size far
        // below 2^-128 (Damgård, Landrock and Pomerance, 1993).
        let passes = FermatTest.passes(numbers)
        if let prime = zip(numbers, passes).first(where: { $1 && $0.isProbablePrime(rounds: 30) }) {
          return prime.0
        }
      }
    }
  }

  private static let smallPrimes = SmallPrimes.odd(below: 1 << 15)
  private static let stretch = 1 << 12

  /// The offsets 0, 4, 8, … at which start + offset has no small factor.
  private static func candidates(from start: BigInteger) -> [Int] {
    var isComposite = [Bool](repeating: false, count: stretch)
    for prime in smallPrimes {
      // start + 4·i ≡ 0 where i ≡ −start/4 mod prime; 4⁻¹ is (prime + 1)/4 or (3·prime + 1)/4.
      let inverse = prime % 4 == 3 ? (prime + 1) / 4 : (3 * prime + 1) / 4
      let rest = Int(start.remainder(dividingBy: UInt64(prime)))
      let first = (prime - rest) * inverse % prime
      for i in stride(from: first, to: stretch, by: prime) { isComposite[i] = true }
    }
    return isComposite.indices.filter { !isComposite[$0] }.map { 4 * $0 }
  }

  private static func integer(bits: Int, _ stream: inout RandomStream) -> BigInteger {
    SecretInteger.random(bits: bits, &stream).value(variableTime: ())
  }
}
