#if Services
import ContributionStore
import EncryptedSum
import HTTPService
import Paillier
import PaillierFiles
import ServiceContracts

// What contributors do.
extension SumRoutes {
  /// Checks the ciphertext on the pool, then waits for the commit that it shares with others.
  func contribute(_ asked: StudyRequest, replaces: Bool) async throws(Refusal) -> ServiceAnswer {
    try await keep(asked.request.body, asked, replaces: replaces)
  }

  /// The same for python-paillier's lines: as many as the layout has values, each of exponent 0.
  func contributeNumbers(_ asked: StudyRequest, replaces: Bool) async throws(Refusal) -> ServiceAnswer {
    let body = try await compute { () throws(Refusal) in
      do {
        let lines = try CiphertextFile.lines(
          asked.request.body, key: try PublicKey(decoding: asked.study.plan.encodedKey))
        guard lines.exponents.allSatisfy({ $0 == 0 }) else {
          throw Refusal(.malformedRequest, "Encrypt integers: every exponent is 0.")
        }
        return lines.ciphertexts.encoded()
      } catch let refusal as Refusal { throw refusal } catch {
        throw Refusal(.malformedRequest, "The lines are not python-paillier's under the study's key.")
      }
    }
    return try await keep(body, asked, replaces: replaces)
  }

  private func keep(
    _ body: [UInt8], _ asked: StudyRequest, replaces: Bool
  ) async throws(Refusal) -> ServiceAnswer {
    let (key, signature) = (try asked.idempotencyKey(), try asked.contributionSignature())
    let checked = try await compute { () throws(Refusal) in
      do throws(SumError) {
        return try asked.study.plan.checked(body, by: asked.scope.name, signature: signature)
      } catch { throw Refusal(contribution: error) }
    }
    let entry: SumLogEntry
    do throws(ContributionStoreError) {
      entry =
        replaces
        ? try await store.replace(with: checked, in: asked.study.handle, idempotencyKey: key)
        : try await store.submit(checked, to: asked.study.handle, idempotencyKey: key)
    } catch { throw Refusal(error) }
    return try Self.json(receipt(entry, asked.study), status: replaces ? 200 : 201)
  }

  func withdraw(_ asked: StudyRequest) async throws(Refusal) -> ServiceAnswer {
    let key = try asked.idempotencyKey()
    let entry: SumLogEntry
    do throws(ContributionStoreError) {
      entry = try await store.withdraw(
        contributor: asked.scope.name, from: asked.study.handle, idempotencyKey: key)
    } catch { throw Refusal(error) }
    return try Self.json(receipt(entry, asked.study))
  }

  func receipts(_ asked: StudyRequest) throws(Refusal) -> ServiceAnswer {
    let entries = try storing { () throws(ContributionStoreError) in
      try store.log(of: asked.study.handle, name: asked.scope.name)
    }
    return try Self.json(SumReceiptList(receipts: entries.map { receipt($0, asked.study) }))
  }

  private func receipt(_ entry: SumLogEntry, _ study: ServedStudy) -> SumReceiptDocument {
    let receipt = studies.key.with { SumReceipt(study: study.handle.digest, entry: entry, signing: $0) }
    return SumReceiptDocument(
      receipt: Base64.text(receipt.encoded()), kind: entry.kind.rawValue, sequence: entry.sequence,
      time: entry.time, contribution: Digits.text(entry.subject))
  }
}

extension Refusal {
  /// Of what came in as a contribution.
  fileprivate init(contribution error: SumError) {
    switch error {
    case .refused(let rule): self.init(rule)
    case .invalidSignature: self.init(SumRefusal.notSigned)
    case .transparentContribution: self.init(.malformedRequest, "The ciphertext hides nothing.")
    case .wrongContribution:
      self.init(.malformedRequest, "The study lists no contributors: send no signature.")
    default: self.init(.malformedRequest, "The body is no ciphertext of this study.")
    }
  }
}

extension StudyRequest {
  /// What the contributor signed, where it came. Throws `malformedRequest` for one field without the other, and for what is neither.
  fileprivate func contributionSignature() throws(Refusal) -> ContributionSignature? {
    let version = field(SumPath.contributionVersion)
    let signature = field(SumPath.contributionSignature)
    if version == nil, signature == nil { return nil }
    guard let number = version.flatMap({ Int($0) }), let bytes = signature.flatMap({ Digits.bytes($0) }),
      (1...ContributionSignature.largestVersion).contains(number), bytes.count == 64
    else {
      throw Refusal(
        .malformedRequest,
        "\(SumPath.contributionVersion) is a number from 1, \(SumPath.contributionSignature) has 128 digits.")
    }
    return ContributionSignature(version: number, bytes: bytes)
  }
}
#endif
