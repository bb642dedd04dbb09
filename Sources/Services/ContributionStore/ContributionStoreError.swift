import EncryptedSum

/// Why the store does not do what it is asked.
public enum ContributionStoreError: Error, Equatable, Sendable {
  /// The study's rules forbid it; nothing was recorded.
  case refused(SumRefusal)
  /// No study of this digest is stored.
  case unknownStudy
  /// A study of this digest is stored already.
  case studyExists
  /// The idempotency key stands for another request of this contributor.
  case idempotencyKeyReused
  /// A key, a name or a digest has another length than it may have.
  case invalidRequest
  /// So many requests wait to be written that another one has to come back later.
  case overloaded
  /// The file cannot be opened or created, with the system's error number.
  case cannotOpen(path: String, errno: Int32)
  /// Others than the owner may read or write the file.
  case permissionsTooWide(path: String)
  /// PostgreSQL does not answer, or does not let this program in.
  case cannotConnect
  /// The file is no store of this version.
  case notAStore(path: String)
  /// An entry of the log does not follow from those before it, or contributions are not as the log says.
  case logBroken(sequence: Int)
  /// The database went away while it committed: the change was recorded whole, or not at all. A request that is repeated under its
  /// idempotency key finds out.
  case outcomeUnknown
  /// The database failed, with its code; nothing was recorded.
  case storage(code: Int)
}

extension ContributionStoreError: CustomStringConvertible {
  /// What happened, and what to do about it.
  public var description: String {
    switch self {
    case .refused(let refusal): "the study's rules forbid this: \(refusal.rawValue)."
    case .unknownStudy: "there is no such study. Check its digest."
    case .studyExists: "this study is stored already. Read it instead of creating it again."
    case .idempotencyKeyReused:
      "the idempotency key was used for another request. Make a new key for every request."
    case .invalidRequest:
      "a key or a name is empty, too long, not in Unicode's form NFC or has characters that do not show, or a seed or a signature is not one."
    case .overloaded: "too many requests wait to be stored. Try again in a second."
    case .cannotOpen(let path, let code):
      "cannot open the store \(path) (errno \(code)). Check --state and the folder's permissions."
    case .permissionsTooWide(let path): "others may read the store \(path). Run: chmod 600 '\(path)'"
    case .cannotConnect: "cannot connect to PostgreSQL. Check the connection string and that the server runs."
    case .notAStore(let path): "\(path) is no store of this version. Check --state or --postgres."
    case .logBroken(let sequence):
      "entry \(sequence) of the log does not follow from those before it: the store was changed or is damaged. "
        + "Restore it from a backup and find out who changed it; release nothing meanwhile."
    case .outcomeUnknown:
      "PostgreSQL went away while it committed. Look whether the change is there, then make it again if not."
    case .storage(let code): "the store cannot be written (code \(code)). Check free space and permissions."
    }
  }
}
