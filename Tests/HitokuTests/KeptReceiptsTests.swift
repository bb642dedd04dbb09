#if Services
import EncryptedSum
import Foundation
import Primitives
import SumClient
import Testing

/// What a contributor can tell from its own file when the provider signs whatever serves it.
@Suite struct KeptReceiptsTests {
  private struct Parties: ~Copyable {
    let provider = SigningKey()
    let auditor = SigningKey()

    func study() throws -> SumStudy {
      try SumStudy(
        title: "test", scheme: .bfv(parameterSet: "sum-n4096"),
        fields: [SumField(column: "x", minimum: 0, maximum: 9)],
        limits: SumLimits(minimumContributors: 2, maximumContributors: 9, maximumRows: 9),
        period: SumPeriod(opening: 0, closing: 4_000_000_000),
        keys: SumKeys(
          analyst: SigningKey().publicKey, provider: provider.publicKey, auditor: auditor.publicKey,
          encryptionKey: Self.digest(7)))
    }

    static func digest(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

    /// What the provider signs about `subject`; `sent` is what was handed in, nil for a withdrawal.
    func receipt(
      _ study: SumStudy, _ sequence: Int, _ kind: SumLogEntry.Kind, subject: UInt8, sent: UInt8?,
      fetched: Bool? = nil
    ) -> KeptReceipt {
      let entry = SumLogEntry(
        sequence: sequence, time: 1, kind: kind, name: "acme", subject: Self.digest(subject),
        after: Self.digest(0))
      let signed = SumReceipt(study: study.digest, entry: entry, signing: provider)
      return KeptReceipt(
        study: SumSession.digits(study.digest), contributor: "acme",
        contribution: sent.map { SumSession.digits(Self.digest($0)) },
        receipt: Data(signed.encoded()).base64EncodedString(), fetched: fetched)
    }

    func manifest(_ study: SumStudy, _ contributions: [UInt8]) throws -> SignedManifest {
      let manifest = SumManifest(
        study: study.digest, seedCommitment: Self.digest(1), contributions: contributions.map(Self.digest),
        release: Self.digest(2))
      return SignedManifest(
        manifest: manifest, providerSignature: SignedManifest(manifest, signing: provider).providerSignature,
        auditorSignature: auditor.signature(
          for: Array("hitoku sum manifest 1 auditor ".utf8) + manifest.digest))
    }
  }

  @Test func whatWasReplacedOrWithdrawnMustNotCount() throws {
    let parties = Parties()
    let study = try parties.study()
    let first = parties.receipt(study, 2, .submitted, subject: 11, sent: 11)
    let second = parties.receipt(study, 3, .replaced, subject: 12, sent: 12)
    let both = try KeptReceipts([first, second], of: study)
    let counted = try both.check(in: parties.manifest(study, [12, 20]))
    #expect(counted == [.init(contributor: "acme", isCounted: true, isOwn: true)])
    let put = try parties.manifest(study, [11, 20])
    #expect(throws: SumClientError.notCounted) { try both.check(in: put) }
    let twice = try parties.manifest(study, [11, 12])
    #expect(throws: SumClientError.stillCounted) { try both.check(in: twice) }

    let gone = try KeptReceipts(
      [first, second, parties.receipt(study, 5, .withdrawn, subject: 12, sent: nil)], of: study)
    #expect(try gone.check(in: parties.manifest(study, [20, 21])).map(\.isCounted) == [false])
    for kept: UInt8 in [11, 12] {
      let manifest = try parties.manifest(study, [kept, 20])
      #expect(throws: SumClientError.stillCounted) { try gone.check(in: manifest) }
    }
    // A receipt for the withdrawal of something else.
    let other = try KeptReceipts(
      [first, parties.receipt(study, 5, .withdrawn, subject: 99, sent: nil)], of: study)
    let manifest = try parties.manifest(study, [20, 21])
    #expect(throws: SumClientError.falseReceipt) { try other.check(in: manifest) }
  }

  @Test func theServersNumbersAndListsDoNotReplaceTheOrderOfTheFile() throws {
    let parties = Parties()
    let study = try parties.study()
    let first = parties.receipt(study, 2, .submitted, subject: 11, sent: 11)
    // Its number would put it before the first.
    let early = parties.receipt(study, 1, .replaced, subject: 12, sent: 12)
    #expect(throws: SumClientError.falseReceipt) { try KeptReceipts([first, early], of: study) }
    // Somebody else's contribution, in the server's list.
    let withdrawal = parties.receipt(study, 3, .withdrawn, subject: 11, sent: nil)
    let listed = parties.receipt(study, 77, .submitted, subject: 20, sent: 20, fetched: true)
    let receipts = try KeptReceipts([first, withdrawal, listed], of: study)
    let outcomes = try receipts.check(in: parties.manifest(study, [20, 21]))
    #expect(outcomes == [.init(contributor: "acme", isCounted: false, isOwn: true)])
    let alone = try KeptReceipts([listed], of: study).check(in: parties.manifest(study, [20, 21]))
    #expect(alone == [.init(contributor: "acme", isCounted: true, isOwn: false)])
  }
}
#endif
