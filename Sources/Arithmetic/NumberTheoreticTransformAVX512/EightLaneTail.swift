import _Builtin_intrinsics.intel

@inline(__always)
private func evens(_ a: SIMD8<UInt64>, _ b: SIMD8<UInt64>) -> SIMD8<UInt64> {
  unsigned(_mm512_unpacklo_epi64(signed(a), signed(b)))
}

@inline(__always)
private func odds(_ a: SIMD8<UInt64>, _ b: SIMD8<UInt64>) -> SIMD8<UInt64> {
  unsigned(_mm512_unpackhi_epi64(signed(a), signed(b)))
}

// The shuffles with an immediate are macros and do not import; the compiler turns these constants into them.

/// 128-bit pieces 0 and 2 of a, then of b.
@inline(__always)
private func evenPairs(_ a: SIMD8<UInt64>, _ b: SIMD8<UInt64>) -> SIMD8<UInt64> {
  unsigned(_mm512_permutex2var_epi64(signed(a), SIMD8<Int64>(0, 1, 4, 5, 8, 9, 12, 13), signed(b)))
}

/// 128-bit pieces 1 and 3 of a, then of b.
@inline(__always)
private func oddPairs(_ a: SIMD8<UInt64>, _ b: SIMD8<UInt64>) -> SIMD8<UInt64> {
  unsigned(_mm512_permutex2var_epi64(signed(a), SIMD8<Int64>(2, 3, 6, 7, 10, 11, 14, 15), signed(b)))
}

/// Transposes an 8×8 block.
@inline(__always)
private func transpose(_ x: inout Octet) {
  let (a0, a1, a2, a3) = (evens(x.0, x.1), odds(x.0, x.1), evens(x.2, x.3), odds(x.2, x.3))
  let (a4, a5, a6, a7) = (evens(x.4, x.5), odds(x.4, x.5), evens(x.6, x.7), odds(x.6, x.7))
  let (b0, b2, b1, b3) = (evenPairs(a0, a2), oddPairs(a0, a2), evenPairs(a1, a3), oddPairs(a1, a3))
  let (b4, b6, b5, b7) = (evenPairs(a4, a6), oddPairs(a4, a6), evenPairs(a5, a7), oddPairs(a5, a7))
  x.0 = evenPairs(b0, b4)
  x.4 = oddPairs(b0, b4)
  x.1 = evenPairs(b1, b5)
  x.5 = oddPairs(b1, b5)
  x.2 = evenPairs(b2, b6)
  x.6 = oddPairs(b2, b6)
  x.3 = evenPairs(b3, b7)
  x.7 = oddPairs(b3, b7)
}

@inline(__always)
private func residues(_ x: inout Octet, _ c: Lanes.Constants) {
  x.0 = Lanes.residues(x.0, c)
  x.1 = Lanes.residues(x.1, c)
  x.2 = Lanes.residues(x.2, c)
  x.3 = Lanes.residues(x.3, c)
  x.4 = Lanes.residues(x.4, c)
  x.5 = Lanes.residues(x.5, c)
  x.6 = Lanes.residues(x.6, c)
  x.7 = Lanes.residues(x.7, c)
}

/// The factors of one block: distance 4, 2 and 1.
@inline(__always)
private func halvesFactor(_ t: UnsafeMutablePointer<Lanes.Vector>) -> Factor { (t[0], t[1]) }

@inline(__always)
private func quartersFactors(_ t: UnsafeMutablePointer<Lanes.Vector>) -> (Factor, Factor) {
  ((t[2], t[3]), (t[4], t[5]))
}

@inline(__always)
private func eighthsFactors(_ t: UnsafeMutablePointer<Lanes.Vector>) -> (Factor, Factor, Factor, Factor) {
  ((t[6], t[7]), (t[8], t[9]), (t[10], t[11]), (t[12], t[13]))
}

/// The last three forward levels: lazy values below 10q in, residues in [0, q) out.
///
/// Two blocks of 64 elements at a time, since one alone is bound by the latency of its dependency chain.
@inline(__always)
func forwardTail(
  _ row: UnsafeMutablePointer<Lanes.Vector>, vectors: Int, _ table: TwiddleTable, _ c: Lanes.Constants
) {
  var at = row
  var t = table.tail
  let end = row + vectors
  while at < end {
    let u = t + TwiddleTable.tailStride
    var x = load(at, 1)
    transpose(&x)
    var y = load(at + 8, 1)
    transpose(&y)
    forwardHalves(&x, halvesFactor(t), c)
    forwardHalves(&y, halvesFactor(u), c)
    forwardQuarters(&x, quartersFactors(t), c)
    forwardQuarters(&y, quartersFactors(u), c)
    forwardEighths(&x, eighthsFactors(t), c)
    forwardEighths(&y, eighthsFactors(u), c)
    residues(&x, c)
    transpose(&x)
    store(x, at, 1)
    residues(&y, c)
    transpose(&y)
    store(y, at + 8, 1)
    at += 16
    t = u + TwiddleTable.tailStride
  }
}

/// The first three inverse levels: residues in [0, q) in, values below 2q out. Two blocks at a time.
@inline(__always)
func inverseHead(
  _ row: UnsafeMutablePointer<Lanes.Vector>, vectors: Int, _ table: TwiddleTable, _ c: Lanes.Constants
) {
  var at = row
  var t = table.tail
  let end = row + vectors
  while at < end {
    let u = t + TwiddleTable.tailStride
    var x = load(at, 1)
    transpose(&x)
    var y = load(at + 8, 1)
    transpose(&y)
    inverseEighths(&x, eighthsFactors(t), c)
    inverseEighths(&y, eighthsFactors(u), c)
    inverseQuarters(&x, quartersFactors(t), c)
    inverseQuarters(&y, quartersFactors(u), c)
    inverseHalves(&x, halvesFactor(t), c)
    inverseHalves(&y, halvesFactor(u), c)
    reduceFirstHalf(&x, c)
    reduceFirstHalf(&y, c)
    transpose(&x)
    store(x, at, 1)
    transpose(&y)
    store(y, at + 8, 1)
    at += 16
    t = u + TwiddleTable.tailStride
  }
}
