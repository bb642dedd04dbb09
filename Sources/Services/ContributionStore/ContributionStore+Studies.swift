#if Services
import EncryptedSum
import Foundation
import GRDB
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
      try db.execute(
        sql: """
          INSERT INTO study (digest, source, signature, encryption_key, seed, stage, contributors)
          VALUES (?, ?, ?, ?, ?, ?, 0)
          """,
        arguments: [
          Data(digest), Data(new.source), Data(new.signature), Data(new.encryptionKey), Data(seed),
          SumStage.open.rawValue,
        ])
      let id = db.lastInsertedRowID
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
    let id = try read { db in try Self.row(db, digest)?["id"] as Int64? }
    guard let id else { throw .unknownStudy }
    return StudyHandle(study: study, digest: digest, id: id)
  }

  /// The digests of all studies, oldest first.
  public func studies() throws(ContributionStoreError) -> [[UInt8]] {
    try read { db in
      try Data.fetchAll(db, sql: "SELECT digest FROM study ORDER BY id").map { [UInt8]($0) }
    }
  }

  /// What is stored of a study. Throws `unknownStudy`.
  public func record(of digest: [UInt8]) throws(ContributionStoreError) -> StudyRecord {
    try read { db in
      guard let row = try Self.row(db, digest), let stage = SumStage(rawValue: row["stage"]) else {
        throw ContributionStoreError.unknownStudy
      }
      return StudyRecord(
        digest: digest, source: Self.bytes(row["source"]), signature: Self.bytes(row["signature"]),
        encryptionKey: Self.bytes(row["encryption_key"]), stage: stage, contributors: row["contributors"],
        released: (row["released"] as Data?).map { Self.bytes($0) }, manifest: try Self.manifest(row),
        result: (row["result"] as Data?).map { Self.bytes($0) })
    }
  }

  private static func manifest(_ row: Row) throws -> SignedManifest? {
    guard let manifest = row["manifest"] as Data?, let signature = row["provider_signature"] as Data? else {
      return nil
    }
    return SignedManifest(
      manifest: try SumManifest(decoding: bytes(manifest)), providerSignature: bytes(signature),
      auditorSignature: (row["auditor_signature"] as Data?).map { bytes($0) })
  }

  static func row(_ db: Database, _ digest: [UInt8]) throws -> Row? {
    try Row.fetchOne(db, sql: "SELECT * FROM study WHERE digest = ?", arguments: [Data(digest)])
  }

  static func bytes(_ data: Data) -> [UInt8] { [UInt8](data) }

  /// Where a study stands, within the transaction.
  static func state(_ db: Database, _ study: StudyHandle) throws -> SumState {
    let row = try Row.fetchOne(
      db,
      sql: "SELECT stage, contributors, auditor_seed IS NOT NULL AS seeded FROM study WHERE id = ?",
      arguments: [study.id])
    guard let row, let stage = SumStage(rawValue: row["stage"]) else {
      throw ContributionStoreError.unknownStudy
    }
    return SumState(stage: stage, contributors: row["contributors"], hasAuditorSeed: row["seeded"])
  }

  static func store(_ db: Database, _ state: SumState, of study: StudyHandle) throws {
    try db.execute(
      sql: "UPDATE study SET stage = ?, contributors = ? WHERE id = ?",
      arguments: [state.stage.rawValue, state.contributors, study.id])
  }
}
#endif
