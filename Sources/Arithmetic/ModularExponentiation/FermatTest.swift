import BigIntegers
import ModularExponentiationAVX512
import ProcessorFeatures

// Fence: eight candidates to lanes and back by pointer.

/// A quick look at candidates for primes, for key generation: time and memory depend on them.
public enum FermatTest {
  /// How many candidates one call takes.
  public static let lanes = 8

  /// Whether 2^(c−1) ≡ 1 mod c for each of eight odd candidates of one even number of bits. A prime always passes, and hardly any
  /// composite number does.
  ///
  /// Without lanes every candidate passes: the full test that must follow begins with this one.
  public static func passes(_ candidates: [BigInteger], variant: VectorVariant = .current) -> [Bool] {
    precondition(candidates.count == lanes, "eight candidates")
    let bits = candidates[0].bitWidth
    guard variant == .avx512 else { return candidates.map { _ in true } }
    let shape = KernelShape(bits: bits, isWide: true), size = 8 * shape.limbs
    let one = BigInteger(1) << (52 * shape.limbs)
    return unsafe Workspace.with(count: 4 * size + 8 + 8 * ((bits + 63) / 64)) { workspace in
      let n = unsafe workspace.take(size), x = unsafe workspace.take(size),
        spare = unsafe workspace.take(size), q = unsafe workspace.take(size)
      let n0 = unsafe workspace.take(8), exponents = unsafe workspace.take(8 * ((bits + 63) / 64))
      for (lane, candidate) in candidates.enumerated() {
        precondition(
          candidate.bitWidth == bits && bits % 2 == 0 && !candidate.isEven, "odd candidates of one length")
        unsafe write(candidate, to: n + lane, shape.limbs)
        unsafe write(one % candidate, to: x + lane, shape.limbs)
        let words = candidate.words
        unsafe n0[lane] = negatedInverse(words[0]) & (1 << 52 - 1)
        for (i, word) in words.enumerated() { unsafe exponents[8 * i + lane] = i == 0 ? word - 1 : word }
      }
      unsafe FermatPower.raise(
        x, exponents: exponents, bits: bits, n: n, n0: n0, blocks: shape.limbs / 10, spare: spare, q)
      return candidates.indices.map { lane in
        let power = (0..<shape.limbs).reversed().reduce(BigInteger(0)) {
          unsafe ($0 << 52) + BigInteger(x[8 * $1 + lane])
        }
        return power % candidates[lane] == one % candidates[lane]
      }
    }
  }

  private static func write(_ value: BigInteger, to out: UnsafeMutablePointer<UInt64>, _ limbs: Int) {
    let words = value.words
    unsafe words.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      for i in 0..<limbs {
        unsafe out[8 * i] = unsafe bits(of: start, count: words.count, at: 52 * i, width: 52)
      }
    }
  }
}
