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
  /// Gives the auditor's seed (32 bytes), unless this one was given before. Gives the provider's.
  public func giveSeed(_ seed: [UInt8]) async throws(SumClientError) -> [UInt8] {
    let answer: SumSeedDocument
    do {
      answer = try await server.give(seed: SumSeedDocument(seed: Self.digits(seed)), to: digest)
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
    return provider
  }

  /// Computes the release again from the single contributions and both seeds, checks the log against the manifest, and hands in the
  /// countersignature.
  public func audit(
    _ seed: [UInt8], providerSeed: [UInt8], signing key: borrowing SigningKey,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws(SumClientError) -> SumAuditFindings {
    let (plan, manifest) = (try await plan(), try await manifest())
    let entries = try await log()
    let seeds: SumSeeds
    do { seeds = try SumSeeds(provider: Self.secret(providerSeed), auditor: Self.secret(seed)) } catch {
      throw .sum(error)
    }
    let signed = try await countersigned(plan, manifest, entries, seeds, key, progress)
    guard let signature = signed.auditorSignature else { throw .sum(.malformed) }
    _ = try await Self.asking { () async throws(ServiceClientError) in
      try await server.countersign(SumSignatureDocument(signature: Self.digits(signature)), for: digest)
    }
    return SumAuditFindings(contributions: manifest.manifest.contributions.count, entries: entries.count)
  }

  private func countersigned(
    _ plan: SumPlan, _ manifest: SignedManifest, _ entries: [SumLogEntry], _ seeds: consuming SumSeeds,
    _ key: borrowing SigningKey, _ progress: (_ done: Int, _ total: Int) -> Void
  ) async throws(SumClientError) -> SignedManifest {
    var audit = try Self.begin(plan, manifest, entries, seeds)
    var (mark, done) = (Int64(0) as Int64?, 0)
    while let after = mark {
      let page: SumContributionPage
      do { page = try await server.contributions(of: digest, after: after) } catch { throw .server(error) }
      do {
        for entry in page.entries { try audit.add(entry.body, by: entry.contributor) }
      } catch { throw .sum(error) }
      done += page.entries.count
      progress(done, manifest.manifest.contributions.count)
      mark = page.next
    }
    do { return try audit.countersigned(by: key) } catch { throw .sum(error) }
  }

  private static func begin(
    _ plan: SumPlan, _ manifest: SignedManifest, _ entries: [SumLogEntry], _ seeds: consuming SumSeeds
  ) throws(SumClientError) -> SumAudit {
    do throws(SumError) {
      let audit = try SumAudit(plan, manifest: manifest, seeds: seeds)
      try audit.check(log: entries)
      return audit
    } catch { throw .sum(error) }
  }

  /// The whole log, unchecked.
  private func log() async throws(SumClientError) -> [SumLogEntry] {
    var entries: [SumLogEntry] = []
    while true {
      let next = entries.count + 1
      let page = try await Self.asking { () async throws(ServiceClientError) in
        try await server.log(of: digest, from: next)
      }
      if page.entries.isEmpty { return entries }
      for entry in page.entries { entries.append(try Self.entry(entry)) }
    }
  }

  private static func entry(_ line: SumLogDocument.Entry) throws(SumClientError) -> SumLogEntry {
    guard let kind = SumLogEntry.Kind(rawValue: line.kind), let subject = bytes(line.subject),
      let hash = bytes(line.hash)
    else { throw .falseLog }
    return SumLogEntry(
      sequence: line.sequence, time: line.time, kind: kind, name: line.name, subject: subject, stored: hash)
  }

  private static func secret(_ bytes: [UInt8]) -> SecretBytes {
    unsafe SecretBytes(count: bytes.count) { (buffer: UnsafeMutableBufferPointer<UInt8>) in
      for index in buffer.indices { unsafe buffer[index] = bytes[index] }
    }
  }
}
#endif
