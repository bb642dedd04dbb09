import BigIntegers

// Fence: the steps of the path without wide registers, on GMP's words.

/// An odd modulus of `count` words with a word to spare: 2^16·n ≤ R = 2^(64·count), so that the bounds are those of the lanes.
///
/// Scratch is 8·count words: two quotients, two double products and one digit.
@unsafe struct WordModulus {
  let n: UnsafePointer<UInt64>
  /// (1 − R) mod n.
  let bias: UnsafePointer<UInt64>
  /// −n⁻¹ mod 2^64.
  let n0: UInt64
  let count: Int

  typealias Words = UnsafeMutablePointer<UInt64>
  typealias ConstantWords = UnsafePointer<UInt64>

  /// out = a·b / R mod n; out may be a or b.
  func multiply(_ out: Words, _ a: ConstantWords, _ b: ConstantWords, _ q: Words) {
    let t = unsafe q + 2 * count
    unsafe FixedWords.multiply(t, a, count, b, count)
    unsafe FixedWords.reduce(out, t, n, n0: n0, quotient: q, count)
  }

  /// out = x·y / R mod n², as `Pairs.swift` of the wide kernels derives it.
  func multiplyPairs(_ out: Words, _ x: ConstantWords, _ y: ConstantWords, _ q: Words) {
    let t = unsafe q + 2 * count, u = unsafe q + 4 * count
    unsafe multiply(out, x, y, q)
    unsafe FixedWords.multiply(t, x, count, y + count, count)
    unsafe FixedWords.multiply(u, x + count, count, y, count)
    unsafe FixedWords.add(t, t, u, 2 * count)
    unsafe finishSecondDigit(out + count, t, q)
  }

  /// out = x² / R mod n².
  func squarePairs(_ out: Words, _ x: ConstantWords, _ q: Words) {
    let t = unsafe q + 2 * count
    unsafe FixedWords.square(t, x, count)
    unsafe FixedWords.reduce(out, t, n, n0: n0, quotient: q, count)
    unsafe FixedWords.multiply(t, x, count, x + count, count)
    unsafe FixedWords.add(t, t, t, 2 * count)
    unsafe finishSecondDigit(out + count, t, q)
  }

  /// out = x·d / R mod n² for a single digit d.
  func multiplyPairs(_ out: Words, _ x: ConstantWords, byDigit d: ConstantWords, _ q: Words) {
    let t = unsafe q + 2 * count
    unsafe multiply(out, x, d, q)
    unsafe FixedWords.multiply(t, x + count, count, d, count)
    unsafe finishSecondDigit(out + count, t, q)
  }

  /// out = (t − q) / R mod n, where −q is added as (R − 1 − q) + (1 − R mod n).
  private func finishSecondDigit(_ out: Words, _ t: Words, _ q: Words) {
    let complement = unsafe q + 6 * count
    for i in unsafe 0..<count { unsafe complement[i] = unsafe ~q[i] }
    var carry = unsafe FixedWords.add(complement, complement, bias, count)
    unsafe carry += FixedWords.add(t, t, complement, count)
    unsafe FixedWords.add(t + count, word: carry, count)
    unsafe FixedWords.reduce(out, t, n, n0: n0, quotient: q + count, count)
  }

  /// out = a − n where a ≥ n, else a, for a < 2n; taken: 1 where n was subtracted.
  func reduceOnce(_ out: Words, _ a: ConstantWords, taken: Words) {
    let borrow = unsafe FixedWords.subtract(out, a, n, count)
    unsafe FixedWords.add(out, out, n, count, if: borrow)
    unsafe taken[0] = 1 - borrow
  }
}
