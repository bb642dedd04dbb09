import Primitives
import Secrets

// Fence: the coins decide the noise, so their buffer is wiped memory, filled and read through its pointers.

/// Uniform integers from a random stream, for samplers that must be exact: no floating point anywhere.
///
/// Words are drawn from the stream in blocks of 64 and taken one after the other. Time depends on the values drawn.
public struct RandomCoins: ~Copyable {
  private static let blockCount = 64

  private var stream: RandomStream
  private var words: SecretBuffer<UInt64>
  private var next: Int

  /// The coins of `stream`: `RandomStream.fromSystem()` for noise that protects somebody.
  public init(_ stream: consuming RandomStream) {
    self.stream = stream
    words = SecretBuffer(count: Self.blockCount)
    next = Self.blockCount
  }

  /// Fresh coins from the operating system.
  public static func fromSystem() -> RandomCoins { RandomCoins(.fromSystem()) }

  /// 64 uniform bits.
  public mutating func word() -> UInt64 {
    if next == Self.blockCount { refill() }
    defer { next += 1 }
    return unsafe words.withUnsafeBufferPointer { unsafe $0[next] }
  }

  /// Uniform in 0..<`bound`, for `bound` ≥ 1: rejection from the next power of two, fewer than two tries on average.
  public mutating func below(_ bound: UInt64) -> UInt64 {
    precondition(bound > 0, "an empty range has no element")
    let mask = UInt64.max >> UInt64((bound - 1).leadingZeroBitCount)
    while true {
      let value = bound == 1 ? 0 : word() & mask
      if value < bound { return value }
    }
  }

  /// Uniform in 0..<`bound`, for `bound` ≥ 1.
  public mutating func below(_ bound: UInt128) -> UInt128 {
    if let small = UInt64(exactly: bound) { return UInt128(below(small)) }
    let mask = UInt128.max >> UInt128((bound - 1).leadingZeroBitCount)
    while true {
      let value = (UInt128(word()) << 64 | UInt128(word())) & mask
      if value < bound { return value }
    }
  }

  private mutating func refill() {
    unsafe words.withUnsafeMutableBufferPointer { buffer in
      unsafe stream.fill(UnsafeMutableRawBufferPointer(buffer))
      for index in buffer.indices { unsafe buffer[index] = UInt64(littleEndian: buffer[index]) }
    }
    next = 0
  }
}

extension RandomCoins {
  /// True with probability `numerator` / `denominator`, for 0 ≤ numerator ≤ denominator, denominator ≥ 1.
  mutating func bernoulli(_ numerator: UInt128, outOf denominator: UInt128) -> Bool {
    below(denominator) < numerator
  }

  /// True with probability e^-γ for γ = `numerator` / `denominator` ≥ 0 (Canonne, Kamath and Steinke 2020,
  /// arXiv 2004.00010, algorithm 1).
  ///
  /// `denominator` is in 1…2^100: at a trial number beyond 2^28, reached with probability 1/(2^28)!, the process would
  /// stop.
  mutating func bernoulliExponential(_ numerator: UInt128, over denominator: UInt128) -> Bool {
    let (whole, part) = numerator.quotientAndRemainder(dividingBy: denominator)
    var left = whole
    while left > 0 {
      guard bernoulliExponentialBelowOne(1, over: 1) else { return false }
      left -= 1
    }
    return bernoulliExponentialBelowOne(part, over: denominator)
  }

  /// The case 0 ≤ γ ≤ 1: the number of successes before the first failure of trials with chances γ, γ/2, γ/3, … is
  /// even with probability Σ (-γ)^k/k! = e^-γ.
  private mutating func bernoulliExponentialBelowOne(
    _ numerator: UInt128, over denominator: UInt128
  ) -> Bool {
    var trial: UInt128 = 1
    while bernoulli(numerator, outOf: denominator * trial) { trial += 1 }
    return trial & 1 == 1
  }
}
