#if Services
import EncryptedSum

/// Some of a study's contributions.
public struct ContributionPage: Sendable {
  /// Names and ciphertexts, in the order in which they came first.
  public let contributions: [(contributor: String, ciphertext: [UInt8])]
  /// Where the next page begins; nil after the last.
  public let next: Int64?
}

extension ContributionStore {
  /// At most `limit` ≥ 1 contributions of a closed study behind the mark `after`, 0 for the first page; no further one where those
  /// before it have `byteLimit` bytes. Throws `refused(.beforeClosing)`.
  public func contributions(
    of study: StudyHandle, after mark: Int64, limit: Int, byteLimit: Int = .max
  ) throws(ContributionStoreError) -> ContributionPage {
    try read { db in
      guard try Self.state(db, study).stage != .open else { throw SumRefusal.beforeClosing }
      var page: [(contributor: String, ciphertext: [UInt8])] = []
      var (last, hasMore, byteCount) = (mark, false, 0)
      try db.rows(
        "SELECT id, contributor, body FROM contribution WHERE study = ? AND id > ? ORDER BY id LIMIT ?",
        [.integer(study.id), .integer(mark), .integer(Int64(limit + 1))]
      ) { row in
        guard !hasMore, page.count < limit, byteCount < byteLimit else {
          hasMore = true
          return
        }
        let body = try row.bytes("body")
        byteCount += body.count
        page.append((try row.text("contributor"), body))
        last = Int64(try row.integer("id"))
      }
      return ContributionPage(contributions: page, next: hasMore ? last : nil)
    }
  }
}
#endif
