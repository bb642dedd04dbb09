/// How a fixed base's exponent bits are cut (Lim and Lee, "More flexible exponentiation with precomputation", CRYPTO '94): `teeth`
/// rows of `spacing` bits, each row in `blocks` blocks of `depth` columns.
///
/// A power takes `spacing` products and depth − 1 squarings; tables have 2^teeth entries for each block.
struct CombShape {
  let teeth: Int
  let depth: Int
  let blocks: Int
  let exponentBits: Int

  var spacing: Int { blocks * depth }
  var entries: Int { 1 << teeth }

  /// `slackBits` ≥ 16 lie between n and R. The sums of logarithms, Σ 2^column·z < 2^depth·blocks·(n + n/2^6), stay below R / 8: where a
  /// modulus fills its limbs, blocks are less deep.
  init(exponentBits: Int, lanes: Int, slackBits: Int) {
    self.exponentBits = exponentBits
    // Eight teeth pay where four groups of lanes share one pass over a table; GMP's words read it once for each value.
    let teeth = lanes == 8 ? 8 : 5, rows = (exponentBits + teeth - 1) / teeth
    func blocks(_ depth: Int) -> Int { (rows + depth - 1) / depth }
    func fits(_ depth: Int) -> Bool {
      depth + (Int.bitWidth - blocks(depth).leadingZeroBitCount) + 3 <= slackBits
    }
    var depth = 8
    while depth > 1, !fits(depth) { depth -= 1 }
    precondition(fits(depth), "sums of z fit")
    self.teeth = teeth
    self.depth = depth
    self.blocks = blocks(depth)
  }

  /// The entry that an exponent selects in a block at a column, by reading one bit of each row.
  func entry(of exponent: UnsafePointer<UInt64>, words: Int, block: Int, column: Int) -> UInt64 {
    var entry: UInt64 = 0
    for tooth in 0..<teeth {
      let bit = unsafe bits(
        of: exponent, count: words, at: column + depth * block + spacing * tooth, width: 1)
      entry |= bit << UInt64(tooth)
    }
    return entry
  }
}
