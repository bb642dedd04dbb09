import BigIntegers
import Paillier
import ProcessorFeatures

/// Times Paillier per value, on one thread, in batches.
struct PaillierBenchmark {
  let size: KeySize
  let batchSize: Int
  var stopwatch = Stopwatch()

  /// One measured operation.
  struct Row {
    let name: String
    let keyBits: Int
    let variant: VectorVariant
    let milliseconds: Double

    /// One JSON object on one line.
    var json: String {
      """
      {"name":"\(name)","key_bits":\(keyBits),"median_ms":\(rounded),"variant":"\(variant.rawValue)"}
      """
    }

    /// One line of the table.
    var text: String {
      let columns = [
        name.padding(to: 28), "\(keyBits)".padding(to: 8), variant.rawValue.padding(to: 8), "\(rounded)",
      ]
      return columns.joined(separator: " ")
    }

    static let heading = "operation".padding(to: 28) + " bits     variant  median ms"

    private var rounded: Double { (milliseconds * 100_000).rounded() / 100_000 }
  }

  /// Which kernels `HITOKU_SIMD` leaves: lanes, or GMP's words.
  private var variant: VectorVariant { VectorVariant.current == .avx512 ? .avx512 : .base }

  /// All operations; a result is the next input where shapes allow.
  func rows() throws -> [Row] {
    let key = PrivateKey.generate(size)
    guard let proven = ProvenKey(own: key) else { return [] }
    let short = Encryptor(proven), classic = Encryptor(classic: key.publicKey), owner = OwnerEncryptor(key)
    let encoding = NumberEncoding(key.publicKey)
    let numbers = encoding.encode((0..<batchSize).map { 1_000_003 &* $0 - 7_777_777 })
    var ciphertexts = try short.encrypt(numbers.residues, threads: 1)
    let other = try short.encrypt(numbers.residues, threads: 1)
    let factors = SecretIntegers(
      variableTime: (0..<batchSize).map { BigInteger(UInt64(4_294_967_295 - $0)) }, wordCount: 1)
    return try [
      row("keygen", calls: 1) { consume(PrivateKey.generate(size)) },
      row("tables", calls: 1) { consume(Encryptor(proven)) },
      row("encrypt") { ciphertexts = try short.encrypt(numbers.residues, threads: 1) },
      row("encrypt-owner") { ciphertexts = try owner.encrypt(numbers.residues, threads: 1) },
      row("encrypt-classic") { ciphertexts = try classic.encrypt(numbers.residues, threads: 1) },
      row("decrypt") { consume(try key.decrypt(ciphertexts, threads: 1)) },
      row("add") { ciphertexts = try ciphertexts.adding(other, threads: 1) },
      row("add-plain") { ciphertexts = try ciphertexts.adding(plain: numbers.residues, threads: 1) },
      row("multiply-plain32") {
        ciphertexts = try ciphertexts.multiplying(by: factors, bits: 32, threads: 1)
      },
      row("sum") { consume(try ciphertexts.columnSums(width: 8, threads: 1)) },
      row("rerandomize") { ciphertexts = try short.rerandomize(ciphertexts, threads: 1) },
    ] + proofRows(key, short)
  }

  /// Proofs, each on its own: times of one, not per value.
  private func proofRows(_ key: borrowing PrivateKey, _ encryptor: Encryptor) throws -> [Row] {
    let auxiliary = try AuxiliaryParameters(making: PrivateKey.generate(size), context: [])
    let blum = try BlumProof(proving: key, context: [], threads: 1)
    let factors = FactorProof(proving: key, auxiliary: auxiliary, context: [])
    let opened = try encryptor.encryptWithOpenings(
      NumberEncoding(key.publicKey).encode([1]).residues, threads: 1)
    let bit = try RangeProof(proving: 1, in: 0...1, of: opened, at: 0, context: [])
    guard let proven = ProvenKey(own: key) else { return [] }
    let publicKey = key.publicKey
    return try [
      row("blum-proof", calls: 1) { consume(try BlumProof(proving: key, context: [], threads: 1)) },
      row("blum-proof-verify", calls: 1) { try blum.verify(publicKey, context: [], threads: 1) },
      row("factor-proof", calls: 1) { consume(FactorProof(proving: key, auxiliary: auxiliary, context: [])) },
      row("factor-proof-verify", calls: 1) {
        try factors.verify(publicKey, auxiliary: auxiliary, context: [])
      },
      row("bit-proof", calls: 1) {
        consume(try RangeProof(proving: 1, in: 0...1, of: opened, at: 0, context: []))
      },
      row("bit-proof-verify", calls: 1) {
        try bit.verify(opened.ciphertexts, at: 0, in: 0...1, under: proven, context: [])
      },
    ]
  }

  private func row(_ name: String, calls: Int? = nil, _ body: () throws -> Void) rethrows -> Row {
    let time = try stopwatch.median(calls: calls ?? batchSize, body)
    return Row(name: "paillier/\(name)", keyBits: size.rawValue, variant: variant, milliseconds: time / 1000)
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
