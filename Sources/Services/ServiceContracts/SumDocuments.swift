// JSON bodies of the daemon of encrypted sums. Digests, keys, seeds and signatures are lower-case hexadecimal digits, longer bytes
// base64, times seconds since 1970 (UTC).

/// `GET /v1/provider`: who signs receipts and manifests here.
public struct SumProviderDocument: Codable, Sendable, Equatable {
  /// The provider's Ed25519 key. Analysts compare it on another channel before a study names it.
  public var publicKey: String

  /// Takes the key.
  public init(publicKey: String) { self.publicKey = publicKey }
}

/// `POST /v1/studies`.
public struct NewSumStudyDocument: Codable, Sendable, Equatable {
  /// The study file, as text.
  public var study: String
  /// The analyst's signature.
  public var signature: String
  /// What contributions are encrypted under.
  public var encryptionKey: String

  /// Takes all three.
  public init(study: String, signature: String, encryptionKey: String) {
    self.study = study
    self.signature = signature
    self.encryptionKey = encryptionKey
  }
}

/// How far a study is.
public struct SumProgressDocument: Codable, Sendable, Equatable {
  /// The study's digest.
  public var digest: String
  /// open, closed, released or published.
  public var stage: String
  /// Contributions that count.
  public var contributors: Int
  /// Nothing is released below.
  public var minimumContributors: Int
  /// No more are taken.
  public var maximumContributors: Int
  /// The first second of contributions.
  public var opening: Int64
  /// The first second after.
  public var closing: Int64

  /// Takes all of them.
  public init(
    digest: String, stage: String, contributors: Int, minimumContributors: Int, maximumContributors: Int,
    opening: Int64, closing: Int64
  ) {
    self.digest = digest
    self.stage = stage
    self.contributors = contributors
    self.minimumContributors = minimumContributors
    self.maximumContributors = maximumContributors
    self.opening = opening
    self.closing = closing
  }
}

/// `GET /v1/studies`.
public struct SumStudyList: Codable, Sendable, Equatable {
  /// A study in the list.
  public struct Entry: Codable, Sendable, Equatable {
    /// What people read.
    public var title: String
    /// How far it is.
    public var progress: SumProgressDocument

    /// Takes both.
    public init(title: String, progress: SumProgressDocument) {
      self.title = title
      self.progress = progress
    }
  }

  /// Those that the token is for, oldest first.
  public var studies: [Entry]

  /// Takes the list.
  public init(studies: [Entry]) { self.studies = studies }
}

/// `GET /v1/studies/{digest}`.
public struct SumStudyDocument: Codable, Sendable, Equatable {
  /// The study file, as its analyst handed it in.
  public var study: String
  /// The analyst's signature.
  public var signature: String
  /// How far it is.
  public var progress: SumProgressDocument

  /// Takes all three.
  public init(study: String, signature: String, progress: SumProgressDocument) {
    self.study = study
    self.signature = signature
    self.progress = progress
  }
}

/// `GET /v1/public/studies/{digest}`.
public struct SumPublicStudyDocument: Codable, Sendable, Equatable {
  /// The study file without the names of contributors: its digest is not the study's.
  public var study: String
  /// How far the study is.
  public var progress: SumProgressDocument

  /// Takes both.
  public init(study: String, progress: SumProgressDocument) {
    self.study = study
    self.progress = progress
  }
}

/// What a contributor keeps.
public struct SumReceiptDocument: Codable, Sendable, Equatable {
  /// `SumReceipt.encoded()`, base64: everything else follows from it.
  public var receipt: String
  /// submitted, replaced or withdrawn.
  public var kind: String
  /// The number of the log's entry.
  public var sequence: Int
  /// When it was stored.
  public var time: Int64
  /// The digest of the contribution.
  public var contribution: String

  /// Takes all of them.
  public init(receipt: String, kind: String, sequence: Int, time: Int64, contribution: String) {
    self.receipt = receipt
    self.kind = kind
    self.sequence = sequence
    self.time = time
    self.contribution = contribution
  }
}

/// `GET …/contribution`.
public struct SumReceiptList: Codable, Sendable, Equatable {
  /// All receipts of the bearer's name, oldest first.
  public var receipts: [SumReceiptDocument]

  /// Takes the list.
  public init(receipts: [SumReceiptDocument]) { self.receipts = receipts }
}

/// `POST …/seed`.
public struct SumAuditorSeedDocument: Codable, Sendable, Equatable {
  /// 32 bytes.
  public var seed: String
  /// The auditor's, on the seed and on the hash of the log's last entry, the closing.
  public var signature: String

  /// Takes both.
  public init(seed: String, signature: String) {
    self.seed = seed
    self.signature = signature
  }
}

/// The provider's seed: `GET …/seed`, and the answer to the auditor's.
public struct SumSeedDocument: Codable, Sendable, Equatable {
  /// 32 bytes.
  public var seed: String

  /// Takes the seed.
  public init(seed: String) { self.seed = seed }
}

/// `POST …/countersignature`.
public struct SumSignatureDocument: Codable, Sendable, Equatable {
  /// The auditor's, on the manifest.
  public var signature: String

  /// Takes the signature.
  public init(signature: String) { self.signature = signature }
}

/// `GET …/manifest`.
public struct SumManifestDocument: Codable, Sendable, Equatable {
  /// `SumManifest.encoded()`, base64.
  public var manifest: String
  /// The provider's signature.
  public var providerSignature: String
  /// The auditor's; missing before the audit.
  public var auditorSignature: String?
  /// The analyst's, on the published result and this manifest; missing before.
  public var resultSignature: String?

  /// Takes all four.
  public init(
    manifest: String, providerSignature: String, auditorSignature: String?, resultSignature: String? = nil
  ) {
    self.manifest = manifest
    self.providerSignature = providerSignature
    self.auditorSignature = auditorSignature
    self.resultSignature = resultSignature
  }
}

/// `GET …/log`.
public struct SumLogDocument: Codable, Sendable, Equatable {
  /// One line of the log.
  public struct Entry: Codable, Sendable, Equatable {
    /// From 1, without gaps.
    public var sequence: Int
    /// By the provider's clock.
    public var time: Int64
    /// What happened.
    public var kind: String
    /// The contributor's name, or empty.
    public var name: String
    /// 64 digits, or empty.
    public var subject: String
    /// The version of a signed contribution; 0 elsewhere.
    public var version: Int
    /// Chains the entry to those before.
    public var hash: String

    /// Takes all of them.
    public init(
      sequence: Int, time: Int64, kind: String, name: String, subject: String, version: Int, hash: String
    ) {
      self.sequence = sequence
      self.time = time
      self.kind = kind
      self.name = name
      self.subject = subject
      self.version = version
      self.hash = hash
    }
  }

  /// At most 1,000, from the number that was asked for.
  public var entries: [Entry]

  /// Takes the entries.
  public init(entries: [Entry]) { self.entries = entries }
}

/// `POST /v1/tokens`.
public struct SumTokenRequest: Codable, Sendable, Equatable {
  /// provider, registrant, analyst, result-user or auditor.
  public var role: String
  /// The bearer; a registrant contributes under this name.
  public var name: String
  /// The digest of the one study that it is for; missing: all.
  public var study: String?
  /// When it ends.
  public var expires: Int64

  /// Takes all four.
  public init(role: String, name: String, study: String?, expires: Int64) {
    self.role = role
    self.name = name
    self.study = study
    self.expires = expires
  }
}

/// A new token. The service does not keep it.
public struct SumTokenDocument: Codable, Sendable, Equatable {
  /// 64 digits.
  public var token: String

  /// Takes the token.
  public init(token: String) { self.token = token }
}

/// `DELETE /v1/tokens/{role}/{name}`.
public struct SumRevocationDocument: Codable, Sendable, Equatable {
  /// How many tokens were revoked.
  public var revoked: Int

  /// Takes the number.
  public init(revoked: Int) { self.revoked = revoked }
}
