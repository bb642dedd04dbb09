#if Services
import EncryptedSum
import Primitives
import Secrets
import ServiceClient
import ServiceContracts

// Fence: seeds come in digits and become wiped memory.

/// What an audit found right.
public struct SumAuditFindings: Sendable, Equatable {
  /// Contributions that were added up again.
  public let contributions: Int
  /// Entries of the log, one chain.
  public let entries: Int
}

extension SumSession {
  /// The study's whole log, fetched and checked entry by entry. Throws `falseLog` and `sum(.logBroken)`.
  public func log() async throws(SumClientError) -> SumLog {
    var entries: [SumLogEntry] = []
    while true {
      let next = entries.count + 1
      let page = try await Self.asking { () async throws(ServiceClientError) in
        try await server.log(of: digest, from: next)
      }
      if page.entries.isEmpty { break }
      for line in page.entries {
        let entry = try Self.entry(line)
        // Nobody is made to keep what is no chain.
        let head = entries.last?.hash ?? SumLogEntry.hashBeforeFirst(study: study.digest)
        guard entry.follows(head, sequence: entries.count + 1) else {
          throw .sum(.logBroken(sequence: entries.count + 1))
        }
        entries.append(entry)
      }
    }
    do { return try SumLog(entries, of: study) } catch { throw .sum(error) }
  }

  /// Gives the auditor's seed (32 bytes), signed for the log as `mark` has it, unless this one was given before. Gives the provider's.
  /// The mark must be on disk: the provider's commitment is the one that stands there. Throws `sum(.seedNotCommitted)` for another seed.
  public func giveSeed(
    _ seed: [UInt8], after mark: SumLogMark, signing key: borrowing SigningKey
  ) async throws(SumClientError) -> [UInt8] {
    let signature = study.signature(onSeed: seed, after: mark.hash, by: key)
    let answer: SumSeedDocument
    do {
      answer = try await server.give(
        seed: SumAuditorSeedDocument(seed: Self.digits(seed), signature: Self.digits(signature)), to: digest)
    } catch {
      guard case .refused(let problem, _) = error,
        [SumRefusal.auditorSeedGiven.rawValue, SumRefusal.alreadyReleased.rawValue].contains(
          problem.rule ?? "")
      else { throw .server(error) }
      answer = try await Self.asking { () async throws(ServiceClientError) in
        try await server.providerSeed(of: digest)
      }
    }
    guard let provider = Self.bytes(answer.seed), provider.count == SumSeeds.byteCount else {
      throw .sum(.malformed)
    }
    guard SumSeeds.commitment(to: Self.secret(provider), study: study.digest) == mark.commitment else {
      throw .sum(.seedNotCommitted)
    }
    return provider
  }

  /// Computes the release again from the single contributions and both seeds, and checks the log, which must go on from the mark,
  /// against the manifest. Gives the manifest with the auditor's signature: keep its digest, then `countersign`.
  public func audit(
    _ manifest: SignedManifest, seed: [UInt8], providerSeed: [UInt8], since mark: SumLogMark,
    signing key: borrowing SigningKey, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws(SumClientError) -> (signed: SignedManifest, findings: SumAuditFindings) {
    let (plan, log) = (try await plan(), try await log())
    let seeds: SumSeeds
    do {
      try log.check(continues: mark)
      seeds = try SumSeeds(provider: Self.secret(providerSeed), auditor: Self.secret(seed))
    } catch { throw .sum(error) }
    let signed = try await countersigned(plan, manifest, log, seeds, key, progress)
    return (
      signed,
      SumAuditFindings(
        contributions: manifest.manifest.contributions.count, entries: log.entries.count)
    )
  }

  /// Hands in the countersignature.
  public func countersign(_ signed: SignedManifest) async throws(SumClientError) {
    guard let signature = signed.auditorSignature else { throw .sum(.invalidSignature(.auditor)) }
    _ = try await Self.asking { () async throws(ServiceClientError) in
      try await server.countersign(SumSignatureDocument(signature: Self.digits(signature)), for: digest)
    }
  }

  private func countersigned(
    _ plan: SumPlan, _ manifest: SignedManifest, _ log: SumLog, _ seeds: consuming SumSeeds,
    _ key: borrowing SigningKey, _ progress: (_ done: Int, _ total: Int) -> Void
  ) async throws(SumClientError) -> SignedManifest {
    var audit = try Self.begin(plan, manifest, log, seeds)
    var (mark, done) = (Int64(0) as Int64?, 0)
    while let after = mark {
      let page: SumContributionPage
      do { page = try await server.contributions(of: digest, after: after) } catch { throw .server(error) }
      do {
        for entry in page.entries {
          let signature =
            entry.signature.isEmpty
            ? nil : ContributionSignature(version: entry.version, bytes: entry.signature)
          try audit.add(entry.body, by: entry.contributor, signature: signature)
        }
      } catch { throw .sum(error) }
      done += page.entries.count
      progress(done, manifest.manifest.contributions.count)
      mark = page.next
    }
    do { return try audit.countersigned(by: key) } catch { throw .sum(error) }
  }

  private static func begin(
    _ plan: SumPlan, _ manifest: SignedManifest, _ log: SumLog, _ seeds: consuming SumSeeds
  ) throws(SumClientError) -> SumAudit {
    do throws(SumError) {
      let audit = try SumAudit(plan, manifest: manifest, seeds: seeds)
      try audit.check(log)
      return audit
    } catch { throw .sum(error) }
  }

  private static func entry(_ line: SumLogDocument.Entry) throws(SumClientError) -> SumLogEntry {
    guard let kind = SumLogEntry.Kind(rawValue: line.kind), let subject = bytes(line.subject),
      let hash = bytes(line.hash), line.version >= 0
    else { throw .falseLog }
    return SumLogEntry(
      sequence: line.sequence, time: line.time, kind: kind, name: line.name, subject: subject,
      version: line.version, stored: hash)
  }

  private static func secret(_ bytes: [UInt8]) -> SecretBytes {
    unsafe SecretBytes(count: bytes.count) { (buffer: UnsafeMutableBufferPointer<UInt8>) in
      for index in buffer.indices { unsafe buffer[index] = bytes[index] }
    }
  }
}
#endif
