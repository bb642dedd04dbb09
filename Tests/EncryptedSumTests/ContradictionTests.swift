import EncryptedSum
import TestSupport
import Testing

/// Sums that a contributor made up are refused by the analyst where the schema allows to tell.
@Suite struct ContradictionTests {
  private static func error(of vectors: [[Int]], _ plan: SumPlan, _ parties: borrowing Fixture) throws
    -> SumError?
  {
    var aggregate = SumAggregate()
    var named: [(name: String, body: [UInt8])] = []
    for (index, vector) in vectors.enumerated() {
      named.append(("c\(index)", try plan.encrypt(vector)))
      aggregate.add(try plan.ciphertext(named[index].body))
    }
    let release = try plan.release(aggregate, seeds: Fixture.seeds())
    let manifest = SumManifest(
      study: plan.studyDigest,
      seedCommitment: SumSeeds.commitment(to: Fixture.secret(1), study: plan.studyDigest),
      contributions: named.map { plan.digest(of: $0.body, by: $0.name) },
      release: SumPlan.digest(ofRelease: release))
    var audit = try SumAudit(
      plan, manifest: SignedManifest(manifest, signing: parties.provider), seeds: Fixture.seeds())
    for (name, body) in named { try audit.add(body, by: name) }
    let signed = try (consume audit).countersigned(by: parties.auditor)
    do throws(SumError) { _ = try plan.result(of: release, manifest: signed, key: parties.secret) } catch {
      return error
    }
    return nil
  }

  @Test func sumsOfRealRowsNeverContradictAndOneAlteredValueDoes() throws {
    var generator = SeededGenerator()
    let parties = try Fixture()
    let plan = try SumPlan(try parties.study(), key: parties.publicKey)
    let vectors = try (0..<3).map { _ in
      try plan.layout.vector(of: randomRows(20, using: &generator), study: plan.study)
    }
    #expect(try Self.error(of: vectors, plan, parties) == nil, "seed \(generator.seed)")
    let none = try plan.layout.vector(of: [], study: plan.study)
    #expect(try Self.error(of: [none, none], plan, parties) == nil)
    // Sums of fields and products may be those of other rows; counts and the sums by label may not.
    let altered: [(SumLayout.Kind, String)] = [
      (.rows, "wage"), (.bins(field: 0), "wage"), (.labels(category: 1), "branch"),
      (.groupSums(pair: 0), "wage"), (.groupSquares(pair: 0), "wage"), (.table(pair: 0), "sex"),
    ]
    for (kind, column) in altered {
      var changed = vectors
      changed[0][try #require(plan.layout.block(kind)).positions.lowerBound] += 1
      #expect(
        try Self.error(of: changed, plan, parties) == .sumsContradict(column: column),
        "\(kind), seed \(generator.seed)")
    }
  }

  @Test func momentsThatNoRowsHaveAreRefused() throws {
    let parties = try Fixture()
    let study = try parties.study(
      fields: [
        SumField(column: "x", minimum: 10, maximum: 20), SumField(column: "y", minimum: -5, maximum: 5),
      ], categories: [], questions: SumQuestions(products: [ColumnPair(0, 1)]))
    let plan = try SumPlan(study, key: parties.publicKey)
    // Rows, x, x², y, y², xy.
    let cases: [([Int], String?)] = [
      ([2, 30, 500, 0, 2, 10], nil), ([2, 19, 181, 0, 2, 0], "x"), ([2, 41, 800, 0, 2, 0], "x"),
      // Below the mean's square; above what bounds allow; odd.
      ([2, 30, 448, 0, 2, 0], "x"), ([2, 30, 502, 0, 2, 0], "x"), ([2, 30, 499, 0, 2, 0], "x"),
      // A correlation above 1; products of no rows.
      ([2, 30, 500, 0, 2, 12], "x"), ([0, 0, 0, 0, 0, 1], "x"), ([0, 0, 0, 0, 2, 0], "y"),
    ]
    let zeros = [Int](repeating: 0, count: plan.layout.count)
    for (vector, column) in cases {
      let expected = column.map { SumError.sumsContradict(column: $0) }
      #expect(try Self.error(of: [vector, zeros], plan, parties) == expected, "\(vector)")
    }
  }
}
