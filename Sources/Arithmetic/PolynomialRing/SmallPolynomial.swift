// Fence: secret coefficients are drawn and read in place, in wiped memory.
import ModularArithmetic
import PolynomialRingAVX512
import Primitives
import ProcessorFeatures
import Secrets

/// A secret polynomial with small coefficients: N words, |x| < 2^47, in 48-bit two's complement, wiped at the end.
/// It cannot be copied or printed.
public struct SmallPolynomial: ~Copyable {
  private var words: SecretBuffer<UInt64>

  /// Independent coefficients, uniform on {−1, 0, 1} up to a bias of 2^-62 each: ⌊3u/2^64⌋ − 1 for a word u.
  public static func ternary(degree: Int, from stream: inout RandomStream) -> SmallPolynomial {
    var polynomial = SmallPolynomial(random: degree, from: &stream)
    unsafe polynomial.words.withUnsafeMutableBufferPointer { words in
      for i in words.indices {
        let trit = unsafe words[i].multipliedFullWidth(by: 3).high
        unsafe words[i] = (trit &- 1) & limbMask
      }
    }
    return polynomial
  }

  /// Independent centred binomial coefficients with parameter 21: variance 10.5 (σ = 3.24), |x| ≤ 21. Constant time:
  /// one word a coefficient, no branch, no table (Alkim, Ducas, Pöppelmann and Schwabe, "Post-quantum key
  /// exchange: a new hope", 2016, section 4).
  public static func error(degree: Int, from stream: inout RandomStream) -> SmallPolynomial {
    error(degree: degree, from: &stream, variant: .current)
  }

  /// The same on a kernel of choice, to compare them.
  package static func error(
    degree: Int, from stream: inout RandomStream, variant: VectorVariant
  ) -> SmallPolynomial {
    var polynomial = SmallPolynomial(random: degree, from: &stream)
    unsafe polynomial.words.withUnsafeMutableBufferPointer { words in
      guard let start = words.baseAddress else { return }
      if variant == .avx512, words.count % 8 == 0 {
        unsafe centredBinomialInPlace(start, count: words.count)
        return
      }
      for i in words.indices {
        let bits = unsafe (words[i] & ((1 << 42) - 1)) ^ (((1 << 21) - 1) << 21)
        unsafe words[i] = (UInt64(bits.nonzeroBitCount) &- 21) & limbMask
      }
    }
    return polynomial
  }

  /// Uniform integers on [−2^(bits−1), 2^(bits−1)), 1 ≤ bits ≤ 48.
  public static func uniform(degree: Int, bits: Int, from stream: inout RandomStream) -> SmallPolynomial {
    precondition((1...48).contains(bits))
    var polynomial = SmallPolynomial(random: degree, from: &stream)
    unsafe polynomial.words.withUnsafeMutableBufferPointer { words in
      for i in words.indices {
        let value = unsafe words[i] & ((1 << UInt64(bits)) - 1)
        unsafe words[i] = (value &- (1 << UInt64(bits - 1))) & limbMask
      }
    }
    return polynomial
  }

  private static var limbMask: UInt64 { (1 << 48) - 1 }

  private init(random degree: Int, from stream: inout RandomStream) {
    words = SecretBuffer<UInt64>(count: degree)
    unsafe words.withUnsafeMutableBufferPointer { words in
      unsafe stream.fill(UnsafeMutableRawBufferPointer(words))
    }
  }

  /// N.
  public var degree: Int { words.count }

  /// Adds this polynomial to another.
  public borrowing func add(to polynomial: inout RNSPolynomial<Coefficient>) {
    precondition(polynomial.degree == degree)
    let basis = polynomial.basis
    unsafe words.withUnsafeBufferPointer { words in
      guard let start = words.baseAddress else { return }
      unsafe basis.signedLiftAdded.add(rowsAt: start, to: &polynomial)
    }
  }

  /// Hands the words to code of this room.
  borrowing func withWords(_ body: (UnsafePointer<UInt64>) -> Void) {
    unsafe words.withUnsafeBufferPointer { words in
      guard let start = words.baseAddress else { return }
      unsafe body(start)
    }
  }
}
