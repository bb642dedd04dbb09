#if Services
import EncryptedSum
import HTTPService
import ServiceContracts

/// What a request asks for: one method of one place.
enum SumOperation: String, Sendable, CaseIterable {
  case provider
  case listStudies = "list-studies"
  case createStudy = "create-study"
  case readStudy = "read-study"
  case readKey = "read-key"
  case readProgress = "read-progress"
  case readReceipts = "read-receipts"
  case submit
  case replace
  case withdraw
  case submitNumbers = "submit-numbers"
  case replaceNumbers = "replace-numbers"
  case close
  case giveSeed = "give-seed"
  case readSeed = "read-seed"
  case release
  case readRelease = "read-release"
  case readManifest = "read-manifest"
  case countersign
  case readContributions = "read-contributions"
  case publish
  case readResult = "read-result"
  case readLog = "read-log"
  case makeToken = "make-token"
  case revokeTokens = "revoke-tokens"
  case health
  case ready
  case openapi
  case listPublic = "list-public"
  case readPublic = "read-public"
  case readPublicResult = "read-public-result"
  case page

  /// The right that it takes; nil: anybody may.
  var action: SumAction? {
    switch self {
    case .provider, .health, .ready, .openapi, .listPublic, .readPublic, .readPublicResult, .page: nil
    case .listStudies, .readStudy, .readKey: .readStudy
    case .createStudy: .createStudy
    case .readProgress: .readProgress
    case .readReceipts: .readReceipts
    case .submit, .replace, .withdraw, .submitNumbers, .replaceNumbers: .contribute
    case .close: .close
    case .giveSeed, .readSeed: .exchangeSeeds
    case .release: .release
    case .readRelease: .readRelease
    case .readManifest: .readManifest
    case .countersign: .countersign
    case .readContributions: .readContributions
    case .publish: .publish
    case .readResult: .readResult
    case .readLog: .readLog
    case .makeToken, .revokeTokens: .manageTokens
    }
  }

  /// The operations of a place by their methods.
  static func all(of path: SumPath) -> [String: SumOperation] {
    switch path {
    case .provider: ["GET": .provider]
    case .studies: ["GET": .listStudies, "POST": .createStudy]
    case .study: ["GET": .readStudy]
    case .publicStudies: ["GET": .listPublic]
    case .publicStudy: ["GET": .readPublic]
    case .publicResult: ["GET": .readPublicResult]
    case .tokens: ["POST": .makeToken]
    case .token: ["DELETE": .revokeTokens]
    case .part(_, let part): all(of: part)
    }
  }

  private static func all(of part: SumPath.Part) -> [String: SumOperation] {
    switch part {
    case .key: ["GET": .readKey]
    case .progress: ["GET": .readProgress]
    case .contribution: ["GET": .readReceipts, "POST": .submit, "PUT": .replace, "DELETE": .withdraw]
    case .numbers: ["POST": .submitNumbers, "PUT": .replaceNumbers]
    case .close: ["POST": .close]
    case .seed: ["GET": .readSeed, "POST": .giveSeed]
    case .release: ["GET": .readRelease, "POST": .release]
    case .manifest: ["GET": .readManifest]
    case .countersignature: ["POST": .countersign]
    case .contributions: ["GET": .readContributions]
    case .result: ["GET": .readResult, "POST": .publish]
    case .log: ["GET": .readLog]
    }
  }
}

/// A place of the daemon with the request's method.
struct SumEndpoint: ServiceEndpoint, Equatable {
  /// nil where the place does not take the method: then nothing but the refusal follows.
  let operation: SumOperation?
  /// The study's digest, in digits; nil of places that belong to none.
  let study: String?
  /// Whose tokens are revoked.
  let bearer: (role: String, name: String)?
  /// What of the page for people it is.
  let page: WebPage.Place?
  let methods: [String]

  init(_ target: RequestTarget) throws(Refusal) {
    guard let pieces = target.path else { throw Refusal(.malformedRequest, "This is no path.") }
    let operations: [String: SumOperation]
    var (study, bearer): (String?, (String, String)?) = (nil, nil)
    page = WebPage.Place(pieces: pieces)
    switch pieces {
    case ["health"]: operations = ["GET": .health]
    case ["ready"]: operations = ["GET": .ready]
    case ["openapi.yaml"]: operations = ["GET": .openapi]
    case _ where page != nil: operations = ["GET": .page]
    default:
      let path: SumPath
      do { path = try SumPath(pieces: pieces) } catch { throw Refusal(problem: error) }
      operations = SumOperation.all(of: path)
      switch path {
      case .study(let digest), .part(let digest, _), .publicStudy(let digest), .publicResult(let digest):
        study = digest
      case .token(let role, let name): bearer = (role, name)
      case .provider, .studies, .publicStudies, .tokens: break
      }
    }
    operation = operations[target.method == "HEAD" ? "GET" : target.method]
    methods = (Array(operations.keys) + (operations["GET"] == nil ? [] : ["HEAD"])).sorted()
    (self.study, self.bearer) = (study, bearer)
  }

  var name: String { operation?.rawValue ?? "unknown" }

  var isOpen: Bool { operation.map { $0.action == nil } ?? false }

  var takesBody: Bool {
    switch operation {
    case .createStudy, .submit, .replace, .submitNumbers, .replaceNumbers, .giveSeed, .countersign, .publish,
      .makeToken:
      true
    default: false
    }
  }

  var bodyType: String {
    switch operation {
    case .submit, .replace: SumPath.bytes
    case .submitNumbers, .replaceNumbers: SumPath.lines
    default: SumPath.json
    }
  }

  static func == (left: SumEndpoint, right: SumEndpoint) -> Bool {
    left.operation == right.operation && left.study == right.study && left.methods == right.methods
      && left.page == right.page && left.bearer?.role == right.bearer?.role
      && left.bearer?.name == right.bearer?.name
  }
}
#endif
