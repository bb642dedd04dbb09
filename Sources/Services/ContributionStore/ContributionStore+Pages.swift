#if Services
import EncryptedSum
import GRDB

/// Some of a study's contributions.
public struct ContributionPage: Sendable {
  /// Names and ciphertexts, in the order in which they came first.
  public let contributions: [(contributor: String, ciphertext: [UInt8])]
  /// Where the next page begins; nil after the last.
  public let next: Int64?
}

extension ContributionStore {
  /// At most `limit` ≥ 1 contributions of a closed study behind the mark `after`, 0 for the first page. Throws
  /// `refused(.beforeClosing)`.
  public func contributions(
    of study: StudyHandle, after mark: Int64, limit: Int
  ) throws(ContributionStoreError) -> ContributionPage {
    try read { db in
      guard try Self.state(db, study).stage != .open else { throw SumRefusal.beforeClosing }
      let rows = try Row.fetchAll(
        db,
        sql: "SELECT id, contributor, body FROM contribution WHERE study = ? AND id > ? ORDER BY id LIMIT ?",
        arguments: [study.id, mark, limit + 1])
      let page = rows.prefix(limit)
      return ContributionPage(
        contributions: page.map { (contributor: $0["contributor"], ciphertext: Self.bytes($0["body"])) },
        next: rows.count > limit ? page.last.map { $0["id"] } : nil)
    }
  }
}
#endif
