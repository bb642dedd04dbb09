import BFV
import Paillier
import Primitives
import Secrets

/// The auditor's recomputation of a released ciphertext from what was contributed, one contribution at a time.
///
///     provider                                             auditor
///     manifest, signed; contributions; its seed  ──────▶   digests, minimum, commitment, sum, noise, zero, flood:
///                                                          the same bytes?
///                                              ◀──────     countersignature
///
/// The auditor has no key: it sees ciphertexts, and the noise that privacy added. A provider cannot release one contributor's
/// ciphertext as the sum, leave one out or count one twice without two of the three noticing; in a study that lists its contributors it
/// cannot add one of its own making either, since each is counted under its contributor's signature alone.
public struct SumAudit: ~Copyable {
  private let plan: SumPlan
  private let signed: SignedManifest
  private let seeds: SumSeeds
  private var expected: Set<[UInt8]>
  private let auditorCommitment: [UInt8]
  private var names: Set<String> = []
  private var bodies: Set<[UInt8]> = []
  private var aggregate = SumAggregate()

  /// Begins an audit. Throws `invalidSignature(.provider)`, `wrongContribution`, `seedNotCommitted`, or `contributionsDiffer`
  /// where fewer contributions are listed than the study's minimum, or more than its maximum.
  public init(
    _ plan: SumPlan, manifest signed: SignedManifest, seeds: consuming SumSeeds
  ) throws(SumError) {
    try Self.check(plan, signed, seeds)
    self.init(checked: plan, signed, seeds)
  }

  private static func check(
    _ plan: SumPlan, _ signed: SignedManifest, _ seeds: borrowing SumSeeds
  ) throws(SumError) {
    try signed.verifyProvider(of: plan.study)
    let manifest = signed.manifest
    try seeds.check(commitment: manifest.seedCommitment, study: manifest.study)
    let limits = plan.study.limits
    let counts = limits.minimumContributors...limits.maximumContributors
    guard counts.contains(manifest.contributions.count),
      Set(manifest.contributions).count == manifest.contributions.count
    else { throw .contributionsDiffer }
  }

  private init(checked plan: SumPlan, _ signed: SignedManifest, _ seeds: consuming SumSeeds) {
    self.plan = plan
    self.signed = signed
    auditorCommitment = seeds.auditorCommitment(study: plan.studyDigest)
    self.seeds = seeds
    expected = Set(signed.manifest.contributions)
  }

  /// Compares the study's log with the manifest: it begins with the commitment to the provider's seed, holds the one to the auditor's,
  /// leaves exactly the listed contributions standing, and has the release. Throws `seedNotCommitted` for another commitment,
  /// `contributionsDiffer`, or `releaseDiffers`.
  public borrowing func check(_ log: SumLog) throws(SumError) {
    let manifest = signed.manifest
    guard log.study == plan.study else { throw .wrongContribution }
    guard log.commitment == manifest.seedCommitment, log.auditorCommitment == auditorCommitment else {
      throw .seedNotCommitted
    }
    guard log.standing.count == manifest.contributions.count,
      Set(log.standing.values) == Set(manifest.contributions)
    else { throw .contributionsDiffer }
    guard log.release == manifest.release else { throw .releaseDiffers }
  }

  /// Takes the next contribution. Throws `contributionsDiffer` for one that is not listed or came already, for a second one under
  /// a name (without regard to case), for a ciphertext that counts for somebody else, `refused(.notListed)` for a name that the study
  /// does not list, `invalidSignature(.contributor)`, and what `SumPlan.ciphertext` throws.
  public mutating func add(
    _ body: [UInt8], by contributor: String, signature: ContributionSignature? = nil
  ) throws(SumError) {
    let digest = plan.digest(of: body, by: contributor, version: signature?.version ?? 0)
    guard SumStudy.isName(contributor), expected.remove(digest) != nil,
      names.insert(SumStudy.folded(contributor)).inserted, bodies.insert(SHA256.hash(body)).inserted
    else { throw .contributionsDiffer }
    try plan.verify(digest, by: contributor, signature)
    aggregate.add(try plan.ciphertext(body))
  }

  /// The countersigned manifest. Throws `contributionsDiffer` where a listed contribution did not come, `releaseDiffers` where
  /// the provider released other bytes.
  public consuming func countersigned(by key: borrowing SigningKey) throws(SumError) -> SignedManifest {
    guard expected.isEmpty else { throw .contributionsDiffer }
    let release = try plan.release(aggregate, seeds: seeds)
    guard SumPlan.digest(ofRelease: release) == signed.manifest.release else { throw .releaseDiffers }
    return SignedManifest(
      manifest: signed.manifest, providerSignature: signed.providerSignature,
      auditorSignature: key.signature(for: SignedManifest.message(signed.manifest, by: .auditor)))
  }
}

extension SumPlan {
  /// The analyst's result of a release: decrypts nothing but what the manifest names, signed by provider and auditor.
  ///
  /// Throws `invalidSignature`, `wrongContribution` for a manifest of another study, `contributionsDiffer` below the minimum,
  /// `releaseDiffers` for another ciphertext, `malformed`, `wrongDecryptionKey`, or `sumOutOfRange`.
  public func result(
    of release: [UInt8], manifest signed: SignedManifest, key secret: borrowing SecretKey
  ) throws(SumError) -> SumTotals {
    let contributors = try verify(release, signed)
    guard case .bfv(let sums) = scheme else { throw .wrongDecryptionKey }
    return try totals(
      sums.values(of: release, count: layout.count, key: secret), contributors: contributors)
  }

  /// The same under Paillier.
  public func result(
    of release: [UInt8], manifest signed: SignedManifest, key secret: borrowing PrivateKey
  ) throws(SumError) -> SumTotals {
    let contributors = try verify(release, signed)
    guard case .paillier(let sums) = scheme else { throw .wrongDecryptionKey }
    return try totals(
      sums.values(
        of: release, contributors: contributors, isNoisy: study.privacy != nil, key: secret),
      contributors: contributors)
  }

  /// Everything that must hold before a key is used; gives the number of contributors. An analyst then keeps the manifest's digest, and
  /// uses the key for no other. Throws as `result` does before it decrypts.
  @discardableResult
  public func verify(_ release: [UInt8], _ signed: SignedManifest) throws(SumError) -> Int {
    try signed.verify(for: study)
    let count = signed.manifest.contributions.count
    guard (study.limits.minimumContributors...study.limits.maximumContributors).contains(count) else {
      throw .contributionsDiffer
    }
    guard Self.digest(ofRelease: release) == signed.manifest.release else { throw .releaseDiffers }
    return count
  }
}
