// One register allocation each: never inlined into the loops of RistrettoKernel.

/// Decodes two groups of frozen field elements; clears the lanes of `valid` that are no encodings.
@inline(never)
func decodePair(
  _ s: UnsafePointer<Field8>, _ points: UnsafeMutablePointer<Extended>, _ valid: UnsafeMutablePointer<Lanes>
) {
  let first = Decoding(s[0]), second = Decoding(s[1])
  let one = Field8(small: 1)
  let (r0, r1) = FieldPair.squareRootsOfRatio(FieldPair(one, one), FieldPair(first.ratio, second.ratio))
  points[0] = first.point(r0, valid: &valid[0])
  points[1] = second.point(r1, valid: &valid[1])
}

/// The two maps of each lane are the two interleaved halves.
@inline(__always) private func mapPair(_ t0: Field8, _ t1: Field8) -> (Mapped, Mapped) {
  let first = Mapping(t0), second = Mapping(t1)
  let (r0, r1) = FieldPair.squareRootsOfRatio(FieldPair(first.u, second.u), FieldPair(first.v, second.v))
  return (first.image(r0), second.image(r1))
}

/// The sum of both maps as a point.
@inline(never)
func hashToPoint(_ r0: Field8, _ r1: Field8, _ point: UnsafeMutablePointer<Extended>) {
  let (a, b) = mapPair(r0, r1)
  point[0] = Summand(a.point.extended).adding(Cached(b.point.extended)).extended
}

/// The sum of both maps, stored for `encode`, and what is to be inverted for it.
@inline(never)
func hashForEncoding(
  _ r0: Field8, _ r1: Field8, _ stored: UnsafeMutablePointer<Extended>,
  _ product: UnsafeMutablePointer<Field8>
) {
  let (a, b) = mapPair(r0, r1)
  let doubled = DoubledForEncoding(sum: a, b)
  stored[0] = Extended(storing: doubled)
  product[0] = doubled.product
}

@inline(never)
func multiply(
  _ point: UnsafeMutablePointer<Extended>, _ digits: UnsafePointer<Lanes>,
  _ table: UnsafeMutablePointer<Cached>
) {
  point[0] = scalarMultiple(of: point[0], digits: digits, table: table).extended
}

@inline(never) func add(_ point: UnsafePointer<Extended>, to sum: UnsafeMutablePointer<Extended>) {
  sum[0] = Summand(sum[0]).adding(Cached(point[0])).extended
}

/// Puts the sum of all eight lanes into every lane.
@inline(never) func sumLanes(_ point: UnsafeMutablePointer<Extended>) {
  addMovedLanes(point, by: 4)
  addMovedLanes(point, by: 2)
  addMovedLanes(point, by: 1)
}

/// Adds lane i + distance mod 8 to lane i.
@inline(never) private func addMovedLanes(_ point: UnsafeMutablePointer<Extended>, by distance: Int64) {
  let order = (SIMD8<Int64>(0, 1, 2, 3, 4, 5, 6, 7) &+ SIMD8(repeating: distance)) & SIMD8(repeating: 7)
  @inline(__always) func moved(_ a: Field8) -> Field8 {
    Field8(
      permute(a.l0, order), permute(a.l1, order), permute(a.l2, order), permute(a.l3, order),
      permute(a.l4, order))
  }
  let p = point[0]
  let other = Extended(x: moved(p.x), y: moved(p.y), z: moved(p.z), t: moved(p.t))
  point[0] = Summand(p).adding(Cached(other)).extended
}

/// Replaces a point by its double, stored for `encode`, and gives what is to be inverted for it.
@inline(never)
func doubleForEncoding(_ point: UnsafeMutablePointer<Extended>, _ product: UnsafeMutablePointer<Field8>) {
  let doubled = DoubledForEncoding(doubling: point[0])
  point[0] = Extended(storing: doubled)
  product[0] = doubled.product
}

/// Frozen encodings in place of the inverses.
@inline(never)
func encode(_ stored: UnsafePointer<Extended>, _ inverse: UnsafeMutablePointer<Field8>) {
  let p = stored[0]
  let doubled = DoubledForEncoding(e: p.x, f: p.y, g: p.z, h: p.t)
  inverse[0] = Field8.freeze(doubled.encoded(inverse: inverse[0]))
}

extension Extended {
  /// The storage of a point, used for another form of it.
  @inline(__always) fileprivate init(storing d: DoubledForEncoding) {
    self.init(x: d.e, y: d.f, z: d.g, t: d.h)
  }
}

extension DoubledForEncoding {
  @inline(__always) fileprivate init(e: Field8, f: Field8, g: Field8, h: Field8) {
    self.e = e
    self.f = f
    self.g = g
    self.h = h
  }
}
