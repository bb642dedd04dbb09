import BigIntegers
import ModularExponentiation
import ParallelLoops

// What can be computed without a key. Results carry the randomness of their inputs: re-randomise before they leave, if whoever
// decrypts must not learn more than the result (`Encryptor.rerandomize`).

extension Ciphertexts {
  /// Encryptions of the sums, element by element: products modulo n².
  public func adding(
    _ other: Ciphertexts, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> Ciphertexts {
    try check(other)
    return Ciphertexts(key: key, words: key.products.products(words, other.words, threads: threads))
  }

  /// Encryptions of the differences.
  public func subtracting(
    _ other: Ciphertexts, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> Ciphertexts {
    try adding(other.negated(threads: threads), threads: threads)
  }

  /// Encryptions of −m: inverses modulo n².
  public func negated(threads: Int = ParallelLoops.processorCount) -> Ciphertexts {
    // Every ciphertext is a unit: from outside they are checked, `Encryptor` checks the powers of its random numbers, and products
    // and powers of units are units.
    Ciphertexts(key: key, words: key.products.inverses(words, modulus: key.square, threads: threads))
  }

  /// For each of `width` columns the encryption of the sum over all rows of `width` ciphertexts; no rows give encryptions of 0.
  public func columnSums(
    width: Int, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> Ciphertexts {
    precondition(width > 0, "a number of columns")
    guard count % width == 0 else { throw .differentCounts(count, width) }
    guard count > 0 else {
      return Ciphertexts(
        key: key,
        words: (0..<width).flatMap { _ in [1] + [UInt64](repeating: 0, count: key.ciphertextWords - 1) })
    }
    return Ciphertexts(key: key, words: key.products.columnProducts(words, width: width, threads: threads))
  }

  /// Encryptions of m + x for residues x modulo n, one for each ciphertext: c·(1 + x·n). The randomness stays. Throws `differentCounts`,
  /// `differentKeys` for residues of another length than n's, `valueOutOfRange` for one that is n or more.
  public func adding(
    plain residues: borrowing SecretIntegers, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> Ciphertexts {
    guard residues.count == count else { throw .differentCounts(count, residues.count) }
    try key.check(residues: residues)
    guard count > 0 else { return self }
    let values = self.residues()
    return Ciphertexts(
      key: key, residues: key.modulus.shifted(values, by: residues, threads: threads))
  }

  /// Encryptions of m·x for factors 0 ≤ x < 2^bits, one for each ciphertext. Time depends on `bits` alone.
  /// Throws `valueOutOfRange` for a factor of more bits.
  public func multiplying(
    by factors: borrowing SecretIntegers, bits: Int, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> Ciphertexts {
    guard factors.count == count else { throw .differentCounts(count, factors.count) }
    precondition((1...64 * factors.wordCount).contains(bits), "bits of factors")
    if bits < 64 * factors.wordCount, let bad = factors.firstIndex(notBelow: BigInteger(1) << bits) {
      throw .valueOutOfRange(index: bad)
    }
    let values = residues()
    return Ciphertexts(
      key: key, residues: key.modulus.powers(of: values, exponents: factors, bits: bits, threads: threads))
  }

  /// Encryptions of m·x for signed factors |x| < 2^bits, bits ≤ 63. Every base is inverted whether or not its factor is negative, so
  /// that time does not tell the signs.
  public func multiplying(
    by factors: [Int], bits: Int = 63, threads: Int = ParallelLoops.processorCount
  ) throws(PaillierError) -> Ciphertexts {
    guard factors.count == count else { throw .differentCounts(count, factors.count) }
    precondition((1...63).contains(bits), "bits of factors")
    if let bad = factors.firstIndex(where: { $0.magnitude >> UInt(bits) != 0 }) {
      throw .valueOutOfRange(index: bad)
    }
    let inverses = negated(threads: threads).words
    let length = key.ciphertextWords
    var bases = words
    for (i, factor) in factors.enumerated() {
      let mask = UInt64(bitPattern: Int64(factor >> 63))
      for j in i * length..<(i + 1) * length { bases[j] ^= (bases[j] ^ inverses[j]) & mask }
    }
    let magnitudes = SecretIntegers(words: factors.map { UInt64($0.magnitude) }, wordCount: 1)
    return try Ciphertexts(key: key, words: bases).multiplying(by: magnitudes, bits: bits, threads: threads)
  }

  /// Encryptions of m·2^bits, bits ≥ 1: squarings, as the factor is public.
  func multiplying(byPowerOfTwo bits: Int, threads: Int = ParallelLoops.processorCount) -> Ciphertexts {
    guard count > 0 else { return self }
    let none = SecretIntegers(count: 0, wordCount: key.wordCount)
    return Ciphertexts(
      key: key,
      residues: key.modulus.powers(
        of: residues(), publicExponent: SecretInteger(powerOfTwo: bits), bits: bits + 1, messages: none,
        threads: threads))
  }

  private func check(_ other: Ciphertexts) throws(PaillierError) {
    guard key == other.key else { throw .differentKeys }
    guard count == other.count else { throw .differentCounts(count, other.count) }
  }
}
