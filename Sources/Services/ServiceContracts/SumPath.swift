/// Where the daemon of encrypted sums answers what. Studies stand under their digests, 64 lower-case hexadecimal digits.
public enum SumPath: Sendable, Hashable {
  /// GET: `SumProviderDocument`.
  case provider
  /// GET: `SumStudyList`. POST: `NewSumStudyDocument`, answered by `SumStudyDocument`.
  case studies
  /// GET: `SumStudyDocument`.
  case study(String)
  /// GET: `SumStudyList` of those that everybody may see; nobody is asked for a token.
  case publicStudies
  /// GET: `SumPublicStudyDocument` of one of them.
  case publicStudy(String)
  /// GET: what its analyst published, JSON.
  case publicResult(String)
  /// What belongs to a study.
  case part(of: String, Part)
  /// POST: `SumTokenRequest`, answered by `SumTokenDocument`.
  case tokens
  /// DELETE: revokes the bearer's tokens of a role.
  case token(role: String, name: String)

  /// What belongs to a study; the last piece of the path.
  public enum Part: String, Sendable, CaseIterable {
    /// GET: the encryption key's bytes.
    case key
    /// GET: `SumProgressDocument`.
    case progress
    /// POST, PUT and DELETE contribute, replace and withdraw, answered by `SumReceiptDocument`. GET: `SumReceiptList`.
    case contribution
    /// POST, PUT: the same for a body of python-paillier's lines.
    case numbers
    /// POST closes the study, answered by `SumProgressDocument`.
    case close
    /// POST gives `SumAuditorSeedDocument`; GET reads the provider's `SumSeedDocument`, the answer to both.
    case seed
    /// POST releases, answered by `SumManifestDocument`. GET: the released ciphertext's bytes.
    case release
    /// GET: `SumManifestDocument`.
    case manifest
    /// POST: `SumSignatureDocument`, answered by `SumManifestDocument`.
    case countersignature
    /// GET: contributions as `SumContributionPage` writes them; `after` and `limit` in the query.
    case contributions
    /// GET and POST: what the analyst published, JSON; the signature goes in `resultSignature`, and comes in `SumManifestDocument`.
    case result
    /// GET: `SumLogDocument`; `from` and `limit` in the query.
    case log
  }

  /// The path from the root.
  public var text: String {
    switch self {
    case .provider: "/v1/provider"
    case .studies: "/v1/studies"
    case .study(let digest): "/v1/studies/\(digest)"
    case .publicStudies: "/v1/public/studies"
    case .publicStudy(let digest): "/v1/public/studies/\(digest)"
    case .publicResult(let digest): "/v1/public/studies/\(digest)/result"
    case .part(let digest, let part): "/v1/studies/\(digest)/\(part.rawValue)"
    case .tokens: "/v1/tokens"
    case .token(let role, let name): "/v1/tokens/\(role)/\(Self.escaped(name))"
    }
  }

  /// Reads the pieces of a path, percent-decoded, the one after the root first. Throws `notFound`, or `malformedRequest` for what
  /// is no digest.
  public init(pieces: [String]) throws(Problem) {
    guard pieces.first == "v1", pieces.count >= 2 else { throw Problem(.notFound) }
    switch (pieces[1], pieces.count) {
    case ("provider", 2): self = .provider
    case ("studies", 2): self = .studies
    case ("tokens", 2): self = .tokens
    case ("tokens", 4): self = .token(role: pieces[2], name: pieces[3])
    case ("public", 3...5) where pieces[2] == "studies": self = try Self.publicPath(pieces)
    case ("studies", 3): self = .study(try Self.digest(pieces[2]))
    case ("studies", 4):
      guard let part = Part(rawValue: pieces[3]) else { throw Problem(.notFound) }
      self = .part(of: try Self.digest(pieces[2]), part)
    default: throw Problem(.notFound)
    }
  }

  private static func publicPath(_ pieces: [String]) throws(Problem) -> SumPath {
    guard pieces.count > 3 else { return .publicStudies }
    let digest = try digest(pieces[3])
    guard pieces.count > 4 else { return .publicStudy(digest) }
    guard pieces[4] == "result" else { throw Problem(.notFound) }
    return .publicResult(digest)
  }

  private static func digest(_ text: String) throws(Problem) -> String {
    guard text.utf8.count == 64,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { throw Problem(.malformedRequest, "A study's digest has 64 hexadecimal digits.") }
    return text
  }

  private static func escaped(_ text: String) -> String {
    text.utf8.map { byte in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == 0x2D || byte == 0x5F
      return isPlain
        ? String(UnicodeScalar(byte)) : (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }

  /// The media type of binary bodies.
  public static let bytes = "application/octet-stream"
  /// The media type of documents.
  public static let json = "application/json"
  /// The media type of python-paillier's lines.
  public static let lines = "application/x-ndjson"
  /// The header's field that makes a repeated request give its first answer again: 1 to 128 bytes.
  public static let idempotencyKey = "Idempotency-Key"
  /// The header's field with a contribution's version, a number from 1, where the study lists its contributors.
  public static let contributionVersion = "Contribution-Version"
  /// The header's field with the contributor's signature, 128 digits.
  public static let contributionSignature = "Contribution-Signature"
  /// The header's field with the analyst's signature on a result, 128 digits.
  public static let resultSignature = "Result-Signature"
}
