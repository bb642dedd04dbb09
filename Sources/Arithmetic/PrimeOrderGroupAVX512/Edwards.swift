/// Extended coordinates on edwards25519 (Hisil, Wong, Carter, Dawson, "Twisted Edwards curves revisited", 2008; a = −1):
/// x = X/Z, y = Y/Z, T = XY/Z.
struct Extended { var x, y, z, t: Field8 }

/// What a doubling needs: X, Y, Z and X + Y. The sum is taken before carrying and costs one carry.
struct Doubling { var x, y, z, sum: Field8 }

/// What an addition needs of its left operand: Y − X, Y + X, Z, T.
struct Summand { var difference, sum, z, t: Field8 }

/// A precomputed right operand: Y + X, Y − X, 2Z, 2dT.
struct Cached { var sum, difference, twiceZ, twiceDT: Field8 }

/// A result before its last products: X = EF, Y = GH, Z = FG, T = EH. Whoever uses it asks only for what comes next.
struct Completed {
  var e, f, g, h: Field8

  @inline(__always) var extended: Extended {
    Extended(
      x: Field8.carry(Field8.multiply(e, f)), y: Field8.carry(Field8.multiply(g, h)),
      z: Field8.carry(Field8.multiply(f, g)), t: Field8.carry(Field8.multiply(e, h)))
  }

  @inline(__always) var forDoubling: Doubling {
    let x = Field8.multiply(e, f), y = Field8.multiply(g, h)
    return Doubling(
      x: Field8.carry(x), y: Field8.carry(y), z: Field8.carry(Field8.multiply(f, g)),
      sum: Field8.carry(Field8.add(x, y)))
  }

  @inline(__always) var forAddition: Summand {
    let x = Field8.multiply(e, f), y = Field8.multiply(g, h, bias: 256)
    return Summand(
      difference: Field8.carry(Field8.subtract(y, x)), sum: Field8.carry(Field8.add(y, x)),
      z: Field8.carry(Field8.multiply(f, g)),
      t: Field8.carry(Field8.multiply(e, h)))
  }
}

extension Doubling {
  /// Four squares, four carries: E = (X+Y)² − H, F = X² + 2Z² − Y², G = Y² − X², H = X² + Y², all four with the sign that
  /// makes H a sum (X, Y, Z and T change sign together).
  ///
  /// On the right the bounds of the limbs, in units of 2^52.
  @inline(__always) var doubled: Completed {
    let xx = Field8.square(x)  // [0, 125]
    let yy = Field8.square(y, bias: 256)  // [128, 253]
    let zz = Field8.square(z, bias: 256)  // [128, 253]
    let ss = Field8.square(sum, bias: 1024)  // [512, 637]
    let h = Field8.add(xx, yy)  // [128, 378]
    return Completed(
      e: Field8.carry(Field8.subtract(ss, h)),  // 512 > 378
      f: Field8.carry(Field8.subtract(Field8.add(xx, Field8.add(zz, zz)), yy)),  // 256 > 253, below 631
      g: Field8.carry(Field8.subtract(yy, xx)),  // 128 > 125
      h: Field8.carry(h))
  }
}

extension Summand {
  @inline(__always) init(_ p: Extended) {
    self.init(difference: Field8.minus(p.y, p.x), sum: Field8.plus(p.y, p.x), z: p.z, t: p.t)
  }

  /// Four products, four carries, complete for all inputs (−1 is a square, d is not). In the lanes of `negated` the
  /// operand is subtracted; the caller has exchanged its sum and difference there.
  @inline(__always) func adding(_ q: Cached, negated: Lanes = .zero) -> Completed {
    let a = Field8.multiply(difference, q.difference), b = Field8.multiply(sum, q.sum, bias: 256)
    let c = Field8.multiply(t, q.twiceDT), d = Field8.multiply(z, q.twiceZ, bias: 256)
    var f = Field8.carry(Field8.subtract(d, c)), g = Field8.carry(Field8.add(d, c))
    Field8.swap(negated, &f, &g)
    return Completed(
      e: Field8.carry(Field8.subtract(b, a)), f: f, g: g, h: Field8.carry(Field8.add(b, a)))
  }
}

extension Cached {
  @inline(__always) init(_ p: Extended) {
    self.init(
      sum: Field8.plus(p.y, p.x), difference: Field8.minus(p.y, p.x), twiceZ: Field8.plus(p.z, p.z),
      twiceDT: Field8.times(p.t, Field8(constant: .twiceD)))
  }
}
