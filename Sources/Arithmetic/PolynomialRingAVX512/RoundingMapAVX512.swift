/// The constants of one rounding map; the entry below says what stands where.
struct Tables {
  var sources: UnsafePointer<UInt64>
  var outputs: UnsafePointer<UInt64>
  var matrix: UnsafePointer<UInt64>
  var sourceCount: Int
  var outputCount: Int
  var addsRoundedSum: Bool
}

/// Elements that one step of the kernel handles: four vectors of eight lanes.
public let roundingMapTile = 32

/// Applies a rounding map to `count` columns (a multiple of `roundingMapTile`) with AVX-512 IFMA.
///
/// - Parameters:
///   - sources: eight words a source: q, c, ⌊2^52·c/q⌋, θ high, θ low (52-bit limbs of a fraction), three unused.
///   - outputs: eight words an output: m, ⌊2^52/m⌋, w = 2^52 mod m, ⌊2^52·w/m⌋, ρ, λ, two unused.
///   - matrix: row j holds the k multipliers of output j.
///   - sourceCount: k.
///   - outputCount: l.
///   - addsRoundedSum: whether ρ = 1 for every output: the rounded sum, which may have 53 bits then, is added
///     as it is.
///   - source: k rows, `sourceStride` words apart, entries below 2^52.
///   - sourceStride: words from one source row to the next.
///   - own: nil, or l rows with entries below 2^52, `ownStride` apart; may be the output itself.
///   - ownStride: words from one own row to the next.
///   - output: l rows, `outputStride` apart; receives residues in [0, m).
///   - outputStride: words from one output row to the next.
///   - count: columns.
///   - scratch: `roundingMapTile`·k words. 64-byte aligned; the rows need no alignment.
@inline(never)
public func applyRoundingMap(
  sources: UnsafePointer<UInt64>, outputs: UnsafePointer<UInt64>, matrix: UnsafePointer<UInt64>,
  sourceCount: Int, outputCount: Int, addsRoundedSum: Bool, source: UnsafePointer<UInt64>, sourceStride: Int,
  own: UnsafePointer<UInt64>?, ownStride: Int, output: UnsafeMutablePointer<UInt64>, outputStride: Int,
  count: Int, scratch: UnsafeMutablePointer<UInt64>
) {
  precondition(count % roundingMapTile == 0)
  precondition(UInt(bitPattern: scratch) % 64 == 0)
  let tables = Tables(
    sources: sources, outputs: outputs, matrix: matrix, sourceCount: sourceCount, outputCount: outputCount,
    addsRoundedSum: addsRoundedSum)
  let scaled = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Lanes.self)
  var column = 0
  while column < count {
    let rounded = scaleSources(tables, source + column, sourceStride, scaled)
    var j = 0
    while j < tables.outputCount {
      let ownRow = own.map { $0 + (j &* ownStride &+ column) }
      combine(tables, j, rounded, ownRow, UnsafePointer(scaled), output + (j &* outputStride &+ column))
      j &+= 1
    }
    column &+= roundingMapTile
  }
}

/// The eight words at p, of any alignment.
@inline(__always) func load(_ p: UnsafePointer<UInt64>) -> Lanes {
  UnsafeRawPointer(p).loadUnaligned(as: Lanes.self)
}
@inline(__always) func store(_ x: Lanes, _ p: UnsafeMutablePointer<UInt64>) {
  UnsafeMutableRawPointer(p).storeBytes(of: x, as: Lanes.self)
}

/// y_i = x_i·c_i mod q_i into `scaled`, and ⌊Σ y_i·θ_i⌉ for the tile's four vectors.
@inline(__always) func scaleSources(
  _ tables: Tables, _ source: UnsafePointer<UInt64>, _ stride: Int,
  _ scaled: UnsafeMutablePointer<Lanes>
) -> (Lanes, Lanes, Lanes, Lanes) {
  let mask = splat((1 << 52) &- 1)
  var whole0 = Lanes.zero, whole1 = Lanes.zero, whole2 = Lanes.zero, whole3 = Lanes.zero
  // Half a unit, so that the carry out of the fraction rounds to nearest.
  var part0 = splat(1 << 51), part1 = part0, part2 = part0, part3 = part0
  var i = 0
  while i < tables.sourceCount {
    let constants = tables.sources + 8 &* i
    let q = splat(constants[0]), c = splat(constants[1]), companion = splat(constants[2])
    let high = splat(constants[3]), low = splat(constants[4])
    let negated = splat((1 << 52) &- constants[0])
    let x = source + i &* stride, y = scaled + 4 &* i
    @inline(__always) func step(_ v: Int, _ whole: inout Lanes, _ part: inout Lanes) {
      let value = load(x + 8 &* v)
      let quotient = addHigh(.zero, value, companion)
      let product = reduceOnce(addLow(addLow(.zero, value, c), quotient, negated) & mask, q)
      y[v] = product
      whole = addHigh(whole, product, high)
      part = addHigh(addLow(part, product, high), product, low)
    }
    step(0, &whole0, &part0)
    step(1, &whole1, &part1)
    step(2, &whole2, &part2)
    step(3, &whole3, &part3)
    i &+= 1
  }
  let shift = splat(52)
  return (
    whole0 &+ (part0 &>> shift), whole1 &+ (part1 &>> shift), whole2 &+ (part2 &>> shift),
    whole3 &+ (part3 &>> shift)
  )
}

/// Output j of one tile: Σ y_i·M_ij + R·ρ_j + own·λ_j mod m_j, sums kept as low and high halves.
@inline(__always) func combine(
  _ tables: Tables, _ j: Int, _ rounded: (Lanes, Lanes, Lanes, Lanes),
  _ own: UnsafePointer<UInt64>?, _ scaled: UnsafePointer<Lanes>, _ output: UnsafeMutablePointer<UInt64>
) {
  let constants = tables.outputs + 8 &* j
  var low0 = Lanes.zero, low1 = low0, low2 = low0, low3 = low0
  var high0 = Lanes.zero, high1 = high0, high2 = high0, high3 = high0
  if tables.addsRoundedSum {
    (low0, low1, low2, low3) = rounded
  } else {
    let rho = splat(constants[4])
    low0 = addLow(.zero, rounded.0, rho)
    low1 = addLow(.zero, rounded.1, rho)
    low2 = addLow(.zero, rounded.2, rho)
    low3 = addLow(.zero, rounded.3, rho)
    high0 = addHigh(.zero, rounded.0, rho)
    high1 = addHigh(.zero, rounded.1, rho)
    high2 = addHigh(.zero, rounded.2, rho)
    high3 = addHigh(.zero, rounded.3, rho)
  }
  @inline(__always) func accumulate(_ y0: Lanes, _ y1: Lanes, _ y2: Lanes, _ y3: Lanes, _ multiplier: Lanes) {
    low0 = addLow(low0, y0, multiplier)
    low1 = addLow(low1, y1, multiplier)
    low2 = addLow(low2, y2, multiplier)
    low3 = addLow(low3, y3, multiplier)
    high0 = addHigh(high0, y0, multiplier)
    high1 = addHigh(high1, y1, multiplier)
    high2 = addHigh(high2, y2, multiplier)
    high3 = addHigh(high3, y3, multiplier)
  }
  if let own { accumulate(load(own), load(own + 8), load(own + 16), load(own + 24), splat(constants[5])) }
  let row = tables.matrix + j &* tables.sourceCount
  var i = 0
  while i < tables.sourceCount {
    let y = scaled + 4 &* i
    accumulate(y[0], y[1], y[2], y[3], splat(row[i]))
    i &+= 1
  }
  let m = splat(constants[0]), reciprocal = splat(constants[1]), negated = splat((1 << 52) &- constants[0])
  let carry = splat(constants[2]), carryCompanion = splat(constants[3])
  let mask = splat((1 << 52) &- 1), shift = splat(52), twice = m &+ m
  /// high·2^52 + low mod m: high·w and low each in [0, 2m), their sum reduced twice.
  @inline(__always) func reduce(_ low: Lanes, _ high: Lanes) -> Lanes {
    let top = high &+ (low &>> shift), bottom = low & mask
    let a = addLow(addLow(.zero, top, carry), addHigh(.zero, top, carryCompanion), negated) & mask
    let b = addLow(bottom, addHigh(.zero, bottom, reciprocal), negated) & mask
    return reduceOnce(reduceOnce(a &+ b, twice), m)
  }
  store(reduce(low0, high0), output)
  store(reduce(low1, high1), output + 8)
  store(reduce(low2, high2), output + 16)
  store(reduce(low3, high3), output + 24)
}
