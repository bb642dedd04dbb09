import ByteCoding
import Primitives

/// What was added up into a released ciphertext.
public struct SumManifest: Sendable, Hashable {
  /// The study's digest.
  public let study: [UInt8]
  /// The commitment to the provider's seed, from before the first contribution.
  public let seedCommitment: [UInt8]
  /// The digests of the contributions in ascending order: their order says nothing.
  public let contributions: [[UInt8]]
  /// The digest of the released ciphertext.
  public let release: [UInt8]

  /// Sorts the contributions.
  public init(study: [UInt8], seedCommitment: [UInt8], contributions: [[UInt8]], release: [UInt8]) {
    self.study = study
    self.seedCommitment = seedCommitment
    self.contributions = contributions.sorted { $0.lexicographicallyPrecedes($1) }
    self.release = release
  }

  private static let header = FormatHeader(type: 0x5302, version: 1)
  private static let maximumContributions = 1_000_000

  /// What is signed.
  public var digest: [UInt8] { SHA256.hash(encoded()) }

  /// Whether a contribution of this digest is in the sum.
  public func contains(_ digest: [UInt8]) -> Bool { contributions.contains(digest) }

  /// Header, the three digests, then the number of contributions and their digests.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: 112 + 32 * contributions.count)
    writer.append(Self.header)
    writer.append(bytes: study + seedCommitment + release)
    writer.append(UInt32(contributions.count))
    for digest in contributions { writer.append(bytes: digest) }
    return writer.finish()
  }

  /// Reads a manifest from outside. Throws `malformed`, also for digests that are repeated or out of order.
  public init(decoding bytes: [UInt8]) throws(SumError) {
    do {
      var reader = ByteReader(bytes)
      try reader.expectHeader(Self.header)
      study = try reader.readBytes(SHA256.byteCount)
      seedCommitment = try reader.readBytes(SHA256.byteCount)
      release = try reader.readBytes(SHA256.byteCount)
      let count = Int(try reader.readUInt32())
      guard count <= Self.maximumContributions, reader.left == count * SHA256.byteCount else {
        throw ByteCodingError.valueOutOfRange
      }
      var contributions: [[UInt8]] = []
      for _ in 0..<count {
        let digest = try reader.readBytes(SHA256.byteCount)
        if let last = contributions.last, !last.lexicographicallyPrecedes(digest) {
          throw ByteCodingError.valueOutOfRange
        }
        contributions.append(digest)
      }
      self.contributions = contributions
    } catch { throw .malformed }
  }
}

/// A manifest with the provider's signature and, once audited, the auditor's.
public struct SignedManifest: Sendable, Hashable {
  /// What is signed.
  public let manifest: SumManifest
  /// The provider's signature.
  public let providerSignature: [UInt8]
  /// The auditor's; nil before the audit.
  public let auditorSignature: [UInt8]?

  /// Takes signatures as they came; `verify` says what they are worth.
  public init(manifest: SumManifest, providerSignature: [UInt8], auditorSignature: [UInt8]? = nil) {
    self.manifest = manifest
    self.providerSignature = providerSignature
    self.auditorSignature = auditorSignature
  }

  /// The provider signs.
  public init(_ manifest: SumManifest, signing key: borrowing SigningKey) {
    self.init(
      manifest: manifest, providerSignature: key.signature(for: Self.message(manifest, by: .provider)))
  }

  /// What a signatory signs: one's signature is none of the other's.
  static func message(_ manifest: SumManifest, by signatory: SumError.Signatory) -> [UInt8] {
    Array("hitoku sum manifest 1 \(signatory.rawValue) ".utf8) + manifest.digest
  }

  /// Throws `invalidSignature(.provider)`, or `wrongContribution` for a manifest of another study.
  public func verifyProvider(of study: SumStudy) throws(SumError) {
    guard manifest.study == study.digest else { throw .wrongContribution }
    guard study.keys.provider.isValid(providerSignature, for: Self.message(manifest, by: .provider)) else {
      throw .invalidSignature(.provider)
    }
  }

  /// The same, and the auditor's signature: throws `invalidSignature(.auditor)` where it is missing, too.
  public func verify(for study: SumStudy) throws(SumError) {
    try verifyProvider(of: study)
    guard let auditorSignature,
      study.keys.auditor.isValid(auditorSignature, for: Self.message(manifest, by: .auditor))
    else { throw .invalidSignature(.auditor) }
  }
}
