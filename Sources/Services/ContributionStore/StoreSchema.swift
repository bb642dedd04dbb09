/// The tables, in the words of each database.
enum StoreSchema {
  /// SQLite's.
  static let sqlite =
    tables(bytes: "BLOB", integer: "INTEGER", key: "INTEGER PRIMARY KEY", option: " STRICT")
      + """
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
      """

  /// PostgreSQL's.
  static let postgres =
    tables(
      bytes: "BYTEA", integer: "BIGINT", key: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", option: "")
      + """
      CREATE TABLE store_version (version BIGINT NOT NULL);
      INSERT INTO store_version VALUES (2);
      CREATE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$;
      CREATE TRIGGER entry_is_never_changed BEFORE UPDATE OR DELETE ON entry
      FOR EACH ROW EXECUTE FUNCTION log_is_append_only();
      CREATE FUNCTION study_is_open() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN
        IF (SELECT stage FROM study WHERE id = old.study) <> 'open' THEN
          RAISE EXCEPTION 'the study is closed';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN old; END IF;
        RETURN new;
      END $$;
      CREATE TRIGGER closed_contribution_is_never_changed BEFORE UPDATE OR DELETE ON contribution
      FOR EACH ROW EXECUTE FUNCTION study_is_open();
      """

  private static func tables(bytes: String, integer: String, key: String, option: String) -> String {
    """
    CREATE TABLE study (
      id \(key),
      digest \(bytes) NOT NULL UNIQUE CHECK (length(digest) = 32),
      source \(bytes) NOT NULL,
      signature \(bytes) NOT NULL,
      encryption_key \(bytes) NOT NULL,
      seed \(bytes) NOT NULL CHECK (length(seed) = 32),
      stage TEXT NOT NULL,
      contributors \(integer) NOT NULL CHECK (contributors >= 0),
      auditor_seed \(bytes) CHECK (length(auditor_seed) = 32),
      released \(bytes),
      manifest \(bytes),
      provider_signature \(bytes),
      auditor_signature \(bytes),
      result \(bytes),
      result_signature \(bytes)
    )\(option);
    CREATE TABLE contribution (
      id \(key),
      study \(integer) NOT NULL REFERENCES study (id),
      contributor TEXT NOT NULL,
      folded TEXT NOT NULL,
      version \(integer) NOT NULL,
      signature \(bytes) NOT NULL,
      digest \(bytes) NOT NULL CHECK (length(digest) = 32),
      body_digest \(bytes) NOT NULL CHECK (length(body_digest) = 32),
      body \(bytes) NOT NULL,
      UNIQUE (study, contributor),
      UNIQUE (study, folded),
      UNIQUE (study, body_digest)
    )\(option);
    CREATE TABLE request (
      study \(integer) NOT NULL REFERENCES study (id),
      contributor TEXT NOT NULL,
      key TEXT NOT NULL,
      digest \(bytes) NOT NULL CHECK (length(digest) = 32),
      sequence \(integer) NOT NULL,
      PRIMARY KEY (study, contributor, key)
    )\(option);
    CREATE TABLE entry (
      study \(integer) NOT NULL REFERENCES study (id),
      sequence \(integer) NOT NULL CHECK (sequence >= 1),
      time \(integer) NOT NULL,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      subject \(bytes) NOT NULL,
      version \(integer) NOT NULL,
      hash \(bytes) NOT NULL CHECK (length(hash) = 32),
      PRIMARY KEY (study, sequence)
    )\(option);
    CREATE INDEX entry_of_name ON entry (study, name);
    CREATE TABLE token (
      hash \(bytes) PRIMARY KEY CHECK (length(hash) = 32),
      role TEXT NOT NULL,
      study \(bytes),
      name TEXT NOT NULL,
      folded TEXT NOT NULL,
      expires \(integer) NOT NULL
    )\(option);

    """
  }
}
