#if Services
import EncryptedSum

/// The receipts of one file, in its order, checked together. What was handed in, and in which order, is the file's word: a provider signs
/// whatever it likes.
public struct KeptReceipts: Sendable {
  private let study: SumStudy
  private let receipts: [KeptReceipt]

  /// Throws `falseReceipt` unless the study's provider signed each, for what was sent, and the numbers of the log's entries rise under each
  /// name.
  public init(_ receipts: [KeptReceipt], of study: SumStudy) throws(SumClientError) {
    self.study = study
    self.receipts = receipts
    var last: [String: Int] = [:]
    for receipt in receipts {
      try receipt.verify(study)
      guard let sequence = receipt.entry?.sequence else { throw .falseReceipt }
      guard receipt.fetched != true else { continue }
      guard sequence > last[receipt.contributor] ?? 0 else { throw .falseReceipt }
      last[receipt.contributor] = sequence
    }
  }

  /// What became of what was handed in under a name.
  public struct Outcome: Sendable, Equatable {
    /// The name.
    public let contributor: String
    /// Whether it counts; else it was withdrawn.
    public let isCounted: Bool
    /// Whether it was compared with what was sent, and not only with what the server says of it.
    public let isOwn: Bool

    /// Takes all three.
    public init(contributor: String, isCounted: Bool, isOwn: Bool) {
      self.contributor = contributor
      self.isCounted = isCounted
      self.isOwn = isOwn
    }
  }

  /// Checks, after the release, that the countersigned manifest counts the last contribution of each name and none of those before it, and
  /// nothing after a withdrawal. Receipts that were fetched serve for names alone that have no others.
  ///
  /// Throws `sum`, `falseReceipt`, `notCounted` or `stillCounted`.
  public func check(in manifest: SignedManifest) throws(SumClientError) -> [Outcome] {
    do { try manifest.verify(for: study) } catch { throw .sum(error) }
    var outcomes: [Outcome] = []
    for name in Set(receipts.map(\.contributor)).sorted() {
      let all = receipts.filter { $0.contributor == name }
      let own = all.filter { $0.fetched != true }
      outcomes.append(try outcome(name, own.isEmpty ? all : own, manifest.manifest))
    }
    return outcomes
  }

  private func outcome(
    _ name: String, _ receipts: [KeptReceipt], _ manifest: SumManifest
  ) throws(SumClientError) -> Outcome {
    let isOwn = receipts.contains { $0.fetched != true && $0.contribution != nil }
    var former = receipts.compactMap { $0.contribution.flatMap { SumSession.bytes($0) } }
    guard let last = receipts.last, let entry = last.entry else { throw .falseReceipt }
    let isCounted = last.contribution != nil
    if isCounted {
      guard let digest = former.popLast(), manifest.contains(digest) else { throw .notCounted }
      former.removeAll { $0 == digest }
    } else {
      // A withdrawal is of what stood there.
      if isOwn, let digest = former.last, digest != entry.subject { throw .falseReceipt }
      former.append(entry.subject)
    }
    guard !former.contains(where: { manifest.contains($0) }) else { throw .stillCounted }
    return Outcome(contributor: name, isCounted: isCounted, isOwn: isOwn)
  }
}
#endif
