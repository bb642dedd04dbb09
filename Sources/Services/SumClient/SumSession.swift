#if Services
import BFV
import EncryptedSum
import Foundation
import Paillier
import ParameterFiles
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

  /// Encrypts a contributor's vector, hands it in, and checks the receipt. Gives what to keep.
  public func contribute(
    _ vector: [Int], as contributor: String, replaces: Bool
  ) async throws(SumClientError) -> KeptReceipt {
    let plan = try await plan()
    let body: [UInt8]
    do { body = try plan.encrypt(vector) } catch { throw .sum(error) }
    let document = try await Self.asking { () async throws(ServiceClientError) in
      try await server.contribute(body, to: digest, replaces: replaces)
    }
    let kept = KeptReceipt(
      study: digest, contributor: contributor,
      contribution: Self.digits(plan.digest(of: body, by: contributor)), receipt: document.receipt)
    try kept.verify(study)
    return kept
  }

  /// Withdraws the contribution, and checks the receipt.
  public func withdraw(_ contributor: String) async throws(SumClientError) -> KeptReceipt {
    let document = try await Self.asking { () async throws(ServiceClientError) in
      try await server.withdraw(from: digest)
    }
    let kept = KeptReceipt(
      study: digest, contributor: contributor, contribution: nil, receipt: document.receipt)
    try kept.verify(study)
    return kept
  }

  /// The manifest as it stands, signatures unchecked. Throws `sum(.malformed)`.
  public func manifest() async throws(SumClientError) -> SignedManifest {
    let document = try await Self.asking { () async throws(ServiceClientError) in
      try await server.manifest(of: digest)
    }
    guard let bytes = Data(base64Encoded: document.manifest),
      let provider = Self.bytes(document.providerSignature)
    else { throw .sum(.malformed) }
    do {
      return SignedManifest(
        manifest: try SumManifest(decoding: [UInt8](bytes)), providerSignature: provider,
        auditorSignature: document.auditorSignature.flatMap { Self.bytes($0) })
    } catch { throw .sum(error) }
  }

  /// Decrypts the release with the analyst's key, once provider and auditor signed for exactly it.
  public func result(_ plan: SumPlan, key: borrowing SecretKey) async throws(SumClientError) -> SumTotals {
    let (manifest, released) = (try await manifest(), try await released())
    do { return try plan.result(of: released, manifest: manifest, key: key) } catch { throw .sum(error) }
  }

  /// The same under Paillier.
  public func result(_ plan: SumPlan, key: borrowing PrivateKey) async throws(SumClientError) -> SumTotals {
    let (manifest, released) = (try await manifest(), try await released())
    do { return try plan.result(of: released, manifest: manifest, key: key) } catch { throw .sum(error) }
  }

  private func released() async throws(SumClientError) -> [UInt8] {
    try await Self.asking { () async throws(ServiceClientError) in try await server.released(of: digest) }
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

/// A receipt as its contributor keeps it, in a JSON file with these names.
public struct KeptReceipt: Codable, Sendable, Equatable {
  /// The study's digest, in digits.
  public var study: String
  /// The name that it was handed in under.
  public var contributor: String
  /// The contribution's digest, in digits; missing for a withdrawal.
  public var contribution: String?
  /// `SumReceipt.encoded()`, base64.
  public var receipt: String

  /// Takes all four.
  public init(study: String, contributor: String, contribution: String?, receipt: String) {
    self.study = study
    self.contributor = contributor
    self.contribution = contribution
    self.receipt = receipt
  }

  /// Checks that the study's provider signed for exactly this. Throws `falseReceipt`.
  public func verify(_ study: SumStudy) throws(SumClientError) {
    guard let bytes = Data(base64Encoded: receipt), self.study == SumSession.digits(study.digest),
      let receipt = try? SumReceipt(decoding: [UInt8](bytes)),
      (contribution == nil) == (contribution.flatMap { SumSession.bytes($0) } == nil),
      (try? receipt.verify(
        for: study, contributor: contributor, contribution: contribution.flatMap { SumSession.bytes($0) }))
        != nil
    else { throw .falseReceipt }
  }

  /// The log's entry, unchecked; nil for a malformed receipt.
  public var entry: SumLogEntry? {
    Data(base64Encoded: receipt).flatMap { try? SumReceipt(decoding: [UInt8]($0)).entry }
  }
}
#endif
