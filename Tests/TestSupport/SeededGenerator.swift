import Foundation

/// A repeatable generator for property tests (SplitMix64): a failing test prints its seed, and
/// `HITOKU_TEST_SEED=<seed>` runs it again with the same values.
public struct SeededGenerator: RandomNumberGenerator {
  /// The seed this generator started from; put it into the message of every expectation.
  public let seed: UInt64
  private var state: UInt64

  /// Starts from HITOKU_TEST_SEED if set, else from a fresh seed.
  public init() {
    let fixed = ProcessInfo.processInfo.environment["HITOKU_TEST_SEED"].flatMap { UInt64($0) }
    self.init(seed: fixed ?? UInt64.random(in: .min ... .max))
  }

  /// Starts from `seed`.
  public init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  /// The next word.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
