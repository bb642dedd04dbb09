import Primitives

// What analyst and auditor sign beside manifests. Every message begins with what it is for and the study's digest.
extension SumStudy {
  private func message(_ purpose: String, _ parts: [UInt8]...) -> [UInt8] {
    Array(purpose.utf8) + digest + parts.joined()
  }

  private var ownMessage: [UInt8] { message("hitoku sum study signature 1") }

  /// The analyst's signature.
  public func signature(by key: borrowing SigningKey) -> [UInt8] { key.signature(for: ownMessage) }

  /// Throws `invalidSignature(.analyst)` unless the study's analyst signed it. A contributor also compares the digest
  /// with the one it was told out of band: a server could make a study, key and signature of its own.
  public func verify(signature: [UInt8]) throws(SumError) {
    guard keys.analyst.isValid(signature, for: ownMessage) else { throw .invalidSignature(.analyst) }
  }

  private func seedMessage(_ seed: [UInt8], _ logHash: [UInt8]) -> [UInt8] {
    message("hitoku sum auditor seed 1", SHA256.hash(seed), logHash)
  }

  /// The auditor's signature on its seed, given for a log whose last entry, the closing, has this hash.
  public func signature(
    onSeed seed: [UInt8], after logHash: [UInt8], by key: borrowing SigningKey
  ) -> [UInt8] { key.signature(for: seedMessage(seed, logHash)) }

  /// Throws `invalidSignature(.auditor)` unless the study's auditor gave this seed for this log.
  public func verify(seed: [UInt8], after logHash: [UInt8], signature: [UInt8]) throws(SumError) {
    guard keys.auditor.isValid(signature, for: seedMessage(seed, logHash)) else {
      throw .invalidSignature(.auditor)
    }
  }

  private func resultMessage(_ result: [UInt8], _ manifest: SumManifest) -> [UInt8] {
    message("hitoku sum result 1", manifest.digest, SHA256.hash(result))
  }

  /// The analyst's signature on what it publishes, and on the manifest of the sums that it comes from.
  public func signature(
    onResult result: [UInt8], of manifest: SumManifest, by key: borrowing SigningKey
  ) -> [UInt8] { key.signature(for: resultMessage(result, manifest)) }

  /// Throws `invalidSignature(.analyst)` unless the study's analyst published just this of these sums.
  public func verify(result: [UInt8], of manifest: SumManifest, signature: [UInt8]) throws(SumError) {
    guard keys.analyst.isValid(signature, for: resultMessage(result, manifest)) else {
      throw .invalidSignature(.analyst)
    }
  }
}
