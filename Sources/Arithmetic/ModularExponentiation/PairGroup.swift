import BigIntegers

// Fence: one group of lanes on its way in and out of pairs.

/// The residues modulo n² of one group of lanes, in a thread's workspace.
@unsafe struct PairGroup {
  typealias Words = ModulusKernel.Words
  typealias ConstantWords = ModulusKernel.ConstantWords

  let kernel: ModulusKernel
  /// The index of the first value in its batch.
  var first = 0
  /// A pair in Montgomery form.
  let x: Words
  let q: Words
  private let y: Words
  private let extra: Words

  static func workspaceCount(_ kernel: ModulusKernel) -> Int { 3 * kernel.pair + kernel.scratchCount }

  init(_ kernel: ModulusKernel, _ workspace: inout Workspace) {
    unsafe self.kernel = kernel
    unsafe x = unsafe workspace.take(kernel.pair)
    unsafe y = unsafe workspace.take(kernel.pair)
    unsafe extra = unsafe workspace.take(kernel.pair)
    unsafe q = unsafe workspace.take(kernel.scratchCount)
  }

  /// x = numbers of `words` words each, in Montgomery form.
  func lift(_ values: ConstantWords, words: Int, count: Int) {
    unsafe kernel.lift(x, values, words: words, stride: words, count: count, digit: extra, spare: y, q)
  }

  /// Writes x·(1 + m·n) mod n² out of Montgomery form.
  func finish(_ out: Words, message: Numbers?, count: Int) {
    unsafe kernel.multiplyPairs(y, x, byDigit: kernel.unit, q)
    if let message = unsafe message {
      unsafe kernel.load(extra, message.words, words: message.count, stride: message.stride, count: count)
      // (x0·R)·m / R = x0·m mod n.
      unsafe kernel.multiply(extra, x, extra, q)
      unsafe kernel.add(y + kernel.digit, y + kernel.digit, extra)
      unsafe kernel.reduceOnce(y + kernel.digit, y + kernel.digit, taken: q)
    }
    unsafe kernel.makeCanonical(y, q)
    unsafe kernel.join(extra, y, q)
    let words = unsafe 2 * kernel.wordCount
    unsafe kernel.store(out, words: words, stride: words, count: count, extra, limbs: 2 * kernel.limbs)
  }

  /// Writes L·factor mod n where x is 1 + L·n.
  func logarithm(_ out: Words, _ factor: Numbers, count: Int) {
    unsafe kernel.multiplyPairs(y, x, byDigit: kernel.unit, q)
    unsafe kernel.load(extra, factor.words, words: factor.count, stride: 0, count: kernel.lanes)
    // Two steps, because the factor is not in Montgomery form: L·factor / R, then times R² / R.
    unsafe kernel.multiply(y + kernel.digit, y + kernel.digit, extra, q)
    unsafe kernel.multiply(y + kernel.digit, y + kernel.digit, kernel.square, q)
    unsafe kernel.reduceOnce(y, y + kernel.digit, taken: q)
    unsafe kernel.store(
      out, words: kernel.wordCount, stride: kernel.wordCount, count: count, y, limbs: kernel.limbs)
  }
}
