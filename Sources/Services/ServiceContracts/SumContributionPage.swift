import ByteCoding

/// Contributions on their way to the auditor, in pages: header, the number after which the next page begins (0: this is the last),
/// how many, then each as a name and a body with their lengths.
public struct SumContributionPage: Sendable, Equatable {
  /// One contribution.
  public struct Entry: Sendable, Equatable {
    /// Who contributed.
    public var contributor: String
    /// The ciphertext's bytes.
    public var body: [UInt8]

    /// Takes both.
    public init(contributor: String, body: [UInt8]) {
      self.contributor = contributor
      self.body = body
    }
  }

  /// In the order of the store.
  public var entries: [Entry]
  /// What to give as `after` for the next page; nil: there is none.
  public var next: Int64?

  /// The most entries of a page.
  public static let largestCount = 64
  /// The longest body.
  public static let largestBody = 8 << 20
  /// A page ends with the body that makes its bodies so long, whatever number was asked for.
  public static let bodyBytes = 16 << 20
  /// The longest page.
  public static let largestByteCount = bodyBytes + largestBody + largestCount * 256 + 16

  private static let header = FormatHeader(type: 0x5303, version: 1)

  /// Takes at most `largestCount` entries.
  public init(entries: [Entry], next: Int64?) {
    self.entries = entries
    self.next = next
  }

  /// The page as it is sent.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: entries.reduce(16) { $0 + $1.body.count + 136 })
    writer.append(Self.header)
    writer.append(UInt64(next ?? 0))
    writer.append(UInt32(entries.count))
    for entry in entries {
      writer.append(lengthPrefixed: Array(entry.contributor.utf8))
      writer.append(lengthPrefixed: entry.body)
    }
    return writer.finish()
  }

  /// Reads a page from outside; nil for bytes that are none.
  public init?(decoding bytes: [UInt8]) {
    do {
      var reader = ByteReader(bytes)
      try reader.expectHeader(Self.header)
      let next = try reader.readUInt64()
      let count = try reader.readUInt32()
      guard count <= Self.largestCount, let mark = Int64(exactly: next) else { return nil }
      var entries: [Entry] = []
      for _ in 0..<count {
        let name = try reader.readLengthPrefixedBytes(upTo: 128)
        guard let contributor = String(validating: name, as: UTF8.self) else { return nil }
        entries.append(
          Entry(contributor: contributor, body: try reader.readLengthPrefixedBytes(upTo: Self.largestBody)))
      }
      try reader.expectEnd()
      self.init(entries: entries, next: mark == 0 ? nil : mark)
    } catch { return nil }
  }
}
