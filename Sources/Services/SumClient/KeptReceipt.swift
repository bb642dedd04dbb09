#if Services
import EncryptedSum
import Foundation

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

  /// Checks, after the release, that the countersigned manifest counts this contribution, or does not count the one that was withdrawn.
  /// It must be the contributor's last receipt. Throws `sum`, `falseReceipt`, `notCounted` or `stillCounted`.
  public func check(in manifest: SignedManifest, of study: SumStudy) throws(SumClientError) {
    try verify(study)
    do { try manifest.verify(for: study) } catch { throw .sum(error) }
    guard let entry else { throw .falseReceipt }
    let isCounted = manifest.manifest.contains(entry.subject)
    if entry.kind == .withdrawn {
      guard !isCounted else { throw .stillCounted }
    } else {
      guard isCounted else { throw .notCounted }
    }
  }

  /// The log's entry, unchecked; nil for a malformed receipt.
  public var entry: SumLogEntry? {
    Data(base64Encoded: receipt).flatMap { try? SumReceipt(decoding: [UInt8]($0)).entry }
  }
}
#endif
