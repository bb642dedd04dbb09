import EncryptedSum
import Primitives
import TestSupport
import Testing

@Suite struct SignedContributionTests {
  private static let parties = ["Acme", "Bolt", "Corp"].map { Fixture.contributor($0) }

  private static func plan(_ fixture: borrowing Fixture) throws -> SumPlan {
    try SumPlan(
      try fixture.study(contributors: .listed(parties.map(\.listed))), key: fixture.publicKey)
  }

  private static func error(_ body: () throws(SumError) -> Void) -> SumError? {
    do throws(SumError) { try body() } catch { return error }
    return nil
  }

  @Test func contributionIsTakenUnderTheSignatureOfItsListedContributorAlone() throws {
    let fixture = try Fixture()
    let plan = try Self.plan(fixture)
    let zeros = [Int](repeating: 0, count: plan.layout.count)
    let (body, other) = (try plan.encrypt(zeros), try plan.encrypt(zeros))
    let (acme, bolt) = (Self.parties[0], Self.parties[1])
    let signature = plan.signature(of: body, by: "Acme", version: 3, key: acme.key)
    let checked = try plan.checked(body, by: "Acme", signature: signature)
    #expect(checked.digest == plan.digest(of: body, by: "Acme", version: 3))
    #expect(checked.digest != plan.digest(of: body, by: "Acme", version: 4))
    func refusal(_ body: [UInt8], _ name: String, _ signature: ContributionSignature?) -> SumError? {
      Self.error { () throws(SumError) in _ = try plan.checked(body, by: name, signature: signature) }
    }
    let forged = plan.signature(of: body, by: "Acme", version: 3, key: bolt.key)
    let moved = ContributionSignature(version: 4, bytes: signature.bytes)
    let zero = plan.signature(of: body, by: "Acme", version: 0, key: acme.key)
    #expect(refusal(body, "Acme", nil) == .invalidSignature(.contributor))
    #expect(refusal(body, "Acme", forged) == .invalidSignature(.contributor))
    #expect(refusal(body, "Acme", moved) == .invalidSignature(.contributor))
    #expect(refusal(body, "Acme", zero) == .invalidSignature(.contributor))
    #expect(refusal(other, "Acme", signature) == .invalidSignature(.contributor))
    #expect(refusal(body, "Bolt", signature) == .invalidSignature(.contributor))
    #expect(refusal(body, "Dale", signature) == .refused(.notListed))
    let open = try SumPlan(try fixture.study(), key: fixture.publicKey)
    #expect(throws: SumError.wrongContribution) {
      _ = try open.checked(body, by: "Acme", signature: signature)
    }
  }

  /// A provider that has a listed name's token but not its key: what it plants, such as the negated sum of all others, is not counted.
  @Test func whatAProviderPlantsIsNotCountersigned() throws {
    let fixture = try Fixture()
    let plan = try Self.plan(fixture)
    let zeros = [Int](repeating: 0, count: plan.layout.count)
    var aggregate = SumAggregate()
    var digests: [[UInt8]] = []
    var bodies: [[UInt8]] = []
    for party in Self.parties {
      let body = try plan.encrypt(zeros)
      bodies.append(body)
      digests.append(plan.digest(of: body, by: party.name, version: 1))
      aggregate.add(try plan.ciphertext(body))
    }
    let release = try plan.release(aggregate, seeds: Fixture.seeds())
    let manifest = SumManifest(
      study: plan.studyDigest,
      seedCommitment: SumSeeds.commitment(to: Fixture.secret(1), study: plan.studyDigest),
      contributions: digests, release: SumPlan.digest(ofRelease: release))
    var audit = try SumAudit(
      plan, manifest: SignedManifest(manifest, signing: fixture.provider), seeds: Fixture.seeds())
    for (index, party) in Self.parties.dropLast().enumerated() {
      try audit.add(
        bodies[index], by: party.name,
        signature: plan.signature(of: bodies[index], by: party.name, version: 1, key: party.key))
    }
    let own = plan.signature(of: bodies[2], by: "Corp", version: 1, key: fixture.provider)
    var refusal: SumError?
    do throws(SumError) { try audit.add(bodies[2], by: "Corp", signature: own) } catch { refusal = error }
    #expect(refusal == .invalidSignature(.contributor))
  }

  @Test func namesAreVisibleComposedAndUnlikeEachOther() throws {
    for name in ["Acme Ltd", "病院 1", "é", "O'Neil & Søn", "½"] { #expect(SumStudy.isName(name), "\(name)") }
    for name in [
      "", " a", "a ", "a  b", "e\u{301}", "a\u{200B}", "a\u{202E}b", "a\u{A0}b", "a\nb", "a\u{AD}b",
      "\u{E000}",
      "a\u{3164}", String(repeating: "a", count: 129),
    ] { #expect(!SumStudy.isName(name), "\(name.unicodeScalars.map(\.value))") }
    #expect(SumStudy.folded("ACME") == SumStudy.folded("acme"))
    #expect(SumStudy.folded("STRASSE") == SumStudy.folded("straße"))
    #expect(SumStudy.folded("É") == SumStudy.folded("é") && SumStudy.folded("a") != SumStudy.folded("b"))
    let fixture = try Fixture()
    let pair = { (a: SumContributor, b: SumContributor) -> SumStudy.Contributors in .listed([a, b]) }
    let (acme, bolt) = (Self.parties[0].listed, Self.parties[1].listed)
    let alike = pair(acme, SumContributor(name: "ACME", key: bolt.key))
    #expect(throws: SumError.invalidStudy(.twice("ACME"))) { _ = try fixture.study(contributors: alike) }
    let twins = pair(acme, SumContributor(name: "Bolt", key: acme.key))
    #expect(throws: SumError.invalidStudy(.twice("Bolt"))) { _ = try fixture.study(contributors: twins) }
    let insider = pair(acme, SumContributor(name: "Bolt", key: fixture.provider.publicKey))
    #expect(throws: SumError.invalidStudy(.twice("Bolt"))) { _ = try fixture.study(contributors: insider) }
    let spelled = pair(acme, SumContributor(name: "e\u{301}", key: bolt.key))
    #expect(throws: SumError.invalidStudy(.name("e\u{301}"))) { _ = try fixture.study(contributors: spelled) }
  }

  @Test func seedsAndResultsVerifyUnderTheirSignersAlone() throws {
    let fixture = try Fixture()
    let study = try fixture.study()
    let (seed, head) = ([UInt8](repeating: 7, count: 32), [UInt8](repeating: 8, count: 32))
    let given = study.signature(onSeed: seed, after: head, by: fixture.auditor)
    try study.verify(seed: seed, after: head, signature: given)
    #expect(throws: SumError.invalidSignature(.auditor)) {
      try study.verify(seed: head, after: head, signature: given)
    }
    #expect(throws: SumError.invalidSignature(.auditor)) {
      try study.verify(seed: seed, after: seed, signature: given)
    }
    #expect(throws: SumError.invalidSignature(.auditor)) {
      let forged = study.signature(onSeed: seed, after: head, by: fixture.provider)
      try study.verify(seed: seed, after: head, signature: forged)
    }
    func manifest(_ release: UInt8) -> SumManifest {
      SumManifest(
        study: study.digest, seedCommitment: seed, contributions: [head],
        release: [UInt8](repeating: release, count: 32))
    }
    let signature = study.signature(onResult: [1, 2], of: manifest(1), by: fixture.analyst)
    try study.verify(result: [1, 2], of: manifest(1), signature: signature)
    #expect(throws: SumError.invalidSignature(.analyst)) {
      try study.verify(result: [1, 3], of: manifest(1), signature: signature)
    }
    #expect(throws: SumError.invalidSignature(.analyst)) {
      try study.verify(result: [1, 2], of: manifest(2), signature: signature)
    }
    #expect(throws: SumError.invalidSignature(.analyst)) {
      try study.verify(result: [1, 2], of: manifest(1), signature: [])
    }
  }
}
