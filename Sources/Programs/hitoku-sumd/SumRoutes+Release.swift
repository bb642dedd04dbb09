#if Services
import ContributionStore
import EncryptedSum
import HTTPService
import ServiceContracts

// What happens after closing.
extension SumRoutes {
  func giveSeed(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    let document = try Self.document(SumAuditorSeedDocument.self, of: asked.request.body)
    guard let seed = Digits.bytes(document.seed), seed.count == SumSeeds.byteCount,
      let signature = Digits.bytes(document.signature)
    else {
      throw Refusal(.malformedRequest, "A seed has 64 hexadecimal digits, a signature 128.")
    }
    try storing { () throws(ContributionStoreError) in
      _ = try store.giveAuditorSeed(seed, signature: signature, to: asked.study.handle)
    }
    return try readSeed(asked)
  }

  /// The provider's seed, to the auditor, once it gave its own.
  func readSeed(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    let seed = try storing { () throws(ContributionStoreError) in
      try store.providerSeed(of: asked.study.handle)
    }
    return try Self.json(SumSeedDocument(seed: Digits.text(seed)))
  }

  func release(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    let record = try storing { () throws(ContributionStoreError) in
      try studies.key.with { key throws(ContributionStoreError) in
        try store.release(asked.study.handle, plan: asked.study.plan, signing: key)
      }
    }
    return try manifest(record)
  }

  func readRelease(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    guard let released = try studies.record(asked.digest).released else {
      throw Refusal(.notFound, "The aggregate was not released yet.", rule: .notReleased)
    }
    return ServiceAnswer(mediaType: SumPath.bytes, bytes: released)
  }

  func readManifest(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    try manifest(try studies.record(asked.digest))
  }

  func countersign(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    let document = try Self.document(SumSignatureDocument.self, of: asked.request.body)
    guard let signature = Digits.bytes(document.signature) else {
      throw Refusal(.malformedRequest, "A signature has 128 hexadecimal digits.")
    }
    try storing { () throws(ContributionStoreError) in
      try store.countersign(signature, asked.study.handle)
    }
    return try readManifest(asked)
  }

  func contributions(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    let mark = try asked.number("after", default: 0, in: 0...(1 << 53))
    let limit = try asked.number("limit", default: 16, in: 1...SumContributionPage.largestCount)
    let count = SumContributionPage.count(limit, ofBytes: asked.study.plan.contributionByteCount)
    let page = try storing { () throws(ContributionStoreError) in
      try store.contributions(of: asked.study.handle, after: Int64(mark), limit: count)
    }
    let document = SumContributionPage(
      entries: page.contributions.map {
        SumContributionPage.Entry(
          contributor: $0.contributor, version: $0.signature?.version ?? 0,
          signature: $0.signature?.bytes ?? [], body: $0.body)
      }, next: page.next)
    return ServiceAnswer(mediaType: SumPath.bytes, bytes: document.encoded())
  }

  private func manifest(_ record: StudyRecord) throws(Refusal) -> ServiceAnswer {
    guard let signed = record.manifest else {
      throw Refusal(.notFound, "The aggregate was not released yet.", rule: .notReleased)
    }
    return try Self.json(
      SumManifestDocument(
        manifest: Base64.text(signed.manifest.encoded()),
        providerSignature: Digits.text(signed.providerSignature),
        auditorSignature: signed.auditorSignature.map { Digits.text($0) },
        resultSignature: record.resultSignature.map { Digits.text($0) }))
  }
}
#endif
