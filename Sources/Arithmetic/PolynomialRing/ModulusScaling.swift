// Fence: reads rows in place of the kernels (see RowStorage.swift).
import BigIntegers
import ModularArithmetic
import Secrets

/// x ↦ ⌊T·x/Q⌉ mod T, coefficient by coefficient, for any T ≥ 2: decryption (T = t) and switching to a power of two.
/// Constant time in the residues.
public final class ModulusScaling: Sendable {
  private enum Method {
    /// T < 2^48.
    case narrow(RoundingMap)
    /// Σ y_i·⌊2^128·T/q_i⌋ in multi-word integers.
    case wide(WideSum)
  }

  private let method: Method
  /// Rows of 48-bit limbs in a result.
  public let limbCount: Int

  /// T ≥ 2.
  public init(to t: BigInteger, from basis: RNSBasis) {
    limbCount = RoundingMap.limbCount(below: t)
    if t.bitWidth <= Modulus.maximumBitWidth, let word = t.words.first, let modulus = try? Modulus(word) {
      method = .narrow(.scaling(to: modulus, from: basis))
    } else {
      method = .wide(WideSum(t: t, basis: basis, limbCount: limbCount))
    }
  }

  /// The scaled coefficients `first` …< `first + count`: `limbCount` rows of `count` 48-bit limbs, lowest row first.
  public func limbs(of x: RNSPolynomial<Coefficient>, first: Int = 0, count: Int) -> [UInt64] {
    switch method {
    case .narrow(let map): map.words(of: x, first: first, count: count)
    case .wide(let sum): sum.limbs(of: x, first: first, count: count)
    }
  }
}

/// The multi-word form of the scaling sum.
private struct WideSum {
  let scales: [FixedMultiplicand]
  let moduli: [Modulus]
  /// ⌊2^128·T/q_i⌋, `width` words each, one behind the other.
  let factors: [UInt64]
  /// 2^j·T for j from high to low, `width` words each: subtracted where they fit.
  let multiples: [UInt64]
  let width: Int
  let limbCount: Int

  init(t: BigInteger, basis: RNSBasis, limbCount: Int) {
    self.limbCount = limbCount
    moduli = basis.moduli
    scales = RoundingMap.crtSources(basis) { _ in
      RoundingMap.Fraction(BigInteger(UInt64(0)), over: BigInteger(UInt64(1)))
    }.map(\.scale).indexed(with: basis.moduli)
    // T·k·2^128 with room for the rounding half.
    let width = (t.bitWidth + 6 + 128 + 63) / 64
    self.width = width
    factors = basis.moduli.flatMap { ((t << 128) / BigInteger($0.value)).padded(to: width) }
    multiples = (0..<6).reversed().flatMap { (t << $0).padded(to: width) }
  }

  func limbs(of x: RNSPolynomial<Coefficient>, first: Int, count: Int) -> [UInt64] {
    precondition(first >= 0 && count > 0 && first + count <= x.degree && x.basis.count == moduli.count)
    var result = [UInt64](repeating: 0, count: limbCount * count)
    unsafe x.withRows { rows in
      unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: width) { scratch in
        // The last coefficient's phase.
        defer {
          if let start = scratch.baseAddress { unsafe wipeSecretMemory(start, byteCount: 8 * width) }
        }
        for column in 0..<count {
          unsafe sum(rows + (first + column), stride: x.degree, into: scratch)
          unsafe reduce(scratch)
          for limb in 0..<limbCount {
            // Words 0 and 1 are the fraction.
            let bit = 48 * limb
            let (word, shift) = (2 + bit / 64, UInt64(bit % 64))
            var value = unsafe scratch[word] >> shift
            if shift > 16, word + 1 < width { unsafe value |= scratch[word + 1] << (64 - shift) }
            result[limb * count + column] = value & ((1 << 48) - 1)
          }
        }
      }
    }
    return result
  }

  /// Σ y_i·factor_i + 2^127.
  @inline(__always)
  private func sum(_ rows: UnsafePointer<UInt64>, stride: Int, into sum: UnsafeMutableBufferPointer<UInt64>) {
    for w in 0..<width { unsafe sum[w] = w == 1 ? 1 << 63 : 0 }
    for (i, modulus) in moduli.enumerated() {
      let y = unsafe scales[i].multiply(rows[i * stride], modulus: modulus)
      var carry: UInt64 = 0
      for w in 0..<width {
        // At most 2^128 − 1. Carries kept apart as flags came out of the compiler as branches.
        let total =
          unsafe UInt128(factors[i &* width &+ w]) &* UInt128(y) &+ UInt128(carry) &+ UInt128(sum[w])
        unsafe sum[w] = UInt64(truncatingIfNeeded: total)
        carry = UInt64(truncatingIfNeeded: total >> 64)
      }
    }
  }

  /// The whole part modulo T: it is below 64·T, so six conditional subtractions suffice.
  @inline(__always)
  private func reduce(_ sum: UnsafeMutableBufferPointer<UInt64>) {
    for start in stride(from: 0, to: multiples.count, by: width) {
      var borrow: UInt64 = 0
      for w in 2..<width {
        let difference = unsafe UInt128(sum[w]) &- UInt128(multiples[start &+ w &- 2]) &- UInt128(borrow)
        unsafe sum[w] = UInt64(truncatingIfNeeded: difference)
        borrow = UInt64(truncatingIfNeeded: difference >> 64) & 1
      }
      // Added again where it did not fit.
      let mask = Self.mask(borrow)
      var carry: UInt64 = 0
      for w in 2..<width {
        let total = unsafe UInt128(sum[w]) &+ UInt128(multiples[start &+ w &- 2] & mask) &+ UInt128(carry)
        unsafe sum[w] = UInt64(truncatingIfNeeded: total)
        carry = UInt64(truncatingIfNeeded: total >> 64)
      }
    }
  }

  /// All ones for 1, zero for 0. Not optimised: who knows that the mask has two values makes branches or addresses of it,
  /// as the compiler was seen to.
  @_optimize(none)
  private static func mask(_ bit: UInt64) -> UInt64 { 0 &- bit }
}

extension BigInteger {
  /// The magnitude in exactly `width` words.
  fileprivate func padded(to width: Int) -> [UInt64] {
    precondition(words.count <= width)
    return words + [UInt64](repeating: 0, count: width - words.count)
  }
}

extension [UInt64] {
  /// Each value as a fixed multiplicand of the modulus at its index.
  fileprivate func indexed(with moduli: [Modulus]) -> [FixedMultiplicand] {
    zip(self, moduli).map { FixedMultiplicand($0, modulus: $1) }
  }
}
