import ByteCoding
import TestSupport
import Testing

@Suite struct ByteCodingTests {
  private let header = FormatHeader(type: 0x4842, version: 3)

  private func sample() -> [UInt8] {
    var writer = ByteWriter()
    writer.append(header)
    writer.append(UInt8(0x01))
    writer.append(UInt16(0x0203))
    writer.append(UInt32(0x0405_0607))
    writer.append(UInt64(0x0809_0A0B_0C0D_0E0F))
    writer.append(bytes: [0x10, 0x11])
    writer.append(lengthPrefixed: [0x12, 0x13, 0x14])
    return writer.finish()
  }

  private func readSample(_ reader: inout ByteReader) throws {
    try reader.expectHeader(header)
    #expect(try reader.readUInt8() == 0x01)
    #expect(try reader.readUInt16() == 0x0203)
    #expect(try reader.readUInt32() == 0x0405_0607)
    #expect(try reader.readUInt64() == 0x0809_0A0B_0C0D_0E0F)
    #expect(try reader.readBytes(2) == [0x10, 0x11])
    #expect(try reader.readLengthPrefixedBytes(upTo: 3) == [0x12, 0x13, 0x14])
    try reader.expectEnd()
  }

  @Test func integersAreLittleEndianAndDense() {
    let expected: [UInt8] = [
      0x42, 0x48, 3, 0, 1, 3, 2, 7, 6, 5, 4, 0xF, 0xE, 0xD, 0xC, 0xB, 0xA, 9, 8, 0x10, 0x11, 3, 0, 0, 0, 0x12,
      0x13, 0x14,
    ]
    #expect(sample() == expected)
  }

  @Test func readingUndoesWriting() throws {
    var reader = ByteReader(sample())
    try readSample(&reader)
  }

  @Test func readingASliceStartsAtItsFirstByte() throws {
    let inside = [9, 9, 9] + sample() + [9]
    var reader = ByteReader(inside[3..<(inside.count - 1)])
    try readSample(&reader)
  }

  @Test func truncationAtEveryByteIsRefused() {
    let bytes = sample()
    for length in bytes.indices {
      #expect(throws: ByteCodingError.self, "\(length) bytes") {
        var reader = ByteReader(bytes.prefix(length))
        try readSample(&reader)
      }
    }
  }

  @Test func bytesBehindTheEndAreRefused() {
    #expect(throws: ByteCodingError.trailingBytes(1)) {
      var reader = ByteReader(sample() + [0])
      try readSample(&reader)
    }
  }

  @Test func aLengthAboveItsMaximumIsRefusedBeforeItIsCompared() {
    let huge = ByteReader([0xFF, 0xFF, 0xFF, 0xFF])
    #expect(throws: ByteCodingError.lengthOutOfRange(0xFFFF_FFFF, maximum: 16)) {
      var reader = huge
      _ = try reader.readLengthPrefixedBytes(upTo: 16)
    }
    #expect(throws: ByteCodingError.truncated(needed: 0xFFFF_FFFF, left: 0)) {
      var reader = huge
      _ = try reader.readLengthPrefixedBytes(upTo: .max)
    }
    #expect(throws: ByteCodingError.lengthOutOfRange(5, maximum: 4)) {
      var reader = huge
      _ = try reader.readBytes(5, upTo: 4)
    }
    #expect(throws: ByteCodingError.lengthOutOfRange(.max, maximum: .max)) {
      var reader = huge
      _ = try reader.readBytes(-1)
    }
  }

  @Test func everyForeignHeaderIsRefused() {
    let cases: [([UInt8], ByteCodingError)] = [
      ([0x43, 0x48, 3, 0], .wrongType(0x4843, expected: 0x4842)),
      ([0x42, 0x48, 4, 0], .unsupportedVersion(4, expected: 3)),
      ([0x42, 0x48, 3, 1], .valueOutOfRange),
      ([0x42, 0x48, 3], .truncated(needed: 1, left: 0)),
    ]
    for (bytes, error) in cases {
      #expect(throws: error) {
        var reader = ByteReader(bytes)
        try reader.expectHeader(header)
      }
    }
  }

  @Test func anyBytesEitherParseOrThrow() {
    var generator = SeededGenerator()
    for _ in 0..<2000 {
      var bytes = sample()
      let flips = Int.random(in: 1...4, using: &generator)
      for _ in 0..<flips {
        bytes[Int.random(in: 4..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
      }
      var reader = ByteReader(bytes)
      let outcome = Result {
        try reader.expectHeader(header)
        _ = try reader.readBytes(17)
        let text = try reader.readLengthPrefixedBytes(upTo: 64)
        #expect(text.count <= 64, "HITOKU_TEST_SEED=\(generator.seed)")
      }
      if case .failure(let error) = outcome { #expect(error is ByteCodingError) }
    }
  }
}
