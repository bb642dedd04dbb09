import BigIntegers

extension EncryptedNumbers {
  /// Ciphertexts with an exponent each, brought to the lowest of them by squarings, four for each step of each.
  ///
  /// Throws `differentCounts`, `exponentOutOfRange`, `exponentsTooFarApart` for more than `maximumSquarings`, or `mayOverflow` where a
  /// mantissa of the declared bound would outgrow the key.
  public init(
    _ ciphertexts: Ciphertexts, exponents: [Int], bound: BigInteger = assumedBound
  ) throws(PaillierError) {
    guard exponents.count == ciphertexts.count else {
      throw .differentCounts(ciphertexts.count, exponents.count)
    }
    if let bad = exponents.first(where: { !NumberEncoding.exponents.contains($0) }) {
      throw .exponentOutOfRange(bad)
    }
    let lowest = exponents.min() ?? 0, length = ciphertexts.key.ciphertextWords
    // Before any of it is computed.
    try ciphertexts.key.check(bound: bound << (4 * ((exponents.max() ?? 0) - lowest)))
    try Self.check(squarings: exponents.reduce(0) { $0 + 4 * ($1 - lowest) })
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
