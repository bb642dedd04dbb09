// Fence: words of secret numbers in wiped memory, read and written through pointers.
import BFV
import BigIntegers
import Primitives
import Secrets

/// Numbers below a public modulus t in words of a fixed number, in wiped memory: noise and blinding on their way into an
/// answer. No branch and no address depends on them.
package struct SecretResidues: ~Copyable, Sendable {
  private var words: SecretBuffer<UInt64>
  /// t, and the width of every number: one word more than t needs.
  private let modulus: [UInt64]
  private let bits: Int
  private let count: Int

  /// `count` zeros; t ≥ 2.
  package init(modulus: BigInteger, count: Int) {
    bits = modulus.bitWidth
    self.modulus = modulus.words + [0]
    self.count = count
    words = SecretBuffer(count: self.modulus.count * count)
  }

  private var width: Int { modulus.count }

  /// number·factor + addend, which must stay below t.
  package mutating func multiply(_ index: Int, by factor: UInt64, adding addend: UInt64) {
    precondition((0..<count).contains(index))
    let width = width
    unsafe words.withUnsafeMutableBufferPointer { words in
      var carry = addend
      for place in (index * width)..<((index + 1) * width) {
        let product = unsafe UInt128(words[place]) &* UInt128(factor) &+ UInt128(carry)
        unsafe words[place] = UInt64(truncatingIfNeeded: product)
        carry = UInt64(truncatingIfNeeded: product >> 64)
      }
    }
  }

  /// number −= other (mod t), `other` public and below t.
  package mutating func subtract(_ index: Int, _ other: BigInteger) {
    precondition((0..<count).contains(index))
    let (width, modulus) = (width, modulus)
    let padded = other.words + [UInt64](repeating: 0, count: width - other.words.count)
    unsafe words.withUnsafeMutableBufferPointer { words in
      unsafe padded.withUnsafeBufferPointer { other in
        unsafe Self.subtract(words, index * width, other, 0, modulus)
      }
    }
  }

  /// y_k −= ρ_k and y_(k−1) += 2^bits·ρ_k (mod t) for all numbers of `range` but the first, every ρ_k uniform: who adds
  /// Σ 2^(bits·k)·y_k gets the same sum, and of all else of the y nothing. The last number of all is scratch.
  package mutating func blind(_ range: Range<Int>, bits shift: Int) {
    precondition(range.upperBound < count)
    let (scratch, width, modulus) = (count - 1, width, modulus)
    var stream = RandomStream.fromSystem()
    for limb in range.dropFirst() {
      randomize(scratch, from: &stream)
      unsafe words.withUnsafeMutableBufferPointer { words in
        unsafe Self.subtract(words, limb * width, UnsafeBufferPointer(words), scratch * width, modulus)
        for _ in 0..<shift {
          unsafe Self.add(words, scratch * width, UnsafeBufferPointer(words), scratch * width, modulus)
        }
        unsafe Self.add(words, (limb - 1) * width, UnsafeBufferPointer(words), scratch * width, modulus)
      }
    }
  }

  /// The number becomes `value`, which is below t.
  mutating func set(_ index: Int, to value: BigInteger) {
    let (width, new) = (width, value.words)
    precondition(new.count <= width && (0..<count).contains(index))
    unsafe words.withUnsafeMutableBufferPointer { words in
      for place in 0..<width { unsafe words[index * width + place] = place < new.count ? new[place] : 0 }
    }
  }

  /// number += number `index` of `other`, which has the same modulus (mod t).
  package mutating func add(_ index: Int, of other: borrowing SecretResidues, at place: Int) {
    let (width, modulus) = (width, modulus)
    precondition(other.modulus == modulus && (0..<other.count).contains(index) && (0..<count).contains(place))
    unsafe words.withUnsafeMutableBufferPointer { words in
      unsafe other.words.withUnsafeBufferPointer { other in
        unsafe Self.add(words, place * width, other, index * width, modulus)
      }
    }
  }

  /// The lowest `count` words of a number: on its way to a peer that sees it masked, or to a circuit's inputs.
  borrowing func lowWords(_ index: Int, count: Int) -> [UInt64] {
    precondition(count <= width && (0..<self.count).contains(index))
    let start = index * width
    return unsafe words.withUnsafeBufferPointer { words in unsafe Array(words[start..<(start + count)]) }
  }

  /// Uniform below t, by rejection: how often it takes another try says nothing of the number that stays.
  mutating func randomize(_ index: Int, from stream: inout RandomStream) {
    precondition((0..<count).contains(index))
    let (width, modulus) = (width, modulus)
    let mask = bits % 64 == 0 ? UInt64.max : (1 << UInt64(bits % 64)) - 1
    unsafe words.withUnsafeMutableBufferPointer { words in
      let (start, top) = (index * width, index * width + (bits + 63) / 64 - 1)
      var isBelow = false
      while !isBelow {
        unsafe stream.fill(
          UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: words[start...top])))
        unsafe words[top] &= mask
        unsafe words[start + width - 1] &= top == start + width - 1 ? mask : 0
        var borrow: UInt64 = 0
        for place in 0..<width {
          let difference = unsafe UInt128(words[start + place]) &- UInt128(modulus[place]) &- UInt128(borrow)
          borrow = UInt64(truncatingIfNeeded: difference >> 64) & 1
        }
        isBelow = borrow == 1
      }
    }
  }

  /// a += b (mod t); b may be a.
  private static func add(
    _ words: UnsafeMutableBufferPointer<UInt64>, _ a: Int, _ other: UnsafeBufferPointer<UInt64>, _ b: Int,
    _ modulus: [UInt64]
  ) {
    var carry: UInt64 = 0
    for place in modulus.indices {
      let sum = unsafe UInt128(words[a + place]) &+ UInt128(other[b + place]) &+ UInt128(carry)
      unsafe words[a + place] = UInt64(truncatingIfNeeded: sum)
      carry = UInt64(truncatingIfNeeded: sum >> 64)
    }
    // a + b < 2t: t off, and on again where that was too much.
    unsafe correct(words, a, modulus, mask(takeOff(words, a, modulus)))
  }

  /// a −= b (mod t).
  private static func subtract(
    _ words: UnsafeMutableBufferPointer<UInt64>, _ a: Int, _ other: UnsafeBufferPointer<UInt64>, _ b: Int,
    _ modulus: [UInt64]
  ) {
    var borrow: UInt64 = 0
    for place in modulus.indices {
      let difference = unsafe UInt128(words[a + place]) &- UInt128(other[b + place]) &- UInt128(borrow)
      unsafe words[a + place] = UInt64(truncatingIfNeeded: difference)
      borrow = UInt64(truncatingIfNeeded: difference >> 64) & 1
    }
    unsafe correct(words, a, modulus, mask(borrow))
  }

  /// a −= t; the borrow.
  private static func takeOff(
    _ words: UnsafeMutableBufferPointer<UInt64>, _ a: Int, _ modulus: [UInt64]
  ) -> UInt64 {
    var borrow: UInt64 = 0
    for place in modulus.indices {
      let difference = unsafe UInt128(words[a + place]) &- UInt128(modulus[place]) &- UInt128(borrow)
      unsafe words[a + place] = UInt64(truncatingIfNeeded: difference)
      borrow = UInt64(truncatingIfNeeded: difference >> 64) & 1
    }
    return borrow
  }

  /// a += t where the mask is set.
  private static func correct(
    _ words: UnsafeMutableBufferPointer<UInt64>, _ a: Int, _ modulus: [UInt64], _ mask: UInt64
  ) {
    var carry: UInt64 = 0
    for place in modulus.indices {
      let sum = unsafe UInt128(words[a + place]) &+ UInt128(modulus[place] & mask) &+ UInt128(carry)
      unsafe words[a + place] = UInt64(truncatingIfNeeded: sum)
      carry = UInt64(truncatingIfNeeded: sum >> 64)
    }
  }

  /// All ones for 1, zero for 0. Not optimised: who knows that the mask has two values makes branches of it.
  @_optimize(none)
  private static func mask(_ bit: UInt64) -> UInt64 { 0 &- bit }

  /// Adds number `index` to the constant coefficient of a ciphertext's message.
  borrowing func add(_ index: Int, to ciphertext: inout Ciphertext<Coefficient>) throws(BFVError) {
    let width = width
    let number = unsafe SecretBuffer<UInt64>(count: width) { target in
      unsafe words.withUnsafeBufferPointer { words in
        for place in 0..<width { unsafe target[place] = words[index * width + place] }
      }
    }
    try ciphertext.add(secretConstant: number)
  }

  /// The number, where it is to be seen: in tests.
  package borrowing func value(_ index: Int) -> BigInteger {
    unsafe words.withUnsafeBufferPointer { words in
      BigInteger(words: (0..<width).map { unsafe words[index * width + $0] })
    }
  }
}
