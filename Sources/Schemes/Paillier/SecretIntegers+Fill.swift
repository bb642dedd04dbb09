import BigIntegers
import ParallelLoops

// Fence: rows that threads write one at a time, each its own.

extension SecretIntegers {
  /// Puts what `value` makes of each index in its place, on several threads; lengths must be this vector's.
  mutating func fill(threads: Int, _ value: @Sendable (Int) -> SecretInteger) {
    let length = wordCount, count = count
    withMutableWords { words in
      nonisolated(unsafe) let words = words
      ParallelLoops.forEachChunk(of: 32, count: count, threads: threads) { range in
        for i in range {
          let number = value(i)
          precondition(number.wordCount == length, "numbers of one length")
          number.withWords { (words + i * length).update(from: $0, count: length) }
        }
      }
    }
  }
}

extension SecretIntegers {
  /// Public or a user's own words, `wordCount` for each integer.
  init(words: [UInt64], wordCount: Int) {
    self.init(count: words.count / wordCount, wordCount: wordCount)
    withMutableWords { out in
      words.withUnsafeBufferPointer { source in
        if let start = source.baseAddress { out.update(from: start, count: source.count) }
      }
    }
  }

  /// The first integer that is `bound` or more. All are compared in full; only whether and which one is bad shows.
  borrowing func firstIndex(notBelow bound: BigInteger) -> Int? {
    let length = wordCount
    let limit = SecretInteger(variableTime: bound, wordCount: length)
    var scratch = SecretIntegers(count: 1, wordCount: length)
    return withWords { words in
      limit.withWords { limit in
        scratch.withMutableWords { out in
          (0..<count).first { FixedWords.subtract(out, words + $0 * length, limit, length) == 0 }
        }
      }
    }
  }
}
