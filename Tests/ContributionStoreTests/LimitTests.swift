#if Services
import ContributionStore
import EncryptedSum
import Foundation
import Testing

@Suite struct LimitTests {
  @Test(arguments: Backend.available)
  func pagesHoldEveryContributionOnce(backend: Backend) async throws {
    let parties = try StoreFixture(backend)
    let store = try parties.open()
    let study = try parties.create(in: store)
    let names = ["a", "b", "c", "d", "e"]
    for name in names { _ = try await store.submit(try parties.contribution(1, by: name), to: study) }
    try store.close(study)
    for (limit, expected) in [(64, [5]), (2, [2, 2, 1]), (5, [5]), (1, [1, 1, 1, 1, 1])] {
      var (mark, counts, seen) = (Int64(0) as Int64?, [Int](), [String]())
      while let after = mark {
        let page = try store.contributions(of: study, after: after, limit: limit)
        counts.append(page.contributions.count)
        seen += page.contributions.map(\.contributor)
        mark = page.next
      }
      #expect(counts == expected && seen == names, "\(limit)")
    }
  }

  @Test(arguments: Backend.available)
  func aNameThatChangedTooOftenCanStillWithdraw(backend: Backend) async throws {
    let parties = try StoreFixture(backend)
    let store = try parties.open()
    let study = try parties.create(in: store)
    _ = try await store.submit(try parties.contribution(0, by: "b"), to: study)
    let contribution = try parties.contribution(1, by: "a")
    _ = try await store.submit(contribution, to: study)
    for _ in 1..<SumState.mostChanges { _ = try await store.replace(with: contribution, in: study) }
    await #expect(throws: ContributionStoreError.refused(.tooManyChanges)) {
      _ = try await store.replace(with: contribution, in: study)
    }
    // Others are not concerned.
    _ = try await store.replace(with: try parties.contribution(2, by: "b"), in: study)
    _ = try await store.withdraw(contributor: "a", from: study)
    await #expect(throws: ContributionStoreError.refused(.tooManyChanges)) {
      _ = try await store.submit(contribution, to: study)
    }
    #expect(try store.verify(study) == 1)
  }

  @Test func whatWaitsIsBoundedInNumberAndInBytes() async throws {
    let parties = try StoreFixture()
    let store = try parties.open()
    let study = try parties.create(in: store)
    let contribution = try parties.contribution(1, by: "a")
    func request(_ isWithdrawal: Bool = false) -> WaitingRequest {
      WaitingRequest(
        study: study, request: isWithdrawal ? .withdraw(contributor: "a") : .submit(contribution), key: nil
      ) { _ in }
    }
    let size = contribution.body.count
    let waiting = WaitingRequests(.init(requests: 6, bytes: 3 * size, batch: 4, batchBytes: 2 * size))
    #expect(waiting.admit(request()) == .first)
    for _ in 0..<2 { #expect(waiting.admit(request()) == .waiting) }
    #expect(waiting.admit(request()) == .refused)
    for _ in 0..<3 { #expect(waiting.admit(request(true)) == .waiting) }
    #expect(waiting.admit(request(true)) == .refused)
    // Two bodies, then the third with the rest, then nothing, after which somebody is the first again.
    for count in [2, 4, 0] { #expect(waiting.take().count == count) }
    #expect(waiting.admit(request()) == .first)
    // A body that is longer than everything goes alone.
    let narrow = WaitingRequests(.init(requests: 6, bytes: 1, batch: 4, batchBytes: 1))
    #expect(narrow.admit(request()) == .first && narrow.admit(request()) == .refused)
    #expect(narrow.take().count == 1)
  }

  /// A connection that breaks during COMMIT leaves it open what became of the transaction.
  @Test(.enabled(if: Backend.server != nil))
  func aCommitWithoutAnAnswerIsNoFailureAndItsKeyFindsOut() async throws {
    let parties = try StoreFixture(.postgres)
    let store = try parties.open()
    let study = try parties.create(in: store)
    let contribution = try parties.contribution(5, by: "a")
    try parties.sql(
      """
      CREATE FUNCTION go_away() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER entry_goes_away AFTER INSERT ON entry
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION go_away();
      """)
    await #expect(throws: ContributionStoreError.outcomeUnknown) {
      _ = try await store.submit(contribution, to: study, idempotencyKey: "k")
    }
    try parties.sql("DROP TRIGGER entry_goes_away ON entry")
    let entry = try await store.submit(contribution, to: study, idempotencyKey: "k")
    #expect(try await store.submit(contribution, to: study, idempotencyKey: "k") == entry)
    #expect(try store.verify(study) == 1)
  }
}
#endif
