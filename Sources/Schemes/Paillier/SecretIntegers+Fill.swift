import BigIntegers
import ParallelLoops

// Fence: rows that threads write one at a time, each its own.

extension SecretIntegers {
  /// Puts what `value` makes of each index in its place, on several threads; lengths must be this vector's.
  mutating func fill(threads: Int, _ value: @Sendable (Int) -> SecretInteger) {
    let length = wordCount, count = count
    unsafe withMutableWords { words in
      nonisolated(unsafe) let words = unsafe words
      ParallelLoops.forEachChunk(of: 32, count: count, threads: threads) { range in
        for i in range {
          let number = value(i)
          precondition(number.wordCount == length, "numbers of one length")
          unsafe number.withWords { unsafe (words + i * length).update(from: $0, count: length) }
        }
      }
    }
  }
}

extension SecretIntegers {
  /// Public or a user's own words, `wordCount` for each integer.
  init(words: [UInt64], wordCount: Int) {
    self.init(count: words.count / wordCount, wordCount: wordCount)
    unsafe withMutableWords { out in
      unsafe words.withUnsafeBufferPointer { source in
        if let start = source.baseAddress { unsafe out.update(from: start, count: source.count) }
      }
    }
  }

  /// The first integer that is `bound` or more. All are compared in full; only whether and which one is bad shows.
  borrowing func firstIndex(notBelow bound: BigInteger) -> Int? {
    let length = wordCount
    let limit = SecretInteger(variableTime: bound, wordCount: length)
    var scratch = SecretIntegers(count: 1, wordCount: length)
    return unsafe withWords { words in
      unsafe limit.withWords { limit in
        unsafe scratch.withMutableWords { out in
          (0..<count).first { unsafe FixedWords.subtract(out, words + $0 * length, limit, length) == 0 }
        }
      }
    }
  }
}
