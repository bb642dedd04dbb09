import BigIntegers
import ByteCoding

/// What the encodings of this room begin with.
enum Format: UInt16 {
  case publicKey = 0x5001
  case ciphertexts = 0x5002
  case rangeProof = 0x5003
  case blumProof = 0x5004
  case factorProof = 0x5005
  case auxiliaryParameters = 0x5006
  case keyProof = 0x5007

  var header: FormatHeader { FormatHeader(type: rawValue, version: 1) }
}

extension PublicKey {
  /// Bytes of a residue modulo n, and of one modulo n².
  var residueByteCount: Int { (n.bitWidth + 7) / 8 }
  var ciphertextByteCount: Int { (square.bitWidth + 7) / 8 }
}

extension ByteWriter {
  /// Exactly `byteCount` bytes of a number that fits into them, the lowest first.
  mutating func append(_ value: BigInteger, byteCount: Int) {
    precondition(value.signum >= 0 && value.bitWidth <= 8 * byteCount, "the number fits")
    append(words: value.words[...], byteCount: byteCount)
  }

  /// The same for words whose bytes behind `byteCount` are zero.
  mutating func append(words: ArraySlice<UInt64>, byteCount: Int) {
    var left = byteCount
    for word in words {
      guard left >= 8 else {
        for i in 0..<left { append(UInt8(truncatingIfNeeded: word >> UInt64(8 * i))) }
        return
      }
      append(word)
      left -= 8
    }
    if left > 0 { append(bytes: [UInt8](repeating: 0, count: left)) }
  }

  /// The bytes of a number after their count as a UInt16, the lowest first and the highest not zero.
  mutating func append(counted value: BigInteger) {
    let count = (value.bitWidth + 7) / 8
    append(UInt16(count))
    append(value, byteCount: count)
  }
}

/// A reader whose every failure is one error: what a peer did wrong in detail is nobody's business but the peer's.
struct IntegerReader {
  private var reader: ByteReader
  private let encoding: PaillierError.Encoding

  init(_ bytes: [UInt8], _ format: Format, _ encoding: PaillierError.Encoding) throws(PaillierError) {
    reader = ByteReader(bytes)
    self.encoding = encoding
    do { try reader.expectHeader(format.header) } catch { throw .malformed(encoding) }
  }

  /// Throws unless exactly `count` bytes are left: lengths are checked before anything is allocated for them.
  func expect(left count: Int) throws(PaillierError) {
    guard reader.left == count else { throw .malformed(encoding) }
  }

  mutating func bytes(_ count: Int) throws(PaillierError) -> [UInt8] {
    do { return try reader.readBytes(count) } catch { throw .malformed(encoding) }
  }

  mutating func count(upTo maximum: Int) throws(PaillierError) -> Int {
    guard let count = try? reader.readUInt32(), count <= maximum else { throw .malformed(encoding) }
    return Int(count)
  }

  mutating func byte() throws(PaillierError) -> UInt8 { try bytes(1)[0] }

  /// A part after its length.
  mutating func part(upTo maximum: Int) throws(PaillierError) -> [UInt8] {
    do { return try reader.readLengthPrefixedBytes(upTo: maximum) } catch { throw .malformed(encoding) }
  }

  /// A number of exactly `byteCount` bytes.
  mutating func integer(byteCount: Int) throws(PaillierError) -> BigInteger {
    let bytes = try bytes(byteCount)
    var words = [UInt64](repeating: 0, count: (byteCount + 7) / 8)
    for (i, byte) in bytes.enumerated() { words[i / 8] |= UInt64(byte) << UInt64(8 * (i % 8)) }
    return BigInteger(words: words)
  }

  /// A number after the count of its bytes, the highest of which is not zero.
  mutating func countedInteger(upTo maximum: Int) throws(PaillierError) -> BigInteger {
    guard let count = try? reader.readUInt16(), count <= maximum else { throw .malformed(encoding) }
    let value = try integer(byteCount: Int(count))
    guard (value.bitWidth + 7) / 8 == count else { throw .malformed(encoding) }
    return value
  }

  func expectEnd() throws(PaillierError) { try expect(left: 0) }
}
