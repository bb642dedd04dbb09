import _Builtin_intrinsics.intel

/// Transposes two 4×4 blocks: vectors 0 to 3 and 4 to 7.
@inline(__always)
private func transpose(_ x: inout Octet) {
  (x.0, x.1, x.2, x.3) = transposed(x.0, x.1, x.2, x.3)
  (x.4, x.5, x.6, x.7) = transposed(x.4, x.5, x.6, x.7)
}

@inline(__always)
private func transposed(
  _ a: SIMD4<Double>, _ b: SIMD4<Double>, _ c: SIMD4<Double>, _ d: SIMD4<Double>
) -> (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>) {
  let (p0, p1) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b))
  let (p2, p3) = (_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d))
  return (
    SIMD4(lowHalf: p0.lowHalf, highHalf: p2.lowHalf), SIMD4(lowHalf: p1.lowHalf, highHalf: p3.lowHalf),
    SIMD4(lowHalf: p0.highHalf, highHalf: p2.highHalf), SIMD4(lowHalf: p1.highHalf, highHalf: p3.highHalf)
  )
}

/// The factors of two neighbouring blocks of 16 elements at distance 2.
@inline(__always)
private func quartersFactors(_ t: UnsafeMutablePointer<Lanes.Vector>) -> (Factor, Factor) {
  ((t[0], t[1]), (t[6], t[7]))
}

/// The factors of two neighbouring blocks of 16 elements at distance 1.
@inline(__always)
private func eighthsFactors(_ t: UnsafeMutablePointer<Lanes.Vector>) -> (Factor, Factor, Factor, Factor) {
  ((t[2], t[3]), (t[4], t[5]), (t[8], t[9]), (t[10], t[11]))
}

/// The last two forward levels: lazy values in, residues in [0, q) out. Two blocks of 16 elements at a time.
@inline(__always)
func forwardTail(
  _ row: UnsafeMutablePointer<Lanes.Vector>, vectors: Int, _ table: TwiddleTable, _ c: Lanes.Constants
) {
  var at = row
  var t = table.tail
  let end = row + vectors
  while at < end {
    var x = load(at, 1)
    transpose(&x)
    forwardQuarters(&x, quartersFactors(t), c)
    forwardEighths(&x, eighthsFactors(t), c)
    transpose(&x)
    let out = UnsafeMutableRawPointer(at).assumingMemoryBound(to: Lanes.Words.self)
    out[0] = Lanes.residues(x.0, c)
    out[1] = Lanes.residues(x.1, c)
    out[2] = Lanes.residues(x.2, c)
    out[3] = Lanes.residues(x.3, c)
    out[4] = Lanes.residues(x.4, c)
    out[5] = Lanes.residues(x.5, c)
    out[6] = Lanes.residues(x.6, c)
    out[7] = Lanes.residues(x.7, c)
    at += 8
    t += 2 * TwiddleTable.tailStride
  }
}

/// The first two inverse levels: residues in [0, q) in, lazy values of at most 5/8 q out. Two blocks at a time.
@inline(__always)
func inverseHead(
  _ row: UnsafeMutablePointer<Lanes.Vector>, vectors: Int, _ table: TwiddleTable, _ c: Lanes.Constants
) {
  var at = row
  var t = table.tail
  let end = row + vectors
  while at < end {
    var x = loadWords(at, 1)
    transpose(&x)
    inverseEighths(&x, eighthsFactors(t), c)
    inverseQuarters(&x, quartersFactors(t), c)
    x.0 = Lanes.reduce(x.0, c)
    x.1 = Lanes.reduce(x.1, c)
    x.4 = Lanes.reduce(x.4, c)
    x.5 = Lanes.reduce(x.5, c)
    transpose(&x)
    store(x, at, 1)
    at += 8
    t += 2 * TwiddleTable.tailStride
  }
}
