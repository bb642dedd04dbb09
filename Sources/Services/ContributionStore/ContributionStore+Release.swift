#if Services
import EncryptedSum
import Foundation
import Primitives
import Secrets

// Fence: a seed becomes wiped memory.

extension ContributionStore {
  /// Closes a study. Throws `refused`, `unknownStudy` or `storage`, as all of these do.
  @discardableResult
  public func close(_ study: StudyHandle) throws(ContributionStoreError) -> SumLogEntry {
    try change(study, .close, kind: .closed) { _ in [] }
  }

  /// Takes the auditor's seed (32 bytes), once, with its signature for the log as it stands. Throws `invalidRequest` for another one's.
  @discardableResult
  public func giveAuditorSeed(
    _ seed: [UInt8], signature: [UInt8], to study: StudyHandle
  ) throws(ContributionStoreError) -> SumLogEntry {
    guard seed.count == SumSeeds.byteCount else { throw .invalidRequest }
    return try change(study, .giveAuditorSeed, kind: .auditorSeed) { db in
      let head = try db.first(
        "SELECT hash FROM entry WHERE study = ? ORDER BY sequence DESC LIMIT 1", [.integer(study.id)])
      do {
        try study.study.verify(seed: seed, after: head?.bytes("hash") ?? [], signature: signature)
      } catch is SumError { throw ContributionStoreError.invalidRequest }
      try db.execute(
        "UPDATE study SET auditor_seed = ? WHERE id = ?", [.bytes(seed), .integer(study.id)])
      return SumSeeds.commitment(to: Self.secret(seed), study: study.digest)
    }
  }

  /// The provider's seed, which the auditor reads once it gave its own: neither may choose one knowing the other's.
  public func providerSeed(of study: StudyHandle) throws(ContributionStoreError) -> [UInt8] {
    try read { db in
      let state = try Self.state(db, study)
      guard state.stage != .open else { throw SumRefusal.beforeClosing }
      guard state.hasAuditorSeed else { throw SumRefusal.auditorSeedMissing }
      return try Self.row(db, study.digest)?.bytes("seed") ?? []
    }
  }

  /// Hands every contribution of a closed study to `body`, one at a time: what is added up, and what the auditor adds up
  /// again.
  public func forEachContribution(
    of study: StudyHandle, _ body: (StoredContribution) throws -> Void
  ) throws(ContributionStoreError) {
    try read { db in
      guard try Self.state(db, study).stage != .open else { throw SumRefusal.beforeClosing }
      try db.rows(
        "SELECT contributor, version, signature, body FROM contribution WHERE study = ? ORDER BY id",
        [.integer(study.id)]
      ) { try body(try StoredContribution($0)) }
    }
  }

  /// Adds up, releases, signs and stores: once. A process that dies before the end has released nothing, and computes the same
  /// bytes when it is asked again.
  ///
  /// Throws `refused` as the rules say, `logBroken` where contributions are not those that the log leaves standing, `storage`.
  public func release(
    _ study: StudyHandle, plan: SumPlan, signing key: borrowing SigningKey
  ) throws(ContributionStoreError) -> StudyRecord {
    try checkReleasable(study)
    let standing = try verify(study)
    var aggregate = SumAggregate()
    var digests: [[UInt8]] = []
    try forEachContribution(of: study) { stored in
      aggregate.add(try plan.ciphertext(stored.body))
      digests.append(
        plan.digest(of: stored.body, by: stored.contributor, version: stored.signature?.version ?? 0))
    }
    guard aggregate.count == standing, try Set(digests) == storedDigests(study) else {
      throw .logBroken(sequence: try log(of: study, limit: .max).count)
    }
    let (provider, auditor) = try seeds(study)
    let released: [UInt8]
    do throws(SumError) {
      released = try plan.release(
        aggregate,
        seeds: SumSeeds(provider: Self.secret(provider), auditor: Self.secret(auditor)))
    } catch { throw .storage(code: 0) }
    let signed = SignedManifest(
      SumManifest(
        study: study.digest,
        seedCommitment: SumSeeds.commitment(to: Self.secret(provider), study: study.digest),
        contributions: digests, release: SumPlan.digest(ofRelease: released)), signing: key)
    try change(study, .release, kind: .released) { db in
      try db.execute(
        "UPDATE study SET released = ?, manifest = ?, provider_signature = ? WHERE id = ?",
        [
          .bytes(released), .bytes(signed.manifest.encoded()), .bytes(signed.providerSignature),
          .integer(study.id),
        ])
      return signed.manifest.release
    }
    return try record(of: study.digest)
  }

  /// Stores the auditor's countersignature; the same one again does nothing. Throws `refused(.notReleased)`, or `invalidRequest`
  /// for a signature that does not verify.
  public func countersign(
    _ signature: [UInt8], _ study: StudyHandle
  ) throws(ContributionStoreError) {
    let time = clock()
    try write { db in
      guard let row = try Self.row(db, study.digest), let stored = try Self.manifest(row) else {
        throw SumRefusal.notReleased
      }
      let signed = SignedManifest(
        manifest: stored.manifest, providerSignature: stored.providerSignature, auditorSignature: signature)
      do { try signed.verify(for: study.study) } catch { throw ContributionStoreError.invalidRequest }
      guard stored.auditorSignature == nil else { return }
      var state = try Self.state(db, study)
      try state.apply(.countersign, to: study.study, at: time)
      try db.execute(
        "UPDATE study SET auditor_signature = ? WHERE id = ?", [.bytes(signature), .integer(study.id)])
      try Self.append(db, study, kind: .countersigned, subject: signed.manifest.digest, time: time)
    }
  }

  /// Publishes what the analyst signed, once, after the countersignature. Throws `invalidRequest` for another one's signature.
  @discardableResult
  public func publish(
    _ result: [UInt8], signature: [UInt8], of study: StudyHandle
  ) throws(ContributionStoreError) -> SumLogEntry {
    try change(study, .publish, kind: .published) { db in
      guard let row = try Self.row(db, study.digest), let signed = try Self.manifest(row),
        (try? study.study.verify(result: result, of: signed.manifest, signature: signature)) != nil
      else { throw ContributionStoreError.invalidRequest }
      try db.execute(
        "UPDATE study SET result = ?, result_signature = ? WHERE id = ?",
        [.bytes(result), .bytes(signature), .integer(study.id)])
      return SHA256.hash(result)
    }
  }

  /// One transaction: the rule, what else changes, the state and the log.
  @discardableResult
  private func change(
    _ study: StudyHandle, _ event: SumEvent, kind: SumLogEntry.Kind,
    _ body: (any StoreSession) throws -> [UInt8]
  ) throws(ContributionStoreError) -> SumLogEntry {
    let time = clock()
    return try write { db in
      var state = try Self.state(db, study)
      try state.apply(event, to: study.study, at: time)
      let subject = try body(db)
      try Self.store(db, state, of: study)
      return try Self.append(db, study, kind: kind, subject: subject, time: time)
    }
  }

  /// The rules of a release before the work of one.
  private func checkReleasable(_ study: StudyHandle) throws(ContributionStoreError) {
    var state = try read { db in try Self.state(db, study) }
    do throws(SumRefusal) { try state.apply(.release, to: study.study, at: clock()) } catch {
      throw .refused(error)
    }
  }

  private func storedDigests(_ study: StudyHandle) throws(ContributionStoreError) -> Set<[UInt8]> {
    try read { db in
      Set(
        try db.all("SELECT digest FROM contribution WHERE study = ?", [.integer(study.id)])
          .map { try $0.bytes("digest") })
    }
  }

  private func seeds(_ study: StudyHandle) throws(ContributionStoreError) -> ([UInt8], [UInt8]) {
    try read { db in
      guard let row = try Self.row(db, study.digest),
        let auditor = try row.optionalBytes("auditor_seed")
      else { throw SumRefusal.auditorSeedMissing }
      return (try row.bytes("seed"), auditor)
    }
  }

  static func secret(_ bytes: [UInt8]) -> SecretBytes {
    unsafe SecretBytes(count: bytes.count) { (buffer: UnsafeMutableBufferPointer<UInt8>) in
      for index in buffer.indices { unsafe buffer[index] = bytes[index] }
    }
  }
}
#endif
