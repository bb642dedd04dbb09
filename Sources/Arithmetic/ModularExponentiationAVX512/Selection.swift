import _Builtin_intrinsics.intel

// Constant-time look-ups: every entry is read whatever the index.

/// A look-up that runs between the block columns of squarings, so that its loads hide behind their multiply-adds: on its
/// own the scan of a table in the second-level cache costs about 1.5 cycles a row.
///
/// Every lane has its own table, stored limb by limb: table[limb·entries + entry].
struct TableScan {
  private var table: ConstantRow
  private var out: Row
  private var left: Int
  private let masks: Row
  private let entries: Int

  /// masks: scratch of `entries` rows, a multiple of 4; index: the entry of each lane.
  @inline(__always) init(
    _ out: Row, _ table: ConstantRow, entries: Int, width: Int, masks: Row, index: ConstantRow
  ) {
    self.table = table
    self.out = out
    self.masks = masks
    self.entries = entries
    left = width
    var j = 0
    while j < entries {
      masks[j] = equalMask(index.pointee, splat(UInt64(truncatingIfNeeded: j)))
      j &+= 1
    }
  }

  /// Nothing to look up.
  @inline(__always) private init(_ nowhere: Row) {
    table = ConstantRow(nowhere)
    out = nowhere
    masks = nowhere
    entries = 0
    left = 0
  }
  /// A scan that is over; its address is never used.
  @inline(__always) static var none: TableScan {
    TableScan(Row(bitPattern: MemoryLayout<Lanes>.alignment).unsafelyUnwrapped)
  }

  @inline(__always) mutating func step() {
    if left == 0 { return }
    var even = Lanes.zero, odd = Lanes.zero, j = 0
    while j < entries {
      even |= table[j] & masks[j]
      odd |= table[j &+ 1] & masks[j &+ 1]
      even |= table[j &+ 2] & masks[j &+ 2]
      odd |= table[j &+ 3] & masks[j &+ 3]
      j &+= 4
    }
    out.pointee = even | odd
    out += 1
    table += entries
    left &-= 1
  }

  /// What the squarings left over.
  @inline(__always) mutating func finish() { while left > 0 { step() } }
}

/// Looks 16 entries up for eight lanes at once.
@inline(__always) private func pick16(_ table: ConstantRow, _ index: SIMD8<Int64>) -> Lanes {
  unsigned(_mm512_permutex2var_epi64(signed(table[0]), index, signed(table[1])))
}

/// One table shared by the lanes, eight entries of one limb in a row: limb i of entry e is lane e % 8 of
/// table[i·entries/8 + e/8]. entries: a multiple of 32 up to 1024. out = entry, or out += entry without carries. masks: scratch of
/// entries/16 rows, which tells the index and is the caller's to wipe.
@inline(never) func selectShared(
  _ out: Row, add: Bool, _ table: ConstantRow, entries: Int, width: Int, _ index: ConstantRow, masks: Row
) {
  let wanted = index.pointee, low = signed(wanted), groups = entries / 16
  var g = 0
  while g < groups {
    masks[g] = equalMask(wanted &>> 4, splat(UInt64(truncatingIfNeeded: g)))
    g &+= 1
  }
  var i = 0, t = table
  while i < width {
    var even = Lanes.zero, odd = Lanes.zero
    g = 0
    while g < groups {
      even |= pick16(t, low) & masks[g]
      odd |= pick16(t + 2, low) & masks[g &+ 1]
      t += 4
      g &+= 2
    }
    let entry = even | odd
    out[i] = add ? out[i] &+ entry : entry
    i &+= 1
  }
}

/// The same for four rows of indices in one pass over the table, which is streamed once instead of four times. Output g
/// goes to out + g·stride; masks has entries/4 rows.
@inline(never) func selectShared4(
  _ out: Row, stride: Int, add: Bool, _ table: ConstantRow, entries: Int, width: Int, _ index: ConstantRow,
  masks: Row
) {
  let i0 = index[0], i1 = index[1], i2 = index[2], i3 = index[3], groups = entries / 16
  var g = 0
  while g < groups {
    let e = splat(UInt64(truncatingIfNeeded: g))
    masks[4 &* g] = equalMask(i0 &>> 4, e)
    masks[4 &* g &+ 1] = equalMask(i1 &>> 4, e)
    masks[4 &* g &+ 2] = equalMask(i2 &>> 4, e)
    masks[4 &* g &+ 3] = equalMask(i3 &>> 4, e)
    g &+= 1
  }
  var i = 0, t = table
  while i < width {
    var r0 = Lanes.zero, r1 = Lanes.zero, r2 = Lanes.zero, r3 = Lanes.zero
    g = 0
    while g < groups {
      r0 |= pick16(t, signed(i0)) & masks[4 &* g]
      r1 |= pick16(t, signed(i1)) & masks[4 &* g &+ 1]
      r2 |= pick16(t, signed(i2)) & masks[4 &* g &+ 2]
      r3 |= pick16(t, signed(i3)) & masks[4 &* g &+ 3]
      t += 2
      g &+= 1
    }
    let o = out + i
    o[0] = add ? o[0] &+ r0 : r0
    o[stride] = add ? o[stride] &+ r1 : r1
    o[2 &* stride] = add ? o[2 &* stride] &+ r2 : r2
    o[3 &* stride] = add ? o[3 &* stride] &+ r3 : r3
    i &+= 1
  }
}
