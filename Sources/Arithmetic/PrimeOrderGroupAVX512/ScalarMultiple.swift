/// Number of signed radix-16 digits of a scalar, and entries of the table of multiples.
let digitCount = 64
let tableCount = 8

/// digits·p in all lanes. `digits` has 64 vectors, least significant digit first, each lane a digit in −8…8 as a
/// two's-complement word; `table` is scratch for eight entries.
///
/// Digits select by a masked scan over the whole table: no address and no branch depends on them.
@inline(__always)
func scalarMultiple(
  of p: Extended, digits: UnsafePointer<Lanes>, table: UnsafeMutablePointer<Cached>
) -> Completed {
  fill(table, multiplesOf: p)
  // The identity; its first four doublings are wasted (1.5 %) so that there is one copy of each piece of code.
  let zero = Field8(small: 0), one = Field8(small: 1)
  var acc = Completed(e: zero, f: one, g: one, h: one)
  var i = digitCount &- 1
  while i >= 0 {
    var d = acc.forDoubling
    var n = 0
    while n < 3 {
      d = d.doubled.forDoubling
      n &+= 1
    }
    acc = adding(digits[i], table, to: d.doubled.forAddition)
    i &-= 1
  }
  return acc
}

/// p, 2p, …, 8p.
@inline(__always)
private func fill(_ table: UnsafeMutablePointer<Cached>, multiplesOf p: Extended) {
  let first = Cached(p)
  table[0] = first
  var multiple = p
  var j = 1
  while j < tableCount {
    multiple = Summand(multiple).adding(first).extended
    table[j] = Cached(multiple)
    j &+= 1
  }
}

/// acc + digit·p by a scan over all entries of the table; digit 0 adds the identity (1, 1, 2, 0).
@inline(__always)
private func adding(_ digit: Lanes, _ table: UnsafeMutablePointer<Cached>, to acc: Summand) -> Completed {
  let sign = Lanes.zero &- shiftRight(digit, 63)
  let size = (digit &+ sign) ^ sign
  let isZero = zeroMask(size)
  let zero = Field8(small: 0)
  let one = Field8.merge(zero, Field8(small: 1), isZero)
  var q = Cached(
    sum: one, difference: one, twiceZ: Field8.merge(zero, Field8(small: 2), isZero), twiceDT: zero)
  var i = 0
  while i < tableCount {
    let m = zeroMask(size ^ splat(UInt64(truncatingIfNeeded: i &+ 1)))
    q.sum = Field8.merge(q.sum, table[i].sum, m)
    q.difference = Field8.merge(q.difference, table[i].difference, m)
    q.twiceZ = Field8.merge(q.twiceZ, table[i].twiceZ, m)
    q.twiceDT = Field8.merge(q.twiceDT, table[i].twiceDT, m)
    i &+= 1
  }
  Field8.swap(sign, &q.sum, &q.difference)
  return acc.adding(q, negated: sign)
}
