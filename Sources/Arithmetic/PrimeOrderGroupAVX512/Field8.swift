/// Eight elements of GF(p), p = 2^255 − 19, one per lane, in radix 2^51: five limbs.
///
/// The types state the bounds of the limbs:
/// - `Field8`, tight: limbs < 2^51 + 2^18, value < 2p. The only multiplicands.
/// - `Wide`, uncarried: limbs < 2^62. Products are wide; sums and differences stay wide; `carry` makes them tight.
///
/// Why 51: the multiplier reads 52 bits of each factor, so that a carried limb (51 bits and a little) fits with one
/// spare bit, and five limbs make exactly 255 bits, so that 2^255 = 19 folds with a plain factor. The high half of a
/// product lands at 2^52 = 2·2^51 and counts twice in the next column: high halves are added up first, each column is
/// doubled once, and the low halves go on into the same register.
struct Field8 {
  var l0, l1, l2, l3, l4: Lanes

  struct Wide { var l0, l1, l2, l3, l4: Lanes }

  static let limbMask: UInt64 = (1 << 51) - 1
  /// Exclusive bounds of tight and of wide limbs.
  static let tightBound: UInt64 = 1 << 51 + 1 << 18
  static let wideBound: UInt64 = 1 << 62

  @inline(__always) init(_ l0: Lanes, _ l1: Lanes, _ l2: Lanes, _ l3: Lanes, _ l4: Lanes) {
    self.l0 = l0
    self.l1 = l1
    self.l2 = l2
    self.l3 = l3
    self.l4 = l4
  }

  @inline(__always) init(constant c: FieldConstant) {
    self.init(splat(c.l0), splat(c.l1), splat(c.l2), splat(c.l3), splat(c.l4))
  }

  /// `small` < 2^51 in every lane.
  @inline(__always) init(small: UInt64) { self.init(splat(small), .zero, .zero, .zero, .zero) }

  /// Eight little-endian values, bit 255 ignored: limbs < 2^51, not reduced mod p.
  @inline(__always) init(words w: Words) {
    let m = splat(Field8.limbMask)
    self.init(
      w.0 & m, (shiftRight(w.0, 51) | shiftLeft(w.1, 13)) & m, (shiftRight(w.1, 38) | shiftLeft(w.2, 26)) & m,
      (shiftRight(w.2, 25) | shiftLeft(w.3, 39)) & m, shiftRight(w.3, 12) & m)
  }

  /// The words of a frozen element.
  @inline(__always) var words: Words {
    (
      l0 | shiftLeft(l1, 51), shiftRight(l1, 13) | shiftLeft(l2, 38), shiftRight(l2, 26) | shiftLeft(l3, 25),
      shiftRight(l3, 39) | shiftLeft(l4, 12)
    )
  }

  /// Limbs w < 2^62: carries < 2^11, the one that wraps 19·2^11 < 2^16, so limbs < 2^51 + 2^16. All five carries move at
  /// once.
  @inline(__always) static func carry(_ w: Wide) -> Field8 {
    assert(w.isBelow(wideBound), "a limb of 2^62 or more")
    let m = splat(limbMask)
    return Field8(
      addLow(w.l0 & m, shiftRight(w.l4, 51), splat(19)), (w.l1 & m) &+ shiftRight(w.l0, 51),
      (w.l2 & m) &+ shiftRight(w.l1, 51), (w.l3 & m) &+ shiftRight(w.l2, 51),
      (w.l4 & m) &+ shiftRight(w.l3, 51))
  }

  @inline(__always) static func widen(_ a: Field8) -> Wide {
    Wide(l0: a.l0, l1: a.l1, l2: a.l2, l3: a.l3, l4: a.l4)
  }

  /// Limb-wise sum; the caller keeps it below 2^62.
  @inline(__always) static func add(_ a: Wide, _ b: Wide) -> Wide {
    Wide(l0: a.l0 &+ b.l0, l1: a.l1 &+ b.l1, l2: a.l2 &+ b.l2, l3: a.l3 &+ b.l3, l4: a.l4 &+ b.l4)
  }

  /// Limb-wise difference; the caller sees to it, by biases, that no limb goes below zero.
  @inline(__always) static func subtract(_ a: Wide, _ b: Wide) -> Wide {
    let r = Wide(l0: a.l0 &- b.l0, l1: a.l1 &- b.l1, l2: a.l2 &- b.l2, l3: a.l3 &- b.l3, l4: a.l4 &- b.l4)
    assert(r.isBelow(wideBound), "a limb below zero")
    return r
  }

  /// The representative in [0, p). A tight value is below 2p, so that at most one p is taken away: q = 1 exactly if value + 19 ≥ 2^255.
  @inline(__always) static func freeze(_ a: Field8) -> Field8 {
    assert(a.isTight, "only tight elements are frozen")
    let m = splat(limbMask)
    var q = shiftRight(a.l0 &+ splat(19), 51)
    q = shiftRight(a.l1 &+ q, 51)
    q = shiftRight(a.l2 &+ q, 51)
    q = shiftRight(a.l3 &+ q, 51)
    q = shiftRight(a.l4 &+ q, 51)
    let r0 = addLow(a.l0, q, splat(19))
    let r1 = a.l1 &+ shiftRight(r0, 51)
    let r2 = a.l2 &+ shiftRight(r1, 51)
    let r3 = a.l3 &+ shiftRight(r2, 51)
    let r4 = a.l4 &+ shiftRight(r3, 51)
    return Field8(r0 & m, r1 & m, r2 & m, r3 & m, r4 & m)
  }

  /// All ones where the representative is odd: "negative" in RFC 9496.
  @inline(__always) static func isOdd(_ a: Field8) -> Lanes { Lanes.zero &- (freeze(a).l0 & splat(1)) }

  @inline(__always) static func isZero(_ a: Field8) -> Lanes {
    let f = freeze(a)
    return zeroMask(f.l0 | f.l1 | f.l2 | f.l3 | f.l4)
  }

  @inline(__always) static func select(_ m: Lanes, _ a: Field8, _ b: Field8) -> Field8 {
    Field8(
      choose(m, a.l0, b.l0), choose(m, a.l1, b.l1), choose(m, a.l2, b.l2), choose(m, a.l3, b.l3),
      choose(m, a.l4, b.l4))
  }

  /// acc | (x & m): one step of a constant-time table scan.
  @inline(__always) static func merge(_ acc: Field8, _ x: Field8, _ m: Lanes) -> Field8 {
    Field8(
      acc.l0 | (x.l0 & m), acc.l1 | (x.l1 & m), acc.l2 | (x.l2 & m), acc.l3 | (x.l3 & m),
      acc.l4 | (x.l4 & m))
  }

  /// Exchanges `a` and `b` in the lanes of the mask.
  @inline(__always) static func swap(_ m: Lanes, _ a: inout Field8, _ b: inout Field8) {
    let x = a
    a = select(m, b, x)
    b = select(m, x, b)
  }
}

// What the assertions of debug builds ask.
extension Field8 {
  @inline(__always) var isTight: Bool { Field8.widen(self).isBelow(Field8.tightBound) }
}

extension Field8.Wide {
  @inline(never) func isBelow(_ bound: UInt64) -> Bool {
    // For bounds up to 2^63, bound − 1 − limb wraps to its top bit exactly where a limb is too big.
    let most = splat(bound &- 1)
    let excess =
      (most &- l0) | (most &- l1) | (most &- l2) | (most &- l3) | (most &- l4) | l0 | l1 | l2 | l3 | l4
    for i in 0..<8 where excess[i] >> 63 != 0 { return false }
    return true
  }
}
