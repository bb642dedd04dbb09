#if Services
import EncryptedSum
import Foundation

extension ContributionStore {
  /// Stores a contributor's first contribution and gives the log entry of it, from which the receipt is made.
  ///
  /// A request with an idempotency key (1…128 bytes) that was carried out before gives its entry again and does nothing.
  /// Throws `refused`, `idempotencyKeyReused`, `overloaded`, `unknownStudy`, `invalidRequest` or `storage`.
  public func submit(
    _ contribution: CheckedContribution, to study: StudyHandle, idempotencyKey: String? = nil
  ) async throws(ContributionStoreError) -> SumLogEntry {
    try await perform(.submit(contribution), study, idempotencyKey)
  }

  /// Stores a contribution in the place of the one that its contributor handed in before. Idempotency and errors as in
  /// `submit`.
  public func replace(
    with contribution: CheckedContribution, in study: StudyHandle, idempotencyKey: String? = nil
  ) async throws(ContributionStoreError) -> SumLogEntry {
    try await perform(.replace(contribution), study, idempotencyKey)
  }

  /// Deletes a contribution. Idempotency and errors as in `submit`.
  public func withdraw(
    contributor: String, from study: StudyHandle, idempotencyKey: String? = nil
  ) async throws(ContributionStoreError) -> SumLogEntry {
    try await perform(.withdraw(contributor: contributor), study, idempotencyKey)
  }

  private func perform(
    _ request: ContributionRequest, _ study: StudyHandle, _ key: String?
  ) async throws(ContributionStoreError) -> SumLogEntry {
    let isKey = key.map { (1...128).contains($0.utf8.count) } ?? true
    guard isKey, (1...128).contains(request.contributor.utf8.count) else { throw .invalidRequest }
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<SumLogEntry, ContributionStoreError>, Never>) in
      let waitingRequest = WaitingRequest(study: study, request: request, key: key) {
        continuation.resume(returning: $0)
      }
      switch waiting.admit(waitingRequest) {
      case .refused: continuation.resume(returning: .failure(.overloaded))
      case .waiting: break
      case .first: queue.async { self.drain() }
      }
    }
    return try result.get()
  }

  /// Writes everything that waits, one transaction for each batch, and answers only after its commit.
  private func drain() {
    while true {
      let batch = waiting.take()
      if batch.isEmpty { return }
      let time = clock()
      let results: [Result<SumLogEntry, ContributionStoreError>]
      do throws(ContributionStoreError) {
        results = try write { db in try batch.map { try Self.result(db, $0, time) } }
      } catch { results = batch.map { _ in .failure(error) } }
      for (request, result) in zip(batch, results) { request.answer(result) }
    }
  }

  /// Carries a request out or says what forbids it; a failure of the database is thrown and undoes the whole batch.
  private static func result(
    _ db: any StoreSession, _ waiting: WaitingRequest, _ time: Int64
  ) throws -> Result<SumLogEntry, ContributionStoreError> {
    do {
      if let earlier = try earlierEntry(db, waiting) { return .success(earlier) }
      let entry = try carryOut(db, waiting, time)
      if let key = waiting.key {
        try db.execute(
          "INSERT INTO request VALUES (?, ?, ?, ?, ?)",
          [
            .integer(waiting.study.id), .text(waiting.request.contributor), .text(key),
            .bytes(waiting.request.digest), .integer(entry.sequence),
          ])
      }
      return .success(entry)
    } catch let refusal as SumRefusal {
      return .failure(.refused(refusal))
    } catch let error as ContributionStoreError { return .failure(error) }
  }

  private static func earlierEntry(_ db: any StoreSession, _ waiting: WaitingRequest) throws -> SumLogEntry? {
    guard let key = waiting.key else { return nil }
    // The lock comes first: another instance may be carrying out the same request.
    _ = try state(db, waiting.study)
    let row = try db.first(
      "SELECT digest, sequence FROM request WHERE study = ? AND contributor = ? AND key = ?",
      [.integer(waiting.study.id), .text(waiting.request.contributor), .text(key)])
    guard let row else { return nil }
    guard try row.bytes("digest") == waiting.request.digest else {
      throw ContributionStoreError.idempotencyKeyReused
    }
    return try db.first(
      "SELECT * FROM entry WHERE study = ? AND sequence = ?",
      [.integer(waiting.study.id), .integer(try row.integer("sequence"))]
    ).map { try entry($0) }
  }

  /// Rules first: nothing is written before all of them were asked.
  private static func carryOut(
    _ db: any StoreSession, _ waiting: WaitingRequest, _ time: Int64
  ) throws -> SumLogEntry {
    let study = waiting.study
    var state = try state(db, study)
    switch waiting.request {
    case .submit(let new):
      try state.apply(.submit(try handIn(db, study, new)), to: study.study, at: time)
      try insert(db, study, new)
      try store(db, state, of: study)
      return try append(
        db, study, kind: .submitted, name: new.contributor, subject: new.digest,
        version: new.signature?.version ?? 0, time: time)
    case .replace(let new):
      try state.apply(.replace(try handIn(db, study, new)), to: study.study, at: time)
      try update(db, study, new)
      return try append(
        db, study, kind: .replaced, name: new.contributor, subject: new.digest,
        version: new.signature?.version ?? 0, time: time)
    case .withdraw(let contributor):
      let digest = try digest(db, study, contributor)
      try state.apply(.withdraw(hasContributed: digest != nil), to: study.study, at: time)
      try db.execute(
        "DELETE FROM contribution WHERE study = ? AND contributor = ?",
        [.integer(study.id), .text(contributor)])
      try store(db, state, of: study)
      return try append(
        db, study, kind: .withdrawn, name: contributor, subject: digest ?? [], time: time)
    }
  }

  /// The digest of the contribution that counts for a contributor.
  private static func digest(
    _ db: any StoreSession, _ study: StudyHandle, _ contributor: String
  ) throws -> [UInt8]? {
    try db.first(
      "SELECT digest FROM contribution WHERE study = ? AND contributor = ?",
      [.integer(study.id), .text(contributor)]
    )?.bytes("digest")
  }

  /// Lines of the log about a contributor.
  private static func changes(
    _ db: any StoreSession, _ study: StudyHandle, _ contributor: String
  ) throws -> Int {
    try db.first(
      "SELECT count(*) AS number FROM entry WHERE study = ? AND name = ?",
      [.integer(study.id), .text(contributor)]
    )?.integer("number") ?? 0
  }

  private static func insert(
    _ db: any StoreSession, _ study: StudyHandle, _ new: CheckedContribution
  ) throws {
    try db.execute(
      """
      INSERT INTO contribution (study, contributor, folded, version, signature, digest, body_digest, body)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .integer(study.id), .text(new.contributor), .text(SumStudy.folded(new.contributor)),
        .integer(new.signature?.version ?? 0), .bytes(new.signature?.bytes ?? []), .bytes(new.digest),
        .bytes(new.bodyDigest), .bytes(new.body),
      ])
  }

  private static func update(
    _ db: any StoreSession, _ study: StudyHandle, _ new: CheckedContribution
  ) throws {
    try db.execute(
      """
      UPDATE contribution SET version = ?, signature = ?, digest = ?, body_digest = ?, body = ?
      WHERE study = ? AND contributor = ?
      """,
      [
        .integer(new.signature?.version ?? 0), .bytes(new.signature?.bytes ?? []), .bytes(new.digest),
        .bytes(new.bodyDigest), .bytes(new.body), .integer(study.id), .text(new.contributor),
      ])
  }

  /// What is stored of this name and these bytes.
  private static func handIn(
    _ db: any StoreSession, _ study: StudyHandle, _ new: CheckedContribution
  ) throws -> SumHandIn {
    let name = StoreValue.text(new.contributor)
    let isDuplicate =
      try db.first(
        "SELECT contributor FROM contribution WHERE study = ? AND body_digest = ? AND contributor <> ?",
        [.integer(study.id), .bytes(new.bodyDigest), name]) != nil
    let isNameTaken =
      try db.first(
        "SELECT contributor FROM contribution WHERE study = ? AND folded = ? AND contributor <> ?",
        [.integer(study.id), .text(SumStudy.folded(new.contributor)), name]) != nil
    return SumHandIn(
      contributor: new.contributor, hasContributed: try digest(db, study, new.contributor) != nil,
      isDuplicate: isDuplicate, isNewer: try isNewer(db, study, new), isNameTaken: isNameTaken,
      changes: try changes(db, study, new.contributor))
  }

  /// Withdrawn ones count too: the log has them all.
  private static func isNewer(
    _ db: any StoreSession, _ study: StudyHandle, _ new: CheckedContribution
  ) throws -> Bool {
    guard let version = new.signature?.version else { return true }
    return try db.first(
      "SELECT version FROM entry WHERE study = ? AND name = ? AND version >= ? LIMIT 1",
      [.integer(study.id), .text(new.contributor), .integer(version)]) == nil
  }
}
#endif
