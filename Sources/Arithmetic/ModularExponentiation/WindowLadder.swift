import BigIntegers
import ModularExponentiationAVX512

// Fence: powers by pointer in a thread's workspace.

/// Powers of bases that change, modulo n². By fixed windows: every entry of the table is read for every window, so that exponents, one
/// for each lane or one for all, may be secret. Or, for a public exponent that all share, by sliding windows of one bit more over odd
/// powers (Handbook of Applied Cryptography, algorithm 14.85).
@unsafe struct WindowLadder {
  typealias Words = ModulusKernel.Words
  typealias ConstantWords = ModulusKernel.ConstantWords

  private let kernel: ModulusKernel
  private let window: Int
  private let isPublic: Bool
  private let table: Words
  private let entry: Words
  private let spare: Words
  private let selected: Words
  private let masks: Words
  private let index: Words

  /// Odd, so that squarings and the product behind them end in the buffer where they began.
  static func window(bits: Int) -> Int { bits > 160 ? 5 : 3 }

  static func workspaceCount(_ kernel: ModulusKernel, bits: Int) -> Int {
    let entries = unsafe 1 << window(bits: bits)
    return (entries + 3) * kernel.pair + (entries + 1) * 8
  }

  init(_ kernel: ModulusKernel, bits: Int, isPublic: Bool, _ workspace: inout Workspace) {
    unsafe self.kernel = kernel
    unsafe self.isPublic = isPublic
    unsafe window = unsafe Self.window(bits: bits)
    unsafe table = unsafe workspace.take(kernel.pair << window)
    unsafe entry = unsafe workspace.take(kernel.pair)
    unsafe spare = unsafe workspace.take(kernel.pair)
    unsafe selected = unsafe workspace.take(kernel.pair)
    unsafe masks = unsafe workspace.take(8 << window)
    unsafe index = unsafe workspace.take(8)
  }

  /// x = x^e in Montgomery form, where the exponent of lane i is the lowest `bits` bits of `words` words at exponents + i·stride.
  func raise(_ x: Words, exponents: ConstantWords, words: Int, stride: Int, count: Int, bits: Int, _ q: Words)
  {
    guard unsafe !isPublic else {
      return unsafe slide(x, exponent: exponents, words: words, bits: bits, q)
    }
    unsafe makeTable(x, q)
    var position = unsafe (bits + window - 1) / window
    func setIndex(_ i: Int) {
      let width = unsafe min(window, bits - i * window)
      for lane in unsafe 0..<kernel.lanes {
        unsafe index[lane] =
          unsafe lane < count
          ? ModularExponentiation.bits(
            of: exponents + lane * stride, count: words, at: i * window, width: width) : 0
      }
    }
    position -= 1
    setIndex(position)
    unsafe select(into: x)
    while position > 0 {
      position -= 1
      setIndex(position)
      unsafe step(x, q)
    }
  }

  private func makeTable(_ x: ConstantWords, _ q: Words) {
    unsafe store(kernel.one, at: 0)
    unsafe store(x, at: 1)
    unsafe entry.update(from: x, count: kernel.pair)
    for j in unsafe 2..<(1 << window) {
      unsafe kernel.multiplyPairs(spare, entry, x, q)
      unsafe entry.update(from: spare, count: kernel.pair)
      unsafe store(entry, at: j)
    }
  }

  private func store(_ x: ConstantWords, at j: Int) {
    switch unsafe kernel.path {
    case .wide(let m): unsafe m.store(x, into: table, entries: 1 << window, at: j)
    case .words: unsafe (table + j * kernel.pair).update(from: x, count: kernel.pair)
    }
  }

  private func select(into out: Words) {
    switch unsafe kernel.path {
    case .wide(let m): unsafe m.select(out, table: table, entries: 1 << window, index: index, masks: masks)
    case .words:
      unsafe FixedWords.select(out, table, count: kernel.pair, entries: 1 << window, index: index[0])
    }
  }

  /// x = x^(2^window)·table[index].
  private func step(_ x: Words, _ q: Words) {
    if case .wide(let m) = unsafe kernel.path {
      return unsafe m.raise(
        x, squarings: window, table: table, entries: 1 << window, index: index, spare: spare,
        selected: selected, masks: masks, q)
    }
    var from = unsafe x, to = unsafe spare
    for _ in unsafe 0..<window {
      unsafe kernel.squarePairs(to, from, q)
      unsafe swap(&from, &to)
    }
    unsafe select(into: selected)
    unsafe kernel.multiplyPairs(to, from, selected, q)
  }

  /// The same for one public exponent.
  private func slide(_ x: Words, exponent: ConstantWords, words: Int, bits: Int, _ q: Words) {
    func value(_ low: Int, _ width: Int) -> Int {
      unsafe Int(
        truncatingIfNeeded: ModularExponentiation.bits(of: exponent, count: words, at: low, width: width))
    }
    unsafe makeOddPowers(x, q)
    var from = unsafe x, to = unsafe spare
    func square() {
      unsafe kernel.squarePairs(to, from, q)
      unsafe swap(&from, &to)
    }
    var position = bits - 1
    while position >= 0, value(position, 1) == 0 { position -= 1 }
    guard position >= 0 else { return unsafe x.update(from: kernel.one, count: kernel.pair) }
    var isFirst = true
    while position >= 0 {
      guard value(position, 1) == 1 else {
        square()
        position -= 1
        continue
      }
      var low = unsafe max(0, position - window)
      while value(low, 1) == 0 { low += 1 }
      let entry = unsafe table + (value(low, position - low + 1) >> 1) * kernel.pair
      if isFirst {
        unsafe from.update(from: entry, count: kernel.pair)
        isFirst = false
      } else {
        for _ in low...position { square() }
        unsafe kernel.multiplyPairs(to, from, entry, q)
        unsafe swap(&from, &to)
      }
      position = low - 1
    }
    if unsafe from != x { unsafe x.update(from: from, count: kernel.pair) }
  }

  /// table[j] = x^(2j + 1).
  private func makeOddPowers(_ x: ConstantWords, _ q: Words) {
    unsafe kernel.squarePairs(selected, x, q)
    unsafe table.update(from: x, count: kernel.pair)
    for j in unsafe 1..<(1 << window) {
      unsafe kernel.multiplyPairs(table + j * kernel.pair, table + (j - 1) * kernel.pair, selected, q)
    }
  }
}
