/// One pass over a row: `levels` butterfly levels at once, beginning with `blocks` independent blocks.
struct TransformPass: Sendable {
  /// 3 (radix 8) or 2 (radix 4).
  let levels: Int
  /// The number of blocks before the pass: a power of two.
  let blocks: Int
  /// Whether the forward pass first reduces the operands that no twiddle factor multiplies.
  let reducesFirst: Bool
}

extension TransformPass {
  /// The passes of a forward transform before the `tailLevels` levels inside vectors; the inverse runs them
  /// backwards (and ignores `reducesFirst`).
  ///
  /// Radix 8 as long as it goes, and radix 4 in the middle for the rest: the first pass is always radix 8 (the
  /// inverse folds n^-1 into it), and so is the last one if there are two. Reductions are placed as late as the
  /// bound allows. For IFMA lanes, bounds in units of q after each pass, starting from residues below q, with r
  /// where the pass reduces first (then it leaves 2 + 2·levels) and three tail levels at the end:
  ///
  ///     1024: 8→7  4→11 4r→6            tail→12
  ///     2048: 8→7  4→11 8r→8            tail→14
  ///     4096: 8→7  8→13 8r→8            tail→14
  ///     8192: 8→7  4→11 4→15 8r→8       tail→14
  ///     16384: 8→7 8→13 4r→6 8r→8       tail→14
  ///     32768: 8→7 8→13 8r→8 8r→8       tail→14
  ///
  /// Double lanes grow by 5/8 q a level and never reduce before the end.
  static func plan(degree: Int, tailLevels: Int) -> [TransformPass] {
    let total = degree.trailingZeroBitCount - tailLevels
    let fours = (3 - total % 3) % 3
    let eights = (total - 2 * fours) / 3
    var radices = [Int](repeating: 3, count: eights)
    radices.insert(contentsOf: [Int](repeating: 2, count: fours), at: max(1, eights - 1))
    var passes: [TransformPass] = []
    var blocks = 1
    var bound = Lanes.residueBound
    for (index, levels) in radices.enumerated() {
      let isLast = index == radices.count - 1
      let levelsToBear = levels + (isLast ? tailLevels : 0)
      let reduces = bound + levelsToBear * Lanes.butterflyGrowth > Lanes.boundLimit
      bound = (reduces ? Lanes.reducedBound : bound) + levels * Lanes.butterflyGrowth
      precondition(bound + (isLast ? tailLevels : 0) * Lanes.butterflyGrowth <= Lanes.boundLimit)
      passes.append(TransformPass(levels: levels, blocks: blocks, reducesFirst: reduces))
      blocks <<= levels
    }
    precondition(blocks << tailLevels == degree && radices[0] == 3)
    return passes
  }
}
