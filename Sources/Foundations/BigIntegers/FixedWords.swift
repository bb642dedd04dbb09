import CGMP
import Secrets

// Fence: GMP's functions for side-channel silence (GMP manual, section "Low-level functions for cryptography") on words by
// pointer. Time and addresses depend on lengths alone. Numbers are little-endian; lengths are in words, at least 1.

/// Arithmetic on numbers of a fixed length by pointer: for `SecretInteger` and for kernels that own their memory.
@unsafe
package enum FixedWords {
  package typealias Words = UnsafeMutablePointer<UInt64>
  package typealias ConstantWords = UnsafePointer<UInt64>

  // GMP's limb is `unsigned long`, which is UInt in Swift and as long as a word here.
  private static func limbs(_ words: Words) -> UnsafeMutablePointer<UInt> {
    unsafe UnsafeMutableRawPointer(words).assumingMemoryBound(to: UInt.self)
  }
  private static func limbs(_ words: ConstantWords) -> UnsafePointer<UInt> {
    unsafe UnsafeRawPointer(words).assumingMemoryBound(to: UInt.self)
  }

  /// Runs a call of GMP with wiped scratch of `itch` words.
  private static func withScratch<R>(_ itch: Int, _ body: (UnsafeMutablePointer<UInt>) -> R) -> R {
    var scratch = SecretBuffer<UInt>(count: max(1, itch))
    return unsafe scratch.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("scratch is never empty") }
      return unsafe body(start)
    }
  }

  /// out (a + b words) = a·b; out overlaps nothing.
  package static func multiply(
    _ out: Words, _ a: ConstantWords, _ aCount: Int, _ b: ConstantWords, _ bCount: Int
  ) {
    // GMP asks for the longer factor first. Its scratch for products is documented by `itch` alone.
    guard aCount >= bCount else { return unsafe multiply(out, b, bCount, a, aCount) }
    let itch = __gmpn_sec_mul_itch(aCount, bCount)
    guard itch > 0 else {
      var none: UInt = 0
      return unsafe __gmpn_sec_mul(limbs(out), limbs(a), aCount, limbs(b), bCount, &none)
    }
    unsafe withScratch(itch) { unsafe __gmpn_sec_mul(limbs(out), limbs(a), aCount, limbs(b), bCount, $0) }
  }

  /// out (2·count words) = a²; out overlaps nothing.
  package static func square(_ out: Words, _ a: ConstantWords, _ count: Int) {
    let itch = __gmpn_sec_sqr_itch(count)
    guard itch > 0 else {
      var none: UInt = 0
      return unsafe __gmpn_sec_sqr(limbs(out), limbs(a), count, &none)
    }
    unsafe withScratch(itch) { unsafe __gmpn_sec_sqr(limbs(out), limbs(a), count, $0) }
  }

  /// out = a + b, returns the carry; out may be a or b.
  @discardableResult
  package static func add(_ out: Words, _ a: ConstantWords, _ b: ConstantWords, _ count: Int) -> UInt64 {
    unsafe UInt64(__gmpn_add_n(limbs(out), limbs(a), limbs(b), count))
  }

  /// out = a − b, returns the borrow; out may be a or b.
  @discardableResult
  package static func subtract(_ out: Words, _ a: ConstantWords, _ b: ConstantWords, _ count: Int) -> UInt64 {
    unsafe UInt64(__gmpn_sub_n(limbs(out), limbs(a), limbs(b), count))
  }

  /// out = a + b where `condition` ≠ 0, else a; returns the carry.
  @discardableResult
  package static func add(
    _ out: Words, _ a: ConstantWords, _ b: ConstantWords, _ count: Int, if condition: UInt64
  ) -> UInt64 {
    unsafe UInt64(__gmpn_cnd_add_n(UInt(condition), limbs(out), limbs(a), limbs(b), count))
  }

  /// a += word, returns the carry: every word is visited, wherever the carry ends.
  @discardableResult
  package static func add(_ a: Words, word: UInt64, _ count: Int) -> UInt64 {
    var carry = word
    for i in 0..<count {
      let (sum, overflow) = unsafe a[i].addingReportingOverflow(carry)
      unsafe a[i] = sum
      carry = overflow ? 1 : 0
    }
    return carry
  }

  /// out = a·factor + b + carry-in 0, `count` words; returns the word that is carried out. out may be a or b.
  package static func add(
    _ out: Words, _ a: ConstantWords, times factor: UInt64, _ b: ConstantWords, _ count: Int
  ) -> UInt64 {
    var carry: UInt64 = 0
    for i in 0..<count {
      let (high, low) = unsafe a[i].multipliedFullWidth(by: factor)
      let (s, o1) = unsafe low.addingReportingOverflow(b[i])
      let (t, o2) = s.addingReportingOverflow(carry)
      unsafe out[i] = t
      carry = high &+ (o1 ? 1 : 0) &+ (o2 ? 1 : 0)
    }
    return carry
  }

  /// Montgomery's reduction (P. L. Montgomery, "Modular multiplication without trial division", 1985): out = (t + q·n) / 2^(64·count),
  /// for t of 2·count words, which is used up, and out below 2^(64·count) by the caller's bounds. q receives the quotient.
  package static func reduce(
    _ out: Words, _ t: Words, _ n: ConstantWords, n0: UInt64, quotient q: Words, _ count: Int
  ) {
    for i in 0..<count {
      let factor = unsafe t[i] &* n0
      unsafe q[i] = factor
      // The word that becomes zero keeps the carry, to be added at once behind the loop.
      unsafe t[i] = unsafe UInt64(__gmpn_addmul_1(limbs(t + i), limbs(n), count, UInt(factor)))
    }
    _ = unsafe __gmpn_add_n(limbs(out), limbs(t + count), limbs(t), count)
  }

  /// out = table[index] of `entries` numbers of `count` words; every entry is read.
  package static func select(_ out: Words, _ table: ConstantWords, count: Int, entries: Int, index: UInt64) {
    unsafe __gmpn_sec_tabselect(limbs(out), limbs(table), count, entries, Int(bitPattern: UInt(index)))
  }

  /// Replaces a by a mod d in its lower dCount words (the others are zeroed), and writes the quotient of
  /// aCount − dCount + 1 words where it is wanted. d's highest word is not zero.
  package static func divide(
    _ a: Words, _ aCount: Int, by d: ConstantWords, _ dCount: Int, quotient: Words?
  ) {
    if let quotient = unsafe quotient {
      let top = unsafe withScratch(__gmpn_sec_div_qr_itch(aCount, dCount)) {
        unsafe __gmpn_sec_div_qr(limbs(quotient), limbs(a), aCount, limbs(d), dCount, $0)
      }
      unsafe quotient[aCount - dCount] = UInt64(top)
    } else {
      unsafe withScratch(__gmpn_sec_div_r_itch(aCount, dCount)) {
        unsafe __gmpn_sec_div_r(limbs(a), aCount, limbs(d), dCount, $0)
      }
    }
    for i in dCount..<max(dCount, aCount) { unsafe a[i] = 0 }
  }

  /// out = base^exponent mod n, n odd of `count` words; the exponent has `bits` ≥ 1 bits.
  package static func power(
    _ out: Words, _ base: ConstantWords, _ baseCount: Int, _ exponent: ConstantWords, bits: Int,
    _ n: ConstantWords, _ count: Int
  ) {
    unsafe withScratch(__gmpn_sec_powm_itch(baseCount, UInt(bits), count)) {
      unsafe __gmpn_sec_powm(
        limbs(out), limbs(base), baseCount, limbs(exponent), UInt(bits), limbs(n), count, $0)
    }
  }

  /// out = a⁻¹ mod n, n odd, a < n, which is used up; false where there is none.
  package static func invert(_ out: Words, _ a: Words, _ n: ConstantWords, _ count: Int) -> Bool {
    unsafe withScratch(__gmpn_sec_invert_itch(count)) {
      unsafe __gmpn_sec_invert(limbs(out), limbs(a), limbs(n), count, UInt(128 * count), $0) != 0
    }
  }
}
