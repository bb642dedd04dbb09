// Arithmetic modulo n² on digit pairs X = x0 + x1·n, in Montgomery form with the R of n.
//
//   x0·y0 + q·n = r·R                (a Montgomery step modulo n; q < R is its quotient)
//   X·Y = x0·y0 + (x0·y1 + x1·y0)·n = r·R + (x0·y1 + x1·y0 − q)·n      modulo n²
//   X·Y / R = r + n·((x0·y1 + x1·y0 − q) / R mod n)
//
// A product modulo n² thus takes 3 half-size products and 2 half-size reductions (10k² multiply-adds against 16k² for a
// Montgomery product of 2k limbs), a square 7k² against 12k², a product with one digit 8k².
//
// −q is added as its complement, (R − 1 − q) + C with C = (1 − R) mod n: bias[j] = C[j] + 2^52 − 1, so that bias[j] − q[j] ≥ 0.
// Bounds: digits below 16n in (or one factor a digit below R), below (512n² + R + n + R·n) / R < n + n/2^6 out; with a
// factor (c, 0), c < R: below (R·y + R + n + R·n) / R < y + n + 2. An element is x0, then x1. `out` must not overlap inputs.

@inline(__always) private func addMinusQuotient(_ l: inout Block, _ bias: SharedLimbs, _ q: OwnLimbs) {
  l.0 &+= bias[0] &- q[0]
  l.1 &+= bias[1] &- q[1]
  l.2 &+= bias[2] &- q[2]
  l.3 &+= bias[3] &- q[3]
  l.4 &+= bias[4] &- q[4]
  l.5 &+= bias[5] &- q[5]
  l.6 &+= bias[6] &- q[6]
  l.7 &+= bias[7] &- q[7]
  l.8 &+= bias[8] &- q[8]
  l.9 &+= bias[9] &- q[9]
}

/// out = x·y / R modulo n². q: scratch of two digits.
@inline(never) func pairProduct(_ out: Row, _ x: ConstantRow, _ y: ConstantRow, _ m: WideModulus, _ q: Row) {
  let k = 10 &* m.blocks, q1 = q + k
  let x0 = OwnLimbs(x), x1 = OwnLimbs(x + k), y0 = OwnLimbs(y), y1 = OwnLimbs(y + k)
  montgomeryProduct(out, x, y, m, q)
  let n = SharedLimbs(m.n), n0 = splat(m.n0), blocks = m.blocks
  var carry = Lanes.zero, column = 0
  while column < blocks {
    var l = zeroBlock, h = zeroBlock
    addProductLow(&l, &h, x0, y1, column)
    addProductLow(&l, &h, x1, y0, column)
    addMinusQuotient(&l, SharedLimbs(m.bias + 10 &* column), OwnLimbs(q + 10 &* column))
    reduceLow(&l, &h, n, n0, column, &carry, q1)
    column &+= 1
  }
  while column < 2 &* blocks {
    var l = zeroBlock, h = zeroBlock
    addProductHigh(&l, &h, x0, y1, column, blocks)
    addProductHigh(&l, &h, x1, y0, column, blocks)
    reduceHigh(&l, &h, n, column, blocks, &carry, q1, out + k)
    column &+= 1
  }
}

/// The second digit (a·b·(twice ? 2 : 1) − q) / R, where q is the quotient of the first.
@inline(__always) private func secondDigit(
  _ out: Row, _ a: ConstantRow, _ b: ConstantRow, twice: Bool, _ m: WideModulus, _ q: Row,
  _ scan: inout TableScan
) {
  let q1 = q + 10 &* m.blocks
  let n = SharedLimbs(m.n), n0 = splat(m.n0), blocks = m.blocks
  var carry = Lanes.zero, column = 0
  while column < blocks {
    var l = zeroBlock, h = zeroBlock
    addProductLow(&l, &h, OwnLimbs(a), OwnLimbs(b), column)
    if twice {
      double(&l)
      double(&h)
    }
    addMinusQuotient(&l, SharedLimbs(m.bias + 10 &* column), OwnLimbs(q + 10 &* column))
    reduceLow(&l, &h, n, n0, column, &carry, q1)
    scan.step()
    column &+= 1
  }
  while column < 2 &* blocks {
    var l = zeroBlock, h = zeroBlock
    addProductHigh(&l, &h, OwnLimbs(a), OwnLimbs(b), column, blocks)
    if twice {
      double(&l)
      double(&h)
    }
    reduceHigh(&l, &h, n, column, blocks, &carry, q1, out)
    scan.step()
    column &+= 1
  }
}

/// out = x² / R modulo n², reading on in a table at each block column.
@inline(never) func pairSquare(
  _ out: Row, _ x: ConstantRow, _ m: WideModulus, _ q: Row, _ scan: UnsafeMutablePointer<TableScan>
) {
  let k = 10 &* m.blocks
  montgomerySquare(out, x, m, q, scan)
  var own = scan.pointee
  secondDigit(out + k, x, x + k, twice: true, m, q, &own)
  scan.pointee = own
}

/// out = x·d / R modulo n², where d is a single digit.
@inline(never) func pairTimesDigit(_ out: Row, _ x: ConstantRow, _ d: ConstantRow, _ m: WideModulus, _ q: Row)
{
  let k = 10 &* m.blocks
  montgomeryProduct(out, x, d, m, q)
  var none = TableScan.none
  secondDigit(out + k, x + k, d, twice: false, m, q, &none)
}

/// out (two digits long) = x0 + x1·n as an ordinary integer.
@inline(never) func joinDigits(_ out: Row, _ x0: ConstantRow, _ x1: ConstantRow, _ m: WideModulus) {
  let n = SharedLimbs(m.n), blocks = m.blocks
  var carry = Lanes.zero, column = 0
  while column < blocks {
    var l = loadBlock(OwnLimbs(x0 + 10 &* column)), h = zeroBlock
    addProductLow(&l, &h, OwnLimbs(x1), n, column)
    emit(l, h, &carry, out + 10 &* column)
    column &+= 1
  }
  while column < 2 &* blocks {
    var l = zeroBlock, h = zeroBlock
    addProductHigh(&l, &h, OwnLimbs(x1), n, column, blocks)
    emit(l, h, &carry, out + 10 &* column)
    column &+= 1
  }
}
