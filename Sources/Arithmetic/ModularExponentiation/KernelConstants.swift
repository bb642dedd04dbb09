import BigIntegers
import ModularExponentiationAVX512
import Secrets

// Fence: writes the constants of a kernel into its buffer.

/// Computes what a `ModulusKernel` keeps, with operations whose time depends on lengths alone.
@unsafe struct KernelConstants {
  let shape: KernelShape
  let base: UnsafeMutablePointer<UInt64>

  private var digit: Int { unsafe shape.limbs * shape.lanes }

  /// The head that the steps of the path read, then from word `start` on: one, R² mod n, 1, and the lifts.
  func write(_ n: borrowing SecretInteger, start: Int, lifts: Int) {
    unsafe writeHead(n)
    let square = n.times(n).trimmed(variableTime: ())
    let radix = unsafe shape.radix.modulo(square)
    var power = radix.copy()
    unsafe writePair(power, n, at: start)
    power = power.times(radix).modulo(square)
    unsafe writeDigit(power.modulo(n), at: start + 2 * digit)
    unsafe writeDigit(SecretInteger(powerOfTwo: 0), at: start + 3 * digit)
    for i in 0..<lifts {
      unsafe writePair(power, n, at: start + (4 + 2 * i) * digit)
      power = power.times(radix).modulo(square)
    }
  }

  private func writeHead(_ n: borrowing SecretInteger) {
    let limbs = unsafe shape.limbs
    // (1 − R) mod n, or n for 0.
    let complement = unsafe n.minus(shape.radix.minus(word: 1).modulo(n))
    guard unsafe shape.lanes == 8 else {
      unsafe writeLimbs(n, to: base)
      return unsafe writeLimbs(complement, to: base + limbs)
    }
    let offsets = WideModulus.offsets(blocks: limbs / 10)
    unsafe writeLimbs(n, to: base + offsets.n)
    unsafe writeLimbs(complement, to: base + offsets.bias)
    let mask: UInt64 = 1 << 52 - 1
    for i in 0..<limbs { unsafe base[offsets.bias + i] += mask }
    unsafe base[0] = unsafe n.withWords { unsafe negatedInverse($0[0]) } & mask
    unsafe base[1] = UInt64(limbs / 10)
  }

  private func writePair(_ x: borrowing SecretInteger, _ n: borrowing SecretInteger, at offset: Int) {
    unsafe writeDigit(x.modulo(n), at: offset)
    unsafe writeDigit(x.quotient(dividingBy: n), at: offset + digit)
  }

  /// The same number in all lanes.
  private func writeDigit(_ x: borrowing SecretInteger, at offset: Int) {
    var limbs = unsafe SecretBuffer<UInt64>(count: shape.limbs)
    unsafe limbs.withUnsafeMutableBufferPointer { buffer in
      guard let source = buffer.baseAddress else { return }
      unsafe writeLimbs(x, to: source)
      for i in unsafe 0..<shape.limbs {
        for lane in unsafe 0..<shape.lanes { unsafe base[offset + i * shape.lanes + lane] = unsafe source[i] }
      }
    }
  }

  private func writeLimbs(_ x: borrowing SecretInteger, to out: UnsafeMutablePointer<UInt64>) {
    let count = x.wordCount
    unsafe x.withWords { words in
      for i in unsafe 0..<shape.limbs {
        unsafe out[i] = unsafe bits(of: words, count: count, at: shape.limbBits * i, width: shape.limbBits)
      }
    }
  }
}

/// Bits at…at + width − 1 (1 ≤ width ≤ 64) of a number of `count` words, zeros behind its end. Only positions decide what is read.
@inline(__always)
func bits(of words: UnsafePointer<UInt64>, count: Int, at position: Int, width: Int) -> UInt64 {
  let index = position >> 6, shift = UInt64(truncatingIfNeeded: position & 63)
  if index >= count { return 0 }
  let high = unsafe index + 1 < count ? (words[index + 1] &<< 1) &<< (63 &- shift) : 0
  return unsafe (words[index] &>> shift | high) & (UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- width))
}
