import BigIntegers
import Primitives
import Secrets

// Fence: random words written in place.

extension SecretInteger {
  /// 1 where the word is 0, else 0, without a branch.
  static func isZero(_ word: UInt64) -> SecretInteger {
    unsafe SecretInteger(wordCount: 1) { unsafe $0[0] = 1 ^ ((word | (0 &- word)) >> 63) }
  }

  /// Uniform below 2^bits.
  static func random(bits: Int, _ stream: inout RandomStream) -> SecretInteger {
    let words = (bits + 63) / 64
    return unsafe SecretInteger(wordCount: words) { out in
      unsafe stream.fill(UnsafeMutableRawBufferPointer(start: out, count: 8 * words))
      if bits % 64 != 0 { unsafe out[words - 1] &= (1 << UInt64(bits % 64)) - 1 }
    }
  }

  /// Below `bound`, at most 2^-128 from uniform.
  static func random(below bound: borrowing SecretInteger, _ stream: inout RandomStream) -> SecretInteger {
    random(bits: 64 * bound.wordCount + 128, &stream).modulo(bound)
  }
}

extension SecretIntegers {
  /// Uniform below 2^bits, each in the fewest words.
  static func random(count: Int, bits: Int, _ stream: inout RandomStream) -> SecretIntegers {
    let words = (bits + 63) / 64
    var values = SecretIntegers(count: count, wordCount: words)
    unsafe values.withMutableWords { out in
      unsafe stream.fill(UnsafeMutableRawBufferPointer(start: out, count: 8 * words * count))
      guard bits % 64 != 0 else { return }
      for i in 0..<count { unsafe out[i * words + words - 1] &= (1 << UInt64(bits % 64)) - 1 }
    }
    return values
  }

  /// Below `bound`, each at most 2^-128 from uniform.
  static func random(
    count: Int, below bound: borrowing SecretInteger, _ stream: inout RandomStream
  ) -> SecretIntegers {
    var values = SecretIntegers(count: count, wordCount: bound.wordCount)
    for i in 0..<count { values[i] = SecretInteger.random(below: bound, &stream) }
    return values
  }
}
