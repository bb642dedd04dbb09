import ByteCoding

/// The reader of bytes, driven by a small program: the first byte says how many of the next bytes are operations,
/// the others are what is read.
enum ByteReaderRun {
  static func run(_ input: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    let count = min(Int(input.first ?? 0), max(0, input.count - 1))
    let operations = input.dropFirst().prefix(count)
    let data = Array(input.dropFirst(1 + count))
    var reader = ByteReader(data)
    for operation in operations {
      let before = reader.left
      let expected: [UInt8]
      do throws(ByteCodingError) {
        expected = try read(operation, from: &reader)
      } catch { return .refused }
      try FuzzFinding.unless(before - reader.left == expected.count, "a read takes as many bytes as it says")
      let start = data.count - before
      try FuzzFinding.unless(
        Array(data[start..<(start + expected.count)]) == expected,
        "what was read is written to the same bytes")
    }
    return .accepted
  }

  /// Reads one item and writes it again.
  private static func read(_ operation: UInt8, from reader: inout ByteReader) throws(ByteCodingError)
    -> [UInt8]
  {
    var writer = ByteWriter()
    let argument = Int(operation >> 3)
    switch operation & 7 {
    case 0: writer.append(try reader.readUInt8())
    case 1: writer.append(try reader.readUInt16())
    case 2: writer.append(try reader.readUInt32())
    case 3: writer.append(try reader.readUInt64())
    case 4: writer.append(bytes: try reader.readBytes(argument, upTo: 24))
    case 5: writer.append(lengthPrefixed: try reader.readLengthPrefixedBytes(upTo: argument << 8))
    case 6: writer.append(try reader.readHeader())
    default:
      // 2·argument + 1 or + 2 bits a value, by the number of bytes left.
      let bits = 2 * argument + 1 + reader.left % 2
      var values = [UInt64](repeating: 0, count: 37)
      try readPacked(into: &values, bits: bits, from: &reader)
      unsafe values.withUnsafeBufferPointer { unsafe writer.appendPacked($0, bitsPerValue: bits) }
    }
    return writer.finish()
  }

  private static func readPacked(
    into values: inout [UInt64], bits: Int, from reader: inout ByteReader
  ) throws(ByteCodingError) {
    var failure: ByteCodingError?
    unsafe values.withUnsafeMutableBufferPointer { buffer in
      do throws(ByteCodingError) {
        try unsafe reader.readPacked(into: buffer, bitsPerValue: bits)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
