#if Services
import ContributionStore
import EncryptedSum
import Foundation
import HTTPService
import HTTPTypes
import Logging
import ServiceContracts

/// What a request holds on to: who asks, and about which study.
struct SumTicket: Sendable {
  /// nil at places where anybody may ask.
  let scope: TokenScope?
  /// nil at places that belong to no study.
  let study: ServedStudy?
}

/// What the daemon answers: rights first, then the study, then its rules, which the store keeps.
struct SumRoutes: ServiceRoutes {
  let studies: ServedStudies
  let pool: WorkPool
  let readiness: Readiness
  let page: WebPage
  /// What everybody may see.
  let publicStudies: PublicStudies
  let logger: Logger

  var store: ContributionStore { studies.store }

  func endpoint(for target: RequestTarget) throws(Refusal) -> SumEndpoint { try SumEndpoint(target) }

  func ticket(
    for endpoint: SumEndpoint, bearer: String?
  ) throws(Refusal) -> (ticket: SumTicket, bodyLimit: Int) {
    guard let operation = endpoint.operation, let action = operation.action else {
      return (SumTicket(scope: nil, study: nil), 0)
    }
    guard let bearer,
      let scope = try storing({ () throws(ContributionStoreError) in try store.scope(of: bearer) })
    else { throw Refusal(.unauthorized, "Send Authorization: Bearer TOKEN.") }
    guard SumRights.permits(scope.role, action) else {
      throw Refusal(
        problem: Problem(
          .forbidden, "The role \(scope.role.rawValue) may not \(action.rawValue).",
          rule: SumRefusal.notPermitted.rawValue))
    }
    var study: ServedStudy?
    if let digest = endpoint.study {
      guard let bytes = Digits.bytes(digest), scope.permits(action, in: bytes) else {
        throw Refusal(
          problem: Problem(
            .forbidden, "The token is for another study.", rule: SumRefusal.notPermitted.rawValue))
      }
      study = try studies.study(digest)
    }
    if [.submitNumbers, .replaceNumbers].contains(operation) {
      guard case .paillier(.separate)? = study?.plan.study.scheme else {
        throw Refusal(.notFound, "Only studies of the form separate take python-paillier's numbers.")
      }
    }
    return (SumTicket(scope: scope, study: study), limit(operation, study))
  }

  /// The longest body that an operation takes.
  private func limit(_ operation: SumOperation, _ study: ServedStudy?) -> Int {
    switch operation {
    case .createStudy: 8 << 20
    case .submit, .replace: study?.plan.contributionByteCount ?? 0
    // A ciphertext of the longest key has 2,467 digits.
    case .submitNumbers, .replaceNumbers: (study?.plan.layout.count ?? 0) * 2_600
    case .publish: 1 << 20
    default: 4_096
    }
  }

  func answer(
    _ endpoint: SumEndpoint, _ ticket: SumTicket, _ request: ServiceRequest
  ) async throws(Refusal) -> ServiceAnswer {
    guard let operation = endpoint.operation else { throw Refusal(.notFound) }
    switch operation {
    case .health: return Readiness.yes
    case .ready: return try readiness.answer()
    case .openapi: return ServiceAnswer(mediaType: "application/yaml", bytes: PackageResources.openapi_yaml)
    case .provider:
      return try Self.json(SumProviderDocument(publicKey: Digits.text(studies.key.publicKey.bytes)))
    case .listPublic: return try await compute { () throws(Refusal) in try self.listPublic() }
    case .readPublic, .readPublicResult:
      let digest = endpoint.study ?? ""
      return try await compute { () throws(Refusal) in
        operation == .readPublic ? try self.readPublic(digest) : try self.readPublicResult(digest)
      }
    case .page: if let place = endpoint.page { return try page.answer(place, request) }
    default: break
    }
    guard let scope = ticket.scope else { throw Refusal(.unauthorized) }
    if let study = ticket.study, let digest = endpoint.study {
      return try await answer(operation, StudyRequest(study, digest, scope, request))
    }
    switch operation {
    case .listStudies: return try await compute { () throws(Refusal) in try self.list(scope) }
    case .createStudy: return try await create(request, scope)
    case .makeToken: return try await makeToken(request, scope)
    case .revokeTokens: return try await revokeTokens(endpoint, scope)
    default: throw Refusal(.notFound)
    }
  }

  private func answer(
    _ operation: SumOperation, _ asked: StudyRequest
  ) async throws(Refusal) -> ServiceAnswer {
    switch operation {
    case .submit, .replace: return try await contribute(asked, replaces: operation == .replace)
    case .submitNumbers, .replaceNumbers:
      return try await contributeNumbers(asked, replaces: operation == .replaceNumbers)
    case .withdraw: return try await withdraw(asked)
    case .readKey: return ServiceAnswer(mediaType: SumPath.bytes, bytes: asked.study.plan.encodedKey)
    default: return try await compute { () throws(Refusal) in try self.answer(at: operation, asked) }
    }
  }

  /// What needs no waiting but for the store.
  private func answer(at operation: SumOperation, _ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    switch operation {
    case .readStudy: try readStudy(asked)
    case .readProgress: try progressAnswer(asked)
    case .readReceipts: try receipts(asked)
    case .close: try close(asked)
    case .giveSeed: try giveSeed(asked)
    case .readSeed: try readSeed(asked)
    case .release: try release(asked)
    case .readRelease: try readRelease(asked)
    case .readManifest: try readManifest(asked)
    case .countersign: try countersign(asked)
    case .readContributions: try contributions(asked)
    case .publish: try publish(asked)
    case .readResult: try readResult(asked)
    case .readLog: try log(asked)
    default: throw Refusal(.notFound)
    }
  }

  /// Computes on the pool.
  func compute<Value: Sendable>(
    _ body: @escaping @Sendable () throws(Refusal) -> Value
  ) async throws(Refusal) -> Value {
    let result: Result<Value, Refusal>
    do {
      result = try await pool.run { () -> Result<Value, Refusal> in
        do throws(Refusal) { return .success(try body()) } catch { return .failure(error) }
      }
    } catch { throw Refusal(.busy, "Too many requests wait already.", retryAfter: 1) }
    if case .failure(let refusal) = result, refusal.problem.kind == .failed {
      logger.error("failed", metadata: ["reason": "\(refusal.problem.detail ?? "")"])
    }
    return try result.get()
  }

  /// A document as JSON.
  static func json(_ document: some Encodable, status: Int = 200) throws(Refusal) -> ServiceAnswer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(document) else { throw Refusal(.failed) }
    return ServiceAnswer(status: status, mediaType: SumPath.json, bytes: [UInt8](data))
  }

  /// The document of a body. One with further members is refused: a misspelt one would be passed over.
  static func document<Document: Codable>(
    _ type: Document.Type, of body: [UInt8]
  ) throws(Refusal) -> Document {
    let data = Data(body)
    guard let document = try? JSONDecoder().decode(type, from: data), let names = names(data),
      let read = (try? JSONEncoder().encode(document)).flatMap({ Self.names($0) }), names == read
    else { throw Refusal(.malformedRequest, "The body is not the document that /openapi.yaml describes.") }
    return document
  }

  private static func names(_ data: Data) -> Set<String>? {
    (try? JSONSerialization.jsonObject(with: data) as? [String: Any]).map { Set($0.keys) }
  }
}

/// A request about a study.
struct StudyRequest: Sendable {
  let study: ServedStudy
  /// In digits.
  let digest: String
  let scope: TokenScope
  let request: ServiceRequest

  init(_ study: ServedStudy, _ digest: String, _ scope: TokenScope, _ request: ServiceRequest) {
    self.study = study
    self.digest = digest
    self.scope = scope
    self.request = request
  }

  /// A number of the query, within bounds. Throws `malformedRequest`.
  func number(_ name: String, default value: Int, in bounds: ClosedRange<Int>) throws(Refusal) -> Int {
    guard let text = request.target.query[name] else { return value }
    guard let number = Int(text), bounds.contains(number) else {
      throw Refusal(
        .malformedRequest, "\(name) is a number from \(bounds.lowerBound) to \(bounds.upperBound).")
    }
    return number
  }

  /// A field of the header.
  func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.fields[$0] } }

  /// The idempotency key, where one came. Throws `malformedRequest`.
  func idempotencyKey() throws(Refusal) -> String? {
    guard let key = field(SumPath.idempotencyKey) else { return nil }
    guard (1...128).contains(key.utf8.count) else {
      throw Refusal(.malformedRequest, "\(SumPath.idempotencyKey) has 1 to 128 bytes.")
    }
    return key
  }
}
#endif
