/// How the bits of a word are read.
public enum Signedness: Sendable {
  /// 0 … 2^width − 1.
  case unsigned
  /// Two's complement.
  case signed
}

extension CircuitBuilder {
  /// a < b; `width` AND gates.
  public mutating func isLess(_ a: Word, _ b: Word, _ signedness: Signedness) -> Wire {
    // a + (2^w − 1 − b) + 1 carries exactly if a ≥ b; two's complement with its sign bit flipped is unsigned.
    let (x, y) = signedness == .signed ? (Self.offset(a), Self.offset(b)) : (a, b)
    return !addingWithCarry(x, y.map { !$0 }, carry: .one).carry
  }

  /// a ≤ b; `width` AND gates.
  public mutating func isLessOrEqual(_ a: Word, _ b: Word, _ signedness: Signedness) -> Wire {
    !isLess(b, a, signedness)
  }

  /// a = b; `width` − 1 AND gates.
  public mutating func isEqual(_ a: Word, _ b: Word) -> Wire { all(xor(a, b).map { !$0 }) }

  /// The smaller; 2·`width` AND gates.
  public mutating func minimum(_ a: Word, _ b: Word, _ signedness: Signedness) -> Word {
    select(isLess(b, a, signedness), b, else: a)
  }

  /// The larger; 2·`width` AND gates.
  public mutating func maximum(_ a: Word, _ b: Word, _ signedness: Signedness) -> Word {
    select(isLess(a, b, signedness), b, else: a)
  }

  /// The largest of at least one word, and the lowest index at which it stands, in ⌈log2 count⌉ bits.
  public mutating func argmax(
    _ words: [Word], _ signedness: Signedness
  ) -> (maximum: Word, index: Word) {
    precondition(!words.isEmpty, "the largest of something")
    let indexWidth = Int.bitWidth - (words.count - 1).leadingZeroBitCount
    let entries = words.enumerated().map { index, word in
      (word, Self.constant(UInt64(index), width: indexWidth))
    }
    let best = tree(entries, empty: ([], [])) { builder, a, b in
      // Neighbours stand in order of their indices, so that the left one wins a tie.
      let isRight = builder.isLess(a.0, b.0, signedness)
      return (builder.select(isRight, b.0, else: a.0), builder.select(isRight, b.1, else: a.1))
    }
    return (best.0, best.1)
  }

  /// The words in ascending order: Batcher's odd-even merge sort (Knuth, volume 3, algorithm 5.2.2M), 2·`width` AND gates for
  /// each of its comparators.
  public mutating func sorted(_ words: [Word], _ signedness: Signedness) -> [Word] {
    var words = words
    let count = words.count
    guard count > 1 else { return words }
    let top = 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount - 1)
    var p = top
    while p > 0 {
      var q = top
      var r = 0
      var d = p
      while true {
        for i in 0..<max(0, count - d) where i & p == r { exchange(&words, i, i + d, signedness) }
        guard q != p else { break }
        d = q - p
        q /= 2
        r = p
      }
      p /= 2
    }
    return words
  }

  private mutating func exchange(_ words: inout [Word], _ i: Int, _ j: Int, _ signedness: Signedness) {
    let swaps = isLess(words[j], words[i], signedness)
    let change = xor(words[i], words[j]).map { and(swaps, $0) }
    words[i] = xor(words[i], change)
    words[j] = xor(words[j], change)
  }

  private static func offset(_ word: Word) -> Word {
    guard let sign = word.last else { return word }
    return word.dropLast() + [!sign]
  }
}
