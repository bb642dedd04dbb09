import BigIntegers

// Fence: words copied between public arrays and the vectors that kernels take.

extension Ciphertexts {
  /// The same numbers as a kernel takes them.
  func residues() -> SecretIntegers {
    var values = SecretIntegers(count: count, wordCount: key.ciphertextWords)
    let total = words.count
    unsafe values.withMutableWords { out in
      unsafe words.withUnsafeBufferPointer { source in
        if let start = source.baseAddress { unsafe out.update(from: start, count: total) }
      }
    }
    return values
  }

  /// What a kernel computed. Its rows of 2·words(n) words are as long as n² or one longer, which is then zero.
  init(key: PublicKey, residues: borrowing SecretIntegers) {
    let count = residues.count, from = residues.wordCount, length = key.ciphertextWords
    precondition(from >= length, "residues modulo n²")
    let words = unsafe residues.withWords { source in
      unsafe [UInt64](unsafeUninitializedCapacity: count * length) { buffer, initialized in
        initialized = count * length
        guard let out = buffer.baseAddress else { return }
        for i in 0..<count { unsafe (out + i * length).initialize(from: source + i * from, count: length) }
      }
    }
    self.init(key: key, words: words)
  }
}
