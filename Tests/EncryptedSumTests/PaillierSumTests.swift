import DisclosureControl
import EncryptedSum
import Paillier
import Primitives
import Secrets
import TestSupport
import Testing

@Suite struct PaillierSumTests {
  private static func study(
    _ key: Paillier.PublicKey, _ parties: borrowing Fixture, _ form: SumStudy.PaillierForm,
    privacy: SumPrivacy? = nil
  ) throws(SumError) -> SumStudy {
    try SumStudy(
      title: "Balances", scheme: .paillier(form),
      fields: [SumField(column: "balance", minimum: -500, maximum: 300)],
      limits: SumLimits(minimumContributors: 2, maximumContributors: 9, maximumRows: 10),
      period: SumPeriod(opening: 1_000, closing: 2_000),
      keys: SumKeys(
        analyst: parties.analyst.publicKey, provider: parties.provider.publicKey,
        auditor: parties.auditor.publicKey, encryptionKey: SumPlan.fingerprint(key.encoded())),
      privacy: privacy)
  }

  @Test(arguments: SumStudy.PaillierForm.allCases, [nil, 4_000_000] as [UInt64?])
  func decryptedSumsEqualThoseOfThePooledRowsUpToNoise(
    form: SumStudy.PaillierForm, epsilon: UInt64?
  ) throws {
    var generator = SeededGenerator()
    let parties = try Fixture()
    let secret = PrivateKey.generate(.bits2048)
    let privacy = epsilon.flatMap { Epsilon(micros: $0) }.map { SumPrivacy(epsilon: $0, unit: .row) }
    let study = try Self.study(secret.publicKey, parties, form, privacy: privacy)
    let plan = try SumPlan(study, encodedKey: secret.publicKey.encoded(), parameters: nil)
    #expect(plan.headroomBits > 0 && plan.distanceLog2 <= -40 && plan.failureLog2 <= -40)
    var rows: [SumRow] = []
    var named: [(name: String, body: [UInt8])] = []
    for index in 0..<5 {
      let own = (0..<Int.random(in: 0...10, using: &generator)).map { _ in
        SumRow(values: [.random(in: -500...300, using: &generator)])
      }
      let body = try plan.encrypt(try plan.layout.vector(of: own, study: study))
      #expect(body.count == plan.contributionByteCount)
      named.append(("c\(index)", body))
      rows += own
    }
    var aggregate = SumAggregate()
    for (_, body) in named { aggregate.add(try plan.ciphertext(body)) }
    let release = try plan.release(aggregate, seeds: Fixture.seeds())
    let manifest = SumManifest(
      study: study.digest,
      seedCommitment: SumSeeds.commitment(to: Fixture.secret(1), study: study.digest),
      contributions: named.map { plan.digest(of: $0.body, by: $0.name) },
      release: SumPlan.digest(ofRelease: release))
    var audit = try SumAudit(
      plan, manifest: SignedManifest(manifest, signing: parties.provider), seeds: Fixture.seeds())
    for (name, body) in named.shuffled(using: &generator) { try audit.add(body, by: name) }
    let signed = try (consume audit).countersigned(by: parties.auditor)
    let totals = try plan.result(of: release, manifest: signed, key: secret)
    let exact = [
      rows.count, rows.reduce(0) { $0 + $1.values[0] }, rows.reduce(0) { $0 + $1.values[0] * $1.values[0] },
    ]
    let bounds = plan.layout.blocks.map { $0.noise?.noiseBound ?? 0 }
    for (index, value) in totals.values.enumerated() {
      #expect(abs(value - exact[index]) <= bounds[index], "seed \(generator.seed)")
    }
    #expect((totals.values == exact) == (epsilon == nil), "seed \(generator.seed)")
    #expect(throws: SumError.wrongDecryptionKey) {
      _ = try plan.result(of: release, manifest: signed, key: parties.secret)
    }
    let other = PrivateKey.generate(.bits2048)
    #expect(throws: SumError.wrongDecryptionKey) {
      _ = try plan.result(of: release, manifest: signed, key: other)
    }
  }

  @Test func malformedCiphertextsAreRefused() throws {
    let parties = try Fixture()
    let secret = PrivateKey.generate(.bits2048)
    let plan = try SumPlan(try Self.study(secret.publicKey, parties, .separate), key: secret.publicKey)
    let body = try plan.encrypt([1, 2, 3])
    var zero = body
    for index in (body.count - 512)..<body.count { zero[index] = 0 }
    var large = body
    for index in (body.count - 512)..<body.count { large[index] = 0xFF }
    var key = body
    key[5] ^= 1
    for hostile in [[], Array(body.dropLast()), body + [0], zero, large, key] {
      #expect(throws: SumError.malformedContribution) { _ = try plan.ciphertext(hostile) }
    }
    #expect(throws: SumError.wrongEncryptionKey) {
      _ = try SumPlan(
        plan.study, encodedKey: PrivateKey.generate(.bits2048).publicKey.encoded(), parameters: nil)
    }
  }
}
