import BFV
import BigIntegers
import ParameterFiles
import TestSupport
import Testing

@Suite struct EncryptedVectorTests {
  /// Rows over several ciphertexts, each in one of w groups of a radix; signed weights; the digits are the sums per group.
  @Test(arguments: ["cross-n8192-w5", "cross-n4096-w2"])
  func weightedSumsOfPackedGroupsAreExact(name: String) throws {
    var random = SeededGenerator()
    let parameters = try ParameterFiles.parameters(named: name)
    let groups = name.hasSuffix("w5") ? 5 : 2
    let radix = integerRoot(parameters.plaintextModulus, groups)
    let powers = (0..<groups).map { i in (0..<i).reduce(BigInteger(1)) { p, _ in p * radix } }
    let rows = parameters.degree * 2 + 100
    let members = (0..<rows).map { _ in Int.random(in: -1..<groups, using: &random) }
    let key = SecretKey(parameters)
    let uploads = try stride(from: 0, to: rows, by: parameters.degree).map { start in
      let choices = members[start..<min(rows, start + parameters.degree)].map { $0 < 0 ? nil : $0 }
      let plaintext = try Plaintext(choices: Array(choices), among: powers, parameters: parameters)
      let bytes = key.encryptSeeded(plaintext).encoded()
      return try SeededCiphertext(decoding: bytes, parameters: parameters)
    }
    let vector = try EncryptedVector(uploads)
    let pairs = (0..<rows).filter { _ in Bool.random(using: &random) }
      .map { (element: $0, weight: Int64(1)) }
    let weights = try EncryptedVector.Weights(pairs, capacity: vector.capacity, parameters: parameters)
    var sum = vector.weightedSum(weights)
    #expect(!sum.isTransparent)
    let publicKey = key.makePublicKey()
    sum.add(publicKey.encryptZero(), errorsAreIndependent: true)
    // A lighter flood than a protocol would use, at full width only where the set has room for it.
    try sum.flood(bits: 50, constantCoefficientOnly: true)
    let answer = try sum.answer(.constant)
    #expect(sum.answerDecrypts, "seed \(random.seed)")
    let received = try Answer(decoding: try answer.encoded(parameters), parameters: parameters)
    var value = try key.decrypt(received).wideCoefficient(0)
    for group in 0..<groups {
      let expected = pairs.count { members[$0.0] == group }
      #expect(value % radix == BigInteger(expected), "group \(group), seed \(random.seed)")
      value = value / radix
    }
  }

  @Test func weightsOutsideTheVectorOrTwiceAreRefused() throws {
    let parameters = try ParameterFiles.parameters(named: "cross-n4096-w2")
    let refused: [[(element: Int, weight: Int64)]] = [
      [(4096, 1)], [(-1, 1)], [(3, 1), (3, 2)], [(0, 1 << 47)],
    ]
    for pairs in refused {
      #expect(throws: BFVError.wrongShape) {
        _ = try EncryptedVector.Weights(pairs, capacity: 4096, parameters: parameters)
      }
    }
  }

  /// The largest r with r^n ≤ x.
  private func integerRoot(_ x: BigInteger, _ n: Int) -> BigInteger {
    var low = BigInteger(1)
    var high = BigInteger(1) << (x.bitWidth / n + 1)
    while high - low > BigInteger(1) {
      let middle = (low + high) / BigInteger(2)
      let power = (0..<n).reduce(BigInteger(1)) { p, _ in p * middle }
      if power > x { high = middle } else { low = middle }
    }
    return low
  }
}
