import Primitives

// Fence: blocks of 2 KiB by pointer.

/// Transposes a matrix of 128 × 128 bits in place: bit j of row i and bit i of row j change places.
///
/// Seven rounds exchange quadrants of halving size (Knuth, volume 4A, section 7.1.3), two rounds in registers at a time.
@inline(never)
func transpose128(_ rows: UnsafeMutablePointer<Block>) {
  for i in 0..<32 { unsafe firstRounds(rows + i) }
  for group in 0..<4 {
    for i in 0..<8 {
      unsafe twoRounds(rows + 32 * group + i, 16, 0x0000_FFFF_0000_FFFF, 0x00FF_00FF_00FF_00FF)
    }
  }
  for group in 0..<16 {
    for i in 0..<2 { unsafe twoRounds(rows + 8 * group + i, 4, 0x0F0F_0F0F_0F0F_0F0F, 0x3333_3333_3333_3333) }
  }
  for i in 0..<64 {
    let (a, b) = unsafe exchanged(rows[2 * i], rows[2 * i + 1], 1, 0x5555_5555_5555_5555)
    unsafe rows[2 * i] = a
    unsafe rows[2 * i + 1] = b
  }
}

/// Quadrants of 64 and of 32.
@inline(__always)
private func firstRounds(_ rows: UnsafeMutablePointer<Block>) {
  let a = unsafe rows[0], b = unsafe rows[32], c = unsafe rows[64], d = unsafe rows[96]
  let (p, q) = exchanged(Block(a.x, c.x), Block(b.x, d.x), 32, 0x0000_0000_FFFF_FFFF)
  let (r, s) = exchanged(Block(a.y, c.y), Block(b.y, d.y), 32, 0x0000_0000_FFFF_FFFF)
  unsafe rows[0] = p
  unsafe rows[32] = q
  unsafe rows[64] = r
  unsafe rows[96] = s
}

/// Quadrants of `size` and of half of it.
@inline(__always)
private func twoRounds(
  _ rows: UnsafeMutablePointer<Block>, _ size: Int, _ wide: UInt64, _ narrow: UInt64
) {
  let half = size / 2
  let (a, c) = unsafe exchanged(rows[0], rows[size], UInt64(size), wide)
  let (b, d) = unsafe exchanged(rows[half], rows[size + half], UInt64(size), wide)
  let (p, q) = exchanged(a, b, UInt64(half), narrow)
  let (r, s) = exchanged(c, d, UInt64(half), narrow)
  unsafe rows[0] = p
  unsafe rows[half] = q
  unsafe rows[size] = r
  unsafe rows[size + half] = s
}

/// Exchanges the upper parts of a with the lower parts of b; `lower` marks the lower parts.
@inline(__always)
private func exchanged(_ a: Block, _ b: Block, _ shift: UInt64, _ lower: UInt64) -> (Block, Block) {
  let difference = ((a &>> Block(repeating: shift)) ^ b) & Block(repeating: lower)
  return (a ^ (difference &<< Block(repeating: shift)), b ^ difference)
}
