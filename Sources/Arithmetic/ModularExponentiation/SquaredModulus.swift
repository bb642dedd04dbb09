import BigIntegers
import ParallelLoops
import ProcessorFeatures
import Secrets

// Fence: batches by pointer, cut into groups of lanes that threads own one at a time.

/// Arithmetic modulo n² for an odd n, public or secret, on batches of numbers.
///
/// Eight values run at once in the lanes of AVX-512 IFMA where the processor has it; elsewhere one at a time on GMP's words.
/// Results never depend on which. Time and addresses depend on numbers of values, words and bits alone.
public final class SquaredModulus: Sendable {
  let kernel: ModulusKernel
  /// n.
  let modulus: SecretInteger

  /// The words of n; residues modulo n² have twice as many.
  public var wordCount: Int { kernel.wordCount }

  /// n: odd, 64 to 6,224 bits, in as many words as they take: the highest one is not zero.
  public convenience init(_ n: borrowing SecretInteger) { self.init(n, variant: .current) }

  /// The same with kernels chosen by hand; the processor must have them.
  package init(_ n: borrowing SecretInteger, variant: VectorVariant) {
    precondition(variant.isSupported, "kernels that this processor has")
    modulus = n.copy()
    // Numbers up to n⁴ are lifted, so that a prime factor's kernel takes residues modulo the square of the whole modulus.
    let shape = KernelShape(bits: n.bitWidth(variableTime: ()), isWide: variant == .avx512)
    let groupBits = shape.limbBits * shape.limbs
    let lifts = (4 * 64 * n.wordCount + groupBits - 1) / groupBits
    kernel = ModulusKernel(n, lifts: lifts, variant: variant)
  }

  /// The kernels that run.
  public var variant: VectorVariant { kernel.lanes == 8 ? .avx512 : .base }

  /// base^exponent mod n², each base (below n⁴, at most 4·wordCount words) to its own exponent of `bits` ≥ 1 bits.
  public func powers(
    of bases: borrowing SecretIntegers, exponents: borrowing SecretIntegers, bits: Int,
    threads: Int = ParallelLoops.processorCount
  ) -> SecretIntegers {
    precondition(exponents.count == bases.count, "an exponent for each base")
    return unsafe exponents.withWords {
      unsafe powers(
        of: bases, .init(words: $0, count: exponents.wordCount, stride: exponents.wordCount, bits: bits), nil,
        threads)
    }
  }

  /// base^exponent·(1 + m·n) mod n² for one public exponent and a message m < n for each base; no messages mean m = 0. Bases and
  /// messages may be secret.
  public func powers(
    of bases: borrowing SecretIntegers, publicExponent exponent: borrowing SecretInteger, bits: Int,
    messages: borrowing SecretIntegers, threads: Int = ParallelLoops.processorCount
  ) -> SecretIntegers {
    precondition(messages.count == bases.count || messages.count == 0, "a message for each base")
    let hasMessages = messages.count > 0, length = messages.wordCount
    return unsafe exponent.withWords { exponent in
      unsafe messages.withWords { messages in
        unsafe powers(
          of: bases, .init(isPublic: true, words: exponent, count: (bits + 63) / 64, stride: 0, bits: bits),
          hasMessages ? .init(words: messages, count: length, stride: length, bits: 64 * length) : nil,
          threads)
      }
    }
  }

  /// For bases whose power base^exponent is 1 + L·n modulo n²: L·factor mod n, wordCount words each.
  ///
  /// n prime and exponent n − 1 make it Paillier's L function on one half of a decryption.
  public func logarithms(
    of bases: borrowing SecretIntegers, exponent: borrowing SecretInteger, factor: borrowing SecretInteger,
    threads: Int = ParallelLoops.processorCount
  ) -> SecretIntegers {
    let bits = 64 * exponent.wordCount, length = factor.wordCount
    return unsafe exponent.withWords { exponent in
      unsafe factor.withWords { factor in
        let exponents = unsafe Numbers(words: exponent, count: bits / 64, stride: 0, bits: bits)
        nonisolated(unsafe) let scale = unsafe Numbers(
          words: factor, count: length, stride: 0, bits: 64 * length)
        return unsafe forEachGroup(bases, exponents, resultWords: wordCount, threads) { group, out, count in
          unsafe group.logarithm(out, scale, count: count)
        }
      }
    }
  }

  /// base·(1 + m·n) mod n² for each base below n² and message m < n.
  public func shifted(
    _ bases: borrowing SecretIntegers, by messages: borrowing SecretIntegers,
    threads: Int = ParallelLoops.processorCount
  ) -> SecretIntegers {
    precondition(messages.count == bases.count, "a message for each base")
    let length = messages.wordCount
    return unsafe messages.withWords { messages in
      nonisolated(unsafe) let all = unsafe Numbers(
        words: messages, count: length, stride: length, bits: 64 * length)
      return unsafe forEachGroup(bases, nil, resultWords: 2 * wordCount, threads) { group, out, count in
        unsafe group.finish(out, message: all.advanced(by: group.first), count: count)
      }
    }
  }

  private func powers(
    of bases: borrowing SecretIntegers, _ exponents: Numbers, _ messages: Numbers?, _ threads: Int
  ) -> SecretIntegers {
    nonisolated(unsafe) let messages = unsafe messages
    return unsafe forEachGroup(bases, exponents, resultWords: 2 * wordCount, threads) { group, out, count in
      unsafe group.finish(out, message: messages?.advanced(by: group.first), count: count)
    }
  }

  /// Lifts the bases group by group, raises them where there are exponents, and lets `finish` write results.
  private func forEachGroup(
    _ bases: borrowing SecretIntegers, _ exponents: Numbers?, resultWords: Int, _ threads: Int,
    _ finish: @Sendable (PairGroup, ModulusKernel.Words, Int) -> Void
  ) -> SecretIntegers {
    let count = bases.count, baseWords = bases.wordCount
    precondition(baseWords <= 4 * wordCount, "bases below n⁴")
    var result = SecretIntegers(count: count, wordCount: resultWords)
    nonisolated(unsafe) let exponents = unsafe exponents
    let size =
      unsafe PairGroup.workspaceCount(kernel)
      + (exponents.map { unsafe WindowLadder.workspaceCount(kernel, bits: $0.bits) } ?? 0)
    unsafe bases.withWords { bases in
      nonisolated(unsafe) let bases = unsafe bases
      unsafe result.withMutableWords { result in
        nonisolated(unsafe) let result = unsafe result
        ParallelLoops.forEachChunk(of: 4 * kernel.lanes, count: count, threads: threads) { chunk in
          unsafe Workspace.with(count: size) { workspace in
            var group = unsafe PairGroup(kernel, &workspace)
            let ladder = unsafe exponents.map {
              unsafe WindowLadder(kernel, bits: $0.bits, isPublic: $0.isPublic, &workspace)
            }
            for first in stride(from: chunk.lowerBound, to: chunk.upperBound, by: kernel.lanes) {
              let filled = min(kernel.lanes, chunk.upperBound - first)
              unsafe group.first = first
              unsafe group.lift(bases + first * baseWords, words: baseWords, count: filled)
              if let ladder = unsafe ladder, let own = unsafe exponents?.advanced(by: first) {
                unsafe ladder.raise(
                  group.x, exponents: own.words, words: own.count, stride: own.stride, count: filled,
                  bits: own.bits,
                  group.q)
              }
              unsafe finish(group, result + first * resultWords, filled)
            }
          }
        }
      }
    }
    return result
  }
}

/// Numbers by pointer: `count` words each, `stride` words apart (0: one number for all), of which `bits` count.
@unsafe struct Numbers {
  var isPublic = false
  let words: UnsafePointer<UInt64>
  let count: Int
  let stride: Int
  let bits: Int

  func advanced(by index: Int) -> Numbers {
    unsafe Numbers(
      isPublic: isPublic, words: words + index * stride, count: count, stride: stride, bits: bits)
  }
}
