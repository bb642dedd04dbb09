import BigIntegers
import Paillier
import ProcessorFeatures
import Secrets
import TestSupport

let variants: [VectorVariant] = [.base, .avx512].filter(\.isSupported)

/// One key for each path with the same primes, made once: finding primes is what takes time.
enum Keys {
  static let primes: (BigInteger, BigInteger) = {
    let key = PrivateKey.generate(.bits2048)
    return key.withPrimeBytes { p, q in (number(p), number(q)) }
  }()

  static func make(_ variant: VectorVariant) throws -> PrivateKey {
    try PrivateKey(variableTime: primes.0, primes.1, variant: variant)
  }

  static func number(_ bytes: borrowing SecretBytes) -> BigInteger {
    guard let value = SecretInteger(bigEndian: bytes, wordCount: (bytes.count + 7) / 8) else { return 0 }
    return value.value(variableTime: ())
  }
}

func bytes(_ value: BigInteger) -> SecretBytes {
  SecretInteger(variableTime: value, wordCount: (value.bitWidth + 63) / 64).bigEndian(
    count: (value.bitWidth + 7) / 8)
}

extension SeededGenerator {
  mutating func integer(bits: Int) -> BigInteger {
    BigInteger(words: (0..<(bits + 63) / 64).map { _ in next() }) >> ((64 - bits % 64) % 64)
  }
  mutating func integer(below bound: BigInteger) -> BigInteger { integer(bits: bound.bitWidth + 64) % bound }
}

func residues(_ values: [BigInteger], _ key: PublicKey) -> SecretIntegers {
  SecretIntegers(variableTime: values, wordCount: key.n.words.count)
}

func integers(_ values: borrowing SecretIntegers) -> [BigInteger] {
  (0..<values.count).map { values[$0].value(variableTime: ()) }
}

/// Expectations cannot capture a key that has one owner.
func ownProven(_ key: borrowing PrivateKey) throws -> ProvenKey {
  guard let proven = ProvenKey(own: key) else { throw PaillierError.proofRejected(.blumModulus) }
  return proven
}
