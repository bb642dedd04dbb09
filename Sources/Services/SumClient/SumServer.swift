#if Services
import EncryptedSum
import Foundation
import Identities
import Secrets
import ServiceClient
import ServiceContracts

/// The daemon of encrypted sums, seen by a bearer of a token. What it says is checked by whoever asks: against the pinned study, its
/// keys and signatures.
public struct SumServer: Sendable {
  private let connection: PatientConnection

  /// Nothing is sent yet. `identity` is shown to servers that ask for a certificate, `onWait` hears of the seconds for which a request waits
  /// because the server asked for it. Throws `malformedAddress` and `unreadableCertificate`.
  public init(
    _ address: String, trust: ServerTrust, token: String, identity: Identity? = nil,
    onWait: @escaping @Sendable (_ seconds: Int) -> Void = { _ in }
  ) throws(ServiceClientError) {
    connection = PatientConnection(
      connection: try ServiceConnection(address, trust: trust, token: token, identity: identity),
      onWait: onWait)
  }

  /// Ends all connections.
  public func close() async { await connection.close() }

  /// The provider's public key, in digits.
  public func provider() async throws(ServiceClientError) -> SumProviderDocument {
    try await document("GET", .provider)
  }

  /// The studies that the token is for.
  public func studies() async throws(ServiceClientError) -> SumStudyList {
    try await document("GET", .studies)
  }

  /// Hands in a study.
  public func create(_ study: NewSumStudyDocument) async throws(ServiceClientError) -> SumStudyDocument {
    try await document("POST", .studies, study)
  }

  /// A study as the server has it.
  public func study(_ digest: String) async throws(ServiceClientError) -> SumStudyDocument {
    try await document("GET", .study(digest))
  }

  /// The encryption key: `SumPlan` compares its fingerprint with the study's.
  public func key(of digest: String) async throws(ServiceClientError) -> [UInt8] {
    try await bytes("GET", .part(of: digest, .key), limit: 8 << 20)
  }

  /// How far a study is.
  public func progress(of digest: String) async throws(ServiceClientError) -> SumProgressDocument {
    try await document("GET", .part(of: digest, .progress))
  }

  /// Contributes, or replaces; signed where the study lists its contributors. Where no answer comes the same request is sent again, and
  /// counts once.
  public func contribute(
    _ body: [UInt8], to digest: String, signature: ContributionSignature? = nil, replaces: Bool = false
  ) async throws(ServiceClientError) -> SumReceiptDocument {
    let fields =
      signature.map {
        [
          (SumPath.contributionVersion, "\($0.version)"),
          (SumPath.contributionSignature, SumSession.digits($0.bytes)),
        ]
      } ?? []
    return try await repeated(replaces ? "PUT" : "POST", digest, .init(SumPath.bytes, body), fields)
  }

  /// Withdraws the contribution; repeated likewise.
  public func withdraw(from digest: String) async throws(ServiceClientError) -> SumReceiptDocument {
    try await repeated("DELETE", digest, nil, [])
  }

  /// The bearer's receipts, oldest first.
  public func receipts(of digest: String) async throws(ServiceClientError) -> SumReceiptList {
    try await document("GET", .part(of: digest, .contribution))
  }

  /// Closes a study.
  public func closeStudy(_ digest: String) async throws(ServiceClientError) -> SumProgressDocument {
    try await document("POST", .part(of: digest, .close))
  }

  /// Gives the auditor's seed and learns the provider's.
  public func give(
    seed: SumAuditorSeedDocument, to digest: String
  ) async throws(ServiceClientError) -> SumSeedDocument {
    try await document("POST", .part(of: digest, .seed), seed)
  }

  /// The provider's seed, after the auditor's was given.
  public func providerSeed(of digest: String) async throws(ServiceClientError) -> SumSeedDocument {
    try await document("GET", .part(of: digest, .seed))
  }

  /// Makes the server release.
  public func release(_ digest: String) async throws(ServiceClientError) -> SumManifestDocument {
    try await document("POST", .part(of: digest, .release))
  }

  /// The released ciphertext.
  public func released(of digest: String) async throws(ServiceClientError) -> [UInt8] {
    try await bytes("GET", .part(of: digest, .release), limit: 64 << 20)
  }

  /// The manifest with its signatures.
  public func manifest(of digest: String) async throws(ServiceClientError) -> SumManifestDocument {
    try await document("GET", .part(of: digest, .manifest))
  }

  /// Hands in the auditor's signature.
  public func countersign(
    _ signature: SumSignatureDocument, for digest: String
  ) async throws(ServiceClientError) -> SumManifestDocument {
    try await document("POST", .part(of: digest, .countersignature), signature)
  }

  /// A page of the single contributions.
  public func contributions(
    of digest: String, after mark: Int64
  ) async throws(ServiceClientError) -> SumContributionPage {
    let bytes = try await connection.send(
      "GET",
      SumPath.part(of: digest, .contributions).text
        + "?after=\(mark)&limit=\(SumContributionPage.largestCount)",
      expecting: SumPath.bytes, limit: SumContributionPage.largestByteCount)
    guard let page = SumContributionPage(decoding: bytes), page.next ?? .max > mark,
      !page.entries.isEmpty || page.next == nil
    else { throw .malformedAnswer }
    return page
  }

  /// Publishes a result, JSON, with the analyst's signature in digits.
  public func publish(
    _ result: [UInt8], signature: String, of digest: String
  ) async throws(ServiceClientError) {
    _ = try await connection.send(
      "POST", SumPath.part(of: digest, .result).text, .init(SumPath.json, result),
      fields: [(SumPath.resultSignature, signature)], expecting: SumPath.json, limit: 2 << 20)
  }

  /// The published result, JSON.
  public func result(of digest: String) async throws(ServiceClientError) -> [UInt8] {
    try await connection.send(
      "GET", SumPath.part(of: digest, .result).text, expecting: SumPath.json, limit: 2 << 20)
  }

  /// At most 1,000 lines of the log.
  public func log(of digest: String, from first: Int) async throws(ServiceClientError) -> SumLogDocument {
    try await document("GET", SumPath.part(of: digest, .log).text + "?from=\(first)")
  }

  private func repeated(
    _ method: String, _ digest: String, _ body: ServiceConnection.Body?,
    _ fields: [(name: String, value: String)]
  ) async throws(ServiceClientError) -> SumReceiptDocument {
    let path = SumPath.part(of: digest, .contribution).text
    return try decoded(
      try await connection.send(
        method, path, body, key: UUID().uuidString, fields: fields, expecting: SumPath.json, limit: 1 << 20))
  }

  private func bytes(
    _ method: String, _ path: SumPath, limit: Int
  ) async throws(ServiceClientError) -> [UInt8] {
    try await connection.send(method, path.text, expecting: SumPath.bytes, limit: limit)
  }

  private func document<Answer: Decodable>(
    _ method: String, _ path: SumPath
  ) async throws(ServiceClientError) -> Answer { try await document(method, path.text) }

  private func document<Answer: Decodable>(
    _ method: String, _ path: String
  ) async throws(ServiceClientError) -> Answer {
    try decoded(
      try await connection.send(method, path, expecting: SumPath.json, limit: Self.largestDocument))
  }

  private func document<Answer: Decodable>(
    _ method: String, _ path: SumPath, _ body: some Encodable
  ) async throws(ServiceClientError) -> Answer {
    guard let data = try? JSONEncoder().encode(body) else { throw .malformedAnswer }
    return try decoded(
      try await connection.send(
        method, path.text, .init(SumPath.json, [UInt8](data)), expecting: SumPath.json,
        limit: Self.largestDocument))
  }

  /// A manifest of a million contributions.
  private static let largestDocument = 48 << 20

  private func decoded<Answer: Decodable>(_ bytes: [UInt8]) throws(ServiceClientError) -> Answer {
    do { return try JSONDecoder().decode(Answer.self, from: Data(bytes)) } catch { throw .malformedAnswer }
  }
}
#endif
