#if Services
import ContributionStore
import EncryptedSum
import Foundation
import HTTPService
import Logging
import ServiceContracts

// Studies, how far they are, their logs, and tokens.
extension SumRoutes {
  func list(_ scope: TokenScope) throws(Refusal) -> ServiceAnswer {
    try list { scope.permits(.readStudy, in: $0) }
  }

  func list(where isShown: ([UInt8]) -> Bool) throws(Refusal) -> ServiceAnswer {
    let digests = try storing { () throws(ContributionStoreError) in try store.studies() }
    var entries: [SumStudyList.Entry] = []
    for digest in digests where isShown(digest) {
      let digits = Digits.text(digest)
      let study: ServedStudy
      do { study = try studies.study(digits) } catch {
        // One that cannot be read, or is of another key, does not hide the others.
        guard error.problem.kind == .failed else { throw error }
        logger.error("a study is left out of the list", metadata: ["study": .string(digits)])
        continue
      }
      entries.append(
        SumStudyList.Entry(title: study.plan.study.title, progress: try progress(study, digits)))
    }
    return try Self.json(SumStudyList(studies: entries))
  }

  func create(_ request: ServiceRequest, _ scope: TokenScope) async throws(Refusal) -> ServiceAnswer {
    let document = try Self.document(NewSumStudyDocument.self, of: request.body)
    return try await compute { () throws(Refusal) in
      let study = try self.studies.create(document) { scope.permits(.createStudy, in: $0) }
      return try self.studyAnswer(study, Digits.text(study.handle.digest), status: 201)
    }
  }

  func readStudy(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    try studyAnswer(asked.study, asked.digest, status: 200)
  }

  private func studyAnswer(
    _ study: ServedStudy, _ digits: String, status: Int
  ) throws(Refusal) -> ServiceAnswer {
    let record = try studies.record(digits)
    return try Self.json(
      SumStudyDocument(
        study: String(decoding: record.source, as: UTF8.self), signature: Digits.text(record.signature),
        progress: Self.progress(study, record, digits)), status: status)
  }

  func progressAnswer(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    try Self.json(progress(asked.study, asked.digest))
  }

  func close(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    try storing { () throws(ContributionStoreError) in _ = try store.close(asked.study.handle) }
    return try progressAnswer(asked)
  }

  func publish(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    guard (try? JSONSerialization.jsonObject(with: Data(asked.request.body))) != nil else {
      throw Refusal(.malformedRequest, "A result is a JSON object or list.")
    }
    // Without a field, or with one that is none, the rules speak first all the same.
    let signature = asked.field(SumPath.resultSignature).flatMap { Digits.bytes($0) } ?? []
    try storing { () throws(ContributionStoreError) in
      _ = try store.publish(asked.request.body, signature: signature, of: asked.study.handle)
    }
    return ServiceAnswer(status: 201, mediaType: SumPath.json, bytes: asked.request.body)
  }

  func readResult(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer { try result(of: asked.digest) }

  /// What was published of a study.
  func result(of digest: String) throws(Refusal) -> ServiceAnswer {
    guard let result = try studies.record(digest).result else {
      throw Refusal(.notFound, "No result was published yet.")
    }
    return ServiceAnswer(mediaType: SumPath.json, bytes: result)
  }

  func log(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    let first = try asked.number("from", default: 1, in: 1...Int(Int32.max))
    let limit = try asked.number("limit", default: 1_000, in: 1...1_000)
    let entries = try storing { () throws(ContributionStoreError) in
      try store.log(of: asked.study.handle, from: first, limit: limit)
    }
    return try Self.json(
      SumLogDocument(
        entries: entries.map {
          SumLogDocument.Entry(
            sequence: $0.sequence, time: $0.time, kind: $0.kind.rawValue, name: $0.name,
            subject: Digits.text($0.subject), version: $0.version, hash: Digits.text($0.hash))
        }))
  }

  func makeToken(_ request: ServiceRequest, _ scope: TokenScope) async throws(Refusal) -> ServiceAnswer {
    let document = try Self.document(SumTokenRequest.self, of: request.body)
    guard let role = SumRole(rawValue: document.role) else {
      throw Refusal(
        .malformedRequest, "A role is one of \(SumRole.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    let study = document.study.flatMap { Digits.bytes($0) }
    guard (study == nil) == (document.study == nil), study?.count ?? 32 == 32 else {
      throw Refusal(.malformedRequest, "A study's digest has 64 hexadecimal digits.")
    }
    guard scope.study == nil || scope.study == study else {
      throw Refusal(.forbidden, "The token is for another study.", rule: .notPermitted)
    }
    let new = TokenScope(role: role, study: study, name: document.name, expires: document.expires)
    return try await compute { () throws(Refusal) in
      let token = try storing { () throws(ContributionStoreError) in try self.store.makeToken(new) }
      return try Self.json(SumTokenDocument(token: token), status: 201)
    }
  }

  func revokeTokens(_ endpoint: SumEndpoint, _ scope: TokenScope) async throws(Refusal) -> ServiceAnswer {
    guard scope.study == nil else {
      throw Refusal(.forbidden, "Only a token for all studies revokes others.", rule: .notPermitted)
    }
    guard let bearer = endpoint.bearer, let role = SumRole(rawValue: bearer.role) else {
      throw Refusal(.notFound, "There is no such role.")
    }
    guard SumStudy.isName(bearer.name) else {
      throw Refusal(.malformedRequest, "A name has 1 to 128 bytes without control characters.")
    }
    return try await compute { () throws(Refusal) in
      let count = try storing { () throws(ContributionStoreError) in
        try self.store.revokeTokens(role: role, name: bearer.name)
      }
      return try Self.json(SumRevocationDocument(revoked: count))
    }
  }

  private func progress(_ study: ServedStudy, _ digits: String) throws(Refusal) -> SumProgressDocument {
    Self.progress(study, try studies.record(digits), digits)
  }

  static func progress(
    _ study: ServedStudy, _ record: StudyRecord, _ digits: String
  ) -> SumProgressDocument {
    let rules = study.plan.study
    return SumProgressDocument(
      digest: digits, stage: record.stage.rawValue, contributors: record.contributors,
      minimumContributors: rules.limits.minimumContributors,
      maximumContributors: rules.limits.maximumContributors, opening: rules.period.opening,
      closing: rules.period.closing)
  }
}

extension Refusal {
  /// A refusal by a rule.
  init(_ kind: Problem.Kind, _ detail: String, rule: SumRefusal) {
    self.init(problem: Problem(kind, detail, rule: rule.rawValue))
  }
}
#endif
