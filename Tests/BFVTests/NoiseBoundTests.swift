import BFV
import BigIntegers
import TestSupport
import Testing

/// The bound on the noise holds after every operation, and is near what is measured.
@Suite struct NoiseBoundTests {
  /// Bits by which a bound may exceed the largest of N coefficients: a tail of 2^-40 is 2^0.9 to 2^1.3 above what N
  /// normal values reach, and each of the two operands of a product may add half a bit for dependence. Slacks up to 4.08 were seen.
  static let looseness = 4.5

  static func messages(_ parameters: Parameters, _ random: inout SeededGenerator) -> [(String, [UInt64])] {
    let t = parameters.plaintextModulus.words[0]
    return [
      ("random", random.residues(parameters)), ("zero", []),
      ("largest", [UInt64](repeating: t - 1, count: parameters.degree)),
      ("half", [UInt64](repeating: t / 2, count: parameters.degree)),
      ("alternating", (0..<parameters.degree).map { $0 % 2 == 0 ? 0 : t - 1 }),
    ]
  }

  @Test(arguments: [
    SmallSet.slots, .digits, SmallSet(plaintextModulus: 2, specialBits: 41),
    SmallSet(degree: 4096, plaintextModulus: 40_961, specialBits: 41), SmallSet(droppedBits: 12),
  ])
  func boundHoldsAfterEveryOperation(set: SmallSet) throws {
    var random = SeededGenerator()
    let parameters = try set.parameters
    let key = SecretKey(parameters)
    for (name, message) in Self.messages(parameters, &random) {
      let plaintext = try Plaintext(coefficients: message, parameters: parameters)
      for (operation, ciphertext) in try Self.results(of: plaintext, key) {
        let slack = Noise.slack(ciphertext, key)
        #expect(
          slack >= 0 && slack <= Self.looseness,
          "\(operation) of \(name), level \(ciphertext.level): slack \(slack) bits, seed \(random.seed)")
      }
    }
  }

  /// A ciphertext after each operation that the set allows.
  private static func results(
    of plaintext: Plaintext, _ key: borrowing SecretKey
  ) throws -> [(String, Ciphertext<Coefficient>)] {
    let parameters = key.parameters
    let publicKey = key.makePublicKey()
    let secret = key.encrypt(plaintext)
    let upload = try SeededCiphertext(
      decoding: key.encryptSeeded(plaintext).encoded(), parameters: parameters)
    var results = [
      ("encryption", secret), ("public encryption", publicKey.encrypt(plaintext)),
      ("upload", upload.expanded()), ("zero", publicKey.encryptZero()), ("product", try secret.squared()),
    ]
    func append(_ name: String, _ operation: (inout Ciphertext<Coefficient>) throws -> Void) rethrows {
      var ciphertext = publicKey.encrypt(plaintext)
      try operation(&ciphertext)
      results.append((name, ciphertext))
    }
    append("sum") { $0.add(secret, errorsAreIndependent: true) }
    append("doubling") { $0.add($0) }
    append("difference") { $0.subtract(secret) }
    append("negation") { $0.negate() }
    append("plaintext sum") { $0.add(plaintext) }
    append("plaintext difference") { $0.subtract(plaintext) }
    append("shift") { $0.multiply(byMonomial: 77) }
    try append("flood") { try $0.flood(bits: 60) }
    try append("square") { $0 = try $0.squared() }
    try append("product of two keys") { $0 = try .product($0, secret) }
    for level in 1..<parameters.topLevel { try append("switch") { try $0.switchDown(to: level) } }
    try append("switched product") {
      $0 = try $0.squared(); try $0.switchDown()
    }
    if parameters.literal.specialModulus != nil {
      let relinearizationKey = try key.makeRelinearizationKey()
      let keys = try key.makeGaloisKeys(parameters.slotSum + [parameters.rotation(by: 5)])
      try append("relinearized") {
        $0 = try $0.squared(); $0.relinearize(with: relinearizationKey)
      }
      try append("rotation") { try $0.rotateRows(by: 5, with: keys) }
      try append("exchange") { try $0.swapRows(with: keys) }
      try append("low rotation") {
        try $0.switchDown(to: 1); try $0.rotateRows(by: 5, with: keys)
      }
    }
    return results
  }

  @Test func boundHoldsForPlaintextProducts() throws {
    var random = SeededGenerator()
    let parameters = try SmallSet(primeCount: 4).parameters
    let key = SecretKey(parameters)
    for (name, message) in Self.messages(parameters, &random) {
      for (otherName, other) in Self.messages(parameters, &random) {
        let factor = try Plaintext(coefficients: other, parameters: parameters)
        for support in [1, 2, 30, parameters.degree] {
          let sparse = try Plaintext(coefficients: Array(other.prefix(support)), parameters: parameters)
          var product = key.encrypt(try Plaintext(coefficients: message, parameters: parameters))
          product.multiply(by: sparse)
          let slack = Noise.slack(product, key)
          // The rounding of Q·m/t is counted as if all signs agreed: up to √N/2z too much.
          #expect(
            slack >= 0 && slack <= Self.looseness,
            "\(name) times \(support) of \(otherName): slack \(slack) bits, seed \(random.seed)")
        }
        let terms = (0..<20).map { _ in key.encrypt(factor).evaluated() }
        let sum = try Ciphertext.innerProduct(
          terms, terms.map { _ in TransformedPlaintext(factor, parameters: parameters) },
          errorsAreIndependent: true)
        let slack = Noise.slack(sum.interpolated(), key)
        #expect(
          slack >= 0 && slack <= 6, "inner product of \(otherName): slack \(slack), seed \(random.seed)")
      }
    }
  }

  @Test(arguments: [50, 53, 54, 64, 99, 144, 200])
  func boundHoldsForNegativeWidePlaintexts(bits: Int) throws {
    var random = SeededGenerator()
    let t = BigInteger(1) << bits
    let parameters = try SmallSet.wide(t).parameters
    let key = SecretKey(parameters)
    for weight in [BigInteger(1), 2, 255, 65_536] {
      let message = try Plaintext(wideCoefficients: random.wideResidues(parameters), parameters: parameters)
      var product = key.encrypt(message)
      let negated = [BigInteger](repeating: t - weight, count: parameters.degree)
      product.multiply(by: try Plaintext(wideCoefficients: negated, parameters: parameters))
      let slack = Noise.slack(product, key)
      #expect(slack >= 0 && slack <= Self.looseness, "−\(weight): slack \(slack) bits, seed \(random.seed)")
    }
  }

  @Test func boundCountsTheSupportOfAnUpload() throws {
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let t = parameters.plaintextModulus.words[0]
    let bytes = key.encryptSeeded(try Plaintext(coefficients: [t / 2], parameters: parameters)).encoded()
    let ones = try Plaintext(
      coefficients: [UInt64](repeating: 1, count: parameters.degree), parameters: parameters)
    var known = try SeededCiphertext(decoding: bytes, parameters: parameters, support: 1).expanded()
    var unknown = try SeededCiphertext(decoding: bytes, parameters: parameters).expanded()
    known.multiply(by: ones)
    unknown.multiply(by: ones)
    #expect(Noise.slack(known, key) >= 0)
    #expect(known.noiseBudgetBound > unknown.noiseBudgetBound)
  }
}
