import BigIntegers
import Paillier
import ProcessorFeatures
import TestSupport
import Testing

/// What a peer can send: each is refused with an error that names the field.
@Suite struct HostileInputTests {
  @Test func badModuliAreRefused() throws {
    var random = SeededGenerator()
    let (p, q) = Keys.primes, n = p * q
    let two2047 = BigInteger(1) << 2047
    func refuses(_ modulus: BigInteger, _ problem: PaillierError.KeyProblem) {
      #expect(throws: PaillierError.invalidKey(.modulus, problem)) { try PublicKey(n: modulus) }
    }
    refuses(0, .tooShort(bits: 0))
    refuses(-n, .tooShort(bits: 2048))
    refuses(two2047 - 1, .tooShort(bits: 2047))
    refuses(BigInteger(1) << 5000, .tooLong(bits: 5001))
    refuses(n - 1, .even)
    refuses(p * p, .perfectPower)
    for factor in [3, 1_048_573] as [BigInteger] {
      var cofactor = random.integer(bits: 2047) + two2047
      if cofactor.isEven { cofactor += 1 }
      refuses(factor * cofactor, .smallFactor)
    }
    // 2^2203 − 1 is a Mersenne prime.
    refuses((BigInteger(1) << 2203) - 1, .prime)
  }

  @Test func badCiphertextsAreRefused() throws {
    let (p, q) = Keys.primes, n = p * q
    let key = try PublicKey(n: n)
    for bad in [0, -1, n * n, n * n + 1] as [BigInteger] {
      #expect(throws: PaillierError.ciphertextOutOfRange(index: 1)) { try Ciphertexts([1, bad], key: key) }
    }
    for bad in [p, q, n, n * (n - 1), p * p] {
      #expect(throws: PaillierError.ciphertextNotInvertible(index: 2)) {
        try Ciphertexts([1, 2, bad], key: key)
      }
    }
  }

  @Test(arguments: variants)
  func randomNumbersThatShareAFactorWithTheKeyAreRefused(variant: VectorVariant) throws {
    let (p, q) = Keys.primes, key = try PublicKey(n: p * q, variant: variant)
    let encryptor = Encryptor(classic: key)
    for bad in [p, q * 3, 0] {
      #expect(throws: PaillierError.ciphertextNotInvertible(index: 1)) {
        try encryptor.encrypt(residues([1, 2, 3], key), randomness: residues([5, bad, 7], key), 1)
      }
    }
    // What it does make has inverses.
    let made = try encryptor.encrypt(residues([1, 2, 3], key), randomness: residues([5, 6, 7], key), 1)
    #expect(try made.adding(made.negated()).values == [1, 1, 1])
  }

  @Test func badPrimesAndOrdersAreRefused() throws {
    let (p, q) = Keys.primes, n = p * q
    #expect(throws: PaillierError.invalidKey(.p, .notAFactor)) {
      _ = try PrivateKey(p: bytes(p - 2), q: bytes(q))
    }
    #expect(throws: PaillierError.invalidKey(.q, .notAFactor)) {
      _ = try PrivateKey(p: bytes(p), q: bytes(q + 4))
    }
    #expect(throws: PaillierError.invalidKey(.q, .notAFactor)) {
      _ = try PrivateKey(p: bytes(p), q: bytes(p))
    }
    #expect(throws: PaillierError.invalidKey(.modulus, .tooShort(bits: 1025))) {
      _ = try PrivateKey(p: bytes(p), q: bytes(2))
    }
    #expect(throws: PaillierError.invalidKey(.lambda, .doesNotOpen)) {
      _ = try PrivateKey(n: n, lambda: bytes((p - 1) * (q - 1) + 2))
    }
  }

  @Test func valuesOutOfRangeAndMixedKeysAreRefused() throws {
    let own = try PublicKey(n: Keys.primes.0 * Keys.primes.1), other = PrivateKey.generate(.bits2048)
    let encryptor = Encryptor(classic: own)
    #expect(throws: PaillierError.valueOutOfRange(index: 1)) {
      try encryptor.encrypt(residues([0, own.n], own))
    }
    let ciphertexts = try encryptor.encrypt(residues([1, 2], own))
    #expect(throws: PaillierError.differentKeys) { _ = try other.decrypt(ciphertexts) }
    let foreign = try Encryptor(classic: other.publicKey).encrypt(residues([1, 2], other.publicKey))
    #expect(throws: PaillierError.differentKeys) { try ciphertexts.adding(foreign) }
    #expect(throws: PaillierError.differentCounts(2, 1)) { try ciphertexts.adding(ciphertexts[0..<1]) }
    #expect(throws: PaillierError.valueOutOfRange(index: 0)) {
      try ciphertexts.multiplying(by: [8, 1], bits: 3)
    }
  }

  @Test func plainAddendsOfOtherKeysAndSizesAreRefused() throws {
    let own = try PublicKey(n: Keys.primes.0 * Keys.primes.1),
      other = PrivateKey.generate(.bits2048).publicKey
    let (p, q) = try #require(KeySizeTests.primes[2400]), longer = try PublicKey(n: p * q)
    let ciphertexts = try Encryptor(classic: own).encrypt(residues([1, 2], own))
    #expect(throws: PaillierError.valueOutOfRange(index: 1)) {
      try ciphertexts.adding(plain: residues([0, own.n], own))
    }
    #expect(throws: PaillierError.differentKeys) {
      try ciphertexts.adding(plain: residues([0, 1], longer))
    }
    #expect(throws: PaillierError.differentKeys) {
      try Encryptor(classic: own).encrypt(residues([0, 1], longer))
    }
    let numbers = try EncryptedNumbers(ciphertexts, exponent: 0, bound: 2)
    for key in [other, longer] {
      #expect(throws: PaillierError.differentKeys) {
        try numbers.adding(plain: NumberEncoding(key).encode([-1, 1]))
      }
      #expect(throws: PaillierError.differentKeys) {
        try Encryptor(classic: own).encrypt(NumberEncoding(key).encode([-1, 1]))
      }
    }
  }
}
