import BigIntegers
import ParallelLoops
import ProcessorFeatures

// Fence: rows of public numbers by pointer.

/// Products modulo a public odd m, on batches of public numbers: what adding ciphertexts takes.
///
/// The same two paths as `SquaredModulus`, without pairs: numbers need no base-n digits for a product alone.
public final class ProductRing: Sendable {
  private let kernel: ModulusKernel
  /// The words of a residue.
  public var wordCount: Int { kernel.wordCount }

  /// m: odd, 64 to 8,304 bits, its highest word not zero.
  public convenience init(_ m: borrowing SecretInteger) { self.init(m, variant: .current) }

  /// The same with kernels chosen by hand; the processor must have them.
  package init(_ m: borrowing SecretInteger, variant: VectorVariant) {
    precondition(variant.isSupported, "kernels that this processor has")
    kernel = ModulusKernel(m, lifts: 0, variant: variant)
  }

  /// a[i]·b[i] mod m for residues of wordCount words each; one residue in b serves all.
  public func products(
    _ a: [UInt64], _ b: [UInt64], threads: Int = ParallelLoops.processorCount
  ) -> [UInt64] {
    let words = wordCount, count = a.count / words
    let shared = b.count == words
    precondition(a.count % words == 0 && (a.count == b.count || shared), "rows of residues")
    return unsafe [UInt64](unsafeUninitializedCapacity: a.count) { buffer, initialized in
      initialized = a.count
      guard let out = buffer.baseAddress else { return }
      unsafe out.initialize(repeating: 0, count: a.count)
      nonisolated(unsafe) let target = unsafe out
      unsafe a.withUnsafeBufferPointer { a in
        unsafe b.withUnsafeBufferPointer { b in
          guard let left = a.baseAddress, let right = b.baseAddress else { return }
          nonisolated(unsafe) let x = unsafe left, y = unsafe right
          unsafe forEachGroup(count, threads) { range, group in
            let offset = range.lowerBound * words
            unsafe group.load(group.a, x + offset, range.count)
            unsafe group.load(
              group.b, y + (shared ? 0 : offset), range.count, stride: shared ? 0 : words)
            unsafe kernel.multiply(group.a, group.a, group.b, group.q)
            unsafe group.finish(target + offset, range.count)
          }
        }
      }
    }
  }

  /// For each of `width` columns the product mod m of its residues in all rows of `width` residues: at least one row.
  public func columnProducts(
    _ rows: [UInt64], width: Int, threads: Int = ParallelLoops.processorCount
  ) -> [UInt64] {
    let words = wordCount
    precondition(width > 0 && !rows.isEmpty && rows.count % (width * words) == 0, "rows of residues")
    let rowCount = rows.count / (width * words)
    return unsafe [UInt64](unsafeUninitializedCapacity: width * words) { buffer, initialized in
      initialized = width * words
      guard let out = buffer.baseAddress else { return }
      unsafe out.initialize(repeating: 0, count: initialized)
      nonisolated(unsafe) let target = unsafe out
      unsafe rows.withUnsafeBufferPointer { rows in
        guard let start = rows.baseAddress else { return }
        nonisolated(unsafe) let source = unsafe start
        unsafe forEachGroup(width, threads) { range, group in
          // Each product divides by R, which is paid back row by row: a stays a·R / R.
          unsafe group.load(group.a, source + range.lowerBound * words, range.count)
          for row in 1..<max(1, rowCount) {
            unsafe kernel.multiply(group.a, group.a, kernel.square, group.q)
            unsafe group.load(group.b, source + (row * width + range.lowerBound) * words, range.count)
            unsafe kernel.multiply(group.a, group.a, group.b, group.q)
          }
          unsafe kernel.multiply(group.a, group.a, kernel.unit, group.q)
          unsafe group.finish(target + range.lowerBound * words, range.count)
        }
      }
    }
  }

  private func forEachGroup(_ count: Int, _ threads: Int, _ body: @Sendable (Range<Int>, Group) -> Void) {
    ParallelLoops.forEachChunk(of: 8 * kernel.lanes, count: count, threads: threads) { chunk in
      unsafe Workspace.with(count: 2 * kernel.digit + kernel.scratchCount) { workspace in
        let group = unsafe Group(kernel, &workspace)
        for first in stride(from: chunk.lowerBound, to: chunk.upperBound, by: kernel.lanes) {
          unsafe body(first..<min(first + kernel.lanes, chunk.upperBound), group)
        }
      }
    }
  }

  /// Two digits and scratch.
  @unsafe private struct Group {
    let kernel: ModulusKernel
    let a: ModulusKernel.Words
    let b: ModulusKernel.Words
    let q: ModulusKernel.Words

    init(_ kernel: ModulusKernel, _ workspace: inout Workspace) {
      unsafe self.kernel = kernel
      unsafe a = unsafe workspace.take(kernel.digit)
      unsafe b = unsafe workspace.take(kernel.digit)
      unsafe q = unsafe workspace.take(kernel.scratchCount)
    }

    func load(
      _ out: ModulusKernel.Words, _ values: ModulusKernel.ConstantWords, _ count: Int, stride: Int? = nil
    ) {
      let words = unsafe kernel.wordCount
      unsafe kernel.load(out, values, words: words, stride: stride ?? words, count: count)
    }

    /// Writes a·R mod m, fully reduced.
    func finish(_ out: ModulusKernel.Words, _ count: Int) {
      unsafe kernel.multiply(a, a, kernel.square, q)
      unsafe kernel.reduceOnce(a, a, taken: q)
      unsafe kernel.store(
        out, words: kernel.wordCount, stride: kernel.wordCount, count: count, a, limbs: kernel.limbs)
    }
  }
}
