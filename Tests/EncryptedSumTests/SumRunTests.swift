import BFV
import DisclosureControl
import EncryptedSum
import ParameterFiles
import Primitives
import Secrets
import SumStatistics
import TestSupport
import Testing

@Suite struct SumRunTests {
  /// Contributions of seven contributors with their names, bodies and all rows.
  private static func contributions(
    _ plan: SumPlan, _ generator: inout SeededGenerator
  ) throws -> (named: [(name: String, body: [UInt8])], rows: [SumRow]) {
    var named: [(String, [UInt8])] = []
    var all: [SumRow] = []
    for index in 0..<7 {
      let rows = randomRows(Int.random(in: 0...100, using: &generator), using: &generator)
      named.append(
        ("employer \(index)", try plan.encrypt(try plan.layout.vector(of: rows, study: plan.study))))
      all += rows
    }
    return (named, all)
  }

  private static func aggregate(_ plan: SumPlan, _ bodies: [[UInt8]]) throws -> SumAggregate {
    var aggregate = SumAggregate()
    for body in bodies { aggregate.add(try plan.ciphertext(body)) }
    return aggregate
  }

  private static func manifest(
    _ plan: SumPlan, _ named: [(name: String, body: [UInt8])], release: [UInt8], seed: UInt8 = 1
  ) -> SumManifest {
    SumManifest(
      study: plan.study.digest,
      seedCommitment: SumSeeds.commitment(to: Fixture.secret(seed), study: plan.study.digest),
      contributions: named.map { plan.digest(of: $0.body, by: $0.name) },
      release: SumPlan.digest(ofRelease: release))
  }

  /// Why the auditor does not countersign; nil where it does.
  private static func refusal(of audit: consuming SumAudit, _ key: borrowing SigningKey) -> SumError? {
    do throws(SumError) { _ = try audit.countersigned(by: key) } catch { return error }
    return nil
  }

  @Test(arguments: ["sum-n4096", "sum-n8192"])
  func decryptedSumsEqualThoseOfThePooledRows(set: String) throws {
    var generator = SeededGenerator()
    let parties = try Fixture(set: set)
    let plan = try SumPlan(try parties.study(), key: parties.publicKey)
    let (named, rows) = try Self.contributions(plan, &generator)
    let release = try plan.release(try Self.aggregate(plan, named.map(\.body)), seeds: Fixture.seeds())
    let manifest = Self.manifest(plan, named, release: release)

    var audit = try SumAudit(
      plan, manifest: SignedManifest(manifest, signing: parties.provider), seeds: Fixture.seeds())
    for (name, body) in named.shuffled(using: &generator) { try audit.add(body, by: name) }
    let signed = try (consume audit).countersigned(by: parties.auditor)
    let totals = try plan.result(of: release, manifest: signed, key: parties.secret)

    let seed = "seed \(generator.seed)"
    #expect(totals.contributors == 7 && totals.rows == rows.count, "\(seed)")
    #expect(totals.values(.sum(field: 0)) == [rows.reduce(0) { $0 + $1.values[0] }], "\(seed)")
    #expect(totals.values(.sum(field: 1)) == [rows.reduce(0) { $0 + $1.values[1] }], "\(seed)")
    #expect(
      totals.values(.squares(field: 1)) == [rows.reduce(0) { $0 + $1.values[1] * $1.values[1] }], "\(seed)")
    #expect(
      totals.values(.product(pair: 0)) == [rows.reduce(0) { $0 + $1.values[0] * $1.values[1] }], "\(seed)")
    #expect(
      totals.values(.bins(field: 0)) == [
        rows.count { $0.values[0] < 200 }, rows.count { (200..<500).contains($0.values[0]) },
        rows.count { $0.values[0] >= 500 },
      ], "\(seed)")
    #expect(
      totals.values(.groupSums(pair: 0))
        == (0..<2).map { label in rows.filter { $0.labels[0] == label }.reduce(0) { $0 + $1.values[0] } },
      "\(seed)")
    #expect(
      totals.values(.table(pair: 0))
        == (0..<6).map { cell in rows.count { $0.labels[0] == cell / 3 && $0.labels[1] == cell % 3 } },
      "\(seed)")
    #expect(totals.values(.table(pair: 1)) == nil)
    let wages = rows.map { Double($0.values[0]) / 10 }
    let mean = wages.reduce(0, +) / Double(rows.count)
    let sample = try #require(totals.sample(field: 0))
    #expect(abs(try #require(sample.mean) - mean) < 1e-9, "\(seed)")
    let variance = wages.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows.count - 1)
    #expect(abs(try #require(sample.variance) - variance) < 1e-9 * variance, "\(seed)")
    let pair = try #require(totals.pair(product: 0))
    #expect(pair.x == sample && pair.products == totals.values(.product(pair: 0))?.first, "\(seed)")
    let groups = try #require(totals.samples(group: 0))
    #expect(groups.map(\.count) == (0..<2).map { label in rows.count { $0.labels[0] == label } }, "\(seed)")
    #expect(groups.map(\.sum) == totals.values(.groupSums(pair: 0)), "\(seed)")
    #expect(WelchTest(groups[0], groups[1]) != nil, "\(seed)")
    let table = try #require(totals.table(0))
    #expect(table.flatMap { $0 } == totals.values(.table(pair: 0)) && table.count == 2, "\(seed)")
    #expect(totals.table(1) == nil && totals.samples(group: 1) == nil && totals.pair(product: 1) == nil)
  }

  @Test func releaseDependsOnContributionsAndSeedsAloneNotOnTheirOrder() throws {
    var generator = SeededGenerator()
    let parties = try Fixture()
    let plan = try SumPlan(
      try parties.study(
        privacy: SumPrivacy(epsilon: try #require(Epsilon(micros: 5_000_000)), unit: .row)),
      key: parties.publicKey)
    let bodies = try Self.contributions(plan, &generator).named.map(\.body)
    let release = try plan.release(try Self.aggregate(plan, bodies), seeds: Fixture.seeds())
    let shuffled = try Self.aggregate(plan, bodies.shuffled(using: &generator))
    #expect(try plan.release(shuffled, seeds: Fixture.seeds()) == release, "seed \(generator.seed)")
    #expect(try plan.release(shuffled, seeds: Fixture.seeds(1, 10)) != release)
    #expect(try plan.release(shuffled, seeds: Fixture.seeds(2, 9)) != release)
  }

  @Test func privateSumsDifferFromExactOnesByNoiseWithinItsBound() throws {
    var generator = SeededGenerator()
    let parties = try Fixture(set: "sum-n8192")
    let privacy = SumPrivacy(epsilon: try #require(Epsilon(micros: 20_000_000)), unit: .contributor)
    let plan = try SumPlan(try parties.study(privacy: privacy), key: parties.publicKey)
    let (named, rows) = try Self.contributions(plan, &generator)
    let release = try plan.release(try Self.aggregate(plan, named.map(\.body)), seeds: Fixture.seeds())
    let unsigned = SignedManifest(
      Self.manifest(plan, named, release: release), signing: parties.provider)
    var audit = try SumAudit(plan, manifest: unsigned, seeds: Fixture.seeds())
    for (name, body) in named { try audit.add(body, by: name) }
    let signed = try (consume audit).countersigned(by: parties.auditor)
    let totals = try plan.result(of: release, manifest: signed, key: parties.secret)
    let exact = [0, 1].map { field in rows.reduce(0) { $0 + $1.values[field] } }
    #expect([0, 1].map { totals.values(.sum(field: $0)) } != exact.map { [$0] }, "seed \(generator.seed)")
    let sum = try #require(totals.values(.sum(field: 0))).first ?? 0
    let bound = try #require(plan.layout.block(.sum(field: 0))?.noise?.noiseBound)
    #expect(abs(sum - exact[0]) <= bound, "seed \(generator.seed)")
  }

  @Test func auditRefusesWhatDiffersFromTheManifest() throws {
    var generator = SeededGenerator()
    let parties = try Fixture()
    let plan = try SumPlan(try parties.study(), key: parties.publicKey)
    let named = try Self.contributions(plan, &generator).named
    let release = try plan.release(try Self.aggregate(plan, named.map(\.body)), seeds: Fixture.seeds())
    let honest = Self.manifest(plan, named, release: release)
    let signed = SignedManifest(honest, signing: parties.provider)

    #expect(throws: SumError.seedNotCommitted) {
      _ = try SumAudit(plan, manifest: signed, seeds: Fixture.seeds(2))
    }
    #expect(throws: SumError.invalidSignature(.provider)) {
      _ = try SumAudit(
        plan, manifest: SignedManifest(honest, signing: parties.analyst), seeds: Fixture.seeds())
    }
    let few = Self.manifest(plan, Array(named.prefix(1)), release: release)
    #expect(throws: SumError.contributionsDiffer) {
      _ = try SumAudit(
        plan, manifest: SignedManifest(few, signing: parties.provider), seeds: Fixture.seeds())
    }

    var audit = try SumAudit(plan, manifest: signed, seeds: Fixture.seeds())
    try audit.add(named[0].body, by: named[0].name)
    var refusals = 0
    for (name, body) in [named[0], (named[2].name, named[1].body), ("employer 9", named[3].body)] {
      do throws(SumError) { try audit.add(body, by: name) } catch {
        #expect(error == .contributionsDiffer)
        refusals += 1
      }
    }
    #expect(refusals == 3)
    let refusal = Self.refusal(of: audit, parties.auditor)
    #expect(refusal == .contributionsDiffer)
  }

  @Test func oneContributionPassedOffAsTheSumIsNotCountersigned() throws {
    var generator = SeededGenerator()
    let parties = try Fixture()
    let plan = try SumPlan(try parties.study(), key: parties.publicKey)
    let named = try Self.contributions(plan, &generator).named
    let one = try Self.aggregate(plan, [named[0].body, named[1].body])
    let release = try plan.release(one, seeds: Fixture.seeds())
    let lie = SignedManifest(Self.manifest(plan, named, release: release), signing: parties.provider)
    var audit = try SumAudit(plan, manifest: lie, seeds: Fixture.seeds())
    for (name, body) in named { try audit.add(body, by: name) }
    let refusal = Self.refusal(of: audit, parties.auditor)
    #expect(refusal == .releaseDiffers)
    #expect(throws: SumError.invalidSignature(.auditor)) {
      _ = try plan.result(of: release, manifest: lie, key: parties.secret)
    }
    // The provider's signature in the auditor's place is none.
    let forged = SignedManifest(
      manifest: lie.manifest, providerSignature: lie.providerSignature,
      auditorSignature: lie.providerSignature)
    #expect(throws: SumError.invalidSignature(.auditor)) {
      _ = try plan.result(of: release, manifest: forged, key: parties.secret)
    }
  }

  @Test func nobodyCountsTwiceInAnAudit() throws {
    let parties = try Fixture()
    let plan = try SumPlan(try parties.study(), key: parties.publicKey)
    let zeros = [Int](repeating: 0, count: plan.layout.count)
    let (first, second) = (try plan.encrypt(zeros), try plan.encrypt(zeros))
    for named in [[("a", first), ("a", second)], [("a", first), ("b", first)]] {
      let release = try plan.release(try Self.aggregate(plan, named.map(\.1)), seeds: Fixture.seeds())
      let signed = SignedManifest(Self.manifest(plan, named, release: release), signing: parties.provider)
      var audit = try SumAudit(plan, manifest: signed, seeds: Fixture.seeds())
      try audit.add(named[0].1, by: named[0].0)
      var refusal: SumError?
      do throws(SumError) { try audit.add(named[1].1, by: named[1].0) } catch { refusal = error }
      #expect(refusal == .contributionsDiffer)
    }
  }

  @Test func contributionBelowTheMinimumIsNotReleased() throws {
    let parties = try Fixture()
    let plan = try SumPlan(try parties.study(), key: parties.publicKey)
    let body = try plan.encrypt([Int](repeating: 0, count: plan.layout.count))
    #expect(throws: SumError.contributionsDiffer) {
      _ = try plan.release(try Self.aggregate(plan, [body]), seeds: Fixture.seeds())
    }
  }

  @Test(arguments: ["sum-n4096", "sum-n8192"])
  func floodAndFailureStayBelowTwoToTheMinusFortyUpToTheStatedContributions(set: String) throws {
    let parties = try Fixture(set: set)
    let stated = set == "sum-n4096" ? 10_000 : 100_000
    let study = { (maximum: Int, parties: borrowing Fixture) throws(SumError) in
      try parties.study(
        limits: SumLimits(minimumContributors: 2, maximumContributors: maximum, maximumRows: 1),
        fields: [SumField(column: "x", minimum: 0, maximum: 9)], categories: [], questions: SumQuestions())
    }
    let plan = try SumPlan(try study(stated, parties), key: parties.publicKey)
    #expect(plan.distanceLog2 <= -40 && plan.distanceLog2 > -41)
    #expect(plan.failureLog2 <= -40 && plan.headroomBits > 0)
    guard set == "sum-n4096" else { return }
    do throws(SumError) {
      _ = try SumPlan(try study(1_000_000, parties), key: parties.publicKey)
      Issue.record("a million contributions do not fit")
    } catch {
      guard case .invalidStudy(.tooManyContributors(let most)) = error else { throw error }
      #expect(most >= stated && most < 1_000_000)
      _ = try SumPlan(try study(most, parties), key: parties.publicKey)
      #expect(throws: SumError.invalidStudy(.tooManyContributors(maximum: most))) {
        _ = try SumPlan(try study(most + 1, parties), key: parties.publicKey)
      }
    }
  }
}
