#if Services
import EncryptedSum
import Foundation
import Primitives
import Secrets

extension ContributionStore {
  /// Stores a study with a fresh seed and the commitment to it as the log's first entry. Throws `studyExists`.
  public func create(_ new: NewStudy) throws(ContributionStoreError) -> StudyHandle {
    let digest = new.study.digest
    let seed = SystemRandom.bytes(count: SumSeeds.byteCount)
    let commitment = SumSeeds.commitment(to: Self.secret(seed), study: digest)
    let time = clock()
    let id = try write { db in
      guard try Self.row(db, digest) == nil else { throw ContributionStoreError.studyExists }
      let row = try db.first(
        """
        INSERT INTO study (digest, source, signature, encryption_key, seed, stage, contributors)
        VALUES (?, ?, ?, ?, ?, ?, 0) RETURNING id
        """,
        [
          .bytes(digest), .bytes(new.source), .bytes(new.signature), .bytes(new.encryptionKey), .bytes(seed),
          .text(SumStage.open.rawValue),
        ])
      guard let id = try row?.integer("id") else { throw ContributionStoreError.storage(code: 0) }
      try Self.append(
        db, StudyHandle(study: new.study, digest: digest, id: id), kind: .created, subject: commitment,
        time: time)
      return id
    }
    return StudyHandle(study: new.study, digest: digest, id: id)
  }

  /// The handle of a stored study. Throws `unknownStudy`.
  public func handle(_ study: SumStudy) throws(ContributionStoreError) -> StudyHandle {
    let digest = study.digest
    let id = try read { db in try Self.row(db, digest)?.integer("id") }
    guard let id else { throw .unknownStudy }
    return StudyHandle(study: study, digest: digest, id: id)
  }

  /// The digests of all studies, oldest first.
  public func studies() throws(ContributionStoreError) -> [[UInt8]] {
    try read { db in
      try db.all("SELECT digest FROM study ORDER BY id").map { try $0.bytes("digest") }
    }
  }

  /// What is stored of a study. Throws `unknownStudy`.
  public func record(of digest: [UInt8]) throws(ContributionStoreError) -> StudyRecord {
    try read { db in
      guard let row = try Self.row(db, digest), let stage = SumStage(rawValue: try row.text("stage")) else {
        throw ContributionStoreError.unknownStudy
      }
      return StudyRecord(
        digest: digest, source: try row.bytes("source"), signature: try row.bytes("signature"),
        encryptionKey: try row.bytes("encryption_key"), stage: stage,
        contributors: try row.integer("contributors"), released: try row.optionalBytes("released"),
        manifest: try Self.manifest(row), result: try row.optionalBytes("result"),
        resultSignature: try row.optionalBytes("result_signature"))
    }
  }

  /// The manifest with the signatures that there are.
  static func manifest(_ row: StoreRow) throws -> SignedManifest? {
    guard let manifest = try row.optionalBytes("manifest"),
      let signature = try row.optionalBytes("provider_signature")
    else { return nil }
    return SignedManifest(
      manifest: try SumManifest(decoding: manifest), providerSignature: signature,
      auditorSignature: try row.optionalBytes("auditor_signature"))
  }

  static func row(_ db: any StoreSession, _ digest: [UInt8]) throws -> StoreRow? {
    try db.first("SELECT * FROM study WHERE digest = ?" + db.lock, [.bytes(digest)])
  }

  /// Where a study stands; no other transaction changes it before this one ends.
  static func state(_ db: any StoreSession, _ study: StudyHandle) throws -> SumState {
    let row = try db.first(
      "SELECT stage, contributors, auditor_seed, auditor_signature FROM study WHERE id = ?" + db.lock,
      [.integer(study.id)])
    guard let row, let stage = SumStage(rawValue: try row.text("stage")) else {
      throw ContributionStoreError.unknownStudy
    }
    return SumState(
      stage: stage, contributors: try row.integer("contributors"),
      hasAuditorSeed: try row.optionalBytes("auditor_seed") != nil,
      isCountersigned: try row.optionalBytes("auditor_signature") != nil)
  }

  static func store(_ db: any StoreSession, _ state: SumState, of study: StudyHandle) throws {
    try db.execute(
      "UPDATE study SET stage = ?, contributors = ? WHERE id = ?",
      [.text(state.stage.rawValue), .integer(state.contributors), .integer(study.id)])
  }
}
#endif
