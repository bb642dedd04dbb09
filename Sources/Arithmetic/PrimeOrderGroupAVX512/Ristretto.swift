/// Decoding, RFC 9496, section 4.3.1, up to the square root and after it.
struct Decoding {
  private var s, u1, u2, v: Field8
  /// What the inverse square root is taken of.
  var ratio: Field8

  /// `s` is canonical and even.
  @inline(never) init(_ s: Field8) {
    let one = Field8(small: 1)
    let ss = Field8.squared(s)
    self.s = s
    u1 = Field8.minus(one, ss)
    u2 = Field8.plus(one, ss)
    let u2Squared = Field8.squared(u2)
    v = Field8.negated(Field8.plus(Field8.times(Field8(constant: .d), Field8.squared(u1)), u2Squared))
    ratio = Field8.times(v, u2Squared)
  }

  /// The point; where `valid` gets zero it means nothing.
  @inline(never) func point(_ inverse: FieldRoot, valid: inout Lanes) -> Extended {
    let denX = Field8.times(inverse.root, u2), denY = Field8.times(Field8.times(inverse.root, denX), v)
    let half = Field8.times(s, denX)
    let x = Field8.magnitude(Field8.plus(half, half)), y = Field8.times(u1, denY), t = Field8.times(x, y)
    valid &= inverse.wasSquare & ~Field8.isOdd(t) & ~Field8.isZero(y)
    return Extended(x: x, y: y, z: Field8(small: 1), t: t)
  }
}

/// MAP of RFC 9496, section 4.3.4, up to the square root and after it.
struct Mapping {
  private var t, r: Field8
  /// The ratio whose square root is taken.
  var u, v: Field8

  @inline(never) init(_ t: Field8) {
    let one = Field8(small: 1), d = Field8(constant: .d)
    self.t = t
    r = Field8.times(Field8.squared(t), Field8(constant: .sqrtMinusOne))
    u = Field8.times(Field8.plus(r, one), Field8(constant: .oneMinusDSquared))
    v = Field8.times(
      Field8.minus(Field8(constant: .minusOne), Field8.times(r, d)), Field8.plus(r, d))
  }

  @inline(never) func image(_ ratio: FieldRoot) -> Mapped {
    let one = Field8(small: 1)
    let s = Field8.select(
      ratio.wasSquare, ratio.root, Field8.negated(Field8.magnitude(Field8.times(ratio.root, t))))
    let c = Field8.select(ratio.wasSquare, Field8(constant: .minusOne), r)
    let n = Field8.minus(
      Field8.times(Field8.times(c, Field8.minus(r, one)), Field8(constant: .dMinusOneSquared)), v)
    let sv = Field8.times(s, v), ss = Field8.squared(s)
    // The RFC's (w0 w3, w2 w1, w1 w3, w0 w2) is (EF, GH, FG, EH) with E = w0, F = w3, G = w1, H = w2.
    let point = Completed(
      e: Field8.plus(sv, sv), f: Field8.plus(one, ss), g: Field8.times(n, Field8(constant: .sqrtADMinusOne)),
      h: Field8.minus(one, ss))
    return Mapped(point: point, twiceS: Field8.plus(s, s), v: v)
  }
}

/// Image of the map with its Jacobi quartic coordinate still known: x = E/G, y = H/F, and √(1 − y²) = 2s/F is rational.
struct Mapped {
  var point: Completed
  var twiceS, v: Field8
}

/// The point 2Q in the form from which its encoding follows with one inversion and no square root, and the inversion
/// can be shared: x(2Q) = e/f, y(2Q) = g/h, and h² − g² = (a − d)·e² gives the root that RFC 9496, section 4.3.2 computes.
/// Whoever wants the encoding of k·P multiplies by k/2 mod ℓ and doubles here.
struct DoubledForEncoding {
  var e, f, g, h: Field8

  /// Q → 2Q: e = 2XY, f = Z² + dT², g = X² + Y², h = Z² − dT².
  @inline(__always) init(doubling q: Extended) {
    let xx = Field8.square(q.x), yy = Field8.square(q.y), zz = Field8.square(q.z, bias: 256)
    let xy = Field8.multiply(q.x, q.y)
    let dtt = Field8.multiply(Field8.squared(q.t), Field8(constant: .d))
    e = Field8.carry(Field8.add(xy, xy))
    f = Field8.carry(Field8.add(zz, dtt))
    g = Field8.carry(Field8.add(xx, yy))
    h = Field8.carry(Field8.subtract(zz, dtt))
  }

  /// The sum of two mapped points, ready for encoding without a square root (own derivation).
  ///
  /// With σ = √(1 − y²) = 2s/F and τ = σ/x = G/(vF), so that τ² = −(1 + d·y²), the sum has
  ///
  ///     h = τ₀τ₁ − d·σ₀σ₁y₀y₁     g = σ₀σ₁ + τ₀τ₁y₀y₁
  ///     e = σ₀τ₀y₁ + σ₁τ₁y₀       f = −(1 + d·y₀²y₁²)
  ///
  /// where x = e/f, y = g/h and h² − g² = (a − d)·e²: just what `encoded` needs. Below, everything times v₀v₁F₀²F₁².
  /// v = 0 means s = 0, the identity: there τ = √(a − d), so that v = 1 and G = √(a − d) stand in.
  @inline(__always) init(sum a: Mapped, _ b: Mapped) {
    typealias F = Field8
    let one = F(small: 1), d = F(constant: .d), root = F(constant: .sqrtAMinusD)
    let aIsZero = F.isZero(a.v), bIsZero = F.isZero(b.v)
    let va = F.select(aIsZero, one, a.v), vb = F.select(bIsZero, one, b.v)
    let ga = F.select(aIsZero, root, a.point.g), gb = F.select(bIsZero, root, b.point.g)
    let gg = F.times(ga, gb), ff = F.times(a.point.f, b.point.f)
    let ee = F.times(a.point.e, b.point.e), hh = F.times(a.point.h, b.point.h)
    let sg0 = F.times(a.twiceS, ga), sg1 = F.times(b.twiceS, gb)
    let hf0 = F.times(F.times(b.point.h, vb), b.point.f), hf1 = F.times(F.times(a.point.h, va), a.point.f)
    let w = F.plus(F.squared(ff), F.times(d, F.squared(hh)))
    e = F.plus(F.times(sg0, hf0), F.times(sg1, hf1))
    f = F.negated(F.times(F.times(va, vb), w))
    g = F.plus(F.times(ee, ff), F.times(gg, hh))
    h = F.minus(F.times(gg, ff), F.times(d, F.times(ee, hh)))
  }

  @inline(__always) var product: Field8 { Field8.times(Field8.times(e, g), Field8.times(f, h)) }

  /// The encoding, not yet frozen. `inverse` is 1/(efgh), or 0 where that is 0: those lanes hold the identity and
  /// encode to 0.
  @inline(__always) func encoded(inverse: Field8) -> Field8 {
    typealias F = Field8
    let eg = F.times(e, g), fh = F.times(f, h)
    let inverseFH = F.times(eg, inverse), inverseEG = F.times(fh, inverse)
    // The sign of xy decides whether the RFC rotates the point.
    let rotate = F.isOdd(F.times(eg, inverseFH))
    let e2 = F.select(rotate, g, e), h2 = F.select(rotate, F.times(f, F(constant: .sqrtMinusOne)), h)
    let g2 = F.select(rotate, F.negated(e), g)
    let factor = F.select(rotate, F(constant: .sqrtMinusOne), F(constant: .inverseSqrtAMinusD))
    // The sign of x.
    let g3 = F.negated(g2, if: F.isOdd(F.times(F.times(h2, e2), inverseFH)))
    return F.magnitude(F.times(F.minus(h2, g3), F.times(factor, F.times(g3, inverseEG))))
  }
}
