import Secrets

// Fence: rows of words in one wiped buffer.

/// `count` non-negative secret integers of one fixed length, one behind the other: what batches of an operation take and
/// give.
public struct SecretIntegers: ~Copyable, Sendable {
  private var storage: SecretBuffer<UInt64>

  /// The number of integers.
  public let count: Int
  /// The words of each.
  public let wordCount: Int

  /// `count` ≥ 0 zeros of `wordCount` ≥ 1 words.
  public init(count: Int, wordCount: Int) {
    precondition(count >= 0 && wordCount >= 1, "sizes of secret integers")
    self.count = count
    self.wordCount = wordCount
    storage = SecretBuffer(count: count * wordCount)
  }

  /// Integers that were public or are a user's own, each from 0 to 2^(64·wordCount).
  public init(variableTime values: [BigInteger], wordCount: Int) {
    self.init(count: values.count, wordCount: wordCount)
    for (i, value) in values.enumerated() {
      self[i] = SecretInteger(variableTime: value, wordCount: wordCount)
    }
  }

  /// The integer at `index`.
  public subscript(index: Int) -> SecretInteger {
    get {
      precondition(index >= 0 && index < count, "index of a secret integer")
      let length = wordCount
      return unsafe SecretInteger(wordCount: length) { out in
        unsafe withWords { unsafe out.update(from: $0 + index * length, count: length) }
      }
    }
    set {
      precondition(
        index >= 0 && index < count && newValue.wordCount == wordCount, "a secret integer of this length")
      let length = wordCount
      unsafe withMutableWords { words in
        unsafe newValue.withWords { unsafe (words + index * length).update(from: $0, count: length) }
      }
    }
  }

  /// All words, in place; valid inside `body` only.
  package borrowing func withWords<R: ~Copyable>(_ body: (UnsafePointer<UInt64>) -> R) -> R {
    unsafe storage.withUnsafeBufferPointer { buffer in
      // An empty vector has no word to point at, and none is read.
      unsafe body(buffer.baseAddress ?? UnsafePointer(bitPattern: 64).unsafelyUnwrapped)
    }
  }

  /// All words, to be changed in place.
  package mutating func withMutableWords<R: ~Copyable>(_ body: (UnsafeMutablePointer<UInt64>) -> R) -> R {
    unsafe storage.withUnsafeMutableBufferPointer { buffer in
      unsafe body(buffer.baseAddress ?? UnsafeMutablePointer(bitPattern: 64).unsafelyUnwrapped)
    }
  }
}
