import CProcessor
import _Builtin_intrinsics.intel.cpuid

// Leaves, bits and XCR0 state: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, sections 14.3
// and 15.2 to 15.4, and volume 2, CPUID.

/// The registers that one leaf of CPUID answers with.
private struct ProcessorLeaf {
  var eax: UInt32 = 0
  var ebx: UInt32 = 0
  var ecx: UInt32 = 0
  var edx: UInt32 = 0

  /// Nil where the processor does not know the leaf.
  init?(_ leaf: UInt32) {
    guard unsafe __get_cpuid_count(leaf, 0, &eax, &ebx, &ecx, &edx) == 1 else { return nil }
  }
}

extension VectorVariant {
  /// Asks CPUID for the instructions and XCR0 for the register state that the operating system saves.
  static func detect() -> VectorVariant {
    guard let basic = ProcessorLeaf(1), let extended = ProcessorLeaf(7) else { return .base }
    let fma: UInt32 = 1 << 12
    let osxsave: UInt32 = 1 << 27
    let avx: UInt32 = 1 << 28
    let basicWanted = fma | osxsave | avx
    guard basic.ecx & basicWanted == basicWanted else { return .base }

    let state = processor_xcr0()
    let xmmAndYmm: UInt64 = 0b110
    let avx2AndBMI2: UInt32 = 1 << 5 | 1 << 8
    guard state & xmmAndYmm == xmmAndYmm, extended.ebx & avx2AndBMI2 == avx2AndBMI2 else { return .base }

    let masksAndZmm: UInt64 = 0b1110_0000
    // F, DQ, IFMA, BW, VL.
    let wide: UInt32 = 1 << 16 | 1 << 17 | 1 << 21 | 1 << 30 | 1 << 31
    let vpopcntdq: UInt32 = 1 << 14
    guard state & masksAndZmm == masksAndZmm, extended.ebx & wide == wide, extended.ecx & vpopcntdq != 0
    else {
      return .avx2
    }
    return .avx512
  }

  /// Whether `avx512` may also use AES instructions on four blocks at once (VAES). Every processor known to have
  /// the instructions of `avx512` has these.
  public static let hasVectorAES: Bool = {
    guard detected == .avx512, let extended = ProcessorLeaf(7) else { return false }
    return extended.ecx & 1 << 9 != 0
  }()
}
