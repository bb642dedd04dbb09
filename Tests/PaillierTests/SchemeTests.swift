import BigIntegers
import Paillier
import ProcessorFeatures
import TestSupport
import Testing

@Suite struct SchemeTests {
  @Test(arguments: variants)
  func decryptionUndoesEveryFormOfEncryption(variant: VectorVariant) throws {
    var random = SeededGenerator()
    let key = try Keys.make(variant), n = key.publicKey.n
    let messages = [0, 1, n - 1, n / 2] + (0..<33).map { _ in random.integer(below: n) }
    let plain = residues(messages, key.publicKey)
    let classic = try Encryptor(classic: key.publicKey).encrypt(plain)
    let short = try Encryptor(ownProven(key)).encrypt(plain)
    let owner = try OwnerEncryptor(key).encrypt(plain)
    for ciphertexts in [classic, short, owner] {
      // What our encryption makes passes the checks of what comes from outside.
      let received = try Ciphertexts(ciphertexts.values, key: key.publicKey)
      #expect(integers(try key.decrypt(received)) == messages, "seed \(random.seed)")
    }
    #expect(Set(classic.values + short.values + owner.values).count == 3 * messages.count)
  }

  @Test func bothPathsDecryptTheSameCiphertextsAlike() throws {
    var random = SeededGenerator()
    let keys = try variants.map { variant in try Keys.make(variant).publicKey }
    let n = keys[0].n
    let messages = (0..<9).map { _ in random.integer(below: n) }
    for (writer, variant) in zip(keys, variants.reversed()) {
      let ciphertexts = try Encryptor(classic: writer).encrypt(residues(messages, writer))
      let key = try Keys.make(variant)
      #expect(integers(try key.decrypt(Ciphertexts(ciphertexts.values, key: key.publicKey))) == messages)
    }
  }

  @Test(arguments: variants)
  func evaluationEqualsArithmeticModuloN(variant: VectorVariant) throws {
    var random = SeededGenerator()
    let key = try Keys.make(variant), n = key.publicKey.n
    let encryptor = Encryptor(try ownProven(key))
    let a = (0..<70).map { _ in random.integer(below: n) }, b = (0..<70).map { _ in random.integer(below: n) }
    let x = try encryptor.encrypt(residues(a, key.publicKey)),
      y = try encryptor.encrypt(residues(b, key.publicKey))
    func check(_ ciphertexts: Ciphertexts, _ expected: [BigInteger], line: Int = #line) throws {
      #expect(integers(try key.decrypt(ciphertexts)) == expected, "line \(line) seed \(random.seed)")
    }
    try check(try x.adding(y), zip(a, b).map { ($0 + $1) % n })
    try check(try x.subtracting(y), zip(a, b).map { ($0 - $1) % n })
    try check(x.negated(), a.map { (n - $0) % n })
    try check(try x.adding(plain: residues(b, key.publicKey)), zip(a, b).map { ($0 + $1) % n })
    try check(try encryptor.rerandomize(x), a)
    #expect(Set(try encryptor.rerandomize(x).values).isDisjoint(with: x.values))
    let factors =
      [Int.max, -Int.max, 0, 1, -1] + (0..<65).map { _ in Int.random(in: -1000...1000, using: &random) }
    try check(try x.multiplying(by: factors), zip(a, factors).map { ($0 * BigInteger($1)) % n })
    try check(try x.multiplying(by: residues(b, key.publicKey), bits: 2048), zip(a, b).map { $0 * $1 % n })
    let sums = (0..<7).map { j in stride(from: j, to: 70, by: 7).reduce(BigInteger(0)) { $0 + a[$1] } % n }
    try check(try x.columnSums(width: 7), sums)
    try check(try x[0..<0].columnSums(width: 3), [0, 0, 0])
  }

  @Test func freshKeysAreBlumKeysOfTheirSize() throws {
    for size in [KeySize.bits2048, .bits3072] {
      let key = PrivateKey.generate(size)
      #expect(key.publicKey.bitWidth == size.rawValue)
      let (p, q) = key.withPrimeBytes { (Keys.number($0), Keys.number($1)) }
      #expect(p * q == key.publicKey.n && p != q && p.bitWidth == q.bitWidth)
      #expect(p.remainder(dividingBy: 4) == 3 && q.remainder(dividingBy: 4) == 3)
      #expect(BigInteger.gcd(p - 1, q - 1) == 2 && BigInteger.gcd(key.publicKey.n, (p - 1) * (q - 1)) == 1)
      #expect(p.isProbablePrime() && q.isProbablePrime())
    }
  }

  @Test func keysOpenFromPrimesAndFromAnyMultipleOfTheOrder() throws {
    let (p, q) = Keys.primes, n = p * q, phi = (p - 1) * (q - 1)
    let direct = try PrivateKey(p: bytes(p), q: bytes(q))
    #expect(direct.publicKey.n == n)
    for lambda in [phi, phi / 2, phi * 3] {
      let key = try PrivateKey(n: n, lambda: bytes(lambda))
      let ciphertexts = try Encryptor(classic: key.publicKey).encrypt(residues([42], key.publicKey))
      #expect(integers(try key.decrypt(ciphertexts)) == [42])
    }
  }
}
