import DisclosureControl

/// Why the ledger does not do what it is asked.
public enum BudgetLedgerError: Error, Equatable, Sendable {
  /// The rules forbid the charge.
  case refused(LedgerRefusal)
  /// The file cannot be opened or created, with the system's error number.
  case cannotOpen(path: String, errno: Int32)
  /// Others than the owner may read or write the file.
  case permissionsTooWide(path: String)
  /// The file is no ledger of this version.
  case notALedger(path: String)
  /// Another process held the ledger for ten seconds.
  case busy
  /// An entry does not follow from those before it: the file was changed by hand, or is damaged.
  case chainBroken(sequence: Int)
  /// The ledger lacks an entry that was there: its end was cut off, or another ledger stands in its place.
  case headMissing(sequence: Int)
  /// SQLite failed, with its extended result code; nothing was recorded.
  case storage(code: Int)
  /// A note exceeds 200 bytes or has control characters, a digest has not 32 bytes.
  case invalidEntry
}

extension BudgetLedgerError: CustomStringConvertible {
  /// What happened, and what to do about it.
  public var description: String {
    switch self {
    case .refused(let refusal): refusal.description
    case .cannotOpen(let path, let code):
      "cannot open the ledger \(path) (errno \(code)). Check --state and the folder's permissions."
    case .permissionsTooWide(let path):
      "others may read the ledger \(path). Run: chmod 600 '\(path)'"
    case .notALedger(let path): "\(path) is no ledger of this version. Check --state."
    case .busy: "another process is using the ledger. Try again when it is done."
    case .chainBroken(let sequence):
      "entry \(sequence) of the ledger does not follow from those before it: the file was changed or is damaged. "
        + "Restore it from a backup and find out who changed it; do not run studies meanwhile."
    case .headMissing(let sequence):
      "the ledger has no entry \(sequence) as you know it: its end was cut off, or it is another ledger. "
        + "Restore it from a backup."
    case .storage(let code):
      "the ledger cannot be written (SQLite \(code)). Check free space and permissions."
    case .invalidEntry:
      "a note is too long for the ledger or has control characters, or a digest has not 32 bytes."
    }
  }
}

extension LedgerRefusal: CustomStringConvertible {
  /// What is refused, and what to do about it.
  public var description: String {
    switch self {
    case .noBudget:
      "there is no budget for this population and counterpart. Set both with: hitoku psi ledger budget"
    case .epsilonOverrun(let scope):
      "the run would overrun the ε budget of the \(scope). Lower the study's ε, or raise the budget on purpose."
    case .deltaOverrun(let scope):
      "the run would overrun the δ budget of the \(scope). Raise the budget on purpose, or run fewer studies."
    case .alreadyCharged: "this run has paid for this already. Start a new run."
    case .otherAccount: "this run has paid from another account. Start a new run."
    case .outOfOrder: "the table would be paid for before the match counts."
    case .exactNotPermitted:
      "exact results are not allowed for this counterpart. Give the study an ε, or allow them on purpose (--exact)."
    }
  }
}
