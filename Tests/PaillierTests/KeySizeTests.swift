import BigIntegers
import Paillier
import ProcessorFeatures
import Secrets
import TestSupport
import Testing

/// Imported keys have moduli of any size: their primes' lengths are no multiples of a word, and their squares' top words may be
/// empty.
@Suite struct KeySizeTests {
  /// Bits of n. The last two leave a word of GMP's path hardly any slack.
  static let sizes = [2049, 2050, 2100, 2400, 2528, 2544]
  private let context = Array("sizes".utf8)

  /// Blum primes for each size, made once.
  static let primes: [Int: (BigInteger, BigInteger)] = {
    var random = SeededGenerator()
    return Dictionary(uniqueKeysWithValues: sizes.map { ($0, primes(bits: $0, &random)) })
  }()

  private static func primes(bits: Int, _ random: inout SeededGenerator) -> (BigInteger, BigInteger) {
    // The product of two numbers just above a power of two has an odd number of bits.
    let half = (bits + 1) / 2, top = bits % 2 == 0 ? BigInteger(3) << (half - 2) : BigInteger(1) << (half - 1)
    func prime() -> BigInteger {
      var candidate = top + (random.integer(bits: half - 6) << 2) + 3
      while !candidate.isProbablePrime(rounds: 25) { candidate += 4 }
      return candidate
    }
    while true {
      let p = prime(), q = prime()
      if p != q, BigInteger.gcd(p - 1, q - 1) == 2 { return (p, q) }
    }
  }

  @Test(arguments: sizes, variants)
  func everyOperationWorks(bits: Int, variant: VectorVariant) throws {
    var random = SeededGenerator()
    let (p, q) = try #require(Self.primes[bits])
    let key = try PrivateKey(variableTime: p, q, variant: variant), publicKey = key.publicKey
    let n = publicKey.n
    #expect(n.bitWidth == bits, "seed \(random.seed)")
    let a = [0, 1, n - 1] + (0..<6).map { _ in random.integer(below: n) }
    let b = (0..<9).map { _ in random.integer(below: n) }
    let short = Encryptor(try ownProven(key)), classic = Encryptor(classic: publicKey)
    let x = try OwnerEncryptor(key).encrypt(residues(a, publicKey))
    let y = try short.encrypt(residues(b, publicKey))
    func check(_ ciphertexts: Ciphertexts, _ expected: [BigInteger], line: Int = #line) throws {
      let received = try Ciphertexts(ciphertexts.values, key: publicKey)
      #expect(integers(try key.decrypt(received)) == expected, "line \(line) seed \(random.seed)")
    }
    try check(x, a)
    try check(y, b)
    try check(try classic.encrypt(residues(a, publicKey)), a)
    try check(try x.adding(y), zip(a, b).map { ($0 + $1) % n })
    try check(try x.subtracting(y), zip(a, b).map { ($0 - $1) % n })
    try check(try x.adding(plain: residues(b, publicKey)), zip(a, b).map { ($0 + $1) % n })
    try check(try x.multiplying(by: [Int](repeating: -3, count: 9)), a.map { ($0 * -3) % n })
    try check(try x.multiplying(by: residues(b, publicKey), bits: bits), zip(a, b).map { $0 * $1 % n })
    try check(try short.rerandomize(x), a)
    try check(try classic.rerandomize(x), a)
    try check(try x.columnSums(width: 1), [a.reduce(0, +) % n])
    #expect(try Ciphertexts(decoding: x.encoded(), key: publicKey, count: 9) == x)
    #expect(try PublicKey(decoding: publicKey.encoded()) == publicKey)
  }

  @Test(arguments: [2049, 2050])
  func everyProofWorks(bits: Int) throws {
    let (p, q) = try #require(Self.primes[bits])
    let (P, Q) = try #require(Self.primes[2100])
    let key = try PrivateKey(variableTime: p, q, variant: .current), publicKey = key.publicKey
    let made = try AuxiliaryParameters(
      making: PrivateKey(variableTime: P, Q, variant: .current), context: context)
    let auxiliary = try AuxiliaryParameters(decoding: made.encoded(), context: context)
    let proven = try ProvenKey(
      verifying: publicKey,
      proof: KeyProof(
        decoding: KeyProof(proving: key, auxiliary: auxiliary, context: context).encoded(for: publicKey),
        key: publicKey), auxiliary: auxiliary, context: context)
    let opened = try Encryptor(proven).encryptWithOpenings(residues([1], publicKey))
    let proof = try RangeProof(proving: 1, in: 0...1, of: opened, at: 0, context: context)
    try proof.verify(opened.ciphertexts, at: 0, in: 0...1, under: proven, context: context)
  }

  @Test(arguments: sizes)
  func keysOpenFromTheirBytes(bits: Int) throws {
    let (p, q) = try #require(Self.primes[bits])
    let key = try PrivateKey(p: bytes(p), q: bytes(q))
    let (lambda, mu) = key.withOrderBytes { (Keys.number($0), Keys.number($1)) }
    #expect(lambda == (p - 1) * (q - 1) && lambda * mu % (p * q) == 1)
    let old = try PrivateKey(n: p * q, lambda: bytes(lambda))
    #expect(old.publicKey == key.publicKey)
  }
}
