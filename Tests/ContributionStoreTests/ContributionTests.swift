#if Services
import ContributionStore
import EncryptedSum
import Foundation
import Primitives
import TestSupport
import Testing

@Suite struct ContributionTests {
  @Test(arguments: Backend.available)
  func sumOfWhatIsStoredIsThatOfTheStandingContributions(backend: Backend) async throws {
    let parties = try StoreFixture(backend)
    let store = try parties.open()
    let study = try parties.create(in: store)
    for (name, wage) in [("a", 100), ("b", 20), ("c", 3)] {
      _ = try await store.submit(try parties.contribution(wage, by: name), to: study)
    }
    _ = try await store.replace(with: try parties.contribution(500, by: "b"), in: study)
    _ = try await store.withdraw(contributor: "c", from: study)
    _ = try await store.submit(try parties.contribution(7, by: "c"), to: study)
    #expect(try store.verify(study) == 3)
    let totals = try parties.result(store, study)
    #expect(totals.contributors == 3 && totals.rows == 3)
    #expect(totals.values(.sum(field: 0)) == [607])
    #expect(
      try store.log(of: study).map(\.kind) == [
        .created, .submitted, .submitted, .submitted, .replaced, .withdrawn, .submitted, .closed,
        .auditorSeed,
        .released, .countersigned,
      ])
    #expect(try store.log(of: study, name: "b").map(\.sequence) == [3, 5])
  }

  @Test(arguments: Backend.available)
  func receiptOfAnEntryVerifiesAndStandsInTheLog(backend: Backend) async throws {
    let parties = try StoreFixture(backend)
    let store = try parties.open()
    let study = try parties.create(in: store)
    let contribution = try parties.contribution(100, by: "a")
    let entry = try await store.submit(contribution, to: study)
    let receipt = SumReceipt(study: study.digest, entry: entry, signing: parties.provider)
    try receipt.verify(for: study.study, contributor: "a", contribution: contribution.digest)
    #expect(try store.log(of: study, from: entry.sequence, limit: 1) == [entry])
    #expect(SumLogEntry.isChain(try store.log(of: study), study: study.digest))
  }

  @Test(arguments: Backend.available)
  func requestWithTheSameKeyIsCarriedOutOnce(backend: Backend) async throws {
    let parties = try StoreFixture(backend)
    let store = try parties.open()
    let study = try parties.create(in: store)
    let contribution = try parties.contribution(100, by: "a")
    let first = try await store.submit(contribution, to: study, idempotencyKey: "k1")
    #expect(try await store.submit(contribution, to: study, idempotencyKey: "k1") == first)
    let other = try parties.contribution(100, by: "a")
    await #expect(throws: ContributionStoreError.idempotencyKeyReused) {
      _ = try await store.submit(other, to: study, idempotencyKey: "k1")
    }
    let gone = try await store.withdraw(contributor: "a", from: study, idempotencyKey: "k2")
    #expect(try await store.withdraw(contributor: "a", from: study, idempotencyKey: "k2") == gone)
    // The retry of a request that was carried out before something else does not undo that.
    #expect(try await store.submit(contribution, to: study, idempotencyKey: "k1") == first)
    #expect(try store.verify(study) == 0)
    // Keys are each contributor's own.
    let second = try await store.submit(
      try parties.contribution(1, by: "b"), to: study, idempotencyKey: "k1")
    #expect(second.sequence == 4)
    await #expect(throws: ContributionStoreError.invalidRequest) {
      _ = try await store.submit(other, to: study, idempotencyKey: "")
    }
  }

  @Test(arguments: Backend.available)
  func rulesHoldInTheStore(backend: Backend) async throws {
    let parties = try StoreFixture(backend)
    let clock = TestClock()
    let store = try parties.open(clock)
    let study = try parties.create(in: store)
    func refusal(_ body: () async throws -> Void) async -> SumRefusal? {
      do { try await body() } catch ContributionStoreError.refused(let refusal) { return refusal } catch {}
      return nil
    }
    let a = try parties.contribution(1, by: "a")
    let b = try parties.contribution(2, by: "b")
    let copied = try parties.plan.checked(a.body, by: "b")
    clock.now = 999
    #expect(await refusal { _ = try await store.submit(a, to: study) } == .notYetOpen)
    clock.now = 1_000
    _ = try await store.submit(a, to: study)
    #expect(await refusal { _ = try await store.submit(a, to: study) } == .alreadyContributed)
    #expect(await refusal { _ = try await store.submit(copied, to: study) } == .duplicateCiphertext)
    #expect(await refusal { _ = try await store.replace(with: b, in: study) } == .nothingContributed)
    #expect(
      await refusal { _ = try await store.withdraw(contributor: "b", from: study) } == .nothingContributed)
    #expect(await refusal { try store.close(study) } == .closesLater)
    #expect(await refusal { _ = try store.providerSeed(of: study) } == .beforeClosing)
    #expect(await refusal { try store.forEachContribution(of: study) { _ in } } == .beforeClosing)
    clock.now = 2_000
    #expect(await refusal { _ = try await store.submit(b, to: study) } == .afterClosing)
    try store.close(study)
    clock.now = 1_500
    #expect(await refusal { _ = try await store.withdraw(contributor: "a", from: study) } == .afterClosing)
    #expect(await refusal { _ = try store.providerSeed(of: study) } == .auditorSeedMissing)
    try parties.giveSeed([UInt8](repeating: 1, count: 32), to: study, in: store)
    #expect(
      await refusal { _ = try store.release(study, plan: parties.plan, signing: parties.provider) }
        == .belowMinimum)
    #expect(try store.record(of: study.digest).released == nil)
    #expect(try store.verify(study) == 1)
  }

  @Test(arguments: Backend.available)
  func aggregateIsReleasedOnceAlsoByAnotherInstance(backend: Backend) async throws {
    let parties = try StoreFixture(backend)
    let store = try parties.open()
    let study = try parties.create(in: store)
    for name in ["a", "b"] { _ = try await store.submit(try parties.contribution(5, by: name), to: study) }
    let totals = try parties.result(store, study)
    #expect(totals.values(.sum(field: 0)) == [10])
    let other = try parties.open()
    let handle = try other.handle(parties.plan.study)
    #expect(throws: ContributionStoreError.refused(.alreadyReleased)) {
      _ = try other.release(handle, plan: parties.plan, signing: parties.provider)
    }
    #expect(throws: ContributionStoreError.refused(.alreadyReleased)) {
      try parties.giveSeed([UInt8](repeating: 1, count: 32), to: handle, in: other)
    }
    let manifest = try #require(try store.record(of: study.digest).manifest).manifest
    let signature = study.study.signature(onResult: [1, 2], of: manifest, by: parties.analyst)
    #expect(throws: ContributionStoreError.invalidRequest) {
      try other.publish([1, 3], signature: signature, of: handle)
    }
    try other.publish([1, 2], signature: signature, of: handle)
    #expect(try store.record(of: study.digest).result == [1, 2])
    #expect(try store.record(of: study.digest).resultSignature == signature)
    #expect(throws: ContributionStoreError.refused(.alreadyPublished)) {
      try store.publish([3], signature: signature, of: study)
    }
    #expect(throws: ContributionStoreError.studyExists) { _ = try parties.create(in: store) }
  }

  @Test(arguments: Backend.available)
  func concurrentContributionsAreAllThereOnceAndTheLogIsOneChain(backend: Backend) async throws {
    let parties = try StoreFixture(backend)
    let store = try parties.open()
    let study = try parties.create(in: store)
    let contributions = try (0..<150).map { try parties.contribution($0, by: "c\($0)") }
    let entries = try await withThrowingTaskGroup(of: SumLogEntry.self) { group in
      for contribution in contributions { group.addTask { try await store.submit(contribution, to: study) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(entries.map(\.sequence)) == Set(2...151))
    #expect(try store.verify(study) == 150)
    #expect(try parties.result(store, study).values(.sum(field: 0)) == [150 * 149 / 2])
  }

  @Test(arguments: Backend.available)
  func whatWasChangedPastTheStoreIsNoticed(backend: Backend) async throws {
    let parties = try StoreFixture(backend)
    let store = try parties.open()
    let study = try parties.create(in: store)
    for name in ["a", "b", "c"] {
      _ = try await store.submit(try parties.contribution(1, by: name), to: study)
    }
    #expect(throws: (any Error).self) { try parties.sql("UPDATE entry SET time = 5") }
    #expect(throws: (any Error).self) { try parties.sql("DELETE FROM entry") }
    try parties.sql("DELETE FROM contribution WHERE contributor = 'b'")
    #expect(throws: ContributionStoreError.logBroken(sequence: 5)) { _ = try store.verify(study) }
    try parties.dropLogTrigger()
    try parties.sql("UPDATE entry SET name = 'd' WHERE sequence = 3")
    #expect(throws: ContributionStoreError.logBroken(sequence: 3)) { _ = try store.verify(study) }
    try store.close(study)
    #expect(throws: (any Error).self) { try parties.sql("DELETE FROM contribution") }
    try parties.giveSeed([UInt8](repeating: 1, count: 32), to: study, in: store)
    #expect(throws: ContributionStoreError.logBroken(sequence: 3)) {
      _ = try store.release(study, plan: parties.plan, signing: parties.provider)
    }
  }

  @Test(arguments: Backend.available)
  func bodyThatIsNotItsDigestsIsNotReleased(backend: Backend) async throws {
    let parties = try StoreFixture(backend)
    let store = try parties.open()
    let study = try parties.create(in: store)
    for name in ["a", "b"] { _ = try await store.submit(try parties.contribution(1, by: name), to: study) }
    try parties.sql("UPDATE contribution SET body = (SELECT body FROM contribution WHERE contributor = 'b')")
    try store.close(study)
    try parties.giveSeed([UInt8](repeating: 1, count: 32), to: study, in: store)
    #expect(throws: ContributionStoreError.logBroken(sequence: 5)) {
      _ = try store.release(study, plan: parties.plan, signing: parties.provider)
    }
  }

  @Test(arguments: Backend.available)
  func tokensAreScopedExpireAndStandInTheFileAsHashesAlone(backend: Backend) throws {
    let parties = try StoreFixture(backend)
    let clock = TestClock()
    let store = try parties.open(clock)
    let study = try parties.create(in: store)
    let scope = TokenScope(role: .registrant, study: study.digest, name: "a", expires: 1_100)
    let token = try store.makeToken(scope)
    #expect(try store.scope(of: token) == scope)
    #expect(scope.permits(.contribute, in: study.digest))
    #expect(!scope.permits(.contribute, in: [UInt8](repeating: 0, count: 32)))
    #expect(!scope.permits(.readLog, in: study.digest))
    #expect(try store.scope(of: String(token.reversed())) == nil)
    #expect(try store.scope(of: "") == nil)
    clock.now = 1_100
    #expect(try store.scope(of: token) == nil)
    clock.now = 1_099
    for file in ["store", "store-wal"] where backend == .sqlite {
      let data = try Data(contentsOf: parties.folder.appending(path: file))
      #expect(data.range(of: Data(token.utf8)) == nil)
    }
    #expect(try store.revokeTokens(role: .registrant, name: "a") == 1)
    #expect(try store.scope(of: token) == nil)
    #expect(throws: ContributionStoreError.invalidRequest) {
      _ = try store.makeToken(TokenScope(role: .registrant, study: nil, name: "a", expires: 9_999))
    }
  }

  @Test(arguments: Backend.available)
  func namesThatAreAlikeButForCaseAreOneAndStrangeOnesNone(backend: Backend) async throws {
    let parties = try StoreFixture(backend)
    let store = try parties.open()
    let study = try parties.create(in: store)
    func token(_ name: String, _ role: SumRole = .registrant) throws -> TokenScope {
      TokenScope(role: role, study: study.digest, name: name, expires: 9_999)
    }
    _ = try store.makeToken(token("Acme"))
    _ = try store.makeToken(token("Acme"))
    _ = try store.makeToken(token("ACME", .analyst))
    #expect(throws: ContributionStoreError.refused(.nameTaken)) { _ = try store.makeToken(token("ACME")) }
    for name in ["", " a", "e\u{301}", "a\u{200B}"] {
      #expect(throws: ContributionStoreError.invalidRequest) { _ = try store.makeToken(token(name)) }
    }
    _ = try await store.submit(try parties.contribution(1, by: "Acme"), to: study)
    await #expect(throws: ContributionStoreError.refused(.nameTaken)) {
      _ = try await store.submit(try parties.contribution(2, by: "acme"), to: study)
    }
  }

  @Test(arguments: Backend.available)
  func seedOfAnotherThanTheAuditorIsRefused(backend: Backend) async throws {
    let parties = try StoreFixture(backend)
    let store = try parties.open()
    let study = try parties.create(in: store)
    for name in ["a", "b"] { _ = try await store.submit(try parties.contribution(1, by: name), to: study) }
    let open = try #require(try store.log(of: study).last).hash
    try store.close(study)
    let seed = [UInt8](repeating: 1, count: 32)
    let closed = try #require(try store.log(of: study).last).hash
    let early = study.study.signature(onSeed: seed, after: open, by: parties.auditor)
    let forged = study.study.signature(onSeed: seed, after: closed, by: parties.provider)
    for signature in [early, forged, []] {
      #expect(throws: ContributionStoreError.invalidRequest) {
        try store.giveAuditorSeed(seed, signature: signature, to: study)
      }
    }
    try parties.giveSeed(seed, to: study, in: store)
  }

  @Test(arguments: Backend.available)
  func instancesThatShareAStoreCountEverybodyOnceAndRepeatOneRequestOnce(backend: Backend) async throws {
    let parties = try StoreFixture(backend)
    let first = try parties.open()
    let study = try parties.create(in: first)
    let stores = [first, try parties.open(), try parties.open()]
    let contributions = try (0..<40).map { try parties.contribution(1, by: "c\($0)") }
    let entries = try await withThrowingTaskGroup(of: SumLogEntry.self) { group in
      for contribution in contributions {
        for store in stores {
          group.addTask { try await store.submit(contribution, to: study, idempotencyKey: "key") }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(entries).count == 40 && entries.count == 120)
    #expect(try first.verify(study) == 40)
    #expect(try parties.result(first, study).values(.sum(field: 0)) == [40])
  }

  @Test func serverThatDoesNotAnswerIsNamed() {
    #expect(throws: ContributionStoreError.cannotConnect) {
      _ = try ContributionStore(postgres: "host=/nonexistent connect_timeout=2")
    }
  }

  @Test func otherFilesAndWidePermissionsAreRefused() throws {
    let parties = try StoreFixture()
    let text = parties.folder.appending(path: "text").path()
    try Data("no database, but long enough to be looked at".utf8).write(to: URL(filePath: text))
    #expect(throws: ContributionStoreError.permissionsTooWide(path: text)) {
      _ = try ContributionStore(path: text)
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: text)
    #expect(throws: ContributionStoreError.notAStore(path: text)) { _ = try ContributionStore(path: text) }
    let missing = parties.folder.appending(path: "no/store").path()
    #expect(throws: ContributionStoreError.cannotOpen(path: missing, errno: ENOENT)) {
      _ = try ContributionStore(path: missing)
    }
  }
}
#endif
