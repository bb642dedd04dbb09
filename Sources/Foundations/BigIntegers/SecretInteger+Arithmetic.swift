import Secrets

// Fence: operands and results by pointer to `FixedWords`.

extension SecretInteger {
  /// self·other, in as many words as both have.
  public borrowing func times(_ other: borrowing SecretInteger) -> SecretInteger {
    let a = wordCount, b = other.wordCount
    return unsafe SecretInteger(wordCount: a + b) { out in
      unsafe withWords { x in unsafe other.withWords { y in unsafe FixedWords.multiply(out, x, a, y, b) } }
    }
  }

  /// self + other in as many words as the longer one has; the sum must fit.
  public borrowing func plus(_ other: borrowing SecretInteger) -> SecretInteger {
    let count = max(wordCount, other.wordCount)
    let longer = other.copy(wordCount: count), own = copy(wordCount: count)
    return unsafe SecretInteger(wordCount: count) { out in
      unsafe own.withWords { x in unsafe longer.withWords { y in _ = unsafe FixedWords.add(out, x, y, count) }
      }
    }
  }

  /// self − other for other ≤ self, in self's words.
  public borrowing func minus(_ other: borrowing SecretInteger) -> SecretInteger {
    let count = wordCount, same = other.copy(wordCount: count)
    return unsafe SecretInteger(wordCount: count) { out in
      unsafe withWords { x in unsafe same.withWords { y in _ = unsafe FixedWords.subtract(out, x, y, count) }
      }
    }
  }

  /// (self − other) mod n for both below n, all of n's length.
  public borrowing func minus(_ other: borrowing SecretInteger, modulo n: borrowing SecretInteger)
    -> SecretInteger
  {
    let count = n.wordCount
    precondition(wordCount == count && other.wordCount == count, "residues have the modulus's length")
    return unsafe SecretInteger(wordCount: count) { out in
      unsafe withWords { x in
        unsafe other.withWords { y in
          unsafe n.withWords { n in
            let borrow = unsafe FixedWords.subtract(out, x, y, count)
            unsafe FixedWords.add(out, out, n, count, if: borrow)
          }
        }
      }
    }
  }

  /// self − word; the result must not be negative.
  public borrowing func minus(word: UInt64) -> SecretInteger {
    unsafe minus(SecretInteger(wordCount: 1) { unsafe $0[0] = word })
  }

  /// ⌊self / d⌋, one word longer than the difference of lengths. d's highest word is not zero.
  public borrowing func quotient(dividingBy d: borrowing SecretInteger) -> SecretInteger {
    let count = max(wordCount, d.wordCount), divisor = d.wordCount
    return unsafe SecretInteger(wordCount: count - divisor + 1) { quotient in
      _ = unsafe copy(wordCount: count).replaced { a in
        unsafe d.withWords { unsafe FixedWords.divide(a, count, by: $0, divisor, quotient: quotient) }
      }
    }
  }

  /// self mod n in n's words; n's highest word is not zero.
  public borrowing func modulo(_ n: borrowing SecretInteger) -> SecretInteger {
    let count = max(wordCount, n.wordCount), divisor = n.wordCount
    return unsafe copy(wordCount: count).replaced { a in
      unsafe n.withWords { unsafe FixedWords.divide(a, count, by: $0, divisor, quotient: nil) }
    }.lowWords(divisor)
  }

  /// self^exponent mod n for an odd n, in n's words; every bit of the exponent's words counts.
  public borrowing func power(
    _ exponent: borrowing SecretInteger, modulo n: borrowing SecretInteger
  ) -> SecretInteger {
    let own = wordCount, count = n.wordCount, bits = 64 * exponent.wordCount
    return unsafe SecretInteger(wordCount: count) { out in
      unsafe withWords { x in
        unsafe exponent.withWords { e in
          unsafe n.withWords { unsafe FixedWords.power(out, x, own, e, bits: bits, $0, count) }
        }
      }
    }
  }

  /// self⁻¹ mod n for an odd n, in n's words; nil where gcd(self, n) ≠ 1.
  public borrowing func inverse(modulo n: borrowing SecretInteger) -> SecretInteger? {
    let count = n.wordCount
    let reduced = modulo(n)
    var exists = false
    let inverse = unsafe SecretInteger(wordCount: count) { out in
      _ = unsafe reduced.copy().replaced { a in
        unsafe n.withWords { exists = unsafe FixedWords.invert(out, a, $0, count) }
      }
    }
    guard exists else { return nil }
    return inverse
  }

  /// The words, changed in place by `body`.
  private consuming func replaced(_ body: (UnsafeMutablePointer<UInt64>) -> Void) -> SecretInteger {
    let count = wordCount
    return unsafe SecretInteger(wordCount: count) { out in
      unsafe withWords { unsafe out.update(from: $0, count: count) }
      unsafe body(out)
    }
  }
}

extension SecretInteger {
  /// ⌊self / 2^count⌋ for 0 < count < 64, in the same words.
  public borrowing func shiftedRight(by count: Int) -> SecretInteger {
    precondition((1..<64).contains(count), "a shift within a word")
    let own = wordCount, down = UInt64(count), up = UInt64(64 - count)
    return unsafe SecretInteger(wordCount: own) { out in
      unsafe withWords { x in
        for i in 0..<own { unsafe out[i] = unsafe x[i] >> down | (i + 1 < own ? x[i + 1] << up : 0) }
      }
    }
  }

  /// self where `bit` is 1, zero where it is 0.
  public borrowing func masked(_ bit: UInt64) -> SecretInteger {
    let own = wordCount, mask = 0 &- (bit & 1)
    return unsafe SecretInteger(wordCount: own) { out in
      unsafe withWords { x in
        for i in 0..<own { unsafe out[i] = unsafe x[i] & mask }
      }
    }
  }

  /// The number mod 2^64.
  public var lowestWord: UInt64 { unsafe withWords { unsafe $0[0] } }
}
