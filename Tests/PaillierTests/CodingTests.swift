import BigIntegers
import ByteCoding
import Paillier
import ProcessorFeatures
import TestSupport
import Testing

/// Keys, ciphertexts and proofs as bytes, and what peers may send instead.
@Suite struct CodingTests {
  private let context = Array("a study".utf8)

  @Test func publicKeysSurviveBytesAndAreValidated() throws {
    let key = try PublicKey(n: Keys.primes.0 * Keys.primes.1), bytes = key.encoded()
    #expect(bytes.count == 6 + 256)
    let again = try PublicKey(decoding: bytes)
    #expect(again == key && again.encoded() == bytes && again.digest == key.digest)
    for count in [0, 3, 5, 100, bytes.count - 1] {
      #expect(throws: PaillierError.malformed(.publicKey)) {
        try PublicKey(decoding: Array(bytes.prefix(count)))
      }
    }
    #expect(throws: PaillierError.malformed(.publicKey)) { try PublicKey(decoding: bytes + [0]) }
    // The same number with a zero byte more.
    var padded = bytes
    padded[4] = 1
    padded[5] = 1
    #expect(throws: PaillierError.malformed(.publicKey)) { try PublicKey(decoding: padded + [0]) }
    var even = bytes
    even[6] &= 0xFE
    #expect(throws: PaillierError.invalidKey(.modulus, .even)) { try PublicKey(decoding: even) }
    var future = bytes
    future[2] = 2
    #expect(throws: PaillierError.malformed(.publicKey)) { try PublicKey(decoding: future) }
  }

  @Test func ciphertextsSurviveBytes() throws {
    let secret = try Keys.make(.base), key = secret.publicKey
    let all = try Encryptor(classic: key).encrypt(residues((0..<9).map { BigInteger($0) }, key))
    for count in [0, 1, 9] {
      let bytes = all[0..<count].encoded()
      #expect(bytes.count == Ciphertexts.encodedByteCount(count, key: key))
      #expect(try Ciphertexts(decoding: bytes, key: key, count: count) == all[0..<count])
    }
    let some = try Ciphertexts(decoding: all.encoded(), key: key, counts: 0...100)
    #expect(integers(try secret.decrypt(some)) == (0..<9).map { BigInteger($0) })
  }

  @Test func hostileCiphertextBytesAreRefused() throws {
    let (p, q) = Keys.primes, key = try PublicKey(n: p * q)
    let good = try Ciphertexts([2, 3], key: key).encoded()
    for count in [0, 4, 35, 40, good.count - 1] {
      #expect(throws: PaillierError.malformed(.ciphertexts)) {
        try Ciphertexts(decoding: Array(good.prefix(count)), key: key, count: 2)
      }
    }
    #expect(throws: PaillierError.malformed(.ciphertexts)) {
      try Ciphertexts(decoding: good + [0], key: key, count: 2)
    }
    #expect(throws: PaillierError.differentCounts(2, 3)) {
      try Ciphertexts(decoding: good, key: key, count: 3)
    }
    // A count of 2^32 − 1 is refused by its bytes, not by memory.
    var huge = good
    for i in 36..<40 { huge[i] = 0xFF }
    #expect(throws: PaillierError.malformed(.ciphertexts)) {
      try Ciphertexts(decoding: huge, key: key, counts: 0...Int.max)
    }
    #expect(throws: PaillierError.differentKeys) {
      try Ciphertexts(decoding: good, key: PrivateKey.generate(.bits2048).publicKey, count: 2)
    }
    func second(_ value: BigInteger) -> [UInt8] {
      var writer = ByteWriter()
      for word in value.words + [UInt64](repeating: 0, count: 64 - value.words.count) { writer.append(word) }
      return good.dropLast(512) + writer.finish()
    }
    for bad in [0, key.square, key.square + 1, (BigInteger(1) << 4096) - 1] as [BigInteger] {
      #expect(throws: PaillierError.ciphertextOutOfRange(index: 1)) {
        try Ciphertexts(decoding: second(bad), key: key, count: 2)
      }
    }
    for bad in [p, q * q, key.n] {
      #expect(throws: PaillierError.ciphertextNotInvertible(index: 1)) {
        try Ciphertexts(decoding: second(bad), key: key, count: 2)
      }
    }
  }

  @Test func rangeProofsSurviveBytes() throws {
    let secret = try Keys.make(.base), key = secret.publicKey
    let opened = try Encryptor(ownProven(secret)).encryptWithOpenings(residues([1], key))
    let proof = try RangeProof(proving: 1, in: 0...2, of: opened, at: 0, context: context)
    let bytes = proof.encoded(for: key)
    #expect(bytes.count == RangeProof.encodedByteCount(values: 3, key: key))
    #expect(try RangeProof(decoding: bytes, key: key, values: 3) == proof)
    for bad in [bytes.dropLast(), bytes + [0], []] {
      #expect(throws: PaillierError.malformed(.rangeProof)) {
        try RangeProof(decoding: Array(bad), key: key, values: 3)
      }
    }
    #expect(throws: PaillierError.malformed(.rangeProof)) {
      try RangeProof(decoding: bytes, key: key, values: 2)
    }
  }

  @Test func keyProofsAndParametersTravelAsBytes() throws {
    let secret = try Keys.make(.current), key = secret.publicKey
    let made = try AuxiliaryParameters(making: PrivateKey.generate(.bits2048), context: context)
    let parameters = made.encoded()
    let auxiliary = try AuxiliaryParameters(decoding: parameters, context: context)
    #expect(auxiliary == made)
    let bytes = try KeyProof(proving: secret, auxiliary: auxiliary, context: context).encoded(for: key)
    let proof = try KeyProof(decoding: bytes, key: key)
    #expect(proof.encoded(for: key) == bytes)
    let proven = try ProvenKey(verifying: key, proof: proof, auxiliary: auxiliary, context: context)
    #expect(proven.key == key)
    // Signs are two bits.
    var sign = bytes
    sign[4 + 4 + 4 + 256] |= 4
    #expect(throws: PaillierError.malformed(.blumProof)) { try KeyProof(decoding: sign, key: key) }
    for count in [0, 4, 8, 300, bytes.count - 1] {
      let cut = Array(bytes.prefix(count))
      #expect(throws: PaillierError.self) { try KeyProof(decoding: cut, key: key) }
    }
    for bad in [bytes + [0], parameters, []] {
      #expect(throws: PaillierError.malformed(.keyProof)) { try KeyProof(decoding: bad, key: key) }
    }
    for bad in [parameters + [0], Array(parameters.dropLast()), bytes, []] {
      #expect(throws: PaillierError.malformed(.auxiliaryParameters)) {
        try AuxiliaryParameters(decoding: bad, context: context)
      }
    }
    #expect(throws: PaillierError.proofRejected(.auxiliaryParameters)) {
      try AuxiliaryParameters(decoding: parameters, context: [])
    }
    var changed = parameters
    changed[6 + 2 * 256 + 5] ^= 1
    #expect(throws: PaillierError.proofRejected(.auxiliaryParameters)) {
      try AuxiliaryParameters(decoding: changed, context: context)
    }
  }
}
