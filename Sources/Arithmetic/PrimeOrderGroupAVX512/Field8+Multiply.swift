extension Field8 {
  /// a·b + bias·p; without bias, limbs ≤ 125·2^52.
  ///
  /// A bias of 256 or 1024 makes the product big enough to have other products taken away from it limb by limb: limbs
  /// are then at least 128·2^52 − 2^15 (512·2^52 − 2^15) and at most 253·2^52 (637·2^52). It costs nothing, for the
  /// accumulators start from it instead of zero (from half of it where they get doubled).
  ///
  /// 50 multiply-adds, 8 doublings, 5 multiplications by 19 and 5 additions.
  ///
  /// Bound of a column, in units of 2^52, with tight factors: a low half is < 1, a high half < 1/4 (and a little).
  /// Column k has k + 1 low and 2k high halves, and 19 times 4 − k low and 2(5 − k) high ones from above 2^255:
  ///
  ///     k + 1 + k/2 + 19·(4 − k + (5 − k)/2) ≤ 1 + 19·6.5 = 124.5   (k = 0)
  @inline(__always) static func multiply(_ a: Field8, _ b: Field8, bias: UInt64 = 0) -> Wide {
    assert(a.isTight && b.isTight, "only tight elements are multiplied")
    let zero = Lanes.zero
    let start0 = splat(bias &* (limbMask &- 18)), start = splat((bias / 2) &* limbMask)
    var h0 = addHigh(start, a.l0, b.l0), h1 = addHigh(start, a.l0, b.l1), h2 = addHigh(start, a.l0, b.l2)
    var h3 = addHigh(start, a.l0, b.l3), h4 = addHigh(zero, a.l0, b.l4)
    h1 = addHigh(h1, a.l1, b.l0)
    h2 = addHigh(h2, a.l1, b.l1)
    h3 = addHigh(h3, a.l1, b.l2)
    h4 = addHigh(h4, a.l1, b.l3)
    var h5 = addHigh(zero, a.l1, b.l4)
    h2 = addHigh(h2, a.l2, b.l0)
    h3 = addHigh(h3, a.l2, b.l1)
    h4 = addHigh(h4, a.l2, b.l2)
    h5 = addHigh(h5, a.l2, b.l3)
    var h6 = addHigh(zero, a.l2, b.l4)
    h3 = addHigh(h3, a.l3, b.l0)
    h4 = addHigh(h4, a.l3, b.l1)
    h5 = addHigh(h5, a.l3, b.l2)
    h6 = addHigh(h6, a.l3, b.l3)
    var h7 = addHigh(zero, a.l3, b.l4)
    h4 = addHigh(h4, a.l4, b.l0)
    h5 = addHigh(h5, a.l4, b.l1)
    h6 = addHigh(h6, a.l4, b.l2)
    h7 = addHigh(h7, a.l4, b.l3)
    let h8 = addHigh(zero, a.l4, b.l4)

    h0 = h0 &+ h0
    h1 = h1 &+ h1
    h2 = h2 &+ h2
    h3 = h3 &+ h3
    h4 = h4 &+ h4
    h5 = h5 &+ h5
    h6 = h6 &+ h6
    h7 = h7 &+ h7

    let c0 = addLow(start0, a.l0, b.l0)
    var c1 = addLow(h0, a.l0, b.l1), c2 = addLow(h1, a.l0, b.l2), c3 = addLow(h2, a.l0, b.l3)
    var c4 = addLow(h3, a.l0, b.l4)
    c1 = addLow(c1, a.l1, b.l0)
    c2 = addLow(c2, a.l1, b.l1)
    c3 = addLow(c3, a.l1, b.l2)
    c4 = addLow(c4, a.l1, b.l3)
    var c5 = addLow(h4, a.l1, b.l4)
    c2 = addLow(c2, a.l2, b.l0)
    c3 = addLow(c3, a.l2, b.l1)
    c4 = addLow(c4, a.l2, b.l2)
    c5 = addLow(c5, a.l2, b.l3)
    var c6 = addLow(h5, a.l2, b.l4)
    c3 = addLow(c3, a.l3, b.l0)
    c4 = addLow(c4, a.l3, b.l1)
    c5 = addLow(c5, a.l3, b.l2)
    c6 = addLow(c6, a.l3, b.l3)
    var c7 = addLow(h6, a.l3, b.l4)
    c4 = addLow(c4, a.l4, b.l0)
    c5 = addLow(c5, a.l4, b.l1)
    c6 = addLow(c6, a.l4, b.l2)
    c7 = addLow(c7, a.l4, b.l3)
    let c8 = addLow(h7, a.l4, b.l4)

    let n = splat(19)
    return Wide(
      l0: c0 &+ c5 &* n, l1: c1 &+ c6 &* n, l2: c2 &+ c7 &* n, l3: c3 &+ c8 &* n, l4: c4 &+ h8 &* splat(38))
  }

  /// a² + bias·p with the bounds of `multiply`.
  ///
  /// 30 multiply-adds, 12 doublings, 5 constant multiplications and 5 additions, with the column sums of `multiply`.
  ///
  /// s(k) is twice the high halves of the cross products of column k − 1, plus the low halves of the cross products of
  /// column k, plus the high half of the square that lands in column k. Doubled, plus the low half of a square, it is
  /// column k.
  @inline(__always) static func square(_ a: Field8, bias: UInt64 = 0) -> Wide {
    assert(a.isTight, "only tight elements are squared")
    let zero = Lanes.zero
    let start0 = splat(bias &* (limbMask &- 18)), start2 = splat((bias / 2) &* limbMask)
    var h1 = addHigh(splat((bias / 4) &* limbMask), a.l0, a.l1)
    var h2 = addHigh(splat((bias / 4) &* limbMask), a.l0, a.l2)
    var h3 = addHigh(splat((bias / 4) &* limbMask), a.l0, a.l3), h4 = addHigh(zero, a.l0, a.l4)
    var h5 = addHigh(zero, a.l1, a.l4), h6 = addHigh(zero, a.l2, a.l4)
    let h7 = addHigh(zero, a.l3, a.l4)
    h3 = addHigh(h3, a.l1, a.l2)
    h4 = addHigh(h4, a.l1, a.l3)
    h5 = addHigh(h5, a.l2, a.l3)
    h1 = h1 &+ h1
    h2 = h2 &+ h2
    h3 = h3 &+ h3
    h4 = h4 &+ h4
    h5 = h5 &+ h5
    h6 = h6 &+ h6

    var s1 = addHigh(start2, a.l0, a.l0), s3 = addHigh(h2, a.l1, a.l1), s5 = addHigh(h4, a.l2, a.l2)
    var s7 = addHigh(h6, a.l3, a.l3)
    let s9 = addHigh(zero, a.l4, a.l4)
    s1 = addLow(s1, a.l0, a.l1)
    let s2 = addLow(h1, a.l0, a.l2)
    s3 = addLow(s3, a.l0, a.l3)
    let s4 = addLow(addLow(h3, a.l0, a.l4), a.l1, a.l3)
    s5 = addLow(s5, a.l1, a.l4)
    let s6 = addLow(h5, a.l2, a.l4)
    s7 = addLow(s7, a.l3, a.l4)
    s3 = addLow(s3, a.l1, a.l2)
    s5 = addLow(s5, a.l2, a.l3)

    let c0 = addLow(start0, a.l0, a.l0), c1 = s1 &+ s1, c2 = addLow(s2 &+ s2, a.l1, a.l1), c3 = s3 &+ s3
    let c4 = addLow(s4 &+ s4, a.l2, a.l2), c6 = addLow(s6 &+ s6, a.l3, a.l3)
    let c8 = addLow(shiftLeft(h7, 2), a.l4, a.l4)
    let n = splat(19), n2 = splat(38)
    return Wide(
      l0: c0 &+ s5 &* n2, l1: c1 &+ c6 &* n, l2: c2 &+ s7 &* n2, l3: c3 &+ c8 &* n, l4: c4 &+ s9 &* n2)
  }
}
