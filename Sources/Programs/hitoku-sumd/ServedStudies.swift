#if Services
import ContributionStore
import EncryptedSum
import HTTPService
import Paillier
import ParameterFiles
import Primitives
import ServiceContracts
import Studies
import Synchronization

/// A stored study with what follows from it and its key.
struct ServedStudy: Sendable {
  let handle: StudyHandle
  let plan: SumPlan
}

/// The studies of the store, read and checked once each.
final class ServedStudies: Sendable {
  let store: ContributionStore
  /// Signs receipts and manifests.
  let key: ProviderKey
  private let served = Mutex<[String: ServedStudy]>([:])

  /// Studies whose keys are kept in memory.
  private static let keptCount = 256

  init(store: ContributionStore, key: ProviderKey) {
    self.store = store
    self.key = key
  }

  /// The study with this digest, in digits. Throws `notFound`, or `failed` where the stored one cannot be read any more.
  func study(_ digits: String) throws(Refusal) -> ServedStudy {
    if let study = served.withLock({ $0[digits] }) { return study }
    let record = try record(digits)
    guard let study = try? SumStudy(decoding: record.source), study.digest == record.digest,
      let plan = try? Self.plan(study, record.encryptionKey)
    else { throw Refusal(.failed, "The stored study cannot be read.") }
    // What another key signs nobody takes, and a release is made once.
    guard study.keys.provider == key.publicKey else {
      throw Refusal(
        .failed, "The study names another provider's key than provider.key in this daemon's --state.")
    }
    let handle = try storing { () throws(ContributionStoreError) in try store.handle(study) }
    return keep(ServedStudy(handle: handle, plan: plan), as: digits)
  }

  /// What is stored of a study now. Throws `notFound`.
  func record(_ digits: String) throws(Refusal) -> StudyRecord {
    guard let digest = Digits.bytes(digits) else { throw Refusal(.notFound, "There is no such study.") }
    return try storing { () throws(ContributionStoreError) in try store.record(of: digest) }
  }

  /// Checks and stores a new study. `permits` says whether the token is good for this digest.
  func create(
    _ document: NewSumStudyDocument, permits: ([UInt8]) -> Bool
  ) throws(Refusal) -> ServedStudy {
    let source = Array(document.study.utf8)
    let study: SumStudy
    do { study = try SumStudy(decoding: source) } catch {
      throw Refusal(.malformedRequest, "The study is refused: \(error)")
    }
    guard permits(study.digest) else {
      throw Refusal(.forbidden, "The token is for another study.")
    }
    guard let signature = Digits.bytes(document.signature),
      (try? study.verify(signature: signature)) != nil
    else { throw Refusal(.malformedRequest, "The analyst's signature does not verify.") }
    guard study.keys.provider == key.publicKey else {
      throw Refusal(
        .malformedRequest, "The study names another provider's key; see \(SumPath.provider.text).")
    }
    guard let encryptionKey = Base64.bytes(document.encryptionKey) else {
      throw Refusal(.malformedRequest, "The encryption key is not base64.")
    }
    let plan: SumPlan
    do { plan = try Self.plan(study, encryptionKey) } catch {
      throw Refusal(
        .malformedRequest, "The encryption key is not the study's, or its sums do not fit: \(error)")
    }
    let handle = try storing { () throws(ContributionStoreError) in
      try store.create(
        NewStudy(study: study, source: source, signature: signature, encryptionKey: encryptionKey))
    }
    return keep(ServedStudy(handle: handle, plan: plan), as: Digits.text(handle.digest))
  }

  private func keep(_ study: ServedStudy, as digits: String) -> ServedStudy {
    served.withLock { served in
      if served.count >= Self.keptCount, let other = served.keys.first { served[other] = nil }
      served[digits] = study
    }
    return study
  }

  private static func plan(_ study: SumStudy, _ encryptionKey: [UInt8]) throws(SumError) -> SumPlan {
    guard case .bfv(let name) = study.scheme else {
      return try SumPlan(study, encodedKey: encryptionKey, parameters: nil)
    }
    // Sets for other uses have no room for the flood, and are as unknown here as names that are none.
    guard name.hasPrefix("sum-"), let parameters = try? ParameterFiles.parameters(named: name) else {
      throw .wrongEncryptionKey
    }
    return try SumPlan(study, encodedKey: encryptionKey, parameters: parameters)
  }
}

/// Runs a call to the store and gives its errors as refusals.
func storing<Value>(_ body: () throws(ContributionStoreError) -> Value) throws(Refusal) -> Value {
  do { return try body() } catch { throw Refusal(error) }
}
#endif
