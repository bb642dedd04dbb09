import ParallelLoops
import ProcessorFeatures

/// How an operation on many elements runs. Results never depend on it.
public struct BatchSettings: Sendable {
  /// Threads that work at once, at least 1.
  public var threads: Int

  /// `avx512` works eight lanes at a time; every other variant is libsodium.
  package var variant: VectorVariant

  /// All processors of this process unless told otherwise.
  public init(threads: Int = ParallelLoops.processorCount) {
    self.init(threads: threads, variant: .current)
  }

  /// The same with kernels chosen by hand; the processor must have them.
  package init(threads: Int = ParallelLoops.processorCount, variant: VectorVariant) {
    precondition(threads > 0 && variant.isSupported, "batch settings")
    self.threads = threads
    self.variant = variant
  }

  var isWide: Bool { variant == .avx512 }
}
