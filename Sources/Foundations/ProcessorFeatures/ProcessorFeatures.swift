import Glibc

/// Which of the three code paths of every kernel runs.
public enum VectorVariant: String, Sendable, CaseIterable, Comparable {
  /// Scalar Swift, GMP and libsodium: any x86-64 processor.
  case base
  /// AVX2 with FMA and BMI2.
  case avx2
  /// AVX-512 F, DQ, BW, VL, IFMA and VPOPCNTDQ.
  case avx512

  /// The environment variable that forces one variant: `base`, `avx2` or `avx512`.
  public static let environmentVariable = "HITOKU_SIMD"

  /// The fastest variant that the processor and the operating system support.
  public static let detected: VectorVariant = detect()

  /// The variant of every kernel in this process: what `HITOKU_SIMD` asks for, but never above `detected`.
  ///
  /// Read once. An unknown value counts as unset here; programs call `requested()` first and refuse it.
  public static let current: VectorVariant = {
    guard let text = environmentValue, let wanted = VectorVariant(rawValue: text) else { return detected }
    return min(wanted, detected)
  }()

  /// Whether this processor and its operating system can run the variant.
  public var isSupported: Bool { self <= Self.detected }

  /// What `HITOKU_SIMD` asks for; nil where it is unset or empty.
  ///
  /// Throws `unknownVariant` or `unsupportedVariant` for a value that `current` does not honour.
  public static func requested() throws(ProcessorFeaturesError) -> VectorVariant? {
    try requested(environmentValue, detected: detected)
  }

  /// Slower paths compare as less.
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

  /// The rule of `requested()` for given surroundings.
  package static func requested(
    _ text: String?, detected: VectorVariant
  ) throws(ProcessorFeaturesError) -> VectorVariant? {
    guard let text, !text.isEmpty else { return nil }
    guard let wanted = VectorVariant(rawValue: text) else { throw .unknownVariant(text) }
    guard wanted <= detected else { throw .unsupportedVariant(wanted, detected: detected) }
    return wanted
  }

  private var rank: Int {
    switch self {
    case .base: 0
    case .avx2: 1
    case .avx512: 2
    }
  }

  private static var environmentValue: String? {
    unsafe getenv(environmentVariable).map { unsafe String(cString: $0) }
  }
}

/// Why a forced variant cannot be used.
public enum ProcessorFeaturesError: Error, Equatable, Sendable, CustomStringConvertible {
  /// `HITOKU_SIMD` names no variant.
  case unknownVariant(String)
  /// `HITOKU_SIMD` names a variant that this processor, or its operating system, does not support.
  case unsupportedVariant(VectorVariant, detected: VectorVariant)

  /// One line with a hint of what to set.
  public var description: String {
    let name = VectorVariant.environmentVariable
    return switch self {
    case .unknownVariant(let text): "\(name)=\(text) is not known: use base, avx2 or avx512, or unset it"
    case .unsupportedVariant(let wanted, let detected):
      "\(name)=\(wanted) is not supported here: use \(detected) or less, or unset it"
    }
  }
}
