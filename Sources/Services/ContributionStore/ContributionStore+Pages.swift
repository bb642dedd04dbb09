#if Services
import EncryptedSum

/// Some of a study's contributions.
public struct ContributionPage: Sendable {
  /// In the order in which they came first.
  public let contributions: [StoredContribution]
  /// Where the next page begins; nil after the last.
  public let next: Int64?
}

/// A contribution as it is stored.
public struct StoredContribution: Sendable, Hashable {
  /// Who contributed.
  public let contributor: String
  /// The contributor's signature; nil where the study lists nobody.
  public let signature: ContributionSignature?
  /// The ciphertext's bytes.
  public let body: [UInt8]

  init(_ row: StoreRow) throws(ContributionStoreError) {
    contributor = try row.text("contributor")
    body = try row.bytes("body")
    let bytes = try row.bytes("signature")
    let version = try row.integer("version")
    signature = bytes.isEmpty ? nil : ContributionSignature(version: version, bytes: bytes)
  }
}

extension ContributionStore {
  /// At most `limit` ≥ 1 contributions of a closed study behind the mark `after`, 0 for the first page. Throws
  /// `refused(.beforeClosing)`.
  public func contributions(
    of study: StudyHandle, after mark: Int64, limit: Int
  ) throws(ContributionStoreError) -> ContributionPage {
    try read { db in
      guard try Self.state(db, study).stage != .open else { throw SumRefusal.beforeClosing }
      var page: [StoredContribution] = []
      var (last, hasMore) = (mark, false)
      try db.rows(
        """
        SELECT id, contributor, version, signature, body FROM contribution
        WHERE study = ? AND id > ? ORDER BY id LIMIT ?
        """,
        [.integer(study.id), .integer(mark), .integer(Int64(limit + 1))]
      ) { row in
        guard page.count < limit else {
          hasMore = true
          return
        }
        page.append(try StoredContribution(row))
        last = Int64(try row.integer("id"))
      }
      return ContributionPage(contributions: page, next: hasMore ? last : nil)
    }
  }
}
#endif
