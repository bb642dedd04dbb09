import BFV
import BigIntegers
import ByteCoding
import Primitives
import Secrets
import TestSupport
import Testing

/// Properties that an attacker would look for the lack of.
@Suite struct ReviewTests {
  /// A peer chooses the level and the number of polynomials in its bytes; what follows must not depend on that.
  @Test func ciphertextsOfAnotherShapeThanExpectedAreRefused() throws {
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let fresh = key.encrypt(Plaintext(zero: parameters))
    var low = fresh
    try low.switchDown()
    for ciphertext in [low, try fresh.squared()] {
      #expect(throws: BFVError.malformed) {
        _ = try Ciphertext<Coefficient>(
          decoding: ciphertext.encoded(), parameters: parameters, noise: ciphertext.noise)
      }
      #expect(throws: BFVError.malformed) {
        _ = try Ciphertext<Evaluation>(
          decoding: ciphertext.evaluated().encoded(), parameters: parameters, noise: ciphertext.noise)
      }
    }
  }

  /// Twenty 48-bit primes and the widest t need 26 auxiliary primes.
  @Test func productsAreRightAtTheWidestSets() throws {
    var random = SeededGenerator()
    let t = (BigInteger(1) << 220) - 1
    let parameters = try SmallSet(plaintextModulus: t, primeBits: 48, primeCount: 20).parameters
    let key = SecretKey(parameters)
    let (a, b) = (random.wideResidues(parameters), random.wideResidues(parameters))
    let product = try Ciphertext.product(
      key.encrypt(try Plaintext(wideCoefficients: a, parameters: parameters)),
      key.encrypt(try Plaintext(wideCoefficients: b, parameters: parameters)))
    #expect(product.noiseBudgetBound > 0)
    let expected = Reference.product(a, b, modulo: t)
    #expect(key.decrypt(product).wideCoefficients == expected, "seed \(random.seed)")
  }

  /// A bound that is no number is not negative either: who asks for that would go on.
  @Test func boundsStayNumbersHoweverDeepTheCircuit() throws {
    let parameters = try SmallSet(primeCount: 2, specialBits: 41).parameters
    let key = SecretKey(parameters)
    let relinearizationKey = try key.makeRelinearizationKey()
    var power = key.encrypt(Plaintext(zero: parameters))
    for depth in 0..<300 {
      power = try power.squared()
      power.relinearize(with: relinearizationKey)
      #expect(power.noiseBudgetBound < Double(40 - depth), "depth \(depth)")
    }
  }

  /// One seed under two degrees must not give two keys of which one begins with the other. A decryption of (0, ⌊Q/t⌋)
  /// is the key itself, which is why nobody else may see decryptions.
  @Test func oneSeedGivesUnrelatedKeysOfDifferentDegrees() throws {
    let seed = SystemRandom.secretBytes(count: 32)
    let short = try secret(SmallSet(degree: 1024, primeCount: 1), seed)
    let long = try secret(SmallSet(degree: 2048, primeCount: 1), seed)
    #expect(short.allSatisfy { [0, 1, 65_536].contains($0) } && Set(short).count == 3)
    let equal = zip(short, long).count { $0 == $1 }
    #expect(equal < 512, "\(equal) of 1024 coefficients agree")
    // The same key for sets that differ in t alone.
    #expect(
      try secret(SmallSet(plaintextModulus: 12_289, primeCount: 1), seed).map { min($0, 2) }
        == short.map { min($0, 2) })
  }

  /// The coefficients of the key, modulo t, of a set with one prime.
  private func secret(_ set: SmallSet, _ seed: borrowing SecretBytes) throws -> [UInt64] {
    let parameters = try set.parameters
    let key = SecretKey(parameters, seed: seed.copy())
    let q = parameters.literal.coefficientModuli[0]
    let delta = q / parameters.plaintextModulus.words[0]
    var writer = ByteWriter()
    writer.append(FormatHeader(type: 0x4201, version: 1))
    writer.append(bytes: parameters.digest + [0, 1, 2])
    for row in [[], [delta]] {
      let words = row + [UInt64](repeating: 0, count: parameters.degree - row.count)
      unsafe words.withUnsafeBufferPointer { unsafe writer.appendPacked($0, bitsPerValue: set.primeBits) }
    }
    let ciphertext = try Ciphertext<Coefficient>(
      decoding: writer.finish(), parameters: parameters, noise: .freshPublic(degree: set.degree))
    return try #require(key.decrypt(ciphertext).coefficients)
  }
}
