// Fence: rows by pointer, as the caller laid them out (see RowStorage.swift).
import ModularArithmetic
import PolynomialRingAVX512
import Secrets

extension RoundingMap {
  /// Rows some words apart.
  @unsafe struct Rows {
    var start: UnsafePointer<UInt64>
    var stride: Int
  }

  /// Maps `count` columns; `output` may be `own`.
  func apply(
    source: Rows, own: Rows?, output: UnsafeMutablePointer<UInt64>, outputStride: Int, count: Int
  ) {
    precondition(unsafe (own != nil) == usesOwn)
    guard variant == .avx512, count % roundingMapTile == 0 else {
      unsafe applyScalar(source: source, own: own, output: output, outputStride: outputStride, count: count)
      return
    }
    unsafe sources.withUnsafeBufferPointer { sources in
      unsafe outputs.withUnsafeBufferPointer { outputs in
        unsafe matrix.withUnsafeBufferPointer { matrix in
          unsafe withUnsafeTemporaryAllocation(
            byteCount: roundingMapTile * sourceCount * 8, alignment: 64
          ) { raw in
            guard let sources = sources.baseAddress, let outputs = outputs.baseAddress,
              let matrix = matrix.baseAddress, let scratch = raw.baseAddress
            else { preconditionFailure("a rounding map has no empty table") }
            // The last tile's sources may be coefficients of a key, an error or a phase.
            defer { unsafe wipeSecretMemory(scratch, byteCount: raw.count) }
            unsafe applyRoundingMap(
              sources: sources, outputs: outputs, matrix: matrix, sourceCount: sourceCount,
              outputCount: outputCount, addsRoundedSum: addsRoundedSum, source: source.start,
              sourceStride: source.stride, own: own?.start, ownStride: own?.stride ?? 0, output: output,
              outputStride: outputStride, count: count,
              scratch: scratch.assumingMemoryBound(to: UInt64.self))
          }
        }
      }
    }
  }

  /// The same integers with 64-bit multiplications, one column at a time.
  private func applyScalar(
    source: Rows, own: Rows?, output: UnsafeMutablePointer<UInt64>, outputStride: Int, count: Int
  ) {
    unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: sourceCount) { scaled in
      defer { unsafe wipe(scaled) }
      for column in 0..<count {
        let rounded = unsafe scaleSources(source, column, scaled)
        for j in 0..<outputCount {
          let modulus = outputModuli[j]
          var sum =
            addsRoundedSum ? UInt128(rounded) : UInt128(rounded) &* UInt128(outputs[8 &* j &+ 4])
          if let own = unsafe own {
            unsafe sum &+= UInt128(own.start[j &* own.stride &+ column]) &* UInt128(outputs[8 &* j &+ 5])
          }
          for i in 0..<sourceCount {
            unsafe sum &+= UInt128(scaled[i]) &* UInt128(matrix[j &* sourceCount &+ i])
          }
          // outputs[8j + 6] = 2^64 mod m.
          let high = modulus.reduce(UInt64(truncatingIfNeeded: sum >> 64))
          let low = modulus.reduce(UInt64(truncatingIfNeeded: sum))
          let folded = modulus.multiply(high, outputs[8 &* j &+ 6])
          unsafe output[j &* outputStride &+ column] = modulus.add(folded, low)
        }
      }
    }
  }

  private func wipe(_ words: UnsafeMutableBufferPointer<UInt64>) {
    guard let start = words.baseAddress else { return }
    unsafe wipeSecretMemory(start, byteCount: words.count * MemoryLayout<UInt64>.stride)
  }

  /// y_i into `scaled`; returns R.
  @inline(__always)
  private func scaleSources(_ source: Rows, _ column: Int, _ scaled: UnsafeMutableBufferPointer<UInt64>)
    -> UInt64
  {
    let mask: UInt64 = (1 << 52) &- 1
    var whole: UInt64 = 0
    var part: UInt64 = 1 << 51
    for i in 0..<sourceCount {
      let q = sources[8 &* i], c = sources[8 &* i &+ 1], companion = sources[8 &* i &+ 2]
      let x = unsafe source.start[i &* source.stride &+ column]
      let wide = x.multipliedFullWidth(by: companion)
      let lazy = (x &* c &- ((wide.high &<< 12) | (wide.low &>> 52)) &* q) & mask
      let y = min(lazy, lazy &- q)
      unsafe scaled[i] = y
      let first = y.multipliedFullWidth(by: sources[8 &* i &+ 3])
      let second = y.multipliedFullWidth(by: sources[8 &* i &+ 4])
      whole &+= (first.high &<< 12) | (first.low &>> 52)
      part &+= (first.low & mask) &+ ((second.high &<< 12) | (second.low &>> 52))
    }
    return whole &+ (part &>> 52)
  }
}
