import BigIntegers
import ParallelLoops

extension ProductRing {
  /// The inverses of residues that are units modulo m, which `modulus` says again: one inversion for each of up to 64 columns and
  /// three products for each residue (Montgomery's trick).
  public func inverses(
    _ a: [UInt64], modulus: BigInteger, threads: Int = ParallelLoops.processorCount
  ) -> [UInt64] {
    let count = a.count / wordCount, width = min(64, count)
    guard count > 0 else { return [] }
    // Whole rows of columns; ones fill the last row.
    let one = [1] + [UInt64](repeating: 0, count: wordCount - 1)
    let rows = (count + width - 1) / width, size = width * wordCount
    let padded = a + (count..<rows * width).flatMap { _ in one }
    var products = [Array(padded[..<size])]
    for row in 1..<max(1, rows) {
      products.append(
        self.products(products[row - 1], Array(padded[row * size..<(row + 1) * size]), threads: threads))
    }
    var inverse = products[rows - 1].chunked(wordCount).flatMap { words in invert(words, modulus) }
    var result = [UInt64](repeating: 0, count: rows * size)
    for row in (0..<rows).reversed() {
      let own = Array(padded[row * size..<(row + 1) * size])
      let answer = row > 0 ? self.products(inverse, products[row - 1], threads: threads) : inverse
      result.replaceSubrange(row * size..<(row + 1) * size, with: answer)
      if row > 0 { inverse = self.products(inverse, own, threads: threads) }
    }
    return Array(result[..<a.count])
  }

  private func invert(_ words: [UInt64], _ modulus: BigInteger) -> [UInt64] {
    guard let inverse = try? BigInteger(words: words).inverse(modulo: modulus) else {
      preconditionFailure("residues are units")
    }
    let own = inverse.words
    return own + [UInt64](repeating: 0, count: wordCount - own.count)
  }
}

extension [UInt64] {
  fileprivate func chunked(_ size: Int) -> [[UInt64]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
