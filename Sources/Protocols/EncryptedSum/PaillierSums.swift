import BigIntegers
import Glibc
import Paillier
import Primitives
import Secrets

/// Vectors under Paillier: side by side in few ciphertexts, or each value in one of its own, as python-paillier makes them.
struct PaillierSums: Sendable {
  let encryptor: Encryptor
  /// nil: a ciphertext for each value, negative values from the top of the residues.
  private let packing: Packing?
  /// How many contributions' room the noise of a private release takes.
  private let noiseAddends: Int
  private let lowest: Int
  private let noiseBounds: [Int]
  /// Values of a vector.
  private let valueCount: Int

  var key: PublicKey { encryptor.key }
  var ciphertextCount: Int { packing?.plaintextCount(valueCount) ?? valueCount }
  var byteCount: Int { Ciphertexts.encodedByteCount(ciphertextCount, key: key) }

  /// log2 of what a sum may reach over what it can: of a slot, or of n/2.
  func headroomBits(span: Int) -> Double {
    Double(packing?.slotBits ?? key.bitWidth - 1) - log2(Double(span))
  }

  /// Nil where not even one slot fits the key.
  init?(_ study: SumStudy, _ layout: SumLayout, key: PublicKey, form: SumStudy.PaillierForm) {
    encryptor = Encryptor(classic: key)
    valueCount = layout.count
    noiseBounds = layout.blocks.flatMap { block in
      [Int](repeating: block.noise?.noiseBound ?? 0, count: block.positions.count)
    }
    let low = layout.blocks.map(\.perContribution.lowerBound).min() ?? 0
    let high = layout.blocks.map(\.perContribution.upperBound).max() ?? 1
    let widest = 2 * (noiseBounds.max() ?? 0)
    lowest = low
    noiseAddends = (widest + high - low - 1) / (high - low)
    switch form {
    case .separate: packing = nil
    case .packed:
      let addends = study.limits.maximumContributors + noiseAddends
      guard let packing = try? Packing(key: key, range: low...high, addends: addends) else { return nil }
      self.packing = packing
    }
  }

  func encrypt(_ vector: [Int]) throws(SumError) -> [UInt8] {
    do {
      if let packing { return try encryptor.encrypt(packing.encode(vector)).encoded() }
      return try encryptor.encrypt(residues(vector)).encoded()
    } catch { throw .vectorOutOfRange }
  }

  /// Every ciphertext a unit modulo n², in the number that the layout asks for.
  func ciphertexts(_ body: [UInt8]) throws(SumError) -> Ciphertexts {
    guard body.count == byteCount else { throw .malformedContribution }
    do { return try Ciphertexts(decoding: body, key: key, count: ciphertextCount) } catch {
      throw .malformedContribution
    }
  }

  /// With noise (none where it is empty), and re-randomised by what the seeds give.
  func release(
    _ sum: Ciphertexts, noise: [Int], seeds: borrowing SumSeeds
  ) throws(SumError) -> [UInt8] {
    var stream = seeds.stream(.rerandomization)
    do {
      var sum = sum
      if !noise.isEmpty { sum = try sum.adding(plain: noiseResidues(noise)) }
      return try encryptor.rerandomize(sum, from: &stream).encoded()
    } catch { throw .noiseTooLarge }
  }

  /// The sums. Throws `malformed`, `wrongDecryptionKey`, or `sumOutOfRange` where slots overflowed.
  func values(
    of bytes: [UInt8], contributors: Int, isNoisy: Bool, key secret: borrowing PrivateKey
  ) throws(SumError) -> [BigInteger] {
    guard secret.publicKey == key else { throw .wrongDecryptionKey }
    do {
      let ciphertexts = try Ciphertexts(decoding: bytes, key: key, count: ciphertextCount)
      let residues = try secret.decrypt(ciphertexts)
      guard let packing else { return signed(residues) }
      let addends = contributors + (isNoisy ? noiseAddends : 0)
      let sums = try packing.decode(residues, count: valueCount, added: addends)
      guard isNoisy else { return sums.map { BigInteger($0) } }
      return zip(sums, noiseBounds).map { BigInteger($0) - BigInteger($1 + lowest * noiseAddends) }
    } catch PaillierError.overflow { throw .sumOutOfRange(column: "") } catch { throw .malformed }
  }

  private var wordCount: Int { (key.bitWidth + 63) / 64 }

  private func residues(_ values: [Int]) -> SecretIntegers {
    SecretIntegers(
      variableTime: values.map { $0 < 0 ? key.n + BigInteger($0) : BigInteger($0) }, wordCount: wordCount)
  }

  private func signed(_ residues: borrowing SecretIntegers) -> [BigInteger] {
    (0..<residues.count).map { index in
      let value = residues[index].value(variableTime: ())
      return value > key.n >> 1 ? value - key.n : value
    }
  }

  /// In slots each draw is lifted by its bound, so that no digit is negative; `values` takes the bound off again.
  private func noiseResidues(_ noise: [Int]) -> SecretIntegers {
    guard let packing else { return residues(noise) }
    var plaintexts = [BigInteger](repeating: BigInteger(0), count: ciphertextCount)
    for (index, (draw, bound)) in zip(noise, noiseBounds).enumerated() {
      let digit = BigInteger(draw + bound) << (index % packing.slots * packing.slotBits)
      plaintexts[index / packing.slots] = plaintexts[index / packing.slots] + digit
    }
    return SecretIntegers(variableTime: plaintexts, wordCount: wordCount)
  }
}
