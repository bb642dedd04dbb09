import ModularArithmetic

/// w and ⌊2^64·w / q⌋.
private typealias Factor = (UInt64, UInt64)

/// w·y mod q in [0, 2q), for any word y.
@inline(__always)
private func lazyProduct(_ y: UInt64, _ w: Factor, _ q: UInt64) -> UInt64 {
  w.0 &* y &- y.multipliedFullWidth(by: w.1).high &* q
}

/// (x + w·y, x − w·y), both below x's bound plus 2q.
@inline(__always)
private func butterfly(_ x: inout UInt64, _ y: inout UInt64, _ w: Factor, _ q: UInt64) {
  let t = lazyProduct(y, w, q)
  y = x &+ 2 &* q &- t
  x = x &+ t
}

/// (x + y, w·(x − y)) for x, y ≤ `bound`, a multiple of q: the sum is below twice that, the product below 2q.
@inline(__always)
private func inverseButterfly(
  _ x: inout UInt64, _ y: inout UInt64, _ w: Factor, _ q: UInt64, bound: UInt64
) {
  let difference = x &+ bound &- y
  x = x &+ y
  y = lazyProduct(difference, w, q)
}

extension ScalarKernel {
  /// Coefficients in [0, q) to values in [0, q), in place: slot i becomes f(ψ^(2·brv(i)+1)).
  ///
  /// Radix 4, after one radix-2 level where the number of levels is odd.
  func forward(_ row: UnsafeMutablePointer<UInt64>) {
    let q = modulus.value
    var blocks = 1
    if degree.trailingZeroBitCount % 2 == 1 {
      let stride = degree / 2
      let w = unsafe (roots[1], companions[1])
      for j in 0..<stride { unsafe butterfly(&row[j], &row[j &+ stride], w, q) }
      blocks = 2
    }
    while blocks < degree / 4 {
      unsafe forwardRadix4(row, blocks: blocks, isLast: false)
      blocks *= 4
    }
    unsafe forwardRadix4(row, blocks: blocks, isLast: true)
  }

  @inline(__always)
  private func forwardRadix4(_ row: UnsafeMutablePointer<UInt64>, blocks: Int, isLast: Bool) {
    let q = modulus.value
    let modulus = modulus
    let (roots, companions) = unsafe (roots, companions)
    let stride = isLast ? 1 : degree / (4 &* blocks)
    for block in 0..<blocks {
      let i = blocks &+ block
      let w1 = unsafe (roots[i], companions[i])
      let w2 = unsafe (roots[2 &* i], companions[2 &* i])
      let w3 = unsafe (roots[2 &* i &+ 1], companions[2 &* i &+ 1])
      let begin = unsafe row + 4 &* stride &* block
      for j in 0..<stride {
        let at = unsafe begin + j
        var (x0, x1, x2, x3) = unsafe (at[0], at[stride], at[2 &* stride], at[3 &* stride])
        butterfly(&x0, &x2, w1, q)
        butterfly(&x1, &x3, w1, q)
        butterfly(&x0, &x1, w2, q)
        butterfly(&x2, &x3, w3, q)
        unsafe at[0] = isLast ? modulus.reduce(x0) : x0
        unsafe at[stride] = isLast ? modulus.reduce(x1) : x1
        unsafe at[2 &* stride] = isLast ? modulus.reduce(x2) : x2
        unsafe at[3 &* stride] = isLast ? modulus.reduce(x3) : x3
      }
    }
  }

  /// Values in [0, q) to coefficients in [0, q), in place: the exact inverse of `forward`.
  ///
  /// Radix 4, and one radix-2 level where the number of levels is odd; the last level multiplies by n^-1, too.
  func inverse(_ row: UnsafeMutablePointer<UInt64>) {
    let q = modulus.value
    var blocks = degree / 4
    var bound = q
    while blocks > 1 {
      unsafe inverseRadix4(row, blocks: blocks, bound: bound)
      blocks /= 4
      bound *= 4
    }
    let (scale, scaledRoot) = (scale, scaledRoot)
    if blocks == 1 {
      unsafe inverseLastRadix4(row, bound: bound)
    } else {
      let stride = degree / 2
      for j in 0..<stride {
        let (x, y) = unsafe (row[j], row[j &+ stride])
        unsafe row[j] = scale.multiply(x &+ y, modulus: modulus)
        unsafe row[j &+ stride] = scaledRoot.multiply(x &+ bound &- y, modulus: modulus)
      }
    }
  }

  @inline(__always)
  private func inverseRadix4(_ row: UnsafeMutablePointer<UInt64>, blocks: Int, bound: UInt64) {
    let q = modulus.value
    let (roots, companions) = unsafe (inverseRoots, inverseCompanions)
    let stride = degree / (4 &* blocks)
    for block in 0..<blocks {
      let i = blocks &+ block
      let w1 = unsafe (roots[i], companions[i])
      let w2 = unsafe (roots[2 &* i], companions[2 &* i])
      let w3 = unsafe (roots[2 &* i &+ 1], companions[2 &* i &+ 1])
      let begin = unsafe row + 4 &* stride &* block
      for j in 0..<stride {
        let at = unsafe begin + j
        var (x0, x1, x2, x3) = unsafe (at[0], at[stride], at[2 &* stride], at[3 &* stride])
        inverseButterfly(&x0, &x1, w2, q, bound: bound)
        inverseButterfly(&x2, &x3, w3, q, bound: bound)
        inverseButterfly(&x0, &x2, w1, q, bound: 2 &* bound)
        inverseButterfly(&x1, &x3, w1, q, bound: 2 &* bound)
        unsafe at[0] = x0
        unsafe at[stride] = x1
        unsafe at[2 &* stride] = x2
        unsafe at[3 &* stride] = x3
      }
    }
  }

  private func inverseLastRadix4(_ row: UnsafeMutablePointer<UInt64>, bound: UInt64) {
    let q = modulus.value
    let modulus = modulus
    let (scale, scaledRoot) = (scale, scaledRoot)
    let w2 = unsafe (inverseRoots[2], inverseCompanions[2])
    let w3 = unsafe (inverseRoots[3], inverseCompanions[3])
    let stride = degree / 4
    for j in 0..<stride {
      let at = unsafe row + j
      var (x0, x1, x2, x3) = unsafe (at[0], at[stride], at[2 &* stride], at[3 &* stride])
      inverseButterfly(&x0, &x1, w2, q, bound: bound)
      inverseButterfly(&x2, &x3, w3, q, bound: bound)
      unsafe at[0] = scale.multiply(x0 &+ x2, modulus: modulus)
      unsafe at[stride] = scale.multiply(x1 &+ x3, modulus: modulus)
      unsafe at[2 &* stride] = scaledRoot.multiply(x0 &+ 2 &* bound &- x2, modulus: modulus)
      unsafe at[3 &* stride] = scaledRoot.multiply(x1 &+ 2 &* bound &- x3, modulus: modulus)
    }
  }
}
