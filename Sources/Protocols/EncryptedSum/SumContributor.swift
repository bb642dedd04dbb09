import Primitives

/// A contributor that a study lists: what it hands in counts only under its signature.
public struct SumContributor: Sendable, Hashable {
  /// Its name, unlike all others in the study even without regard to case.
  public let name: String
  /// Checks what it hands in.
  public let key: SigningPublicKey

  /// Takes both unchecked; `SumStudy` checks.
  public init(name: String, key: SigningPublicKey) {
    self.name = name
    self.key = key
  }
}

/// A contributor's own word for a contribution: without it, whoever makes tokens could hand in the negated sum of all others.
public struct ContributionSignature: Sendable, Hashable {
  /// Above that of everything that this contributor handed in to the study before, 1…2^53: what it replaced or withdrew does not
  /// come back by a copied request.
  public let version: Int
  /// Ed25519 (RFC 8032) over `SumPlan.digest(of:by:version:)`, 64 bytes.
  public let bytes: [UInt8]

  /// The greatest version: what every reader of JSON keeps exactly.
  public static let largestVersion = 1 << 53

  /// Takes both unchecked; `SumPlan` checks.
  public init(version: Int, bytes: [UInt8]) {
    self.version = version
    self.bytes = bytes
  }
}

extension SumPlan {
  /// Signs a contribution under a listed name. `version`: 1…2^53, above all before.
  public func signature(
    of body: [UInt8], by contributor: String, version: Int, key: borrowing SigningKey
  ) -> ContributionSignature {
    ContributionSignature(
      version: version,
      bytes: key.signature(for: Self.message(digest(of: body, by: contributor, version: version))))
  }

  /// In a study that lists its contributors, throws `refused(.notListed)` for a name that it does not list, and
  /// `invalidSignature(.contributor)` unless the contributor of this name signed. In others there are no signatures: throws
  /// `wrongContribution` where one comes.
  func verify(
    _ digest: [UInt8], by contributor: String, _ signature: ContributionSignature?
  ) throws(SumError) {
    guard let contributorKeys else {
      guard signature == nil else { throw .wrongContribution }
      return
    }
    guard let key = contributorKeys[contributor] else { throw .refused(.notListed) }
    guard let signature, (1...ContributionSignature.largestVersion).contains(signature.version),
      key.isValid(signature.bytes, for: Self.message(digest))
    else { throw .invalidSignature(.contributor) }
  }

  private static func message(_ digest: [UInt8]) -> [UInt8] {
    Array("hitoku sum contribution signature 1".utf8) + digest
  }
}
