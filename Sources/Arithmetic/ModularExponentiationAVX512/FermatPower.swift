// Powers modulo eight different numbers at once: finding primes tests many candidates.

/// out = a² / R modulo each lane's own n.
@inline(never) private func squareOwn(
  _ out: Row, _ a: ConstantRow, _ n: ConstantRow, _ n0: Lanes, _ blocks: Int, _ q: Row
) {
  var carry = Lanes.zero, column = 0
  while column < blocks {
    var l = zeroBlock, h = zeroBlock
    addSquare(&l, &h, OwnLimbs(a), column, blocks)
    reduceLow(&l, &h, OwnLimbs(n), n0, column, &carry, q)
    column &+= 1
  }
  while column < 2 &* blocks {
    var l = zeroBlock, h = zeroBlock
    addSquare(&l, &h, OwnLimbs(a), column, blocks)
    reduceHigh(&l, &h, OwnLimbs(n), column, blocks, &carry, q, out)
    column &+= 1
  }
}

/// Doubles the lanes in which `mask` is all ones.
@inline(never) private func doubleMasked(_ a: Row, _ mask: Lanes, _ count: Int) {
  let limb = splat(limbMask)
  var carry = Lanes.zero, i = 0
  while i < count {
    let s = a[i] &+ (a[i] & mask) &+ carry
    a[i] = s & limb
    carry = s &>> 52
    i &+= 1
  }
}

/// Fermat's test to base 2 for eight candidates.
public enum FermatPower {
  /// x = 2^e·x modulo each lane's own n in Montgomery form, for x = R mod n: e has `bits` bits, an even number, in rows of 64.
  ///
  /// n and x have 10·blocks rows, spare and q as many; n0 is one row of −n⁻¹ mod 2^52; 2^16·n ≤ R.
  public static func raise(
    _ x: UnsafeMutablePointer<UInt64>, exponents: UnsafePointer<UInt64>, bits: Int, n: UnsafePointer<UInt64>,
    n0: UnsafePointer<UInt64>, blocks: Int, spare: UnsafeMutablePointer<UInt64>,
    _ q: UnsafeMutablePointer<UInt64>
  ) {
    var from = row(x), to = row(spare), i = bits
    while i > 0 {
      i &-= 1
      squareOwn(to, from, row(n), row(n0).pointee, blocks, row(q))
      let bit = (row(exponents)[i >> 6] &>> splat(UInt64(i & 63))) & splat(1)
      doubleMasked(to, Lanes.zero &- bit, 10 &* blocks)
      swap(&from, &to)
    }
  }
}
