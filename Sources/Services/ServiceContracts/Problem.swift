/// Why a request was refused (RFC 9457, `application/problem+json`). It depends on the request's shape and on who asks, never
/// on the item that was asked for.
public struct Problem: Codable, Error, Sendable, Equatable {
  /// Which problem it is; clients decide by this.
  public enum Kind: String, Sendable, CaseIterable {
    /// 400: the path or the body is not as described.
    case malformedRequest = "malformed-request"
    /// 401: a token is needed, or unknown.
    case unauthorized = "unauthorized"
    /// 403: the token does not allow this.
    case forbidden = "forbidden"
    /// 404: nothing stands at this path.
    case notFound = "not-found"
    /// 405: the path takes other methods.
    case methodNotAllowed = "method-not-allowed"
    /// 408: the body came too slowly.
    case tooSlow = "too-slow"
    /// 409: the query is for another table than the path says.
    case wrongTable = "wrong-table"
    /// 409: the rules forbid it now; `rule` says which.
    case ruleForbids = "rule-forbids"
    /// 410: this version is not served any more, or not by this server. Fetch `/v1/database` again.
    case unknownVersion = "unknown-version"
    /// 413: the body is longer than any request is.
    case tooLarge = "too-large"
    /// 415: the body has another media type.
    case unsupportedMediaType = "unsupported-media-type"
    /// 422: the idempotency key stands for another request.
    case keyReused = "idempotency-key-reused"
    /// 429: requests come too fast. Wait for `Retry-After` seconds.
    case rateLimited = "rate-limited"
    /// 429: the day's elements are used up. `Retry-After` says when some are free again.
    case budgetSpent = "budget-spent"
    /// 500: the server failed; its log says more.
    case failed = "failed"
    /// 503: whether it was done is not known, only that it was done whole or not at all. Repeat it with its idempotency key.
    case outcomeUnknown = "outcome-unknown"
    /// 503: too many requests wait already, or the server is starting or stopping. Wait for `Retry-After` seconds.
    case busy = "busy"

    /// The HTTP status.
    public var status: Int {
      switch self {
      case .malformedRequest: 400
      case .unauthorized: 401
      case .forbidden: 403
      case .notFound: 404
      case .methodNotAllowed: 405
      case .tooSlow: 408
      case .wrongTable, .ruleForbids: 409
      case .unknownVersion: 410
      case .tooLarge: 413
      case .unsupportedMediaType: 415
      case .keyReused: 422
      case .rateLimited, .budgetSpent: 429
      case .failed: 500
      case .outcomeUnknown, .busy: 503
      }
    }

    /// The problem's type: a name, not an address.
    public var type: String { "urn:hitoku:problem:\(rawValue)" }
  }

  /// `Kind.type`.
  public var type: String
  /// A short sentence, the same for all problems of a type.
  public var title: String
  /// The HTTP status.
  public var status: Int
  /// What to do about it.
  public var detail: String?
  /// The rule that forbids it, in one word, of `ruleForbids` and `forbidden`.
  public var rule: String?

  /// A problem of a kind.
  public init(_ kind: Kind, _ detail: String? = nil, rule: String? = nil) {
    type = kind.type
    title = kind.title
    status = kind.status
    self.detail = detail
    self.rule = rule
  }

  /// The kind; nil for one that this program does not know.
  public var kind: Kind? { Kind.allCases.first { $0.type == type } }

  /// The media type of a problem.
  public static let mediaType = "application/problem+json"
}

extension Problem.Kind {
  /// A short sentence, the same for all problems of this kind.
  public var title: String {
    switch self {
    case .malformedRequest: "The request is malformed."
    case .unauthorized: "A valid token is needed."
    case .forbidden: "The token does not allow this."
    case .notFound: "There is nothing here."
    case .methodNotAllowed: "This method is not allowed here."
    case .tooSlow: "The request came too slowly."
    case .wrongTable: "The query is for another table."
    case .ruleForbids: "The rules forbid this now."
    case .unknownVersion: "This version of the database is not served."
    case .tooLarge: "The request is too large."
    case .unsupportedMediaType: "The body has the wrong media type."
    case .keyReused: "The idempotency key stands for another request."
    case .rateLimited: "Requests come too fast."
    case .budgetSpent: "The day's budget is spent."
    case .failed: "The server failed."
    case .outcomeUnknown: "Whether this was done is not known."
    case .busy: "The server is busy."
    }
  }
}
