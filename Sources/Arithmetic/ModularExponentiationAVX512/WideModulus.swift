// Fence: the entries of the wide kernels. A "row" is 8 words, 64-byte aligned; a digit is 10·blocks rows; `q` is scratch of two
// digits. Lengths and alignment are the caller's to check. Nothing here branches on a value or uses one as an address.

/// An odd modulus as the kernels need it, behind one pointer: a bigger structure would come with shared helpers that copy
/// it in wide instructions.
public struct WideModulus {
  /// 8 words of which the first two are −n⁻¹ mod 2^52 and `blocks`; then the 10·blocks limbs of n; then as many of the bias.
  private let constants: UnsafePointer<UInt64>

  /// Words of the constants of a modulus of `blocks` blocks.
  public static func constantCount(blocks: Int) -> Int { 8 + 20 * blocks }
  /// Where the limbs of n and of the bias begin among the constants.
  public static func offsets(blocks: Int) -> (n: Int, bias: Int) { (8, 8 + 10 * blocks) }

  /// A view of constants that outlive it; 2^16·n ≤ 2^(520·blocks); blocks ≤ 16, and ≤ 12 for pairs.
  public init(constants: UnsafePointer<UInt64>) { self.constants = constants }

  @inline(__always) var n0: UInt64 { constants[0] }
  @inline(__always) var blocks: Int { Int(truncatingIfNeeded: constants[1]) }
  @inline(__always) var n: UnsafePointer<UInt64> { constants + 8 }
  @inline(__always) var bias: UnsafePointer<UInt64> { constants + 8 + 10 &* blocks }

  /// Rows to write.
  public typealias Words = UnsafeMutablePointer<UInt64>
  /// Rows to read.
  public typealias ConstantWords = UnsafePointer<UInt64>

  /// out = a·b / R mod n; out may be a or b.
  public func multiply(_ out: Words, _ a: ConstantWords, _ b: ConstantWords, _ q: Words) {
    montgomeryProduct(row(out), row(a), row(b), self, row(q))
  }

  /// out = x·y / R mod n² on pairs; out overlaps nothing.
  public func multiplyPairs(_ out: Words, _ x: ConstantWords, _ y: ConstantWords, _ q: Words) {
    pairProduct(row(out), row(x), row(y), self, row(q))
  }

  /// out = x² / R mod n² on pairs; out overlaps nothing.
  public func squarePairs(_ out: Words, _ x: ConstantWords, _ q: Words) {
    var none = TableScan.none
    pairSquare(row(out), row(x), self, row(q), &none)
  }

  /// out = x·d / R mod n² for a pair x and a digit d; out overlaps nothing.
  public func multiplyPairs(_ out: Words, _ x: ConstantWords, byDigit d: ConstantWords, _ q: Words) {
    pairTimesDigit(row(out), row(x), row(d), self, row(q))
  }

  /// x = x^(2^squarings)·table[index] in Montgomery form, for an odd number of squarings.
  ///
  /// `spare` and `selected` hold a pair each, `masks` one row for each of the `entries`; index is one row.
  public func raise(
    _ x: Words, squarings: Int, table: ConstantWords, entries: Int, index: ConstantWords, spare: Words,
    selected: Words, masks: Words, _ q: Words
  ) {
    var scan = TableScan(
      row(selected), row(table), entries: entries, width: 20 &* blocks, masks: row(masks), index: row(index))
    var from = row(x), to = row(spare)
    for _ in 0..<squarings {
      pairSquare(to, from, self, row(q), &scan)
      swap(&from, &to)
    }
    scan.finish()
    pairProduct(to, from, row(selected), self, row(q))
  }

  /// selected = table[index], every lane its own.
  public func select(
    _ selected: Words, table: ConstantWords, entries: Int, index: ConstantWords, masks: Words
  ) {
    var scan = TableScan(
      row(selected), row(table), entries: entries, width: 20 &* blocks, masks: row(masks), index: row(index))
    scan.finish()
  }

  /// Writes a pair as entry `entry` of a table for `select`; which entry is public.
  public func store(_ x: ConstantWords, into table: Words, entries: Int, at entry: Int) {
    for limb in 0..<20 &* blocks { row(table)[limb &* entries &+ entry] = row(x)[limb] }
  }

  /// Digits of `groups` (1 or 4) times eight lanes from a shared table of digits, eight entries of one limb in a row.
  /// masks: scratch of entries/16 rows for each group.
  public func selectShared(
    _ out: Words, strideInRows: Int, groups: Int, adding: Bool, table: ConstantWords, entries: Int,
    index: ConstantWords, masks: Words
  ) {
    if groups == 4 {
      selectShared4(
        row(out), stride: strideInRows, add: adding, row(table), entries: entries, width: 10 &* blocks,
        row(index), masks: row(masks))
    } else {
      ModularExponentiationAVX512.selectShared(
        row(out), add: adding, row(table), entries: entries, width: 10 &* blocks,
        row(index), masks: row(masks))
    }
  }

  /// out = a − n where a ≥ n, else a, for a digit a < 2n; taken: one row, 1 where n was subtracted.
  public func reduceOnce(_ out: Words, _ a: ConstantWords, taken: Words) {
    subtractOnce(row(out), row(a), self, taken: row(taken))
  }

  /// Adds one row to the lowest limb of a digit, without a carry.
  public func addToLowestLimb(_ digit: Words, _ row: ConstantWords) {
    ModularExponentiationAVX512.row(digit).pointee &+= ModularExponentiationAVX512.row(row).pointee
  }

  /// out = factor·a + b for digits, carries propagated; the sum is below R.
  public func add(_ out: Words, _ a: ConstantWords, times factor: UInt64, _ b: ConstantWords) {
    addNormalised(row(out), row(a), factor, row(b), 10 &* blocks)
  }

  /// out (two digits long) = x0 + x1·n.
  public func join(_ out: Words, _ x0: ConstantWords, _ x1: ConstantWords) {
    joinDigits(row(out), row(x0), row(x1), self)
  }
}
