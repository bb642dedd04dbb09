// Straight-line products of one block of ten limbs with a sliding window of ten limbs. Column c gathers the low halves of
// a[s]·b[t], s + t = c, in l.c and the high halves in h.c, which belong to column c + 1.
//
// Bound: a column sees at most 3·2·k products below 2^52 (three operands in the pair ring, k limbs), so that
// l.c + h.(c−1) + carry < 2^52·(6k + 1) < 2^62 for k ≤ 160 with two operands and k ≤ 120 with three.

/// One limb times the window: columns 0…9.
@inline(__always) func addRow(
  _ l: inout Block, _ h: inout Block, _ a: Lanes,
  _ w0: Lanes, _ w1: Lanes, _ w2: Lanes, _ w3: Lanes, _ w4: Lanes, _ w5: Lanes, _ w6: Lanes, _ w7: Lanes,
  _ w8: Lanes, _ w9: Lanes
) {
  l.0 = addLow(l.0, a, w0)
  l.1 = addLow(l.1, a, w1)
  l.2 = addLow(l.2, a, w2)
  l.3 = addLow(l.3, a, w3)
  l.4 = addLow(l.4, a, w4)
  l.5 = addLow(l.5, a, w5)
  l.6 = addLow(l.6, a, w6)
  l.7 = addLow(l.7, a, w7)
  l.8 = addLow(l.8, a, w8)
  l.9 = addLow(l.9, a, w9)
  h.0 = addHigh(h.0, a, w0)
  h.1 = addHigh(h.1, a, w1)
  h.2 = addHigh(h.2, a, w2)
  h.3 = addHigh(h.3, a, w3)
  h.4 = addHigh(h.4, a, w4)
  h.5 = addHigh(h.5, a, w5)
  h.6 = addHigh(h.6, a, w6)
  h.7 = addHigh(h.7, a, w7)
  h.8 = addHigh(h.8, a, w8)
  h.9 = addHigh(h.9, a, w9)
}

/// All products a[s]·b[c−s] for 0 ≤ s, c < 10, where b starts at the limb of column 0: the low triangle of one tile and the
/// high triangle of the tile before it. The window rotates through its ten places, so that a run of rhombi with
/// descending b loads one limb of each operand for twenty multiply-adds.
///
/// On entry w.1…w.9 hold b[1]…b[9]; on exit b[−9]…b[−1].
@inline(__always) func addRhombus<A: Limbs, B: Limbs>(
  _ l: inout Block, _ h: inout Block, _ w: inout Block, _ a: A, _ b: B
) {
  w.0 = b[0]
  addRow(&l, &h, a[0], w.0, w.1, w.2, w.3, w.4, w.5, w.6, w.7, w.8, w.9)
  w.9 = b[-1]
  addRow(&l, &h, a[1], w.9, w.0, w.1, w.2, w.3, w.4, w.5, w.6, w.7, w.8)
  w.8 = b[-2]
  addRow(&l, &h, a[2], w.8, w.9, w.0, w.1, w.2, w.3, w.4, w.5, w.6, w.7)
  w.7 = b[-3]
  addRow(&l, &h, a[3], w.7, w.8, w.9, w.0, w.1, w.2, w.3, w.4, w.5, w.6)
  w.6 = b[-4]
  addRow(&l, &h, a[4], w.6, w.7, w.8, w.9, w.0, w.1, w.2, w.3, w.4, w.5)
  w.5 = b[-5]
  addRow(&l, &h, a[5], w.5, w.6, w.7, w.8, w.9, w.0, w.1, w.2, w.3, w.4)
  w.4 = b[-6]
  addRow(&l, &h, a[6], w.4, w.5, w.6, w.7, w.8, w.9, w.0, w.1, w.2, w.3)
  w.3 = b[-7]
  addRow(&l, &h, a[7], w.3, w.4, w.5, w.6, w.7, w.8, w.9, w.0, w.1, w.2)
  w.2 = b[-8]
  addRow(&l, &h, a[8], w.2, w.3, w.4, w.5, w.6, w.7, w.8, w.9, w.0, w.1)
  w.1 = b[-9]
  addRow(&l, &h, a[9], w.1, w.2, w.3, w.4, w.5, w.6, w.7, w.8, w.9, w.0)
}

/// The products with s + t < 10 of one tile: columns 0…9. Window as the rhombi leave it: w.t = b[t].
@inline(__always) func addLowTriangle<A: Limbs>(_ l: inout Block, _ h: inout Block, _ w: Block, _ a: A) {
  let a0 = a[0]
  accumulate(&l.0, &h.0, a0, w.0)
  accumulate(&l.1, &h.1, a0, w.1)
  accumulate(&l.2, &h.2, a0, w.2)
  accumulate(&l.3, &h.3, a0, w.3)
  accumulate(&l.4, &h.4, a0, w.4)
  accumulate(&l.5, &h.5, a0, w.5)
  accumulate(&l.6, &h.6, a0, w.6)
  accumulate(&l.7, &h.7, a0, w.7)
  accumulate(&l.8, &h.8, a0, w.8)
  accumulate(&l.9, &h.9, a0, w.9)
  let a1 = a[1]
  accumulate(&l.1, &h.1, a1, w.0)
  accumulate(&l.2, &h.2, a1, w.1)
  accumulate(&l.3, &h.3, a1, w.2)
  accumulate(&l.4, &h.4, a1, w.3)
  accumulate(&l.5, &h.5, a1, w.4)
  accumulate(&l.6, &h.6, a1, w.5)
  accumulate(&l.7, &h.7, a1, w.6)
  accumulate(&l.8, &h.8, a1, w.7)
  accumulate(&l.9, &h.9, a1, w.8)
  let a2 = a[2]
  accumulate(&l.2, &h.2, a2, w.0)
  accumulate(&l.3, &h.3, a2, w.1)
  accumulate(&l.4, &h.4, a2, w.2)
  accumulate(&l.5, &h.5, a2, w.3)
  accumulate(&l.6, &h.6, a2, w.4)
  accumulate(&l.7, &h.7, a2, w.5)
  accumulate(&l.8, &h.8, a2, w.6)
  accumulate(&l.9, &h.9, a2, w.7)
  let a3 = a[3]
  accumulate(&l.3, &h.3, a3, w.0)
  accumulate(&l.4, &h.4, a3, w.1)
  accumulate(&l.5, &h.5, a3, w.2)
  accumulate(&l.6, &h.6, a3, w.3)
  accumulate(&l.7, &h.7, a3, w.4)
  accumulate(&l.8, &h.8, a3, w.5)
  accumulate(&l.9, &h.9, a3, w.6)
  let a4 = a[4]
  accumulate(&l.4, &h.4, a4, w.0)
  accumulate(&l.5, &h.5, a4, w.1)
  accumulate(&l.6, &h.6, a4, w.2)
  accumulate(&l.7, &h.7, a4, w.3)
  accumulate(&l.8, &h.8, a4, w.4)
  accumulate(&l.9, &h.9, a4, w.5)
  let a5 = a[5]
  accumulate(&l.5, &h.5, a5, w.0)
  accumulate(&l.6, &h.6, a5, w.1)
  accumulate(&l.7, &h.7, a5, w.2)
  accumulate(&l.8, &h.8, a5, w.3)
  accumulate(&l.9, &h.9, a5, w.4)
  let a6 = a[6]
  accumulate(&l.6, &h.6, a6, w.0)
  accumulate(&l.7, &h.7, a6, w.1)
  accumulate(&l.8, &h.8, a6, w.2)
  accumulate(&l.9, &h.9, a6, w.3)
  let a7 = a[7]
  accumulate(&l.7, &h.7, a7, w.0)
  accumulate(&l.8, &h.8, a7, w.1)
  accumulate(&l.9, &h.9, a7, w.2)
  let a8 = a[8]
  accumulate(&l.8, &h.8, a8, w.0)
  accumulate(&l.9, &h.9, a8, w.1)
  let a9 = a[9]
  accumulate(&l.9, &h.9, a9, w.0)
}

/// The products with s + t ≥ 10 of one tile, as columns 0…8 of the next block; b points just behind the tile. Fills
/// w.1…w.9 with b[−9]…b[−1], as the rhombi expect.
@inline(__always) func addHighTriangle<A: Limbs, B: Limbs>(
  _ l: inout Block, _ h: inout Block, _ w: inout Block, _ a: A, _ b: B
) {
  let a1 = a[1]
  w.9 = b[-1]
  accumulate(&l.0, &h.0, a1, w.9)
  let a2 = a[2]
  w.8 = b[-2]
  accumulate(&l.0, &h.0, a2, w.8)
  accumulate(&l.1, &h.1, a2, w.9)
  let a3 = a[3]
  w.7 = b[-3]
  accumulate(&l.0, &h.0, a3, w.7)
  accumulate(&l.1, &h.1, a3, w.8)
  accumulate(&l.2, &h.2, a3, w.9)
  let a4 = a[4]
  w.6 = b[-4]
  accumulate(&l.0, &h.0, a4, w.6)
  accumulate(&l.1, &h.1, a4, w.7)
  accumulate(&l.2, &h.2, a4, w.8)
  accumulate(&l.3, &h.3, a4, w.9)
  let a5 = a[5]
  w.5 = b[-5]
  accumulate(&l.0, &h.0, a5, w.5)
  accumulate(&l.1, &h.1, a5, w.6)
  accumulate(&l.2, &h.2, a5, w.7)
  accumulate(&l.3, &h.3, a5, w.8)
  accumulate(&l.4, &h.4, a5, w.9)
  let a6 = a[6]
  w.4 = b[-6]
  accumulate(&l.0, &h.0, a6, w.4)
  accumulate(&l.1, &h.1, a6, w.5)
  accumulate(&l.2, &h.2, a6, w.6)
  accumulate(&l.3, &h.3, a6, w.7)
  accumulate(&l.4, &h.4, a6, w.8)
  accumulate(&l.5, &h.5, a6, w.9)
  let a7 = a[7]
  w.3 = b[-7]
  accumulate(&l.0, &h.0, a7, w.3)
  accumulate(&l.1, &h.1, a7, w.4)
  accumulate(&l.2, &h.2, a7, w.5)
  accumulate(&l.3, &h.3, a7, w.6)
  accumulate(&l.4, &h.4, a7, w.7)
  accumulate(&l.5, &h.5, a7, w.8)
  accumulate(&l.6, &h.6, a7, w.9)
  let a8 = a[8]
  w.2 = b[-8]
  accumulate(&l.0, &h.0, a8, w.2)
  accumulate(&l.1, &h.1, a8, w.3)
  accumulate(&l.2, &h.2, a8, w.4)
  accumulate(&l.3, &h.3, a8, w.5)
  accumulate(&l.4, &h.4, a8, w.6)
  accumulate(&l.5, &h.5, a8, w.7)
  accumulate(&l.6, &h.6, a8, w.8)
  accumulate(&l.7, &h.7, a8, w.9)
  let a9 = a[9]
  w.1 = b[-9]
  accumulate(&l.0, &h.0, a9, w.1)
  accumulate(&l.1, &h.1, a9, w.2)
  accumulate(&l.2, &h.2, a9, w.3)
  accumulate(&l.3, &h.3, a9, w.4)
  accumulate(&l.4, &h.4, a9, w.5)
  accumulate(&l.5, &h.5, a9, w.6)
  accumulate(&l.6, &h.6, a9, w.7)
  accumulate(&l.7, &h.7, a9, w.8)
  accumulate(&l.8, &h.8, a9, w.9)
}
