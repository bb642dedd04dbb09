import Reports
import ServiceClient
import ServiceContracts

/// Why a check ended without answers. No case carries an entry or depends on one.
public enum LeakClientError: Error, Equatable, Sendable {
  /// The address is no `https://HOST[:PORT]` and no `HOST:PORT`.
  case malformedAddress
  /// The file holds no single certificate in PEM.
  case unreadableCertificate(path: String)
  /// Nobody answers there, or the connection broke.
  case unreachable(ConnectionFailure)
  /// The server's certificate is not the pinned one, or nothing that the system trusts.
  case untrusted(CertificateFailure)
  /// The server asks for a client's certificate, and was shown none that it takes.
  case certificateRefused
  /// The server refused a request, and asks to wait for so many seconds where it says so.
  case refused(Problem, retryAfter: Int?)
  /// What answers there is no leak daemon.
  case otherService
  /// An answer that no correct server sends.
  case malformedAnswer
  /// The server's database is under another key than the pinned one.
  case otherKey
  /// The server's database is of another version than the pinned one.
  case otherVersion(String)
  /// The proof of an evaluation does not hold under the pinned key.
  case invalidProof
  /// A parameter set that this program does not know, or knows differently.
  case unknownParameters(String)
  /// Passwords were asked of a list of credentials, or credentials of a list of passwords.
  case wrongKind
  /// The database was replaced by one that would see other things of what is asked.
  case otherShape
  /// Users are split into more buckets than the check accepts.
  case finePartition(buckets: Int, allowed: Int)
  /// The database was replaced while questions were under way.
  case databaseChanged
  /// The task was cancelled.
  case stopped
  /// More elements than the server evaluates for one client in a day.
  case beyondBudget(needed: Int, allowed: Int)
  /// More buckets than the check may ask.
  case tooManyBuckets(needed: Int, allowed: Int)
  /// More lookups than the check may make.
  case tooManyQueries(needed: Int, allowed: Int)
}

extension LeakClientError: CustomStringConvertible {
  /// What happened. What the server wrote is escaped for terminals.
  public var description: String { text.escapedForTerminal }

  private var text: String {
    switch self {
    case .malformedAddress: "that is no address of a server."
    case .unreadableCertificate(let path): "\(path) holds no single certificate in PEM."
    case .unreachable(let failure): "the server cannot be reached: \(failure)."
    case .untrusted(let failure): "\(failure)"
    case .certificateRefused: "the server takes only clients that show a certificate that it knows."
    case .refused(let problem, _):
      "the server refused: \(problem.kind?.title ?? "The reason is none that this program knows.")"
    case .otherService: "what answers there is no hitoku-leakd, or a proxy that cannot reach it."
    case .malformedAnswer: "the server answered what no correct server answers."
    case .otherKey: "the server's database is under another OPRF key than the pinned one."
    case .otherVersion(let version):
      "the server's database has the version \(version.prefix(32)), which is not the pinned one."
    case .invalidProof: "the server did not use the pinned OPRF key."
    case .unknownParameters(let name): "the server uses the parameter set \(name), which differs here."
    case .wrongKind: "the server's list is of another kind: passwords against user names with passwords."
    case .otherShape:
      "the server replaced its database by one of another kind, with other buckets, or with another table for batches."
    case .finePartition(let buckets, let allowed):
      "the server splits users into \(grouped(buckets)) buckets, and would see the one of each; \(grouped(allowed)) are accepted."
    case .databaseChanged: "the server's database was replaced during the check."
    case .stopped: "the check was stopped."
    case .beyondBudget(let needed, let allowed):
      "the check needs \(counted(needed, "evaluation")); the server makes \(grouped(allowed)) a day for a client."
    case .tooManyBuckets(let needed, let allowed):
      "the entries are in \(counted(needed, "bucket")), which the server would see; \(grouped(allowed)) may be asked."
    case .tooManyQueries(let needed, let allowed):
      "the check needs \(counted(needed, "lookup")); \(grouped(allowed)) may be made."
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .malformedAddress: "Give https://HOST:PORT or HOST:PORT, with a port in 1…65535."
    case .unreadableCertificate: "Give the server's certificate.pem, or that of its authority."
    case .unreachable(let failure): failure.hint
    case .untrusted(let failure): failure.hint
    case .certificateRefused: "Give --identity FOLDER, and certificate.pem of it to who runs the server."
    case .refused(let problem, _) where problem.kind == .unauthorized:
      "Give the token that you got for this server with --token-file."
    case .refused(_, let seconds?): "Try again in \(counted(seconds, "second"))."
    case .refused: "Ask who runs the server."
    case .otherService: "Check the address and the port. A proxy must pass /v1 on as it is."
    case .malformedAnswer, .invalidProof:
      "All answers were discarded. Do not ask again, and do not tell the server's side: that it failed can depend on what you asked."
    case .otherKey:
      "Keys are rotated: get the new public key on a trusted channel. Nothing was asked."
    case .otherVersion:
      "A new version has its own name: ask who builds it, and give the new one with --version-pin. Nothing was asked."
    case .unknownParameters: "Run the same version of Hitoku on both sides."
    case .wrongKind: "Give --user or user names with credentials, and leave them away for passwords."
    case .otherShape:
      "No password was sent. Ask who runs the server whether that was meant; then run it again."
    case .finePartition:
      "Ask who runs the server why; allow more with --max-partition. Nothing was asked."
    case .databaseChanged: "Answers so far were discarded; run it again."
    case .stopped: "Run it again for the rest."
    case .beyondBudget: "Check fewer entries, one by one with --single, or ask for a larger budget."
    case .tooManyBuckets:
      "Check fewer users at once, or allow more with --max-buckets. Nothing was asked."
    case .tooManyQueries:
      "Check fewer entries at once, or allow more with --max-queries. Nothing was asked."
    }
  }
}
