/// Eight vectors: one radix-8 butterfly, or one 8×8 block of a row.
typealias Octet = (
  Lanes.Vector, Lanes.Vector, Lanes.Vector, Lanes.Vector, Lanes.Vector, Lanes.Vector, Lanes.Vector,
  Lanes.Vector
)
/// A twiddle factor and its companion, one per lane.
typealias Factor = (Lanes.Vector, Lanes.Vector)

extension TwiddleTable {
  /// The i-th root in every lane.
  @inline(__always)
  func factor(_ i: Int) -> Factor {
    (Lanes.Vector(repeating: roots[i]), Lanes.Vector(repeating: companions[i]))
  }
}

@inline(__always)
func load(_ row: UnsafeMutablePointer<Lanes.Vector>, _ s: Int) -> Octet {
  (row[0], row[s], row[2 &* s], row[3 &* s], row[4 &* s], row[5 &* s], row[6 &* s], row[7 &* s])
}

/// Loads residues instead of lanes.
@inline(__always)
func loadWords(_ row: UnsafeMutablePointer<Lanes.Vector>, _ s: Int) -> Octet {
  let words = UnsafeMutableRawPointer(row).assumingMemoryBound(to: Lanes.Words.self)
  return (
    Lanes.lanes(words[0]), Lanes.lanes(words[s]), Lanes.lanes(words[2 &* s]), Lanes.lanes(words[3 &* s]),
    Lanes.lanes(words[4 &* s]), Lanes.lanes(words[5 &* s]), Lanes.lanes(words[6 &* s]),
    Lanes.lanes(words[7 &* s])
  )
}

@inline(__always)
func store(_ x: Octet, _ row: UnsafeMutablePointer<Lanes.Vector>, _ s: Int) {
  row[0] = x.0
  row[s] = x.1
  row[2 &* s] = x.2
  row[3 &* s] = x.3
  row[4 &* s] = x.4
  row[5 &* s] = x.5
  row[6 &* s] = x.6
  row[7 &* s] = x.7
}

/// Brings the first four vectors within `reducedBound`.
@inline(__always)
func reduceFirstHalf(_ x: inout Octet, _ c: Lanes.Constants) {
  x.0 = Lanes.reduce(x.0, c)
  x.1 = Lanes.reduce(x.1, c)
  x.2 = Lanes.reduce(x.2, c)
  x.3 = Lanes.reduce(x.3, c)
}

/// One forward level at distance 4.
@inline(__always)
func forwardHalves(_ x: inout Octet, _ w: Factor, _ c: Lanes.Constants) {
  Lanes.butterfly(&x.0, &x.4, w, c)
  Lanes.butterfly(&x.1, &x.5, w, c)
  Lanes.butterfly(&x.2, &x.6, w, c)
  Lanes.butterfly(&x.3, &x.7, w, c)
}

/// One forward level at distance 2.
@inline(__always)
func forwardQuarters(_ x: inout Octet, _ w: (Factor, Factor), _ c: Lanes.Constants) {
  Lanes.butterfly(&x.0, &x.2, w.0, c)
  Lanes.butterfly(&x.1, &x.3, w.0, c)
  Lanes.butterfly(&x.4, &x.6, w.1, c)
  Lanes.butterfly(&x.5, &x.7, w.1, c)
}

/// One forward level at distance 1.
@inline(__always)
func forwardEighths(_ x: inout Octet, _ w: (Factor, Factor, Factor, Factor), _ c: Lanes.Constants) {
  Lanes.butterfly(&x.0, &x.1, w.0, c)
  Lanes.butterfly(&x.2, &x.3, w.1, c)
  Lanes.butterfly(&x.4, &x.5, w.2, c)
  Lanes.butterfly(&x.6, &x.7, w.3, c)
}

/// One inverse level at distance 1: the first of three.
@inline(__always)
func inverseEighths(_ x: inout Octet, _ w: (Factor, Factor, Factor, Factor), _ c: Lanes.Constants) {
  Lanes.inverseButterfly(&x.0, &x.1, w.0, level: 0, c)
  Lanes.inverseButterfly(&x.2, &x.3, w.1, level: 0, c)
  Lanes.inverseButterfly(&x.4, &x.5, w.2, level: 0, c)
  Lanes.inverseButterfly(&x.6, &x.7, w.3, level: 0, c)
}

/// One inverse level at distance 2: the second of three.
@inline(__always)
func inverseQuarters(_ x: inout Octet, _ w: (Factor, Factor), _ c: Lanes.Constants) {
  Lanes.inverseButterfly(&x.0, &x.2, w.0, level: 1, c)
  Lanes.inverseButterfly(&x.1, &x.3, w.0, level: 1, c)
  Lanes.inverseButterfly(&x.4, &x.6, w.1, level: 1, c)
  Lanes.inverseButterfly(&x.5, &x.7, w.1, level: 1, c)
}

/// One inverse level at distance 4: the third of three.
@inline(__always)
func inverseHalves(_ x: inout Octet, _ w: Factor, _ c: Lanes.Constants) {
  Lanes.inverseButterfly(&x.0, &x.4, w, level: 2, c)
  Lanes.inverseButterfly(&x.1, &x.5, w, level: 2, c)
  Lanes.inverseButterfly(&x.2, &x.6, w, level: 2, c)
  Lanes.inverseButterfly(&x.3, &x.7, w, level: 2, c)
}
