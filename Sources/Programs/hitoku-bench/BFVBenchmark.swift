import BFV
import ParameterFiles
import ProcessorFeatures

/// Times every BFV operation under one of the benchmark sets.
struct BFVBenchmark {
  let degree: Int
  let primes: Int
  let parameters: Parameters
  let stopwatch: Stopwatch
  /// Measure only operations whose names contain this.
  let only: String?

  /// The degrees that have a benchmark set.
  static let degrees = [4096, 8192, 16384]

  /// Throws where no set of this degree is built in.
  init(degree: Int, only: String? = nil, stopwatch: Stopwatch = Stopwatch()) throws {
    self.degree = degree
    self.only = only
    self.stopwatch = stopwatch
    parameters = try ParameterFiles.parameters(named: "bench-n\(degree)")
    primes = parameters.literal.coefficientModuli.count + (parameters.literal.specialModulus == nil ? 0 : 1)
  }

  private func row(_ name: String, bytes: Int = 0, _ body: () throws -> Void) rethrows -> [BenchmarkRow] {
    guard only.map({ name.contains($0) }) ?? true else { return [] }
    return [
      BenchmarkRow(
        name: name, size: degree, primes: primes, variant: .current,
        microseconds: try stopwatch.median(body), bytes: bytes)
    ]
  }

  /// All operations.
  func rows() throws -> [BenchmarkRow] {
    let t = parameters.plaintextModulus.words.first ?? 2
    let slots = (0..<UInt64(degree)).map { ($0 &* 0x9E37_79B9_7F4A_7C15 >> 20) % t }
    let plaintext = try Plaintext(slots: slots, parameters: parameters)
    let key = SecretKey(parameters)
    return try encryption(plaintext, key) + linear(plaintext, key) + products(plaintext, key)
      + encodings(plaintext, key)
  }

  private func encryption(_ plaintext: Plaintext, _ key: borrowing SecretKey) throws -> [BenchmarkRow] {
    let publicKey = key.makePublicKey()
    let ciphertext = publicKey.encrypt(plaintext)
    return row("bfv/keygen") { consume(SecretKey(parameters)) }
      + (try row("bfv/relin-key") { consume(try key.makeRelinearizationKey()) })
      + row("bfv/encrypt-secret") { consume(key.encrypt(plaintext)) }
      + row("bfv/encrypt-public") { consume(publicKey.encrypt(plaintext)) }
      + row("bfv/decrypt") { consume(key.decrypt(ciphertext)) }
  }

  /// Each operation works in place on its last result.
  private func linear(_ plaintext: Plaintext, _ key: borrowing SecretKey) throws -> [BenchmarkRow] {
    var sum = key.encrypt(plaintext)
    let other = key.encrypt(plaintext)
    var evaluated = sum.evaluated()
    let factor = TransformedPlaintext(plaintext, parameters: parameters)
    var product = sum
    return row("bfv/add") { sum.add(other) }
      + row("bfv/multiply-plain-eval") { evaluated.multiply(by: factor) }
      + row("bfv/multiply-plain-coeff") { product.multiply(by: plaintext) }
  }

  private func products(_ plaintext: Plaintext, _ key: borrowing SecretKey) throws -> [BenchmarkRow] {
    let a = key.encrypt(plaintext)
    let b = key.encrypt(plaintext)
    let relinearization = try key.makeRelinearizationKey()
    let galois = try key.makeGaloisKeys([parameters.rotation(by: 1)])
    let product = try Ciphertext.product(a, b)
    var rotated = a
    return
      (try row("bfv/multiply") { consume(try Ciphertext.product(a, b)) })
      + (try row("bfv/square") { consume(try a.squared()) })
      + row("bfv/relinearize") {
        var copy = product
        copy.relinearize(with: relinearization)
        consume(copy)
      }
      + (try row("bfv/rotate-rows") { try rotated.rotateRows(by: 1, with: galois) })
  }

  private func encodings(_ plaintext: Plaintext, _ key: borrowing SecretKey) throws -> [BenchmarkRow] {
    let ciphertext = key.encrypt(plaintext)
    let bytes = ciphertext.encoded()
    var last = ciphertext
    try last.switchDown(to: 1)
    let answerBytes = try last.answer(.all).encoded(parameters)
    let seeded = key.encryptSeeded(plaintext).encoded()
    return
      row("bfv/serialize", bytes: bytes.count) { consume(ciphertext.encoded()) }
      + (try row("bfv/deserialize", bytes: bytes.count) {
        consume(
          try Ciphertext<Coefficient>(
            decoding: bytes, parameters: parameters, noise: .freshPublic(degree: degree)))
      })
      + (try row("bfv/deserialize-seeded", bytes: seeded.count) {
        consume(try SeededCiphertext(decoding: seeded, parameters: parameters).expanded())
      })
      + (try row("bfv/answer", bytes: answerBytes.count) {
        consume(try last.answer(.all).encoded(parameters))
      })
  }
}
