import BigIntegers
import ParallelLoops
import ProcessorFeatures
import Secrets

// Fence: tables and groups by pointer. Every entry of a table is read for every look-up.

/// Powers g^x modulo n² of one base that many exponents share, by a comb.
///
/// An entry Y = y0·(1 + z·n) is kept as y0 and z: only y0 is multiplied, at four fifths of a product modulo n²; the z of one column
/// are summed limb by limb, and Σ 2^column·z enters once at the end, X·(1 + Z·n) = (x0, x1 + x0·Z).
public final class FixedBasePowers: Sendable {
  let modulus: SquaredModulus
  let shape: CombShape
  /// Digits y0, then digits z, block by block, as the kernel's look-up reads them.
  private let tables: SecretBuffer<UInt64>

  var kernel: ModulusKernel { modulus.kernel }

  /// The most bits of an exponent.
  public var exponentBits: Int { shape.exponentBits }

  /// The memory of the tables.
  public var tableByteCount: Int { 8 * tables.count }

  /// Words of one block of one of the two tables.
  static func blockCount(_ kernel: ModulusKernel, _ shape: CombShape) -> Int { kernel.limbs * shape.entries }

  /// base: an invertible residue modulo n² of 2·wordCount words at most; exponentBits from 64 to 8,192.
  public init(_ base: borrowing SecretInteger, modulus: SquaredModulus, exponentBits: Int) {
    precondition((64...8192).contains(exponentBits), "bits of an exponent")
    self.modulus = modulus
    let kernel = modulus.kernel
    let radixBits = kernel.limbs * (kernel.lanes == 8 ? 52 : 64)
    shape = CombShape(
      exponentBits: exponentBits, lanes: kernel.lanes, slackBits: radixBits - kernel.bitWidth)
    let shape = shape
    let size = shape.blocks * Self.blockCount(kernel, shape)
    tables = unsafe SecretBuffer(count: 2 * size) { buffer in
      guard let start = buffer.baseAddress else { return }
      unsafe CombBuilder(modulus, shape, base: base).write(y0: start, z: start + size)
    }
  }

  /// g^x mod n² for each exponent x of at most exponentBits bits; more bits are ignored.
  public func powers(
    _ exponents: borrowing SecretIntegers, threads: Int = ParallelLoops.processorCount
  ) -> SecretIntegers {
    unsafe powers(exponents, messages: nil, threads)
  }

  /// g^x·(1 + m·n) mod n² for each exponent x and message m < n.
  public func powers(
    _ exponents: borrowing SecretIntegers, messages: borrowing SecretIntegers,
    threads: Int = ParallelLoops.processorCount
  ) -> SecretIntegers {
    precondition(messages.count == exponents.count, "an exponent for each message")
    let length = messages.wordCount
    return unsafe messages.withWords {
      unsafe powers(
        exponents, messages: Numbers(words: $0, count: length, stride: length, bits: 64 * length), threads)
    }
  }

  private func powers(
    _ exponents: borrowing SecretIntegers, messages: Numbers?, _ threads: Int
  ) -> SecretIntegers {
    let kernel = kernel, words = 2 * kernel.wordCount
    let count = exponents.count, length = exponents.wordCount
    var result = SecretIntegers(count: count, wordCount: words)
    nonisolated(unsafe) let messages = unsafe messages
    unsafe exponents.withWords { exponents in
      nonisolated(unsafe) let exponents = unsafe exponents
      unsafe result.withMutableWords { result in
        nonisolated(unsafe) let result = unsafe result
        ParallelLoops.forEachChunk(of: 16 * kernel.lanes, count: count, threads: threads) { chunk in
          let size = unsafe PairGroup.workspaceCount(kernel) + CombWalk.workspaceCount(kernel, shape)
          unsafe Workspace.with(count: size, parts: 64) { workspace in
            let walk = unsafe CombWalk(kernel, shape, &workspace)
            let group = unsafe PairGroup(kernel, &workspace)
            var first = chunk.lowerBound
            while first < chunk.upperBound {
              let filled = unsafe min(CombWalk.groups * kernel.lanes, chunk.upperBound - first)
              unsafe walk(
                exponents + first * length, words: length, count: filled, tables: tableStarts, group.q)
              for (part, from) in stride(from: 0, to: filled, by: kernel.lanes).enumerated() {
                unsafe group.x.update(from: walk.power(part), count: kernel.pair)
                unsafe group.finish(
                  result + (first + from) * words, message: messages?.advanced(by: first + from),
                  count: min(kernel.lanes, filled - from))
              }
              first += filled
            }
          }
        }
      }
    }
    return result
  }

  private var tableStarts: (y0: UnsafePointer<UInt64>, z: UnsafePointer<UInt64>) {
    unsafe tables.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("tables are never empty") }
      return unsafe (start, start + buffer.count / 2)
    }
  }
}
