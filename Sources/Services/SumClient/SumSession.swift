#if Services
import BFV
import EncryptedSum
import Foundation
import Paillier
import ParameterFiles
import Primitives
import ServiceClient
import ServiceContracts

/// A pinned study at a server.
///
/// The study came on another channel; everything that the server says is compared with it: the key by its fingerprint, receipts and
/// manifests by the signatures of those whom the study names.
public struct SumSession: Sendable {
  /// The pinned study.
  public let study: SumStudy
  /// Its digest, in digits.
  public let digest: String
  /// The server.
  public let server: SumServer

  /// Sends nothing yet.
  public init(_ study: SumStudy, at server: SumServer) {
    self.study = study
    self.server = server
    digest = Self.digits(study.digest)
  }

  /// The study with its encryption key, fetched and checked. Throws `sum(.wrongEncryptionKey)`.
  public func plan() async throws(SumClientError) -> SumPlan {
    let key = try await Self.asking { () async throws(ServiceClientError) in try await server.key(of: digest)
    }
    return try Self.plan(study, encodedKey: key)
  }

  /// The same of a key at hand.
  public static func plan(_ study: SumStudy, encodedKey: [UInt8]) throws(SumClientError) -> SumPlan {
    var parameters: Parameters?
    if case .bfv(let name) = study.scheme {
      guard let known = try? ParameterFiles.parameters(named: name) else { throw .unknownParameters(name) }
      parameters = known
    }
    do { return try SumPlan(study, encodedKey: encodedKey, parameters: parameters) } catch {
      throw .sum(error)
    }
  }

  /// Encrypts a contributor's vector and hands it in. Gives what to keep, whatever it is worth: `KeptReceipt.verify` says that.
  public func contribute(
    _ vector: [Int], as contributor: String, replaces: Bool
  ) async throws(SumClientError) -> KeptReceipt {
    let plan = try await plan()
    return try await handIn(try Self.encrypted(vector, plan), plan, contributor, nil, replaces)
  }

  /// The same where the study lists its contributors: signed with the key that it lists, in a version above all before, such as the
  /// milliseconds since 1970.
  public func contribute(
    _ vector: [Int], as contributor: String, version: Int, signing key: borrowing SigningKey, replaces: Bool
  ) async throws(SumClientError) -> KeptReceipt {
    let plan = try await plan()
    let body = try Self.encrypted(vector, plan)
    let signature = plan.signature(of: body, by: contributor, version: version, key: key)
    return try await handIn(body, plan, contributor, signature, replaces)
  }

  private static func encrypted(_ vector: [Int], _ plan: SumPlan) throws(SumClientError) -> [UInt8] {
    do { return try plan.encrypt(vector) } catch { throw .sum(error) }
  }

  /// The token decides under which name a contribution counts: the receipt says it.
  private func handIn(
    _ body: [UInt8], _ plan: SumPlan, _ contributor: String, _ signature: ContributionSignature?,
    _ replaces: Bool
  ) async throws(SumClientError) -> KeptReceipt {
    let document = try await Self.asking { () async throws(ServiceClientError) in
      try await server.contribute(body, to: digest, signature: signature, replaces: replaces)
    }
    var kept = KeptReceipt(
      study: digest, contributor: contributor, contribution: nil, receipt: document.receipt)
    kept.contributor = kept.entry?.name ?? contributor
    kept.contribution = Self.digits(
      plan.digest(of: body, by: kept.contributor, version: signature?.version ?? 0))
    return kept
  }

  /// Withdraws the contribution. Gives what to keep.
  public func withdraw(_ contributor: String) async throws(SumClientError) -> KeptReceipt {
    let document = try await Self.asking { () async throws(ServiceClientError) in
      try await server.withdraw(from: digest)
    }
    var kept = KeptReceipt(
      study: digest, contributor: contributor, contribution: nil, receipt: document.receipt)
    kept.contributor = kept.entry?.name ?? contributor
    return kept
  }

  /// All receipts that the server gives for the token's name, oldest first, unchecked.
  public func receipts() async throws(SumClientError) -> [KeptReceipt] {
    let list = try await Self.asking { () async throws(ServiceClientError) in
      try await server.receipts(of: digest)
    }
    return list.receipts.map { document in
      var kept = KeptReceipt(
        study: digest, contributor: "", contribution: nil, receipt: document.receipt, fetched: true)
      guard let entry = kept.entry else { return kept }
      kept.contributor = entry.name
      if entry.kind != .withdrawn { kept.contribution = Self.digits(entry.subject) }
      return kept
    }
  }

  /// The manifest as it stands, signatures unchecked. Throws `sum(.malformed)`.
  public func manifest() async throws(SumClientError) -> SignedManifest {
    try await manifestAndResultSignature().manifest
  }

  private func manifestAndResultSignature() async throws(SumClientError) -> (
    manifest: SignedManifest, result: [UInt8]?
  ) {
    let document = try await Self.asking { () async throws(ServiceClientError) in
      try await server.manifest(of: digest)
    }
    guard let bytes = Data(base64Encoded: document.manifest),
      let provider = Self.bytes(document.providerSignature)
    else { throw .sum(.malformed) }
    do {
      return (
        SignedManifest(
          manifest: try SumManifest(decoding: [UInt8](bytes)), providerSignature: provider,
          auditorSignature: document.auditorSignature.flatMap { Self.bytes($0) }),
        document.resultSignature.flatMap { Self.bytes($0) }
      )
    } catch { throw .sum(error) }
  }

  /// The released ciphertext with its manifest, signed by provider and auditor for exactly it. The analyst keeps the manifest's digest
  /// on disk, refuses any other, and then calls `SumPlan.result`.
  public func released(
    _ plan: SumPlan
  ) async throws(SumClientError) -> (bytes: [UInt8], manifest: SignedManifest) {
    let manifest = try await manifest()
    let bytes = try await Self.asking { () async throws(ServiceClientError) in
      try await server.released(of: digest)
    }
    do { try plan.verify(bytes, manifest) } catch { throw .sum(error) }
    return (bytes, manifest)
  }

  /// Publishes what was decrypted of a manifest's sums, JSON, signed by the analyst.
  public func publish(
    _ result: [UInt8], of manifest: SumManifest, signing key: borrowing SigningKey
  ) async throws(SumClientError) {
    let signature = Self.digits(study.signature(onResult: result, of: manifest, by: key))
    try await Self.asking { () async throws(ServiceClientError) in
      try await server.publish(result, signature: signature, of: digest)
    }
  }

  /// The published result, JSON: signed by the study's analyst for a manifest that provider and auditor signed.
  public func published() async throws(SumClientError) -> [UInt8] {
    let result = try await Self.asking { () async throws(ServiceClientError) in
      try await server.result(of: digest)
    }
    let (manifest, signature) = try await manifestAndResultSignature()
    do {
      try manifest.verify(for: study)
      try study.verify(result: result, of: manifest.manifest, signature: signature ?? [])
    } catch { throw .sum(error) }
    return result
  }

  static func asking<Value>(
    _ body: () async throws(ServiceClientError) -> Value
  ) async throws(SumClientError) -> Value {
    do { return try await body() } catch { throw .server(error) }
  }

  /// Lower-case digits of bytes.
  public static func digits(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Bytes of digits; nil for a text that is none.
  public static func bytes(_ digits: String) -> [UInt8]? {
    let text = Array(digits.utf8)
    guard text.count.isMultiple(of: 2), text.count <= 256,
      text.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    return stride(from: 0, to: text.count, by: 2).compactMap {
      UInt8(String(decoding: text[$0...($0 + 1)], as: UTF8.self), radix: 16)
    }
  }
}
#endif
