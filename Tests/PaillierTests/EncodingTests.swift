import BigIntegers
import Paillier
import TestSupport
import Testing

@Suite struct EncodingTests {
  private let key: PublicKey
  init() throws { key = try PublicKey(n: Keys.primes.0 * Keys.primes.1) }

  @Test func doublesSurviveEncodingExactly() throws {
    var random = SeededGenerator()
    let encoding = NumberEncoding(key)
    let edges = [
      0, -0.0, 1, -1, 0.1, 1e-10, Double.leastNonzeroMagnitude, -.leastNonzeroMagnitude,
      .leastNormalMagnitude, 1e100, 123456.789,
    ]
    let values =
      edges + (0..<500).map { _ in Double(Int.random(in: -(1 << 60)...(1 << 60), using: &random)) / 1e9 }
    for value in values {
      let encoded = try encoding.encode([value])
      let decoded = try encoding.decode(encoded.residues, exponent: encoded.exponent)
      #expect(decoded[0].double == value, "\(value) seed \(random.seed)")
    }
  }

  @Test func roundingIsHalfToEvenAtACoarserExponent() throws {
    let encoding = NumberEncoding(key)
    let encoded = try encoding.encode([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.500001], exponent: 0)
    let decoded = try encoding.decode(encoded.residues, exponent: 0)
    #expect(decoded.map(\.integer) == [0, 2, 2, 0, -2, -2, 3])
  }

  @Test func decodedDoublesRoundOnce() {
    // 2^53 + 1 lies between two doubles, and so does 2^53 + 3: half to even.
    let odd = (BigInteger(1) << 53) + 1
    #expect(DecodedNumber(mantissa: odd, exponent: 0).double == 9_007_199_254_740_992)
    #expect(DecodedNumber(mantissa: odd + 2, exponent: 0).double == 9_007_199_254_740_996)
    #expect(DecodedNumber(mantissa: (odd << 400) + 1, exponent: -100).double == 9_007_199_254_740_994)
    #expect(DecodedNumber(mantissa: BigInteger(1) << 1024, exponent: 0).double == nil)
    #expect(DecodedNumber(mantissa: 1, exponent: -1000).double == 0)
    #expect(DecodedNumber(mantissa: -48, exponent: -1).integer == -3)
    #expect(DecodedNumber(mantissa: -47, exponent: -1).integer == nil)
  }

  @Test func whatIsNotFiniteOrTooLargeIsRefused() throws {
    let encoding = NumberEncoding(key)
    for bad in [Double.nan, .infinity, -.infinity] {
      #expect(throws: PaillierError.valueOutOfRange(index: 1)) { _ = try encoding.encode([1, bad]) }
    }
    #expect(throws: PaillierError.valueOutOfRange(index: 0)) {
      _ = try encoding.encode(mantissas: [key.maximumMagnitude + 1], exponent: 0)
    }
    #expect(throws: PaillierError.exponentOutOfRange(-2000)) {
      _ = try encoding.encode(mantissas: [1], exponent: -2000)
    }
    #expect(throws: PaillierError.exponentOutOfRange(.min)) { _ = try encoding.encode([1.5], exponent: .min) }
  }

  @Test func overflowIsRefusedBeforehandAndDetectedAfterwards() throws {
    let secret = try Keys.make(.base), encoding = NumberEncoding(secret.publicKey)
    let encryptor = Encryptor(classic: secret.publicKey)
    let limit = secret.publicKey.maximumMagnitude
    let large = try encryptor.encrypt(
      encoding.encode(mantissas: [limit, -limit], exponent: 0), declaring: limit)
    #expect(throws: PaillierError.mayOverflow) { _ = try large.adding(large) }
    #expect(throws: PaillierError.mayOverflow) { _ = try large.multiplying(by: [2, 2], bits: 2) }
    #expect(throws: PaillierError.mayOverflow) { _ = try large.lowered(to: -1) }
    // An encryptor that lies about its bound is caught by the decryptor.
    let lie = try EncryptedNumbers(large.ciphertexts, exponent: 0, bound: 1)
    let sum = try lie.adding(lie)
    #expect(throws: PaillierError.overflow(index: 0)) { _ = try secret.decrypt(sum) }
    #expect(try secret.decrypt(large).map(\.mantissa) == [limit, -limit])
  }

  @Test func mixedExponentsAddUp() throws {
    let secret = try Keys.make(.base), encoding = NumberEncoding(secret.publicKey)
    let encryptor = Encryptor(classic: secret.publicKey)
    let a = try encryptor.encrypt(encoding.encode([-5, 7])),
      b = try encryptor.encrypt(encoding.encode([0.25, -1e-3]))
    #expect(try secret.decrypt(a.adding(b)).map(\.double) == [-4.75, 6.999])
    #expect(try secret.decrypt(a.subtracting(b)).map(\.double) == [-5.25, 7.001])
    #expect(try secret.decrypt(b.multiplying(by: [-3, 1000], bits: 10)).map(\.double) == [-0.75, -1])
    #expect(try secret.decrypt(a.sum()).map(\.integer) == [2])
    let plain = try encoding.encode([0.5, 0.5])
    #expect(try secret.decrypt(a.adding(plain: plain)).map(\.double) == [-4.5, 7.5])
  }

  @Test func ciphertextsOfMixedExponentsAreAlignedInTheirOrder() throws {
    let secret = try Keys.make(.current), encoding = NumberEncoding(secret.publicKey)
    let values = (0..<40).map { Double($0) - 20.5 }, exponents = (0..<40).map { [-3, -7, -3, -1][$0 % 4] }
    var all = try Encryptor(classic: secret.publicKey).encrypt(residues([], secret.publicKey))
    for (value, exponent) in zip(values, exponents) {
      let encoded = try encoding.encode([value * 16], exponent: exponent)
      all = try all.appending(Encryptor(classic: secret.publicKey).encrypt(encoded).ciphertexts)
    }
    let aligned = try EncryptedNumbers(all, exponents: exponents, bound: 1 << 20)
    #expect(aligned.exponent == -7 && aligned.bound == 1 << (20 + 4 * 6))
    #expect(try secret.decrypt(aligned).map(\.double) == values.map { $0 * 16 })
    #expect(throws: PaillierError.differentCounts(40, 39)) {
      try EncryptedNumbers(all, exponents: Array(exponents.dropLast()))
    }
    #expect(throws: PaillierError.mayOverflow) {
      try EncryptedNumbers(all[0..<2], exponents: [-400, 0])
    }
    #expect(throws: PaillierError.exponentOutOfRange(5000)) {
      try EncryptedNumbers(all[0..<2], exponents: [0, 5000])
    }
  }

  @Test func whatSumsMightOverflowIsRefusedWithoutBeingComputed() throws {
    let key = key, limit = key.maximumMagnitude
    // A hundred thousand ciphertexts, whose sums and powers would take minutes.
    let many = try Ciphertexts([BigInteger](repeating: 2, count: 100_000), key: key)
    let large = try EncryptedNumbers(many, exponent: 0, bound: limit)
    let low = try EncryptedNumbers(many, exponent: -100, bound: 1)
    #expect(throws: PaillierError.mayOverflow) { _ = try large.adding(low) }
    #expect(throws: PaillierError.mayOverflow) { _ = try low.subtracting(large) }
    #expect(throws: PaillierError.mayOverflow) { _ = try large.sum() }
    #expect(throws: PaillierError.exponentOutOfRange(.max)) {
      _ = try EncryptedNumbers(many[0..<1], exponent: 1).multiplying(by: [1], factorExponent: .max)
    }
  }

  @Test func exponentsThatWouldTakeTooLongToAlignAreRefused() throws {
    let many = try Ciphertexts([BigInteger](repeating: 2, count: 100_000), key: key)
    let exponents = [-300] + [Int](repeating: 0, count: 99_999)
    #expect(throws: PaillierError.exponentsTooFarApart(squarings: 1200 * 99_999)) {
      try EncryptedNumbers(many, exponents: exponents)
    }
    #expect(throws: PaillierError.exponentsTooFarApart(squarings: 120_000_000)) {
      try EncryptedNumbers(many, exponent: 0).lowered(to: -300)
    }
    #expect(throws: PaillierError.exponentOutOfRange(.min)) {
      try EncryptedNumbers(many[0..<2], exponents: [.min, 0])
    }
  }

  @Test func exponentsOfOneFileNeedNotFitIntoOneKey() throws {
    let secret = try Keys.make(.current), encoding = NumberEncoding(secret.publicKey)
    let values = [1e300, -1e-300, 17, 0.1], encryptor = Encryptor(classic: secret.publicKey)
    var all = try encryptor.encrypt(residues([], secret.publicKey)), exponents: [Int] = []
    for value in values {
      let one = try encryptor.encrypt(encoding.encode([value]))
      all = try all.appending(one.ciphertexts)
      exponents.append(one.exponent)
    }
    #expect(throws: PaillierError.mayOverflow) { try EncryptedNumbers(all, exponents: exponents) }
    #expect(try secret.decrypt(all, exponents: exponents).map(\.double) == values)
    #expect(throws: PaillierError.differentCounts(4, 3)) {
      _ = try secret.decrypt(all, exponents: [0, 0, 0])
    }
    #expect(throws: PaillierError.exponentOutOfRange(.max)) {
      _ = try secret.decrypt(all, exponents: [0, 0, 0, .max])
    }
  }

  @Test func boundsTellNothingOfTheNumbers() throws {
    let encoding = NumberEncoding(key), encryptor = Encryptor(classic: key)
    for value in [0, 7, -1_000_000] {
      let one = try encryptor.encrypt(encoding.encode([value]))
      #expect(one.bound == EncryptedNumbers.assumedBound)
      #expect(try one.adding(plain: encoding.encode([value])).bound == 2 * EncryptedNumbers.assumedBound)
      #expect(
        try one.adding(plain: encoding.encode([value]), declaring: 1 << 20).bound == one.bound + (1 << 20))
    }
    #expect(throws: PaillierError.mayOverflow) { try encryptor.encrypt(encoding.encode([7]), declaring: 6) }
    let one = try encryptor.encrypt(encoding.encode([7]), declaring: 7)
    #expect(one.bound == 7)
    #expect(throws: PaillierError.mayOverflow) { try one.adding(plain: encoding.encode([-7]), declaring: 6) }
  }

  @Test func packedSumsEqualPlainSums() throws {
    var random = SeededGenerator()
    let secret = try Keys.make(.base), key = secret.publicKey
    let encryptor = Encryptor(classic: key)
    for (range, addends) in [(0...1, 3), (-1000...5, 5), (Int.min...Int.max, 2), (-5 ... -5, 4)] {
      let packing = try Packing(key: key, range: range, addends: addends)
      let count = min(2 * packing.slots + 1, 200)
      let vectors = (0..<addends).map { k in
        // Halves keep sums of the widest range within an Int.
        (0..<count).map { _ in
          range == Int.min...Int.max
            ? Int.random(in: Int.min / 2...Int.max / 2, using: &random)
            : k == 0 ? range.upperBound : Int.random(in: range, using: &random)
        }
      }
      var sum = try encryptor.encrypt(packing.encode(vectors[0]))
      for vector in vectors.dropFirst() { sum = try sum.adding(encryptor.encrypt(packing.encode(vector))) }
      let decoded = try packing.decode(secret.decrypt(sum), count: count, added: addends)
      #expect(
        decoded == (0..<count).map { i in vectors.reduce(0) { $0 + $1[i] } }, "\(range) seed \(random.seed)")
      #expect(throws: PaillierError.tooManyAddends(addends + 1, maximum: addends)) {
        _ = try packing.decode(secret.decrypt(sum), count: count, added: addends + 1)
      }
    }
    let bits = try Packing(key: key, range: 0...1, addends: 1)
    #expect(throws: PaillierError.valueOutOfRange(index: 2)) { _ = try bits.encode([0, 1, 2]) }
    // 2 in a slot of one bit is a carry into the next slot, which only the last slot can tell.
    let full = try packingWithOneSlotLeft(bits)
    #expect(throws: PaillierError.overflow(index: 0)) {
      _ = try bits.decode(full, count: bits.slots, added: 1)
    }
  }

  private func packingWithOneSlotLeft(_ packing: Packing) throws -> SecretIntegers {
    residues([BigInteger(1) << (packing.slots * packing.slotBits)], key)
  }
}
