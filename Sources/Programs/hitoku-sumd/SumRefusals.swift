#if Services
import ContributionStore
import EncryptedSum
import HTTPService
import ServiceContracts

extension Refusal {
  /// What a client hears of a rule.
  init(_ rule: SumRefusal) {
    let kind: Problem.Kind =
      [.notListed, .notSigned, .notPermitted].contains(rule) ? .forbidden : .ruleForbids
    self.init(problem: Problem(kind, rule.advice, rule: rule.rawValue))
  }

  /// What a client hears of an error of the store.
  init(_ error: ContributionStoreError) {
    switch error {
    case .refused(let rule):
      self.init(rule)
    case .unknownStudy: self.init(.notFound, "There is no such study.")
    case .studyExists:
      self.init(problem: Problem(.ruleForbids, "This study is stored already.", rule: "study-exists"))
    case .idempotencyKeyReused: self.init(.keyReused, "Make a new key for every request.")
    case .invalidRequest: self.init(.malformedRequest, "A key, a name, a seed or a signature is not one.")
    case .overloaded: self.init(.busy, "Too many contributions wait to be stored.", retryAfter: 1)
    case .cannotConnect:
      self.init(.busy, "The database does not answer.", retryAfter: 5)
    case .outcomeUnknown:
      self.init(
        .outcomeUnknown, "Repeat the request with its idempotency key, or look what became of it.",
        retryAfter: 1)
    case .cannotOpen, .permissionsTooWide, .notAStore, .storage:
      self.init(.failed, "The store cannot be used; nothing was recorded.")
    case .logBroken(let sequence):
      self.init(.failed, "The log is broken at entry \(sequence): nothing is released.")
    }
  }
}

extension SumRefusal {
  /// What to do about it.
  fileprivate var advice: String {
    switch self {
    case .notYetOpen: "The study has not opened yet."
    case .afterClosing: "The study takes no contributions any more."
    case .beforeClosing: "The study is open: close it first."
    case .closesLater: "The study closes at its time, or earlier once the minimum is met."
    case .belowMinimum: "Fewer contributed than the study's minimum: nothing is released, ever."
    case .full: "As many contributed as the study takes."
    case .notListed: "The study lists its contributors, and this is none of them."
    case .alreadyContributed: "Replace the contribution: PUT."
    case .nothingContributed: "There is no contribution under this name: POST one."
    case .tooManyChanges: "The contribution was changed too often; it can still be withdrawn."
    case .notSigned: "The study lists its contributors: sign with the key that it lists under this name."
    case .notNewer: "This name handed in a later version before: sign a greater one."
    case .nameTaken: "Another contributor's name is the same but for case: take another."
    case .duplicateCiphertext: "Another contributor handed in the same ciphertext: encrypt afresh."
    case .alreadyReleased: "The aggregate is released once: GET it."
    case .auditorSeedMissing: "The auditor has not given its seed yet."
    case .auditorSeedGiven: "The auditor gives one seed."
    case .notReleased: "The aggregate was not released yet."
    case .alreadyCountersigned: "The auditor countersigned already."
    case .notCountersigned: "The auditor has not countersigned the manifest yet."
    case .alreadyPublished: "A result is published once."
    case .notPermitted: "The role may not do this."
    }
  }
}
#endif
