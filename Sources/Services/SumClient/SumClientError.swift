import EncryptedSum
import ServiceClient

/// Why something about a study came to nothing. No case carries a contributor's value, but to the contributor itself.
public enum SumClientError: Error, Equatable, Sendable {
  /// The connection, or the server's refusal.
  case server(ServiceClientError)
  /// A check that failed, or what the protocol forbids.
  case sum(SumError)
  /// A parameter set that this program does not know.
  case unknownParameters(String)
  /// A receipt that the study's provider did not sign for this contribution.
  case falseReceipt
  /// A line of the log is malformed.
  case falseLog
  /// The manifest that was countersigned does not count the contribution.
  case notCounted
  /// It counts a contribution that was withdrawn or replaced.
  case stillCounted
  /// The token is for another name than the one that was given: the contribution counts under that.
  case otherName(String)
}

extension SumClientError: CustomStringConvertible {
  /// What happened, and what to do about it.
  public var description: String {
    switch self {
    case .server(let error): "\(error)"
    case .sum(let error): error.text
    case .unknownParameters(let name): "the study uses the parameter set \(name), which is not known here."
    case .falseReceipt: "the server's receipt is not signed by the study's provider for this contribution."
    case .falseLog: "the server's log is malformed."
    case .notCounted: "the released sum does not count this contribution."
    case .stillCounted: "the released sum counts a contribution that was withdrawn or replaced."
    case .otherName(let name): "the token is for the name \(name), which this counts under now."
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .server(.refused(let problem, _)) where SumRefusal(rawValue: problem.rule ?? "")?.hint != nil:
      SumRefusal(rawValue: problem.rule ?? "")?.hint ?? ""
    case .server(let error): error.hint
    case .sum(let error): error.hint
    case .unknownParameters: "Run the same version of Hitoku everywhere."
    case .falseReceipt, .falseLog:
      "Keep what you have, sign nothing, and ask who runs the server."
    case .notCounted, .stillCounted:
      "Is it your last receipt for this study? If so, show it to the auditor and the analyst: the server broke its word."
    case .otherName: "The receipt is kept. Withdraw with that name, or leave it."
    }
  }
}

extension SumRefusal {
  /// In the words of this program's commands; nil where the server's sentence is enough.
  fileprivate var hint: String? {
    switch self {
    case .alreadyContributed: "Give --replace."
    case .nothingContributed: "Leave --replace away, or look at 'hitoku sum receipts'."
    case .beforeClosing, .closesLater:
      "Run 'hitoku sum close', after the study's end or once the minimum is met."
    case .auditorSeedMissing: "The auditor runs 'hitoku sum audit' first."
    case .notReleased: "The analyst runs 'hitoku sum release' first."
    case .notCountersigned: "The auditor runs 'hitoku sum audit' once more, after the release."
    case .afterClosing, .alreadyReleased, .alreadyCountersigned, .alreadyPublished:
      "Nothing is left to do here: see 'hitoku sum status'."
    case .notSigned: "Is the token for the same name as --name and --keys?"
    default: nil
    }
  }
}

extension SumError {
  fileprivate var text: String {
    switch self {
    case .invalidStudy: "the study's sums do not fit its scheme."
    case .wrongEncryptionKey: "the encryption key is not the one whose fingerprint stands in the study."
    case .tooManyRows(let count, let maximum): "\(count) rows; the study takes \(maximum) of one contributor."
    case .rowOutOfRange(let row, let column): "row \(row + 1): \(column) is out of its bounds."
    case .vectorOutOfRange: "the sums are not those of rows within the bounds."
    case .malformedContribution, .transparentContribution: "a contribution is no ciphertext of this study."
    case .wrongContribution: "this belongs to another study or another contribution."
    case .invalidSignature(.analyst): "the study is not signed by its analyst."
    case .invalidSignature(.provider): "the signature is not the provider's."
    case .invalidSignature(.auditor): "the manifest is not countersigned by the study's auditor."
    case .malformed: "a receipt, a manifest, a seed or a release is malformed."
    case .seedNotCommitted:
      "the provider's seed is not the one it committed to before the first contribution."
    case .contributionsDiffer:
      "contributions, log and manifest do not agree, or their number is not allowed."
    case .releaseDiffers: "the released ciphertext is not the one that follows from contributions and seeds."
    case .noiseTooLarge: "the sum's noise might not decrypt."
    case .invalidSignature(.contributor):
      "a contribution is not signed by the contributor that the study lists."
    case .logBroken(let sequence):
      "entry \(sequence) of the log does not follow from those before it, or the log is not the one that was seen before."
    case .sumsContradict(let column): "the sums of \(column) are not those of any rows."
    case .sumOutOfRange(let column): "a sum of \(column) is out of all that rows within the bounds can give."
    case .wrongDecryptionKey: "the key does not decrypt this study's sums."
    case .refused(let rule): "the study's rules forbid it: \(rule.rawValue)."
    }
  }

  fileprivate var hint: String {
    switch self {
    case .wrongEncryptionKey, .invalidSignature(.analyst):
      "Contribute nothing: ask the analyst on another channel."
    case .tooManyRows, .rowOutOfRange, .vectorOutOfRange:
      "Nothing was sent. Correct the table, or ask the analyst."
    case .invalidSignature(.auditor): "The auditor runs 'hitoku sum audit' after the release."
    case .invalidSignature, .seedNotCommitted, .contributionsDiffer, .releaseDiffers, .wrongContribution,
      .logBroken:
      "Do not use it, and ask who runs the server."
    case .refused(.notListed): "Ask the analyst under which name the study lists you."
    case .refused(.beforeClosing): "Run this again after 'hitoku sum close'."
    case .refused(.auditorSeedGiven):
      "Somebody gave a seed in the auditor's place, or this folder lost what it kept: sign nothing."
    case .sumOutOfRange, .sumsContradict: "Somebody sent values out of range: the result is worth nothing."
    case .wrongDecryptionKey: "Give the folder of keys that the study was created with."
    case .invalidStudy:
      "Take fewer decimals, narrower bounds, fewer rows or contributors, or a larger parameter_set."
    default: "Run the same version of Hitoku everywhere."
    }
  }
}
