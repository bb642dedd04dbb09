import ByteCoding
import TestSupport
import Testing

func packed(_ values: [UInt64], bitsPerValue: Int) -> [UInt8] {
  var writer = ByteWriter()
  unsafe values.withUnsafeBufferPointer { unsafe writer.appendPacked($0, bitsPerValue: bitsPerValue) }
  return writer.finish()
}

func unpacked(_ reader: inout ByteReader, count: Int, bitsPerValue: Int) throws -> [UInt64] {
  var values = [UInt64](repeating: .max, count: count)
  try unsafe values.withUnsafeMutableBufferPointer { buffer in
    try unsafe reader.readPacked(into: buffer, bitsPerValue: bitsPerValue)
  }
  return values
}

/// The definition: bit i of the stream is bit i mod b of value ⌊i / b⌋.
private func packedBitByBit(_ values: [UInt64], bitsPerValue: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: (values.count * bitsPerValue + 7) / 8)
  for bit in 0..<(values.count * bitsPerValue) {
    let value = values[bit / bitsPerValue] >> UInt64(bit % bitsPerValue) & 1
    bytes[bit / 8] |= UInt8(value) << UInt8(bit % 8)
  }
  return bytes
}

@Suite struct BitPackingTests {
  @Test(arguments: 1...64) func packingEqualsItsDefinitionAndUnpackingUndoesIt(bits: Int) throws {
    var generator = SeededGenerator()
    let mask = UInt64.max >> UInt64(64 - bits)
    for count in [0, 1, 2, 3, 7, 8, 9, 63, 64, 65, 200] {
      for values in [
        (0..<count).map { _ in generator.next() & mask }, [UInt64](repeating: mask, count: count),
      ] {
        let bytes = packed(values, bitsPerValue: bits)
        #expect(
          bytes == packedBitByBit(values, bitsPerValue: bits),
          "\(count) values, HITOKU_TEST_SEED=\(generator.seed)")
        var reader = ByteReader(bytes)
        #expect(
          try unpacked(&reader, count: count, bitsPerValue: bits) == values,
          "\(count) values, HITOKU_TEST_SEED=\(generator.seed)")
        try reader.expectEnd()
      }
    }
  }

  @Test func packedValuesStandBetweenOtherFields() throws {
    var writer = ByteWriter(capacity: 20)
    writer.append(UInt8(0xAA))
    unsafe [5, 6, 7].withUnsafeBufferPointer { unsafe writer.appendPacked($0, bitsPerValue: 11) }
    writer.append(UInt16(0xBEEF))
    var reader = ByteReader(writer.finish())
    #expect(try reader.readUInt8() == 0xAA)
    #expect(try unpacked(&reader, count: 3, bitsPerValue: 11) == [5, 6, 7])
    #expect(try reader.readUInt16() == 0xBEEF)
    try reader.expectEnd()
  }

  @Test(arguments: 1...64) func everyDirtyPaddingBitIsRefused(bits: Int) throws {
    let count = 3
    let bytes = packed([UInt64](repeating: 0, count: count), bitsPerValue: bits)
    for bit in (count * bits)..<(8 * bytes.count) {
      var dirty = bytes
      dirty[bit / 8] |= 1 << UInt8(bit % 8)
      #expect(throws: ByteCodingError.nonzeroPadding) {
        var reader = ByteReader(dirty)
        _ = try unpacked(&reader, count: count, bitsPerValue: bits)
      }
    }
  }

  @Test(arguments: 1...64) func truncationAtEveryByteIsRefused(bits: Int) {
    let bytes = packed([UInt64](repeating: 1, count: 9), bitsPerValue: bits)
    for length in bytes.indices {
      #expect(throws: ByteCodingError.truncated(needed: bytes.count, left: length)) {
        var reader = ByteReader(bytes.prefix(length))
        _ = try unpacked(&reader, count: 9, bitsPerValue: bits)
      }
    }
  }
}
