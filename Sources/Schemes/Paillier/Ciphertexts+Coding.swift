import BigIntegers
import ByteCoding
import Primitives

extension PublicKey {
  /// SHA-256 of the encoded key: what names it in messages.
  public var digest: [UInt8] { SHA256.hash(encoded()) }

  /// Format, then n as its number of bytes and the bytes, the lowest first.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: 6 + residueByteCount)
    writer.append(Format.publicKey.header)
    writer.append(counted: n)
    return writer.finish()
  }

  /// Reads a key from outside, at most 518 bytes. Throws `malformed`, or `invalidKey` as `init(n:)` does.
  public convenience init(decoding bytes: [UInt8]) throws(PaillierError) {
    var reader = try IntegerReader(bytes, .publicKey, .publicKey)
    let n = try reader.countedInteger(upTo: KeyValidation.bits.upperBound / 8)
    try reader.expectEnd()
    try self.init(n: n)
  }
}

extension Ciphertexts {
  /// The bytes that `count` ciphertexts take, which are the same for all plaintexts.
  public static func encodedByteCount(_ count: Int, key: PublicKey) -> Int {
    headByteCount + count * key.ciphertextByteCount
  }

  private static let headByteCount = FormatHeader.byteCount + SHA256.byteCount + 4

  /// Format, the key's digest, the number of ciphertexts, then each in as many bytes as n² has, the lowest first.
  public func encoded() -> [UInt8] {
    let size = key.ciphertextByteCount, length = key.ciphertextWords
    var writer = ByteWriter(capacity: Self.encodedByteCount(count, key: key))
    writer.append(Format.ciphertexts.header)
    writer.append(bytes: key.digest)
    writer.append(UInt32(count))
    for i in 0..<count { writer.append(words: words[i * length..<(i + 1) * length], byteCount: size) }
    return writer.finish()
  }

  /// Reads ciphertexts from outside, in a number that the protocol knows.
  ///
  /// Each is checked to be a unit modulo n² in 0 < c < n². Throws `malformed` for a wrong format or length, `differentKeys` for a key
  /// that is not this one, `differentCounts` for another number, `ciphertextOutOfRange` and `ciphertextNotInvertible`. Nothing is
  /// allocated before the length fits the count.
  public init(decoding bytes: [UInt8], key: PublicKey, count: Int) throws(PaillierError) {
    try self.init(decoding: bytes, key: key, counts: count...count)
  }

  /// The same for any number in a range.
  public init(decoding bytes: [UInt8], key: PublicKey, counts: ClosedRange<Int>) throws(PaillierError) {
    var reader = try IntegerReader(bytes, .ciphertexts, .ciphertexts)
    guard try reader.bytes(SHA256.byteCount) == key.digest else { throw .differentKeys }
    let count = try reader.count(upTo: .max), size = key.ciphertextByteCount
    guard counts.contains(count) else { throw .differentCounts(count, counts.upperBound) }
    try reader.expect(left: count * size)
    var values: [BigInteger] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try reader.integer(byteCount: size)) }
    try self.init(values, key: key)
  }
}
