/// Which of the three code paths of every kernel runs.
public enum VectorVariant: String, Sendable, CaseIterable, Comparable {
  /// Scalar Swift, GMP and libsodium: any x86-64 processor.
  case base
  /// AVX2 with FMA.
  case avx2
  /// AVX-512 F, DQ, BW, VL, IFMA and VPOPCNTDQ.
  case avx512

  /// Slower paths compare as less.
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .base: 0
    case .avx2: 1
    case .avx512: 2
    }
  }

  /// The variant this process uses.
  public static let current: VectorVariant = .avx512
}
