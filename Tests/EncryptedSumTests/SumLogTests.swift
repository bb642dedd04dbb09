import EncryptedSum
import Primitives
import TestSupport
import Testing

@Suite struct SumLogTests {
  private typealias Event = (kind: SumLogEntry.Kind, name: String, subject: [UInt8], version: Int)

  private static func digest(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

  private static func event(
    _ kind: SumLogEntry.Kind, _ name: String = "", _ subject: [UInt8] = digest(1), version: Int = 0
  ) -> Event { (kind, name, kind == .closed ? [] : subject, version) }

  /// A chain of entries at the time 1,500, which is within the fixture's period.
  private static func chain(_ events: [Event], _ study: SumStudy, time: Int64 = 1_500) -> [SumLogEntry] {
    events.enumerated().reduce(into: []) { entries, event in
      entries.append(
        SumLogEntry(
          sequence: event.offset + 1, time: time, kind: event.element.kind, name: event.element.name,
          subject: event.element.subject, version: event.element.version,
          after: entries.last?.hash ?? SumLogEntry.hashBeforeFirst(study: study.digest)))
    }
  }

  private static func breaks(_ events: [Event], _ study: SumStudy, time: Int64 = 1_500) -> Int? {
    do throws(SumError) { _ = try SumLog(chain(events, study, time: time), of: study) } catch {
      guard case .logBroken(let sequence) = error else { return -1 }
      return sequence
    }
    return nil
  }

  private static let both = [event(.created), event(.submitted, "a"), event(.submitted, "b", digest(2))]
  private static let whole =
    both + [
      event(.replaced, "b", digest(3)), event(.withdrawn, "a"), event(.submitted, "a", digest(4)),
      event(.closed), event(.auditorSeed, "", digest(5)), event(.released, "", digest(6)),
      event(.countersigned, "", digest(7)), event(.published, "", digest(8)),
    ]

  @Test func wholeLogIsReadAsWhatItLeaves() throws {
    let study = try Fixture().study()
    let log = try SumLog(Self.chain(Self.whole, study), of: study)
    #expect(log.state.stage == .published && log.commitment == Self.digest(1))
    #expect(log.standing == ["a": Self.digest(4), "b": Self.digest(3)])
    #expect(log.auditorCommitment == Self.digest(5) && log.release == Self.digest(6))
  }

  @Test func entriesThatNoRuleAllowedThereBreakTheLog() throws {
    let study = try Fixture().study()
    let both = Self.both
    let closed = both + [Self.event(.closed)]
    let given = closed + [Self.event(.auditorSeed)]
    let cases: [([Event], Int?)] = [
      (both, nil), ([], 1), (Array(both.dropFirst()), 1), (both + [Self.event(.created)], 4),
      (both + [Self.event(.submitted, "a", Self.digest(9))], 4),
      (both + [Self.event(.submitted, "A", Self.digest(9))], 4),
      (both + [Self.event(.replaced, "c")], 4), (both + [Self.event(.withdrawn, "c")], 4),
      // Not the digest of what stands.
      (both + [Self.event(.withdrawn, "b", Self.digest(1))], 4),
      (both + [Self.event(.submitted, "c\u{200B}")], 4), (both + [Self.event(.submitted, "c", [1])], 4),
      (both + [Self.event(.submitted, "c", version: 1)], 4),
      (both + [Self.event(.withdrawn, "b", Self.digest(2), version: 1)], 4),
      (closed, nil), (closed + [Self.event(.closed)], 5),
      (closed + [Self.event(.submitted, "c")], 5), (closed + [Self.event(.withdrawn, "a")], 5),
      (Array(both.dropLast()) + [Self.event(.closed)], 3), (both + [Self.event(.closed, "a")], 4),
      (both + [Self.event(.auditorSeed)], 4), (given + [Self.event(.auditorSeed)], 6),
      (closed + [Self.event(.released)], 5), (given + [Self.event(.countersigned)], 6),
      (given + [Self.event(.released), Self.event(.released)], 7),
      (given + [Self.event(.released), Self.event(.published)], 7),
    ]
    for (index, (events, expected)) in cases.enumerated() {
      #expect(Self.breaks(events, study) == expected, "case \(index)")
    }
    #expect(Self.breaks(both, study, time: 999) == 2)
    #expect(Self.breaks(both, study, time: 2_000) == 2)
  }

  @Test func listedContributorsVersionsAscend() throws {
    let study = try Fixture().study(
      contributors: .listed(["a", "b"].map { Fixture.contributor($0).listed }))
    let first = [Self.event(.created), Self.event(.submitted, "a", version: 5)]
    #expect(Self.breaks(first, study) == nil)
    #expect(Self.breaks(first + [Self.event(.replaced, "a", version: 6)], study) == nil)
    #expect(Self.breaks(first + [Self.event(.replaced, "a", version: 5)], study) == 3)
    #expect(Self.breaks(first + [Self.event(.submitted, "b")], study) == 3)
    #expect(Self.breaks(first + [Self.event(.submitted, "c", version: 1)], study) == 3)
    // What was withdrawn does not come back.
    let again = [Self.event(.withdrawn, "a"), Self.event(.submitted, "a", version: 5)]
    #expect(Self.breaks(first + again, study) == 4)
  }

  @Test func logGoesOnFromItsMarkAlone() throws {
    let study = try Fixture().study()
    let seen = try SumLog(Self.chain(Self.both + [Self.event(.closed)], study), of: study)
    let mark = try SumLogMark(decoding: seen.mark.encoded())
    #expect(mark == seen.mark && mark.sequence == 4)
    let later = [Self.event(.closed), Self.event(.auditorSeed), Self.event(.released)]
    try SumLog(Self.chain(Self.both + later, study), of: study).check(continues: mark)
    let other = Self.event(.submitted, "c", Self.digest(9))
    let changed = try SumLog(Self.chain(Self.both + [other] + later, study), of: study)
    #expect(throws: SumError.logBroken(sequence: 4)) { try changed.check(continues: mark) }
    let short = try SumLog(Self.chain(Self.both, study), of: study)
    #expect(throws: SumError.logBroken(sequence: 4)) { try short.check(continues: mark) }
    // Another commitment in the first entry.
    let begun = [Self.event(.created, "", Self.digest(77))] + Self.both.dropFirst()
    let anew = try SumLog(Self.chain(begun + later, study), of: study)
    #expect(throws: SumError.logBroken(sequence: 4)) { try anew.check(continues: mark) }
    #expect(throws: SumError.malformed) { _ = try SumLogMark(decoding: mark.encoded() + [0]) }
  }

  @Test func auditComparesTheLogWithManifestAndSeeds() throws {
    let parties = try Fixture()
    let plan = try SumPlan(try parties.study(), key: parties.publicKey)
    let zeros = [Int](repeating: 0, count: plan.layout.count)
    let bodies = try [plan.encrypt(zeros), plan.encrypt(zeros)]
    var aggregate = SumAggregate()
    for body in bodies { aggregate.add(try plan.ciphertext(body)) }
    let release = SumPlan.digest(ofRelease: try plan.release(aggregate, seeds: Fixture.seeds()))
    let commitments = [UInt8(1), 9].map {
      SumSeeds.commitment(to: Fixture.secret($0), study: plan.studyDigest)
    }
    let digests = zip(bodies, ["a", "b"]).map { plan.digest(of: $0, by: $1) }
    let manifest = SumManifest(
      study: plan.studyDigest, seedCommitment: commitments[0], contributions: digests, release: release)
    let audit = try SumAudit(
      plan, manifest: SignedManifest(manifest, signing: parties.provider), seeds: Fixture.seeds())
    let honest = [
      Self.event(.created, "", commitments[0]), Self.event(.submitted, "a", digests[0]),
      Self.event(.submitted, "b", digests[1]), Self.event(.closed),
      Self.event(.auditorSeed, "", commitments[1]), Self.event(.released, "", release),
    ]
    let refusal = { (events: [Event], audit: borrowing SumAudit) throws -> SumError? in
      let log = try SumLog(Self.chain(events, plan.study), of: plan.study)
      do throws(SumError) { try audit.check(log) } catch { return error }
      return nil
    }
    func with(_ index: Int, _ event: Event) -> [Event] {
      var events = honest
      events[index] = event
      return events
    }
    let outcomes = [
      try refusal(honest, audit), try refusal(with(0, Self.event(.created, "", digests[0])), audit),
      try refusal(with(4, Self.event(.auditorSeed, "", digests[0])), audit),
      try refusal(with(2, Self.event(.submitted, "b", digests[0])), audit),
      try refusal(with(5, Self.event(.released, "", digests[0])), audit),
      try refusal(Array(honest.dropLast()), audit),
    ]
    #expect(
      outcomes == [
        nil, .seedNotCommitted, .seedNotCommitted, .contributionsDiffer, .releaseDiffers, .releaseDiffers,
      ])
  }
}
