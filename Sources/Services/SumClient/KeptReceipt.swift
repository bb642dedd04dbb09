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
  /// true where `contribution` is the server's word: `hitoku sum receipts` fetched it. Else it was computed from what was sent.
  public var fetched: Bool?

  /// Takes all five.
  public init(
    study: String, contributor: String, contribution: String?, receipt: String, fetched: Bool? = nil
  ) {
    self.study = study
    self.contributor = contributor
    self.contribution = contribution
    self.receipt = receipt
    self.fetched = fetched
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
