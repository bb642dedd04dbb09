import BigIntegers
import ModularExponentiationAVX512

// Fence: one walk over the comb's tables for up to four groups of lanes, in a thread's workspace.

@unsafe struct CombWalk {
  typealias Words = ModulusKernel.Words
  typealias ConstantWords = ModulusKernel.ConstantWords

  /// Groups of lanes that share each pass over a table, which is then streamed from memory once instead of four times.
  static let groups = 4

  private let kernel: ModulusKernel
  private let shape: CombShape
  private let current: Words
  private let next: Words
  private let digits: Words
  /// A digit for each column and group.
  private let sums: Words
  private let index: Words
  private let masks: Words

  static func workspaceCount(_ kernel: ModulusKernel, _ shape: CombShape) -> Int {
    unsafe groups * (2 * kernel.pair + kernel.digit * (1 + shape.depth)) + 8 * groups + maskCount(shape)
  }

  /// Words of a row for every sixteen entries and group.
  private static func maskCount(_ shape: CombShape) -> Int { unsafe groups * shape.entries / 2 }

  init(_ kernel: ModulusKernel, _ shape: CombShape, _ workspace: inout Workspace) {
    unsafe self.kernel = kernel
    unsafe self.shape = shape
    unsafe current = unsafe workspace.take(Self.groups * kernel.pair)
    unsafe next = unsafe workspace.take(Self.groups * kernel.pair)
    unsafe digits = unsafe workspace.take(Self.groups * kernel.digit)
    unsafe sums = unsafe workspace.take(Self.groups * kernel.digit * shape.depth)
    unsafe index = unsafe workspace.take(8 * Self.groups)
    unsafe masks = unsafe workspace.take(Self.maskCount(shape))
  }

  /// The power of a group of lanes after a walk: a pair in Montgomery form.
  func power(_ group: Int) -> ConstantWords { unsafe ConstantWords(current + group * kernel.pair) }

  /// `count` exponents, 1 to 4·lanes, of `words` words each.
  func callAsFunction(
    _ exponents: ConstantWords, words: Int, count: Int, tables: (y0: ConstantWords, z: ConstantWords),
    _ q: Words
  ) {
    let groups = unsafe (count + kernel.lanes - 1) / kernel.lanes
    let block = unsafe FixedBasePowers.blockCount(kernel, shape)
    unsafe sums.update(repeating: 0, count: Self.groups * kernel.digit * shape.depth)
    var isFirst = true
    for column in unsafe (0..<shape.depth).reversed() {
      if !isFirst { unsafe forEach(groups) { unsafe kernel.squarePairs($1, $0, q) } }
      for j in unsafe 0..<shape.blocks {
        for value in unsafe 0..<groups * kernel.lanes {
          let own = unsafe exponents + min(value, count - 1) * words
          unsafe index[value] = unsafe shape.entry(of: own, words: words, block: j, column: column)
        }
        unsafe look(sums + column * Self.groups * kernel.digit, adding: true, tables.z + j * block, groups)
        unsafe look(digits, adding: false, tables.y0 + j * block, groups)
        if isFirst {
          for g in 0..<groups { unsafe start(g) }
          isFirst = false
        } else {
          for g in 0..<groups {
            unsafe kernel.multiplyPairs(
              next + g * kernel.pair, current + g * kernel.pair, byDigit: digits + g * kernel.digit, q)
          }
          unsafe current.update(from: next, count: groups * kernel.pair)
        }
      }
    }
    for g in 0..<groups { unsafe addLogarithms(g, q) }
  }

  private func forEach(_ groups: Int, _ body: (Words, Words) -> Void) {
    for g in 0..<groups { unsafe body(current + g * kernel.pair, next + g * kernel.pair) }
    unsafe current.update(from: next, count: groups * kernel.pair)
  }

  private func start(_ group: Int) {
    let x = unsafe current + group * kernel.pair
    unsafe x.update(from: digits + group * kernel.digit, count: kernel.digit)
    unsafe (x + kernel.digit).update(repeating: 0, count: kernel.digit)
  }

  /// x1 += x0·Σ 2^column·z.
  private func addLogarithms(_ group: Int, _ q: Words) {
    let sum = unsafe next, x = unsafe current + group * kernel.pair
    unsafe sum.update(repeating: 0, count: kernel.digit)
    for column in unsafe (0..<shape.depth).reversed() {
      unsafe kernel.add(sum, sum, times: 2, sums + (column * Self.groups + group) * kernel.digit)
    }
    unsafe kernel.multiply(sum, x, sum, q)
    unsafe kernel.add(x + kernel.digit, x + kernel.digit, sum)
  }

  private func look(_ out: Words, adding: Bool, _ table: ConstantWords, _ groups: Int) {
    let digit = unsafe kernel.digit
    switch unsafe kernel.path {
    case .wide(let m):
      // Three groups cost as much as four; a single one is read on its own.
      if groups > 1 {
        unsafe m.selectShared(
          out, strideInRows: kernel.limbs, groups: 4, adding: adding, table: table, entries: shape.entries,
          index: index, masks: masks)
      } else {
        unsafe m.selectShared(
          out, strideInRows: kernel.limbs, groups: 1, adding: adding, table: table, entries: shape.entries,
          index: index, masks: masks)
      }
    case .words:
      for g in 0..<groups {
        let target = unsafe adding ? next : out + g * digit
        unsafe FixedWords.select(target, table, count: digit, entries: shape.entries, index: index[g])
        if adding { unsafe FixedWords.add(out + g * digit, out + g * digit, target, digit) }
      }
    }
  }
}
