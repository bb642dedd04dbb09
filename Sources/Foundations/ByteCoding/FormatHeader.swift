/// The first four bytes of every encoding: what it is, the version of its format, and a zero byte kept for later.
public struct FormatHeader: Hashable, Sendable {
  /// What is encoded.
  public let type: UInt16
  /// The version of the format of this type.
  public let version: UInt8

  /// Names a type and a version.
  public init(type: UInt16, version: UInt8) {
    self.type = type
    self.version = version
  }

  /// The encoded length.
  public static let byteCount = 4
}

extension ByteWriter {
  /// Four bytes: type, version, zero.
  public mutating func append(_ header: FormatHeader) {
    append(header.type)
    append(header.version)
    append(UInt8(0))
  }
}

extension ByteReader {
  /// Reads a header of any type and version, for programs that tell types apart.
  ///
  /// Throws `truncated`, or `valueOutOfRange` where the kept byte is not zero.
  public mutating func readHeader() throws(ByteCodingError) -> FormatHeader {
    let type = try readUInt16()
    let version = try readUInt8()
    guard try readUInt8() == 0 else { throw .valueOutOfRange }
    return FormatHeader(type: type, version: version)
  }

  /// Reads a header and refuses every other one.
  ///
  /// Throws `truncated`, `wrongType`, `unsupportedVersion`, or `valueOutOfRange` where the kept byte is not zero.
  public mutating func expectHeader(_ expected: FormatHeader) throws(ByteCodingError) {
    let found = try readHeader()
    guard found.type == expected.type else { throw .wrongType(found.type, expected: expected.type) }
    guard found.version == expected.version else {
      throw .unsupportedVersion(found.version, expected: expected.version)
    }
  }
}
