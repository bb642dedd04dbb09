import ByteCoding

/// Contributions on their way to the auditor, in pages: header, the number after which the next page begins (0: this is the last),
/// how many, then each as a name, a version, a signature (empty where the study lists nobody) and a body with their lengths.
public struct SumContributionPage: Sendable, Equatable {
  /// One contribution.
  public struct Entry: Sendable, Equatable {
    /// Who contributed.
    public var contributor: String
    /// The version that the contributor signed; 0 without signature.
    public var version: Int
    /// The contributor's signature, or empty.
    public var signature: [UInt8]
    /// The ciphertext's bytes.
    public var body: [UInt8]

    /// Takes all four.
    public init(contributor: String, version: Int, signature: [UInt8], body: [UInt8]) {
      self.contributor = contributor
      self.version = version
      self.signature = signature
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
  public static let largestBody = 8 << 20 + 1 << 12
  /// The most bytes of a page's bodies.
  public static let bodyBytes = 16 << 20
  /// The longest page.
  public static let largestByteCount = bodyBytes + largestCount * 512 + 16

  /// How many entries a page has where `count` ≥ 1 were asked for and every body has so many bytes, at most `largestBody`.
  public static func count(_ count: Int, ofBytes bodyByteCount: Int) -> Int {
    min(count, largestCount, max(1, bodyBytes / max(1, bodyByteCount)))
  }

  private static let header = FormatHeader(type: 0x5303, version: 2)

  /// Takes at most `largestCount` entries.
  public init(entries: [Entry], next: Int64?) {
    self.entries = entries
    self.next = next
  }

  /// The page as it is sent.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: entries.reduce(16) { $0 + $1.body.count + 216 })
    writer.append(Self.header)
    writer.append(UInt64(next ?? 0))
    writer.append(UInt32(entries.count))
    for entry in entries {
      writer.append(lengthPrefixed: Array(entry.contributor.utf8))
      writer.append(UInt64(max(0, entry.version)))
      writer.append(lengthPrefixed: entry.signature)
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
        guard let contributor = String(validating: name, as: UTF8.self),
          let version = Int(exactly: try reader.readUInt64())
        else { return nil }
        let signature = try reader.readLengthPrefixedBytes(upTo: 64)
        entries.append(
          Entry(
            contributor: contributor, version: version, signature: signature,
            body: try reader.readLengthPrefixedBytes(upTo: Self.largestBody)))
      }
      try reader.expectEnd()
      self.init(entries: entries, next: mark == 0 ? nil : mark)
    } catch { return nil }
  }
}
