/// The passes of a transform over a row, each with three butterfly levels (radix 8) or two (radix 4) at once; the
/// levels inside vectors, the tail, come after them. (Merging levels while the operands are in registers: Seiler,
/// "Faster AVX2 optimized NTT multiplication for Ring-LWE lattice cryptography", 2018.)
///
/// A class of scalars, like all that the wide modules keep: value types larger than a word, and arrays, would make
/// the compiler emit weak helpers here that other modules share, in this module's instructions.
///
/// A lazy value x has the bound B where |x| ≤ B·q/8; all lanes hold at least 16q < 2^52. Radix 8 where the lanes
/// prefer it, and radix 4 in the middle for the rest: the first pass is always radix 8 (the inverse folds n^-1 into
/// it), and so is the last one if there are two. Reductions are placed as late as the bound allows. For IFMA lanes,
/// bounds in units of q after each pass, starting from residues below q, with r where the pass first reduces the
/// operands that no twiddle factor multiplies (then it leaves 2 + 2·levels), and the three tail levels at the end:
///
///     1024   8→7  4→11  4r→6         tail→12
///     2048   8→7  4→11  8r→8         tail→14
///     4096   8→7  8→13  8r→8         tail→14
///     8192   8→7  4→11  4→15   8r→8  tail→14
///     16384  8→7  8→13  4r→6   8r→8  tail→14
///     32768  8→7  8→13  8r→8   8r→8  tail→14
///
/// Double lanes grow by 5/8 q a level and never reduce before the end.
final class PassPlan: Sendable {
  /// The number of passes.
  let count: Int
  private let fours: Int
  /// Bit i: pass i reduces first.
  private let reductions: Int

  /// Lazy values stay within 16q.
  static let boundLimit = 128
  /// The bound of a residue in [0, q).
  static let residueBound = 8

  init(degree: Int, tailLevels: Int) {
    let total = degree.trailingZeroBitCount - tailLevels
    // total = 3·eights + 2·fours with as few of the one or of the other as can be.
    let fours = Lanes.prefersRadix8 ? (3 - total % 3) % 3 : (total - 3 - 3 * ((total + 1) % 2)) / 2
    self.fours = fours
    count = fours + (total - 2 * fours) / 3
    precondition(count > fours)
    var reductions = 0
    var bound = Self.residueBound
    for pass in 0..<count {
      let levels = Self.levels(pass, count: count, fours: fours)
      let toBear = pass == count - 1 ? levels + tailLevels : levels
      if bound + toBear * Lanes.butterflyGrowth > Self.boundLimit {
        reductions |= 1 << pass
        bound = Lanes.reducedBound
      }
      precondition(bound + toBear * Lanes.butterflyGrowth <= Self.boundLimit)
      bound += levels * Lanes.butterflyGrowth
    }
    self.reductions = reductions
  }

  /// How many levels a pass has.
  func levels(_ pass: Int) -> Int { Self.levels(pass, count: count, fours: fours) }

  /// Whether a forward pass first brings the operands that no twiddle factor multiplies within `reducedBound`.
  func reducesFirst(_ pass: Int) -> Bool { reductions >> pass & 1 == 1 }

  private static func levels(_ pass: Int, count: Int, fours: Int) -> Int {
    let firstFour = max(1, count - fours - 1)
    return pass >= firstFour && pass < firstFour + fours ? 2 : 3
  }
}
