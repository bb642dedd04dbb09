import BFV
import DisclosureControl
import EncryptedSum
import Primitives
import Testing

@Suite struct SumStudyTests {
  private static func listed(_ names: String...) -> SumStudy.Contributors {
    .listed(names.map { Fixture.contributor($0).listed })
  }

  @Test func sumsThatMightWrapAreRefusedBeforeAnythingIsEncrypted() throws {
    let parties = try Fixture()
    let limits = SumLimits(minimumContributors: 2, maximumContributors: 1_000, maximumRows: 1_000)
    let wide = [SumField(column: "salary", minimum: 0, maximum: 200_000)]
    let study = try parties.study(limits: limits, fields: wide, categories: [], questions: SumQuestions())
    #expect(throws: SumError.invalidStudy(.mightWrap(column: "salary"))) {
      _ = try SumPlan(study, key: parties.publicKey)
    }
    let roomier = try Fixture(set: "sum-n8192")
    let plan = try SumPlan(
      try roomier.study(limits: limits, fields: wide, categories: [], questions: SumQuestions()),
      key: roomier.publicKey)
    #expect(plan.headroomBits > 0)
    // Beyond 2^60 no set helps.
    let huge = [SumField(column: "salary", minimum: 0, maximum: 1 << 30)]
    #expect(throws: SumError.invalidStudy(.mightWrap(column: "salary"))) {
      _ = try SumPlan(
        try roomier.study(limits: limits, fields: huge, categories: [], questions: SumQuestions()),
        key: roomier.publicKey)
    }
  }

  @Test func noiseTakesRoomToo() throws {
    let parties = try Fixture()
    let study = { (privacy: SumPrivacy?, parties: borrowing Fixture) throws(SumError) in
      try parties.study(
        limits: SumLimits(minimumContributors: 2, maximumContributors: 2, maximumRows: 100), privacy: privacy)
    }
    let exact = try SumPlan(try study(nil, parties), key: parties.publicKey)
    let epsilon = try #require(Epsilon(micros: 50_000_000))
    let noisy = try SumPlan(
      try study(SumPrivacy(epsilon: epsilon, unit: .row), parties), key: parties.publicKey)
    #expect(noisy.headroomBits < exact.headroomBits)
    let tiny = try #require(Epsilon(micros: 1))
    #expect(throws: SumError.self) {
      _ = try SumPlan(try study(SumPrivacy(epsilon: tiny, unit: .row), parties), key: parties.publicKey)
    }
  }

  @Test func everyFaultOfAStudyIsNamed() throws {
    let parties = try Fixture()
    let field = SumField(column: "x", minimum: 0, maximum: 9)
    func fault(_ make: () throws(SumError) -> SumStudy) -> SumStudyFault? {
      do throws(SumError) { _ = try make() } catch {
        if case .invalidStudy(let fault) = error { return fault }
      }
      return nil
    }
    let limits = { SumLimits(minimumContributors: $0, maximumContributors: $1, maximumRows: 5) }
    #expect(
      fault { () throws(SumError) in try parties.study(fields: [], categories: [], questions: SumQuestions())
      } == .columns)
    #expect(
      fault { () throws(SumError) in try parties.study(fields: [field, field], questions: SumQuestions()) }
        == .twice("x"))
    let edges = SumField(column: "e", minimum: 0, maximum: 9, edges: [5, 5])
    #expect(
      fault { () throws(SumError) in try parties.study(fields: [edges], questions: SumQuestions()) }
        == .field("e"))
    let single = SumCategory(column: "c", labels: ["one"])
    #expect(
      fault { () throws(SumError) in try parties.study(categories: [single], questions: SumQuestions()) }
        == .category("c"))
    #expect(
      fault { () throws(SumError) in try parties.study(questions: SumQuestions(products: [ColumnPair(0, 2)]))
      } == .pair)
    #expect(
      fault { () throws(SumError) in try parties.study(questions: SumQuestions(tables: [ColumnPair(1, 1)])) }
        == .pair)
    #expect(fault { () throws(SumError) in try parties.study(limits: limits(1, 5)) } == .limits)
    #expect(fault { () throws(SumError) in try parties.study(limits: limits(6, 5)) } == .limits)
    #expect(
      fault { () throws(SumError) in try parties.study(contributors: Self.listed("a")) } == .limits)
    #expect(
      fault { () throws(SumError) in try parties.study(contributors: Self.listed("a", "b", "a")) }
        == .twice("a"))
    #expect(
      fault { () throws(SumError) in try parties.study(contributors: Self.listed("a", "\u{7}")) }
        == .name("\u{7}"))
    #expect(
      fault { () throws(SumError) in
        try parties.study(privacy: SumPrivacy(epsilon: .zero, unit: .row))
      } == .epsilon)
    let keys = SumKeys(
      analyst: parties.analyst.publicKey, provider: parties.provider.publicKey,
      auditor: parties.analyst.publicKey, encryptionKey: [UInt8](repeating: 0, count: 32))
    #expect(
      fault { () throws(SumError) in
        try SumStudy(
          title: "t", scheme: .paillier(.packed), fields: [field], limits: limits(2, 5),
          period: SumPeriod(opening: 0, closing: 1), keys: keys)
      } == .keys)
    #expect(
      fault { () throws(SumError) in
        try SumStudy(
          title: "t", scheme: .paillier(.packed), fields: [field], limits: limits(2, 5),
          period: SumPeriod(opening: 1, closing: 1), keys: parties.keys())
      } == .period)
  }

  @Test func digestChangesWithEveryPartOfAStudyAndSignaturesWithIt() throws {
    let parties = try Fixture()
    let study = try parties.study()
    let epsilon = try #require(Epsilon(micros: 1))
    let others = [
      try parties.study(limits: SumLimits(minimumContributors: 3, maximumContributors: 50, maximumRows: 100)),
      try parties.study(limits: SumLimits(minimumContributors: 2, maximumContributors: 51, maximumRows: 100)),
      try parties.study(contributors: Self.listed("a", "b")),
      try parties.study(contributors: Self.listed("a", "c")),
      try parties.study(
        contributors: .listed([
          Fixture.contributor("a").listed,
          SumContributor(name: "b", key: Fixture.contributor("c").listed.key),
        ])),
      try parties.study(privacy: SumPrivacy(epsilon: epsilon, unit: .row)),
      try parties.study(privacy: SumPrivacy(epsilon: epsilon, unit: .contributor)),
      try parties.study(questions: SumQuestions()),
      try parties.study(questions: SumQuestions(products: [ColumnPair(1, 0)])),
      try parties.study(questions: SumQuestions(groups: [ColumnPair(1, 0)])),
    ]
    #expect(Set(([study] + others).map(\.digest)).count == others.count + 1)
    let signature = study.signature(by: parties.analyst)
    try study.verify(signature: signature)
    for other in others {
      #expect(throws: SumError.invalidSignature(.analyst)) { try other.verify(signature: signature) }
    }
    #expect(throws: SumError.invalidSignature(.analyst)) {
      try study.verify(signature: study.signature(by: parties.provider))
    }
  }
}
