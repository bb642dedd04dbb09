/// Field operations by themselves, for tests of their bounds with limbs that no product reaches by chance. Elements are
/// five words, the same in all lanes.
package enum FieldProbe {
  /// Exclusive bounds of tight and of wide limbs.
  package static let tightBound = Field8.tightBound
  package static let wideBound = Field8.wideBound

  /// a·b + bias·p: limbs before and after carrying.
  package static func multiply(
    _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>, bias: UInt64, wide: UnsafeMutablePointer<UInt64>,
    carried: UnsafeMutablePointer<UInt64>
  ) {
    give(Field8.multiply(load(a), load(b), bias: bias), wide, carried)
  }

  /// a² + bias·p, likewise.
  package static func square(
    _ a: UnsafePointer<UInt64>, bias: UInt64, wide: UnsafeMutablePointer<UInt64>,
    carried: UnsafeMutablePointer<UInt64>
  ) {
    give(Field8.square(load(a), bias: bias), wide, carried)
  }

  /// Carries limbs below `wideBound`.
  package static func carry(_ a: UnsafePointer<UInt64>, carried: UnsafeMutablePointer<UInt64>) {
    let x = load(a)
    put(Field8.carry(Field8.widen(x)), carried)
  }

  /// The representative below p of tight limbs.
  package static func freeze(_ a: UnsafePointer<UInt64>, frozen: UnsafeMutablePointer<UInt64>) {
    put(Field8.freeze(load(a)), frozen)
  }

  /// a − b of tight limbs, tight.
  package static func subtract(
    _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>, difference: UnsafeMutablePointer<UInt64>
  ) {
    put(Field8.minus(load(a), load(b)), difference)
  }

  private static func load(_ a: UnsafePointer<UInt64>) -> Field8 {
    Field8(splat(a[0]), splat(a[1]), splat(a[2]), splat(a[3]), splat(a[4]))
  }

  private static func give(
    _ w: Field8.Wide, _ wide: UnsafeMutablePointer<UInt64>, _ carried: UnsafeMutablePointer<UInt64>
  ) {
    put(Field8(w.l0, w.l1, w.l2, w.l3, w.l4), wide)
    put(Field8.carry(w), carried)
  }

  /// The last lane, so that lanes other than the first are looked at too.
  private static func put(_ x: Field8, _ target: UnsafeMutablePointer<UInt64>) {
    target[0] = x.l0[7]
    target[1] = x.l1[7]
    target[2] = x.l2[7]
    target[3] = x.l3[7]
    target[4] = x.l4[7]
  }
}
