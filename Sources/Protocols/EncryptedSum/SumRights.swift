/// Who deals with a study.
public enum SumRole: String, Sendable, Hashable, CaseIterable {
  /// Runs the service.
  case provider
  /// Contributes data.
  case registrant
  /// Defines studies and decrypts.
  case analyst
  /// Reads published results.
  case resultUser = "result-user"
  /// Recomputes the release and reads the log.
  case auditor
}

/// What can be asked of the service.
public enum SumAction: String, Sendable, Hashable, CaseIterable {
  /// Hands in a signed study with its encryption key.
  case createStudy = "create a study"
  /// Reads studies, their signatures and encryption keys.
  case readStudy = "read a study and its key"
  /// Reads the number of contributions against the minimum.
  case readProgress = "read progress"
  /// Contributes, replaces and withdraws under its own name.
  case contribute = "contribute, replace, withdraw"
  /// Reads the receipts of its own name.
  case readReceipts = "read own receipts"
  /// Closes a study.
  case close = "close a study"
  /// Reads single contributions of a closed study.
  case readContributions = "read single ciphertexts"
  /// Gives the auditor's seed and reads the provider's.
  case exchangeSeeds = "give and read seeds"
  /// Hands in the countersignature of a manifest.
  case countersign = "countersign a manifest"
  /// Makes the service release the aggregate.
  case release = "release the aggregate"
  /// Reads the released aggregate.
  case readRelease = "read the released aggregate"
  /// Reads the manifest with its signatures: who contributed sees that it counts, who reads results what they come from.
  case readManifest = "read the manifest"
  /// Publishes what was decrypted.
  case publish = "publish a result"
  /// Reads published results.
  case readResult = "read published results"
  /// Reads the audit log.
  case readLog = "read the audit log"
  /// Makes and revokes tokens.
  case manageTokens = "manage tokens"
}

/// The rights table of docs/sum.md.
public enum SumRights {
  /// Who may do what. The provider cannot keep itself from what it stores; the table says what the service does when asked.
  public static func permits(_ role: SumRole, _ action: SumAction) -> Bool { allowed(action).contains(role) }

  /// The roles that may do it.
  public static func allowed(_ action: SumAction) -> Set<SumRole> {
    switch action {
    case .readStudy, .readProgress, .readManifest, .readResult: Set(SumRole.allCases)
    case .createStudy, .release, .publish: [.analyst]
    case .close: [.analyst, .provider]
    case .contribute, .readReceipts: [.registrant]
    case .readContributions, .exchangeSeeds, .countersign: [.auditor]
    case .readRelease: [.analyst, .auditor]
    case .readLog: [.provider, .auditor]
    case .manageTokens: [.provider]
    }
  }
}
