#if Services
import EncryptedSum
import Primitives

/// A study as its creator handed it in.
public struct NewStudy: Sendable {
  /// The study.
  public let study: SumStudy
  /// The bytes it was read from, for those who ask for the study.
  public let source: [UInt8]
  /// The analyst's signature.
  public let signature: [UInt8]
  /// The key that contributions are encrypted under.
  public let encryptionKey: [UInt8]

  /// Takes all four; the caller has verified the signature and made a `SumPlan` of study and key.
  public init(study: SumStudy, source: [UInt8], signature: [UInt8], encryptionKey: [UInt8]) {
    self.study = study
    self.source = source
    self.signature = signature
    self.encryptionKey = encryptionKey
  }
}

/// A study in the store, with its rules: what calls about it take.
public struct StudyHandle: Sendable {
  /// The study.
  public let study: SumStudy
  /// Its digest.
  public let digest: [UInt8]
  let id: Int
}

/// What is stored of a study beside its contributions.
public struct StudyRecord: Sendable, Hashable {
  /// The study's digest.
  public let digest: [UInt8]
  /// The bytes the study was read from.
  public let source: [UInt8]
  /// The analyst's signature.
  public let signature: [UInt8]
  /// The key that contributions are encrypted under.
  public let encryptionKey: [UInt8]
  /// Where it stands.
  public let stage: SumStage
  /// The number of contributions that count.
  public let contributors: Int
  /// The released ciphertext; nil before the release.
  public let released: [UInt8]?
  /// The manifest with its signatures; nil before the release.
  public let manifest: SignedManifest?
  /// What the analyst published; nil before.
  public let result: [UInt8]?
  /// The analyst's signature on it; nil before.
  public let resultSignature: [UInt8]?
}
#endif
