/// Two groups of eight lanes side by side, for exponentiations: two independent chains that the processor overlaps, so
/// that they run at throughput instead of latency. The ladder of a scalar multiplication does not gain: its registers
/// spill.
struct FieldPair {
  var a, b: Field8

  @inline(__always) init(_ a: Field8, _ b: Field8) {
    self.a = a
    self.b = b
  }

  @inline(never) static func times(_ x: Self, _ y: Self) -> Self {
    Self(Field8.carry(Field8.multiply(x.a, y.a)), Field8.carry(Field8.multiply(x.b, y.b)))
  }

  /// x^(2^n).
  @inline(never) static func squared(_ x: Self, times n: Int = 1) -> Self {
    var r = x
    for _ in 0..<n { r = Self(Field8.carry(Field8.square(r.a)), Field8.carry(Field8.square(r.b))) }
    return r
  }
}
