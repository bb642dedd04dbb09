// The fence around raw bytes: whole words move between buffers whose lengths are checked at each entry.

/// ⌈count·bitsPerValue / 8⌉.
func packedByteCount(count: Int, bitsPerValue: Int) -> Int {
  precondition((1...64).contains(bitsPerValue), "bits per value")
  precondition(count <= (Int.max - 7) / 64, "packed length")
  return (count * bitsPerValue + 7) / 8
}

/// Writes `values` as a dense stream, lowest bit first; the padding bits of the last byte are zero.
func pack(
  _ values: UnsafeBufferPointer<UInt64>, bitsPerValue: Int, into target: UnsafeMutableRawBufferPointer
) {
  precondition(target.count == packedByteCount(count: values.count, bitsPerValue: bitsPerValue))
  let width = UInt64(bitsPerValue)
  // Bits wait in `pending` until they fill a word; `filled` < 64 counts them.
  var pending: UInt64 = 0
  var filled: UInt64 = 0
  var position = 0
  var union: UInt64 = 0
  for index in values.indices {
    let value = unsafe values[index]
    union |= value
    pending |= value &<< filled
    filled &+= width
    if filled >= 64 {
      unsafe target.storeBytes(of: pending.littleEndian, toByteOffset: position, as: UInt64.self)
      position &+= 8
      filled &-= 64
      // What did not fit: the upper `filled` bits of the value. A plain shift by 64 gives zero.
      pending = value >> (width &- filled)
    }
  }
  precondition(bitsPerValue == 64 || union >> width == 0, "a value has more bits than its field")
  while position < target.count {
    unsafe target[position] = UInt8(truncatingIfNeeded: pending)
    pending >>= 8
    position += 1
  }
}

/// Reads values from a dense stream as `pack` writes it, ignoring the padding bits.
func unpack(
  _ source: UnsafeRawBufferPointer, bitsPerValue: Int, into values: UnsafeMutableBufferPointer<UInt64>
) {
  precondition(source.count == packedByteCount(count: values.count, bitsPerValue: bitsPerValue))
  let width = UInt64(bitsPerValue)
  let mask = UInt64.max >> (64 - width)
  var pending: UInt64 = 0
  var filled: UInt64 = 0
  var position = 0
  for index in values.indices {
    if filled >= width {
      unsafe values[index] = pending & mask
      pending = pending >> width
      filled &-= width
      continue
    }
    let word = unsafe loadWord(source, at: position)
    position &+= 8
    unsafe values[index] = (pending | word &<< filled) & mask
    let taken = width &- filled
    pending = word >> taken
    filled = 64 &- taken
  }
}

/// The eight bytes from `position` on as a little-endian word; bytes behind the end read as zero.
@inline(__always)
private func loadWord(_ source: UnsafeRawBufferPointer, at position: Int) -> UInt64 {
  if position &+ 8 <= source.count {
    return UInt64(littleEndian: unsafe source.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }
  var word: UInt64 = 0
  for index in (position..<source.count).reversed() { unsafe word = word << 8 | UInt64(source[index]) }
  return word
}
