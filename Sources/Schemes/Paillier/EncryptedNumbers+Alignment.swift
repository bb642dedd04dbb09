import BigIntegers

extension EncryptedNumbers {
  /// Ciphertexts with an exponent each, brought to the lowest of them: one multiplication for each exponent there is, in time that is
  /// linear in the number of ciphertexts.
  ///
  /// Throws `differentCounts`, `exponentOutOfRange`, or `mayOverflow` where a mantissa of the declared bound would outgrow the key.
  public init(
    _ ciphertexts: Ciphertexts, exponents: [Int], bound: BigInteger = BigInteger(1) << assumedBits
  ) throws(PaillierError) {
    guard exponents.count == ciphertexts.count else {
      throw .differentCounts(ciphertexts.count, exponents.count)
    }
    let lowest = exponents.min() ?? 0, length = ciphertexts.key.ciphertextWords
    var words = ciphertexts.words, largest = bound
    for (exponent, places) in Dictionary(grouping: exponents.indices, by: { exponents[$0] }) {
      let lowered = try EncryptedNumbers(ciphertexts[places], exponent: exponent, bound: bound)
        .lowered(to: lowest)
      largest = max(largest, lowered.bound)
      for (i, place) in places.enumerated() {
        words.replaceSubrange(
          place * length..<(place + 1) * length,
          with: lowered.ciphertexts.words[i * length..<(i + 1) * length])
      }
    }
    try self.init(Ciphertexts(key: ciphertexts.key, words: words), exponent: lowest, bound: largest)
  }
}
