// Hot loops write carry(multiply(a, b)). What follows is for all else (decoding, encoding, maps) and is never inlined:
// hundreds of products in one function make the compiler take ten minutes.
extension Field8 {
  @inline(never) static func times(_ a: Field8, _ b: Field8) -> Field8 { carry(multiply(a, b)) }
  @inline(never) static func squared(_ a: Field8) -> Field8 { carry(square(a)) }
  @inline(never) static func plus(_ a: Field8, _ b: Field8) -> Field8 { carry(add(widen(a), widen(b))) }
  /// 2p limb by limb exceeds every tight element.
  @inline(never) static func minus(_ a: Field8, _ b: Field8) -> Field8 {
    carry(subtract(add(widen(a), widen(Field8(constant: .twiceP))), widen(b)))
  }
  @inline(never) static func negated(_ a: Field8) -> Field8 { minus(Field8(small: 0), a) }
  @inline(never) static func negated(_ a: Field8, if m: Lanes) -> Field8 { select(m, negated(a), a) }
  /// CT_ABS of RFC 9496, section 3.2.
  @inline(never) static func magnitude(_ a: Field8) -> Field8 { negated(a, if: isOdd(a)) }
  @inline(never) static func equal(_ a: Field8, _ b: Field8) -> Lanes { isZero(minus(a, b)) }
}
