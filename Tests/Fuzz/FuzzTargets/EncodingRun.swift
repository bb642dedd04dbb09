import BFV

/// The encodings of BFV. The first byte of an input selects the format by its low half and the parameter set by its
/// high half; the rest is the encoding.
enum EncodingRun {
  enum Format: UInt8, CaseIterable {
    case ciphertext, evaluatedCiphertext, seededCiphertext, publicKey, relinearizationKey, galoisKeys, answer
    /// Three polynomials at the lowest level.
    case product

    /// The first byte of an input with this format and a parameter set.
    func selector(set: Int) -> UInt8 { UInt8(set) << 4 | rawValue }
  }

  static func run(_ input: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    guard let selector = input.first else { return .refused }
    let set = FuzzSet.all[Int(selector >> 4) % FuzzSet.all.count]
    let format = Format.allCases[Int(selector & 15) % Format.allCases.count]
    let bytes = Array(input.dropFirst())
    // A typed error is what hostile bytes are promised.
    guard let again = try? read(format, bytes, set) else { return .refused }
    try FuzzFinding.unless(again == bytes, "a decoded value is encoded to the same bytes")
    return .accepted
  }

  /// Decodes, uses and encodes again.
  private static func read(_ format: Format, _ bytes: [UInt8], _ set: FuzzSet) throws(BFVError) -> [UInt8] {
    let parameters = set.parameters
    switch format {
    case .ciphertext:
      let value = try Ciphertext<Coefficient>(
        decoding: bytes, parameters: parameters, noise: set.ciphertext.noise)
      try use(value, set)
      return value.encoded()
    case .product:
      let value = try Ciphertext<Coefficient>(
        decoding: bytes, parameters: parameters, noise: set.product.noise, level: 1, polynomialCount: 3)
      try use(value, set)
      return value.encoded()
    case .evaluatedCiphertext:
      let value = try Ciphertext<Evaluation>(
        decoding: bytes, parameters: parameters, noise: set.ciphertext.noise, level: 1)
      var product = value
      product.multiply(by: TransformedPlaintext(set.plaintext, parameters: parameters, level: value.level))
      _ = FuzzSet.key(parameters).decrypt(product)
      return value.encoded()
    case .seededCiphertext:
      let value = try SeededCiphertext(decoding: bytes, parameters: parameters)
      try use(value.expanded(), set)
      _ = FuzzSet.key(parameters).decrypt(value.expandedEvaluated())
      return value.encoded()
    case .publicKey:
      let value = try PublicKey(decoding: bytes, parameters: parameters)
      _ = FuzzSet.key(parameters).decrypt(value.encrypt(set.plaintext))
      return value.encoded()
    case .relinearizationKey:
      let value = try RelinearizationKey(decoding: bytes, parameters: parameters)
      var product = set.product
      product.relinearize(with: value)
      _ = FuzzSet.key(parameters).decrypt(product)
      return value.encoded()
    case .galoisKeys:
      let value = try GaloisKeys(decoding: bytes, parameters: parameters)
      for element in value.elements.prefix(4) {
        var image = set.ciphertext
        try image.apply(element, with: value)
        _ = FuzzSet.key(parameters).decrypt(image)
      }
      return value.encoded()
    case .answer:
      let value = try Answer(decoding: bytes, parameters: parameters)
      _ = try FuzzSet.key(parameters).decrypt(value)
      return try value.encoded(parameters)
    }
  }

  /// What an evaluator and the key's owner do with a ciphertext from outside.
  private static func use(_ value: Ciphertext<Coefficient>, _ set: FuzzSet) throws(BFVError) {
    let key = FuzzSet.key(set.parameters)
    _ = key.decrypt(value)
    _ = key.noiseBudget(value)
    var sum = value
    sum.add(value)
    sum.negate()
    sum.add(set.plaintext)
    if sum.level > 1 { try sum.switchDown() }
    if value.polynomialCount == 2 { sum = try .product(value, value) }
    _ = key.decrypt(sum)
    if value.polynomialCount == 2, set.parameters.literal.answerBits != nil {
      _ = try key.decrypt(value.answer(.all))
    }
  }
}
