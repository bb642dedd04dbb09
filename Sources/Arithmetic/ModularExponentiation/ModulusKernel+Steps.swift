import BigIntegers
import ModularExponentiationAVX512

// Fence: one step for both paths. Pointers are to digits and pairs of this kernel; `q` is its scratch.

extension ModulusKernel {
  /// out = a·b / R mod n; out may be a or b.
  func multiply(_ out: Words, _ a: ConstantWords, _ b: ConstantWords, _ q: Words) {
    switch unsafe path {
    case .wide(let m): unsafe m.multiply(out, a, b, q)
    case .words(let m): unsafe m.multiply(out, a, b, q)
    }
  }

  /// out = x·y / R mod n² on pairs; out overlaps nothing.
  func multiplyPairs(_ out: Words, _ x: ConstantWords, _ y: ConstantWords, _ q: Words) {
    switch unsafe path {
    case .wide(let m): unsafe m.multiplyPairs(out, x, y, q)
    case .words(let m): unsafe m.multiplyPairs(out, x, y, q)
    }
  }

  /// out = x² / R mod n² on pairs; out overlaps nothing.
  func squarePairs(_ out: Words, _ x: ConstantWords, _ q: Words) {
    switch unsafe path {
    case .wide(let m): unsafe m.squarePairs(out, x, q)
    case .words(let m): unsafe m.squarePairs(out, x, q)
    }
  }

  /// out = x·d / R mod n² for a pair x and a digit d; out overlaps nothing.
  func multiplyPairs(_ out: Words, _ x: ConstantWords, byDigit d: ConstantWords, _ q: Words) {
    switch unsafe path {
    case .wide(let m): unsafe m.multiplyPairs(out, x, byDigit: d, q)
    case .words(let m): unsafe m.multiplyPairs(out, x, byDigit: d, q)
    }
  }

  /// out = a − n where a ≥ n, else a, for a digit a < 2n; taken: a row.
  func reduceOnce(_ out: Words, _ a: ConstantWords, taken: Words) {
    switch unsafe path {
    case .wide(let m): unsafe m.reduceOnce(out, a, taken: taken)
    case .words(let m): unsafe m.reduceOnce(out, a, taken: taken)
    }
  }

  /// out = factor·a + b for digits, below R.
  func add(_ out: Words, _ a: ConstantWords, times factor: UInt64 = 1, _ b: ConstantWords) {
    switch unsafe path {
    case .wide(let m): unsafe m.add(out, a, times: factor, b)
    case .words: _ = unsafe FixedWords.add(out, a, times: factor, b, limbs)
    }
  }

  /// Both digits of a lazy pair brought to their least values, x0 < n and x1 < n: x1 is below 2n, x0 at most n.
  func makeCanonical(_ x: Words, _ q: Words) {
    let taken = unsafe q
    unsafe reduceOnce(x, x, taken: taken)
    // n taken from x0 is 1 in x1.
    switch unsafe path {
    case .wide(let m): unsafe m.addToLowestLimb(x + digit, taken)
    case .words: unsafe FixedWords.add(x + digit, word: taken[0], limbs)
    }
    unsafe reduceOnce(x + digit, x + digit, taken: taken)
  }

  /// out (two digits long) = x0 + x1·n.
  func join(_ out: Words, _ x: ConstantWords, _ q: Words) {
    switch unsafe path {
    case .wide(let m): unsafe m.join(out, x, x + digit)
    case .words(let m):
      unsafe FixedWords.multiply(out, x + digit, limbs, m.n, limbs)
      let carry = unsafe FixedWords.add(out, out, x, limbs)
      unsafe FixedWords.add(out + limbs, word: carry, limbs)
    }
  }
}

// Values in and out: little-endian words, `stride` of them from one value to the next.
extension ModulusKernel {
  /// Limbs first…first + limbs − 1 of up to `lanes` values of `words` words each; lanes without a value become zero.
  func load(
    _ out: Words, _ values: ConstantWords, words: Int, stride: Int, count: Int, firstLimb first: Int = 0
  ) {
    let width = lanes == 8 ? 52 : 64
    for lane in 0..<lanes {
      guard lane < count else {
        for i in 0..<limbs { unsafe out[i * lanes + lane] = 0 }
        continue
      }
      let value = unsafe values + lane * stride
      for i in 0..<limbs {
        unsafe out[i * lanes + lane] = unsafe bits(
          of: value, count: words, at: width * (first + i), width: width)
      }
    }
  }

  /// The lowest `words` words of up to `lanes` numbers of `limbs` normalised limbs.
  func store(_ values: Words, words: Int, stride: Int, count: Int, _ source: ConstantWords, limbs: Int) {
    for lane in 0..<min(count, lanes) {
      let value = unsafe values + lane * stride
      guard lanes == 8 else {
        for i in 0..<words { unsafe value[i] = unsafe i < limbs ? source[i] : 0 }
        continue
      }
      for i in 0..<words {
        // Two or three limbs cover a word.
        var word: UInt64 = 0
        let first = 64 * i / 52
        for limb in first..<min(first + 3, limbs) {
          let shift = 52 * limb - 64 * i
          let x = unsafe source[8 * limb + lane]
          word |= shift >= 0 ? (shift < 64 ? x << UInt64(shift) : 0) : x >> UInt64(-shift)
        }
        unsafe value[i] = word
      }
    }
  }

  /// Numbers below n² to pairs in Montgomery form: Σ (x_i, 0)·R^(i+2) / R over the groups x_i of limbs. `spare`: a pair.
  ///
  /// A group is below R and thus a valid lazy digit; the digits of each term are below 2.1n, those of four terms below 9n.
  func lift(
    _ out: Words, _ values: ConstantWords, words: Int, stride: Int, count: Int, digit group: Words,
    spare: Words, _ q: Words
  ) {
    let groupBits = limbs * (lanes == 8 ? 52 : 64)
    for i in unsafe 0..<min(lifts.count, (64 * words + groupBits - 1) / groupBits) {
      unsafe load(group, values, words: words, stride: stride, count: count, firstLimb: i * limbs)
      unsafe multiplyPairs(i == 0 ? out : spare, lifts[i], byDigit: group, q)
      if i > 0 {
        unsafe add(out, out, spare)
        unsafe add(out + digit, out + digit, spare + digit)
      }
    }
  }
}
