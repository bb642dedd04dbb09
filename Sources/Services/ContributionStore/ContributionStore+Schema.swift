#if Services
import EncryptedSum
import Foundation
import GRDB

extension ContributionStore {
  /// "HTKS", in the file's header: tells a store from other SQLite files.
  private static let applicationID = 0x4854_4B53
  private static let version = 1

  static func open(_ path: String) throws(ContributionStoreError) -> DatabasePool {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { db in
      // A ciphertext fills a few large pages instead of thirty small ones.
      if !db.configuration.readonly { try db.execute(sql: "PRAGMA page_size = 16384") }
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA foreign_keys = ON")
      try db.execute(sql: "PRAGMA trusted_schema = OFF")
    }
    do { return try DatabasePool(path: path, configuration: configuration) } catch {
      throw reason(error, path: path)
    }
  }

  /// Makes the tables in an empty file; leaves any other file alone.
  static func createSchema(_ db: Database) throws {
    guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 else { return }
    try db.execute(sql: schema)
    try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
  }

  static func isStore(_ db: Database) throws -> Bool {
    try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID
      && Int.fetchOne(db, sql: "PRAGMA user_version") == version
  }

  private static let schema = """
    CREATE TABLE study (
      id INTEGER PRIMARY KEY,
      digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
      source BLOB NOT NULL,
      signature BLOB NOT NULL,
      encryption_key BLOB NOT NULL,
      seed BLOB NOT NULL CHECK (length(seed) = 32),
      stage TEXT NOT NULL,
      contributors INTEGER NOT NULL CHECK (contributors >= 0),
      auditor_seed BLOB CHECK (length(auditor_seed) = 32),
      released BLOB,
      manifest BLOB,
      provider_signature BLOB,
      auditor_signature BLOB,
      result BLOB
    ) STRICT;
    CREATE TABLE contribution (
      id INTEGER PRIMARY KEY,
      study INTEGER NOT NULL REFERENCES study (id),
      contributor TEXT NOT NULL,
      digest BLOB NOT NULL CHECK (length(digest) = 32),
      body_digest BLOB NOT NULL CHECK (length(body_digest) = 32),
      body BLOB NOT NULL,
      UNIQUE (study, contributor),
      UNIQUE (study, body_digest)
    ) STRICT;
    CREATE TABLE request (
      study INTEGER NOT NULL REFERENCES study (id),
      contributor TEXT NOT NULL,
      key TEXT NOT NULL,
      digest BLOB NOT NULL CHECK (length(digest) = 32),
      sequence INTEGER NOT NULL,
      PRIMARY KEY (study, contributor, key)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE entry (
      study INTEGER NOT NULL REFERENCES study (id),
      sequence INTEGER NOT NULL CHECK (sequence >= 1),
      time INTEGER NOT NULL,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      subject BLOB NOT NULL,
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      PRIMARY KEY (study, sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX entry_of_name ON entry (study, name);
    CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER closed_contribution_is_never_changed BEFORE UPDATE ON contribution
    WHEN (SELECT stage FROM study WHERE id = old.study) <> 'open'
    BEGIN SELECT RAISE(ABORT, 'the study is closed'); END;
    CREATE TRIGGER closed_contribution_is_never_deleted BEFORE DELETE ON contribution
    WHEN (SELECT stage FROM study WHERE id = old.study) <> 'open'
    BEGIN SELECT RAISE(ABORT, 'the study is closed'); END;
    CREATE TABLE token (
      hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
      role TEXT NOT NULL,
      study BLOB,
      name TEXT NOT NULL,
      expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """
}
#endif
