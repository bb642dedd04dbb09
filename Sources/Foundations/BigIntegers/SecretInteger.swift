import Secrets

// Fence: words in wiped memory, handed to `FixedWords` by pointer.

/// A non-negative secret integer of a fixed number of words: one owner, wiped when its life ends, no textual form.
///
/// Time and addresses of its operations depend on numbers of words alone, which are public, except where a label says
/// `variableTime`.
public struct SecretInteger: ~Copyable, Sendable {
  private let storage: SecretBuffer<UInt64>

  /// The number of 64-bit words, at least 1.
  public var wordCount: Int { storage.count }

  /// Zero in `wordCount` ≥ 1 words.
  public init(wordCount: Int) { unsafe self.init(wordCount: wordCount) { _ in } }

  /// `wordCount` ≥ 1 little-endian words, written by `body` over zeros.
  package init(wordCount: Int, _ body: (UnsafeMutablePointer<UInt64>) -> Void) {
    precondition(wordCount >= 1, "a secret integer has words")
    storage = unsafe SecretBuffer(count: wordCount) { buffer in
      if let start = buffer.baseAddress { unsafe body(start) }
    }
  }

  /// A number that was public, or is in the making: 0 ≤ value < 2^(64·wordCount).
  public init(variableTime value: BigInteger, wordCount: Int) {
    precondition(value.signum >= 0 && value.bitWidth <= 64 * wordCount, "the number fits")
    let words = value.words
    unsafe self.init(wordCount: wordCount) { target in
      for (i, word) in words.enumerated() { unsafe target[i] = word }
    }
  }

  /// 2^exponent in the fewest words.
  public init(powerOfTwo exponent: Int) {
    unsafe self.init(wordCount: exponent / 64 + 1) { unsafe $0[exponent / 64] = 1 << UInt64(exponent % 64) }
  }

  /// Big-endian bytes, at most 8·wordCount of them; nil where there are more.
  public init?(bigEndian bytes: borrowing SecretBytes, wordCount: Int) {
    let count = bytes.count
    guard count <= 8 * wordCount else { return nil }
    let number = unsafe SecretInteger(wordCount: wordCount) { words in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        for i in 0..<count { unsafe words[i / 8] |= UInt64(bytes[count - 1 - i]) << UInt64(8 * (i % 8)) }
      }
    }
    self = number
  }

  /// Exactly `count` big-endian bytes; the number must fit.
  public borrowing func bigEndian(count: Int) -> SecretBytes {
    let own = wordCount
    return unsafe SecretBytes(count: count) { bytes in
      unsafe withWords { words in
        for i in 0..<min(count, 8 * own) {
          unsafe bytes[count - 1 - i] = unsafe UInt8(truncatingIfNeeded: words[i / 8] >> UInt64(8 * (i % 8)))
        }
      }
    }
  }

  /// The number for everybody to see, or for a step of key generation.
  public borrowing func value(variableTime: Void) -> BigInteger {
    let count = wordCount
    return unsafe BigInteger(words: withWords { words in (0..<count).map { unsafe words[$0] } })
  }

  /// The number of bits up to the highest one that is set: public for moduli alone.
  public borrowing func bitWidth(variableTime: Void) -> Int {
    let count = wordCount
    return unsafe withWords { words in
      (0..<count).last { unsafe words[$0] != 0 }.map { unsafe 64 * $0 + 64 - words[$0].leadingZeroBitCount }
        ?? 0
    }
  }

  /// The same number on its own, in `wordCount` words or more, the higher ones zero.
  public borrowing func copy(wordCount: Int? = nil) -> SecretInteger {
    let own = self.wordCount
    precondition(own <= wordCount ?? own, "a copy is not shorter")
    return unsafe SecretInteger(wordCount: wordCount ?? own) { target in
      unsafe withWords { unsafe target.update(from: $0, count: own) }
    }
  }

  /// The lowest `count` words.
  public borrowing func lowWords(_ count: Int) -> SecretInteger {
    let own = wordCount
    return unsafe SecretInteger(wordCount: count) { target in
      unsafe withWords { unsafe target.update(from: $0, count: min(count, own)) }
    }
  }

  /// The number without zero words at its top: what divides, or is a modulus, must not have them. Its length becomes public.
  public borrowing func trimmed(variableTime: Void) -> SecretInteger {
    lowWords(max(1, (bitWidth(variableTime: ()) + 63) / 64))
  }

  /// Whether the number is zero.
  public borrowing func isZero() -> Bool {
    let count = wordCount
    return unsafe withWords { words in (0..<count).reduce(0 as UInt64) { unsafe $0 | words[$1] } } == 0
  }

  /// Reads the words in place.
  package borrowing func withWords<R: ~Copyable>(_ body: (UnsafePointer<UInt64>) -> R) -> R {
    unsafe storage.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("a secret integer has words") }
      return unsafe body(start)
    }
  }
}
