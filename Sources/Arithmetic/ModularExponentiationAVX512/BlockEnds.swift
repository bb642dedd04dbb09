// The diagonal tile of a square, and the two ways a block column ends: as quotient limbs or as limbs of the result.

/// Columns 0…9: the products a[s]·a[t] with s < t, to be doubled.
@inline(__always) func addLowCross(_ l: inout Block, _ h: inout Block, _ a: Block) {
  accumulate(&l.1, &h.1, a.0, a.1)
  accumulate(&l.2, &h.2, a.0, a.2)
  accumulate(&l.3, &h.3, a.0, a.3)
  accumulate(&l.4, &h.4, a.0, a.4)
  accumulate(&l.5, &h.5, a.0, a.5)
  accumulate(&l.6, &h.6, a.0, a.6)
  accumulate(&l.7, &h.7, a.0, a.7)
  accumulate(&l.8, &h.8, a.0, a.8)
  accumulate(&l.9, &h.9, a.0, a.9)
  accumulate(&l.3, &h.3, a.1, a.2)
  accumulate(&l.4, &h.4, a.1, a.3)
  accumulate(&l.5, &h.5, a.1, a.4)
  accumulate(&l.6, &h.6, a.1, a.5)
  accumulate(&l.7, &h.7, a.1, a.6)
  accumulate(&l.8, &h.8, a.1, a.7)
  accumulate(&l.9, &h.9, a.1, a.8)
  accumulate(&l.5, &h.5, a.2, a.3)
  accumulate(&l.6, &h.6, a.2, a.4)
  accumulate(&l.7, &h.7, a.2, a.5)
  accumulate(&l.8, &h.8, a.2, a.6)
  accumulate(&l.9, &h.9, a.2, a.7)
  accumulate(&l.7, &h.7, a.3, a.4)
  accumulate(&l.8, &h.8, a.3, a.5)
  accumulate(&l.9, &h.9, a.3, a.6)
  accumulate(&l.9, &h.9, a.4, a.5)
}

/// Columns 0…9: the squares, not doubled.
@inline(__always) func addLowSquares(_ l: inout Block, _ h: inout Block, _ a: Block) {
  accumulate(&l.0, &h.0, a.0, a.0)
  accumulate(&l.2, &h.2, a.1, a.1)
  accumulate(&l.4, &h.4, a.2, a.2)
  accumulate(&l.6, &h.6, a.3, a.3)
  accumulate(&l.8, &h.8, a.4, a.4)
}

/// Columns 10…18, as columns 0…8 of the next block: the products a[s]·a[t] with s < t.
@inline(__always) func addHighCross(_ l: inout Block, _ h: inout Block, _ a: Block) {
  accumulate(&l.0, &h.0, a.1, a.9)
  accumulate(&l.0, &h.0, a.2, a.8)
  accumulate(&l.1, &h.1, a.2, a.9)
  accumulate(&l.0, &h.0, a.3, a.7)
  accumulate(&l.1, &h.1, a.3, a.8)
  accumulate(&l.2, &h.2, a.3, a.9)
  accumulate(&l.0, &h.0, a.4, a.6)
  accumulate(&l.1, &h.1, a.4, a.7)
  accumulate(&l.2, &h.2, a.4, a.8)
  accumulate(&l.3, &h.3, a.4, a.9)
  accumulate(&l.1, &h.1, a.5, a.6)
  accumulate(&l.2, &h.2, a.5, a.7)
  accumulate(&l.3, &h.3, a.5, a.8)
  accumulate(&l.4, &h.4, a.5, a.9)
  accumulate(&l.3, &h.3, a.6, a.7)
  accumulate(&l.4, &h.4, a.6, a.8)
  accumulate(&l.5, &h.5, a.6, a.9)
  accumulate(&l.5, &h.5, a.7, a.8)
  accumulate(&l.6, &h.6, a.7, a.9)
  accumulate(&l.7, &h.7, a.8, a.9)
}

/// Columns 10…18, as columns 0…8 of the next block: the squares.
@inline(__always) func addHighSquares(_ l: inout Block, _ h: inout Block, _ a: Block) {
  accumulate(&l.0, &h.0, a.5, a.5)
  accumulate(&l.2, &h.2, a.6, a.6)
  accumulate(&l.4, &h.4, a.7, a.7)
  accumulate(&l.6, &h.6, a.8, a.8)
  accumulate(&l.8, &h.8, a.9, a.9)
}

@inline(__always) func double(_ x: inout Block) {
  x.0 = x.0 &+ x.0
  x.1 = x.1 &+ x.1
  x.2 = x.2 &+ x.2
  x.3 = x.3 &+ x.3
  x.4 = x.4 &+ x.4
  x.5 = x.5 &+ x.5
  x.6 = x.6 &+ x.6
  x.7 = x.7 &+ x.7
  x.8 = x.8 &+ x.8
  x.9 = x.9 &+ x.9
}

/// Ten Montgomery quotient limbs: q[t] makes column t divisible by 2^52. Adds the low triangle of q·n.
///
/// The low 52 bits of column t cancel, so that the carry out of it is ⌈column / 2^52⌉ and does not wait for q[t]·n[0]. This is
/// the one serial chain, about 9 cycles for a limb; the multiplications of the next block fill its gaps.
@inline(__always) func appendQuotient(
  _ l: inout Block, _ h: inout Block, _ n: Block, _ n0: Lanes, _ carry: inout Lanes, _ q: Row
) {
  let mask = splat(limbMask)
  var column = l.0 &+ carry
  let q0 = addLow(Lanes.zero, column, n0)
  q[0] = q0
  carry = carryOf(column &+ mask)
  h.0 = addHigh(h.0, q0, n.0)
  l.1 = addLow(l.1, q0, n.1)
  column = l.1 &+ carry &+ h.0
  h.1 = addHigh(h.1, q0, n.1)
  l.2 = addLow(l.2, q0, n.2)
  h.2 = addHigh(h.2, q0, n.2)
  l.3 = addLow(l.3, q0, n.3)
  h.3 = addHigh(h.3, q0, n.3)
  l.4 = addLow(l.4, q0, n.4)
  h.4 = addHigh(h.4, q0, n.4)
  l.5 = addLow(l.5, q0, n.5)
  h.5 = addHigh(h.5, q0, n.5)
  l.6 = addLow(l.6, q0, n.6)
  h.6 = addHigh(h.6, q0, n.6)
  l.7 = addLow(l.7, q0, n.7)
  h.7 = addHigh(h.7, q0, n.7)
  l.8 = addLow(l.8, q0, n.8)
  h.8 = addHigh(h.8, q0, n.8)
  l.9 = addLow(l.9, q0, n.9)
  h.9 = addHigh(h.9, q0, n.9)
  let q1 = addLow(Lanes.zero, column, n0)
  q[1] = q1
  carry = carryOf(column &+ mask)
  h.1 = addHigh(h.1, q1, n.0)
  l.2 = addLow(l.2, q1, n.1)
  column = l.2 &+ carry &+ h.1
  h.2 = addHigh(h.2, q1, n.1)
  l.3 = addLow(l.3, q1, n.2)
  h.3 = addHigh(h.3, q1, n.2)
  l.4 = addLow(l.4, q1, n.3)
  h.4 = addHigh(h.4, q1, n.3)
  l.5 = addLow(l.5, q1, n.4)
  h.5 = addHigh(h.5, q1, n.4)
  l.6 = addLow(l.6, q1, n.5)
  h.6 = addHigh(h.6, q1, n.5)
  l.7 = addLow(l.7, q1, n.6)
  h.7 = addHigh(h.7, q1, n.6)
  l.8 = addLow(l.8, q1, n.7)
  h.8 = addHigh(h.8, q1, n.7)
  l.9 = addLow(l.9, q1, n.8)
  h.9 = addHigh(h.9, q1, n.8)
  let q2 = addLow(Lanes.zero, column, n0)
  q[2] = q2
  carry = carryOf(column &+ mask)
  h.2 = addHigh(h.2, q2, n.0)
  l.3 = addLow(l.3, q2, n.1)
  column = l.3 &+ carry &+ h.2
  h.3 = addHigh(h.3, q2, n.1)
  l.4 = addLow(l.4, q2, n.2)
  h.4 = addHigh(h.4, q2, n.2)
  l.5 = addLow(l.5, q2, n.3)
  h.5 = addHigh(h.5, q2, n.3)
  l.6 = addLow(l.6, q2, n.4)
  h.6 = addHigh(h.6, q2, n.4)
  l.7 = addLow(l.7, q2, n.5)
  h.7 = addHigh(h.7, q2, n.5)
  l.8 = addLow(l.8, q2, n.6)
  h.8 = addHigh(h.8, q2, n.6)
  l.9 = addLow(l.9, q2, n.7)
  h.9 = addHigh(h.9, q2, n.7)
  let q3 = addLow(Lanes.zero, column, n0)
  q[3] = q3
  carry = carryOf(column &+ mask)
  h.3 = addHigh(h.3, q3, n.0)
  l.4 = addLow(l.4, q3, n.1)
  column = l.4 &+ carry &+ h.3
  h.4 = addHigh(h.4, q3, n.1)
  l.5 = addLow(l.5, q3, n.2)
  h.5 = addHigh(h.5, q3, n.2)
  l.6 = addLow(l.6, q3, n.3)
  h.6 = addHigh(h.6, q3, n.3)
  l.7 = addLow(l.7, q3, n.4)
  h.7 = addHigh(h.7, q3, n.4)
  l.8 = addLow(l.8, q3, n.5)
  h.8 = addHigh(h.8, q3, n.5)
  l.9 = addLow(l.9, q3, n.6)
  h.9 = addHigh(h.9, q3, n.6)
  let q4 = addLow(Lanes.zero, column, n0)
  q[4] = q4
  carry = carryOf(column &+ mask)
  h.4 = addHigh(h.4, q4, n.0)
  l.5 = addLow(l.5, q4, n.1)
  column = l.5 &+ carry &+ h.4
  h.5 = addHigh(h.5, q4, n.1)
  l.6 = addLow(l.6, q4, n.2)
  h.6 = addHigh(h.6, q4, n.2)
  l.7 = addLow(l.7, q4, n.3)
  h.7 = addHigh(h.7, q4, n.3)
  l.8 = addLow(l.8, q4, n.4)
  h.8 = addHigh(h.8, q4, n.4)
  l.9 = addLow(l.9, q4, n.5)
  h.9 = addHigh(h.9, q4, n.5)
  let q5 = addLow(Lanes.zero, column, n0)
  q[5] = q5
  carry = carryOf(column &+ mask)
  h.5 = addHigh(h.5, q5, n.0)
  l.6 = addLow(l.6, q5, n.1)
  column = l.6 &+ carry &+ h.5
  h.6 = addHigh(h.6, q5, n.1)
  l.7 = addLow(l.7, q5, n.2)
  h.7 = addHigh(h.7, q5, n.2)
  l.8 = addLow(l.8, q5, n.3)
  h.8 = addHigh(h.8, q5, n.3)
  l.9 = addLow(l.9, q5, n.4)
  h.9 = addHigh(h.9, q5, n.4)
  let q6 = addLow(Lanes.zero, column, n0)
  q[6] = q6
  carry = carryOf(column &+ mask)
  h.6 = addHigh(h.6, q6, n.0)
  l.7 = addLow(l.7, q6, n.1)
  column = l.7 &+ carry &+ h.6
  h.7 = addHigh(h.7, q6, n.1)
  l.8 = addLow(l.8, q6, n.2)
  h.8 = addHigh(h.8, q6, n.2)
  l.9 = addLow(l.9, q6, n.3)
  h.9 = addHigh(h.9, q6, n.3)
  let q7 = addLow(Lanes.zero, column, n0)
  q[7] = q7
  carry = carryOf(column &+ mask)
  h.7 = addHigh(h.7, q7, n.0)
  l.8 = addLow(l.8, q7, n.1)
  column = l.8 &+ carry &+ h.7
  h.8 = addHigh(h.8, q7, n.1)
  l.9 = addLow(l.9, q7, n.2)
  h.9 = addHigh(h.9, q7, n.2)
  let q8 = addLow(Lanes.zero, column, n0)
  q[8] = q8
  carry = carryOf(column &+ mask)
  h.8 = addHigh(h.8, q8, n.0)
  l.9 = addLow(l.9, q8, n.1)
  column = l.9 &+ carry &+ h.8
  h.9 = addHigh(h.9, q8, n.1)
  let q9 = addLow(Lanes.zero, column, n0)
  q[9] = q9
  carry = carryOf(column &+ mask)
  h.9 = addHigh(h.9, q9, n.0)
  carry = carry &+ h.9
}

/// Normalises ten columns into limbs and leaves the carry for the next block.
@inline(__always) func emit(_ l: Block, _ h: Block, _ carry: inout Lanes, _ out: Row) {
  let mask = splat(limbMask)
  var column = l.0 &+ carry
  out[0] = column & mask
  carry = carryOf(column)
  column = l.1 &+ h.0 &+ carry
  out[1] = column & mask
  carry = carryOf(column)
  column = l.2 &+ h.1 &+ carry
  out[2] = column & mask
  carry = carryOf(column)
  column = l.3 &+ h.2 &+ carry
  out[3] = column & mask
  carry = carryOf(column)
  column = l.4 &+ h.3 &+ carry
  out[4] = column & mask
  carry = carryOf(column)
  column = l.5 &+ h.4 &+ carry
  out[5] = column & mask
  carry = carryOf(column)
  column = l.6 &+ h.5 &+ carry
  out[6] = column & mask
  carry = carryOf(column)
  column = l.7 &+ h.6 &+ carry
  out[7] = column & mask
  carry = carryOf(column)
  column = l.8 &+ h.7 &+ carry
  out[8] = column & mask
  carry = carryOf(column)
  column = l.9 &+ h.8 &+ carry
  out[9] = column & mask
  carry = carryOf(column) &+ h.9
}
