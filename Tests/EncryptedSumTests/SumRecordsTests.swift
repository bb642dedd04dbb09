import EncryptedSum
import Primitives
import Secrets
import TestSupport
import Testing

@Suite struct SumRecordsTests {
  private static func digest(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

  private static func entry(_ study: SumStudy, subject: [UInt8]) -> SumLogEntry {
    SumLogEntry(
      sequence: 1, time: 1_500, kind: .submitted, name: "a", subject: subject,
      after: SumLogEntry.hashBeforeFirst(study: study.digest))
  }

  @Test func receiptsComeBackFromBytesAndVerifyForTheirContributionAlone() throws {
    let parties = try Fixture()
    let study = try parties.study()
    let entry = Self.entry(study, subject: Self.digest(7))
    let receipt = SumReceipt(study: study.digest, entry: entry, signing: parties.provider)
    let read = try SumReceipt(decoding: receipt.encoded())
    #expect(read == receipt)
    try read.verify(for: study, contributor: "a", contribution: Self.digest(7))
    #expect(throws: SumError.wrongContribution) {
      try read.verify(for: study, contributor: "b", contribution: Self.digest(7))
    }
    #expect(throws: SumError.wrongContribution) {
      try read.verify(for: study, contributor: "a", contribution: Self.digest(8))
    }
    #expect(throws: SumError.wrongContribution) {
      try read.verify(for: study, contributor: "a", contribution: nil)
    }
    let forged = SumReceipt(study: study.digest, entry: entry, signing: parties.auditor)
    #expect(throws: SumError.invalidSignature(.provider)) {
      try forged.verify(for: study, contributor: "a", contribution: Self.digest(7))
    }
  }

  @Test func noByteOfAReceiptOrManifestCanBeChanged() throws {
    var generator = SeededGenerator()
    let parties = try Fixture()
    let study = try parties.study()
    let receipt = SumReceipt(
      study: study.digest, entry: Self.entry(study, subject: Self.digest(7)), signing: parties.provider)
    let bytes = receipt.encoded()
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= UInt8.random(in: 1...255, using: &generator)
      #expect(throws: SumError.self, "byte \(index), seed \(generator.seed)") {
        try SumReceipt(decoding: changed).verify(for: study, contributor: "a", contribution: Self.digest(7))
      }
    }
    #expect(throws: SumError.malformed) { _ = try SumReceipt(decoding: bytes + [0]) }

    let manifest = SumManifest(
      study: study.digest, seedCommitment: Self.digest(1),
      contributions: [Self.digest(9), Self.digest(3)], release: Self.digest(5))
    #expect(manifest.contributions == [Self.digest(3), Self.digest(9)])
    #expect(manifest.contains(Self.digest(9)) && !manifest.contains(Self.digest(4)))
    let signed = SignedManifest(manifest, signing: parties.provider)
    #expect(try SumManifest(decoding: manifest.encoded()) == manifest)
    for index in manifest.encoded().indices {
      var changed = manifest.encoded()
      changed[index] ^= UInt8.random(in: 1...255, using: &generator)
      #expect(throws: SumError.self, "byte \(index), seed \(generator.seed)") {
        try SignedManifest(
          manifest: try SumManifest(decoding: changed), providerSignature: signed.providerSignature
        ).verifyProvider(of: study)
      }
    }
    // A digest listed twice would count a contribution twice.
    let twice = SumManifest(
      study: study.digest, seedCommitment: Self.digest(1),
      contributions: [Self.digest(3), Self.digest(3)], release: Self.digest(5))
    #expect(throws: SumError.malformed) { _ = try SumManifest(decoding: twice.encoded()) }
  }

  @Test func chainBreaksWhereAnEntryIsChangedRemovedOrMoved() throws {
    let study = Self.digest(2)
    var entries: [SumLogEntry] = []
    for (index, kind) in SumLogEntry.Kind.allCases.enumerated() {
      entries.append(
        SumLogEntry(
          sequence: index + 1, time: Int64(index), kind: kind, name: "n\(index)",
          subject: Self.digest(UInt8(index)),
          after: entries.last?.hash ?? SumLogEntry.hashBeforeFirst(study: study)))
    }
    #expect(SumLogEntry.isChain(entries, study: study))
    #expect(!SumLogEntry.isChain(entries, study: Self.digest(3)))
    for index in entries.indices.dropLast() {
      var shortened = entries
      shortened.remove(at: index)
      #expect(!SumLogEntry.isChain(shortened, study: study))
      var changed = entries
      let old = entries[index]
      changed[index] = SumLogEntry(
        sequence: old.sequence, time: old.time + 1, kind: old.kind, name: old.name, subject: old.subject,
        stored: old.hash)
      #expect(!SumLogEntry.isChain(changed, study: study))
    }
  }
}
