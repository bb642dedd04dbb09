import BigIntegers
import ModularExponentiationAVX512
import ProcessorFeatures
import Secrets

// Fence: constants of a modulus in one wiped buffer, read by pointer for as long as the kernel lives.

/// An odd modulus n in the form that one code path computes with: eight values a step in lanes of 52-bit limbs, or one value
/// a step in GMP's words.
///
/// Both paths have R = 2^(limbBits·limbs) ≥ 2^16·n and the same lazy bounds: digits below 16n in, below n + n/2^6 out. "Montgomery
/// form" means times R. A *digit* is one residue of each lane, a *pair* two digits x0 + x1·n, a residue modulo n².
/// Immutable once made, so that threads may share it.
@safe
final class ModulusKernel: @unchecked Sendable {
  typealias Words = UnsafeMutablePointer<UInt64>
  typealias ConstantWords = UnsafePointer<UInt64>

  /// Values of one step: 8 or 1.
  let lanes: Int
  /// Limbs of a digit.
  let limbs: Int
  /// Words of n.
  let wordCount: Int
  /// The bits of n, which are public even where n is secret.
  let bitWidth: Int

  private let storage: SecretBuffer<UInt64>
  let path: Path
  /// R mod n² as a pair: one in Montgomery form.
  let one: ConstantWords
  /// R² mod n, a digit.
  let square: ConstantWords
  /// 1, a digit out of Montgomery form.
  let unit: ConstantWords
  /// R^(i+2) mod n² as pairs: they bring the i-th group of limbs of a number into Montgomery form.
  let lifts: [ConstantWords]

  /// Which steps compute.
  @unsafe enum Path {
    case wide(WideModulus)
    case words(WordModulus)
  }

  /// Words of a digit and of a pair.
  var digit: Int { limbs * lanes }
  var pair: Int { 2 * digit }
  /// Words of scratch that every step may use.
  var scratchCount: Int { lanes == 8 ? pair + 8 : 8 * limbs }

  /// n: odd, at least 64 bits, its highest word not zero; at most 8,304 bits, and 6,224 for pairs. `lifts` groups of limbs cover
  /// the numbers that are brought into pairs; none for a modulus without them.
  init(_ n: borrowing SecretInteger, lifts liftCount: Int, variant: VectorVariant) {
    let isWide = variant == .avx512
    let bits = n.bitWidth(variableTime: ())
    let shape = KernelShape(bits: bits, isWide: isWide)
    precondition(
      bits > 64 * (n.wordCount - 1) && shape.limbs <= (liftCount > 0 ? 120 : 160), "a modulus of this size")
    lanes = shape.lanes
    limbs = shape.limbs
    bitWidth = bits
    wordCount = n.wordCount
    let digit = shape.limbs * shape.lanes
    let head = isWide ? WideModulus.constantCount(blocks: shape.limbs / 10) : 2 * shape.limbs
    let start = (head + 7) / 8 * 8
    storage = unsafe SecretBuffer(count: start + (4 + 2 * liftCount) * digit) { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe KernelConstants(shape: shape, base: base).write(n, start: start, lifts: liftCount)
    }
    let base = unsafe storage.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("constants are never empty") }
      return unsafe base
    }
    unsafe path =
      unsafe isWide
      ? .wide(WideModulus(constants: base))
      : .words(
        WordModulus(n: base, bias: base + shape.limbs, n0: negatedInverse(base[0]), count: shape.limbs))
    unsafe one = unsafe base + start
    unsafe square = unsafe base + start + 2 * digit
    unsafe unit = unsafe base + start + 3 * digit
    unsafe lifts = unsafe (0..<liftCount).map { unsafe base + start + (4 + 2 * $0) * digit }
  }
}

/// −n⁻¹ mod 2^64 for an odd n, by Newton's iteration: each step doubles the bits that are right.
func negatedInverse(_ n: UInt64) -> UInt64 {
  var inverse = n
  for _ in 0..<5 { inverse &*= 2 &- n &* inverse }
  return 0 &- inverse
}

/// How one path lays a modulus of a size out.
struct KernelShape {
  let lanes: Int
  let limbs: Int
  let limbBits: Int

  init(bits: Int, isWide: Bool) {
    lanes = isWide ? 8 : 1
    limbBits = isWide ? 52 : 64
    limbs = isWide ? (bits + 16 + 519) / 520 * 10 : (bits + 16 + 63) / 64
  }

  /// R.
  var radix: SecretInteger { SecretInteger(powerOfTwo: limbBits * limbs) }
}
