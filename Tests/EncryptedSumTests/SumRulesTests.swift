import EncryptedSum
import Foundation
import Primitives
import Testing

@Suite struct SumRulesTests {
  private static func refusal(
    _ state: SumState, _ event: SumEvent, _ study: SumStudy, at time: Int64 = 1_500
  ) -> SumRefusal? {
    var copy = state
    do throws(SumRefusal) {
      try copy.apply(event, to: study, at: time)
      return nil
    } catch {
      #expect(copy == state, "a refused event changed the state")
      return error
    }
  }

  private static func submit(_ name: String = "a", again: Bool = false, duplicate: Bool = false) -> SumEvent {
    .submit(SumHandIn(contributor: name, hasContributed: again, isDuplicate: duplicate))
  }

  @Test func contributionsAreTakenWithinThePeriodFromThoseListedOnce() throws {
    let parties = try Fixture()
    let study = try parties.study(contributors: .listed(["a", "b"].map { Fixture.contributor($0).listed }))
    let open = SumState()
    #expect(Self.refusal(open, Self.submit(), study, at: 999) == .notYetOpen)
    #expect(Self.refusal(open, Self.submit(), study, at: 1_000) == nil)
    #expect(Self.refusal(open, Self.submit(), study, at: 1_999) == nil)
    #expect(Self.refusal(open, Self.submit(), study, at: 2_000) == .afterClosing)
    #expect(Self.refusal(open, Self.submit("c"), study) == .notListed)
    #expect(Self.refusal(open, Self.submit(again: true), study) == .alreadyContributed)
    #expect(Self.refusal(open, Self.submit(duplicate: true), study) == .duplicateCiphertext)
    #expect(Self.refusal(SumState(contributors: 50), Self.submit(), study) == .full)
    let old = SumHandIn(contributor: "a", hasContributed: false, isNewer: false)
    #expect(Self.refusal(open, .submit(old), study) == .notNewer)
    let alike = SumHandIn(contributor: "a", hasContributed: false, isNameTaken: true)
    #expect(Self.refusal(open, .submit(alike), study) == .nameTaken)
    let replace = { SumEvent.replace(SumHandIn(contributor: $0, hasContributed: $1, isDuplicate: $2)) }
    #expect(Self.refusal(open, replace("a", true, false), study) == nil)
    #expect(Self.refusal(open, replace("a", false, false), study) == .nothingContributed)
    #expect(Self.refusal(open, replace("a", true, true), study) == .duplicateCiphertext)
    #expect(Self.refusal(open, replace("c", true, false), study) == .notListed)
    #expect(Self.refusal(open, .withdraw(hasContributed: false), study) == .nothingContributed)
    let often = SumState.mostChanges
    for changes in [often - 1, often] {
      let refusal = changes < often ? nil : SumRefusal.tooManyChanges
      let again = SumEvent.replace(SumHandIn(contributor: "a", hasContributed: true, changes: changes))
      let first = SumEvent.submit(SumHandIn(contributor: "a", hasContributed: false, changes: changes))
      #expect(Self.refusal(open, again, study) == refusal)
      #expect(Self.refusal(open, first, study) == refusal)
    }
    for stage in [SumStage.closed, .released, .published] {
      let state = SumState(stage: stage, contributors: 3)
      #expect(Self.refusal(state, Self.submit(), study) == .afterClosing)
      #expect(Self.refusal(state, replace("a", true, false), study) == .afterClosing)
      #expect(Self.refusal(state, .withdraw(hasContributed: true), study) == .afterClosing)
    }
  }

  @Test func releaseHappensOnceAfterClosingWithTheMinimumAndTheAuditorsSeed() throws {
    let parties = try Fixture()
    let study = try parties.study()
    #expect(Self.refusal(SumState(contributors: 2), .release, study, at: 3_000) == .beforeClosing)
    #expect(Self.refusal(SumState(contributors: 1), .close, study) == .closesLater)
    #expect(Self.refusal(SumState(contributors: 2), .close, study) == nil)
    #expect(Self.refusal(SumState(contributors: 0), .close, study, at: 2_000) == nil)
    let few = SumState(stage: .closed, contributors: 1, hasAuditorSeed: true)
    #expect(Self.refusal(few, .release, study, at: 3_000) == .belowMinimum)
    #expect(Self.refusal(SumState(contributors: 2), .giveAuditorSeed, study) == .beforeClosing)

    var state = SumState(contributors: 2)
    try state.apply(.close, to: study, at: 2_000)
    #expect(Self.refusal(state, .close, study) == .afterClosing)
    #expect(Self.refusal(state, .release, study) == .auditorSeedMissing)
    #expect(Self.refusal(state, .publish, study) == .notReleased)
    #expect(Self.refusal(state, .countersign, study) == .notReleased)
    try state.apply(.giveAuditorSeed, to: study, at: 2_001)
    #expect(Self.refusal(state, .giveAuditorSeed, study) == .auditorSeedGiven)
    try state.apply(.release, to: study, at: 2_002)
    #expect(Self.refusal(state, .release, study) == .alreadyReleased)
    #expect(Self.refusal(state, .giveAuditorSeed, study) == .alreadyReleased)
    #expect(Self.refusal(state, .publish, study) == .notCountersigned)
    try state.apply(.countersign, to: study, at: 2_003)
    #expect(Self.refusal(state, .countersign, study) == .alreadyCountersigned)
    try state.apply(.publish, to: study, at: 2_003)
    #expect(Self.refusal(state, .publish, study) == .alreadyPublished)
    #expect(Self.refusal(state, .release, study) == .alreadyReleased)
  }

  @Test func countOfContributorsFollowsSubmissionsAndWithdrawals() throws {
    let parties = try Fixture()
    let study = try parties.study()
    var state = SumState()
    for name in ["a", "b", "c"] { try state.apply(Self.submit(name), to: study, at: 1_500) }
    try state.apply(
      .replace(SumHandIn(contributor: "a", hasContributed: true)), to: study, at: 1_500)
    try state.apply(.withdraw(hasContributed: true), to: study, at: 1_500)
    #expect(state.contributors == 2)
  }

  @Test func everyRefusalStandsInTheTableOfStatuses() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/sumd.md")
    let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    let forbidden = try #require(lines.first { $0.hasPrefix("| 403 |") })
    let conflicts = try #require(lines.first { $0.hasPrefix("| 409 |") })
    for refusal in SumRefusal.allCases {
      let line = [.notListed, .notSigned, .notPermitted].contains(refusal) ? forbidden : conflicts
      #expect(line.contains("`\(refusal.rawValue)`"), "\(refusal.rawValue)")
    }
  }

  @Test func everyCellOfTheDocumentedRightsTableIsTheServices() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/sum.md")
    let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    let start = try #require(lines.firstIndex { $0.hasPrefix("| action |") })
    let cells = { (line: Substring) in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    #expect(cells(lines[start]).dropFirst() == SumRole.allCases.map(\.rawValue)[...])
    var seen: [SumAction] = []
    for line in lines[(start + 2)...].prefix(while: { $0.hasPrefix("|") }) {
      let row = cells(line)
      let action = try #require(SumAction(rawValue: row[0]), "\(row[0])")
      seen.append(action)
      for (role, cell) in zip(SumRole.allCases, row.dropFirst()) {
        #expect(["yes", "–"].contains(cell))
        #expect(SumRights.permits(role, action) == (cell == "yes"), "\(role) \(action)")
      }
    }
    #expect(seen == SumAction.allCases)
  }
}
