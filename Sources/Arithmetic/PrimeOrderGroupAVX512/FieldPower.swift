extension FieldPair {
  /// a^(2^250 − 1) and a^11, which both exponents below share: 249 squarings, 10 products.
  @inline(never) private static func chain(_ a: Self) -> (ones250: Self, power11: Self) {
    let power2 = squared(a)
    let power9 = times(squared(power2, times: 2), a)
    let power11 = times(power9, power2)
    let ones5 = times(squared(power11), power9)
    let ones10 = times(squared(ones5, times: 5), ones5)
    let ones20 = times(squared(ones10, times: 10), ones10)
    let ones40 = times(squared(ones20, times: 20), ones20)
    let ones50 = times(squared(ones40, times: 10), ones10)
    let ones100 = times(squared(ones50, times: 50), ones50)
    let ones200 = times(squared(ones100, times: 100), ones100)
    return (times(squared(ones200, times: 50), ones50), power11)
  }

  /// a^(p − 2): the inverse, and zero for zero.
  @inline(never) static func inverted(_ a: Self) -> Self {
    let (ones250, power11) = chain(a)
    return times(squared(ones250, times: 5), power11)
  }

  /// a^((p − 5)/8).
  @inline(never) static func rootPower(_ a: Self) -> Self { times(squared(chain(a).ones250, times: 2), a) }

  /// SQRT_RATIO_M1 of RFC 9496, section 4.2, twice: whether u/v is a square, and |√(u/v)| or |√(√−1·u/v)|.
  @inline(never) static func squareRootsOfRatio(_ u: Self, _ v: Self) -> (FieldRoot, FieldRoot) {
    let v3 = times(squared(v), v)
    let v7 = times(squared(v3), v)
    let r = times(times(u, v3), rootPower(times(u, v7)))
    let check = times(v, squared(r))
    return (FieldRoot(r.a, check: check.a, u: u.a), FieldRoot(r.b, check: check.b, u: u.b))
  }
}

/// A square root, and whether there was one.
struct FieldRoot {
  var wasSquare: Lanes
  var root: Field8

  /// From r with v·r² = check ∈ {±u, ±√−1·u}.
  @inline(never) fileprivate init(_ r: Field8, check: Field8, u: Field8) {
    let i = Field8(constant: .sqrtMinusOne)
    let correct = Field8.equal(check, u)
    let flipped = Field8.isZero(Field8.plus(check, u))
    let flippedI = Field8.isZero(Field8.plus(check, Field8.times(u, i)))
    root = Field8.magnitude(Field8.select(flipped | flippedI, Field8.times(r, i), r))
    wasSquare = correct | flipped
  }
}

/// Montgomery's shared inversion of `count` groups in place, lane by lane, with one exponentiation; zero stays zero.
/// `scratch` has room for `count` elements.
@inline(never)
func invertAll(_ x: UnsafeMutablePointer<Field8>, count: Int, scratch: UnsafeMutablePointer<Field8>) {
  let one = Field8(small: 1)
  var product = one
  for g in 0..<count {
    scratch[g] = product
    let v = x[g]
    product = Field8.times(product, Field8.select(Field8.isZero(v), one, v))
  }
  // The second half of the pair is idle: the exponentiation is one for all groups.
  var inverse = FieldPair.inverted(FieldPair(product, product)).a
  var g = count &- 1
  while g >= 0 {
    let v = x[g], isZero = Field8.isZero(v)
    x[g] = Field8.select(isZero, Field8(small: 0), Field8.times(inverse, scratch[g]))
    inverse = Field8.times(inverse, Field8.select(isZero, one, v))
    g &-= 1
  }
}
