import BFV
import EncryptedSum
import ParameterFiles
import TestSupport
import Testing

@Suite struct HostileContributionTests {
  @Test func malformedCiphertextsAreRefused() throws {
    var generator = SeededGenerator()
    let parties = try Fixture()
    let plan = try SumPlan(try parties.study(), key: parties.publicKey)
    let body = try plan.encrypt([Int](repeating: 1, count: plan.layout.count))
    #expect(body.count == plan.contributionByteCount)
    _ = try plan.ciphertext(body)
    let header = 4 + 32 + 3
    var hostile: [[UInt8]] = [[], Array(body.dropLast()), body + [0]]
    for index in 0..<header {
      var changed = body
      changed[index] ^= UInt8.random(in: 1...255, using: &generator)
      hostile.append(changed)
    }
    // Residues of all ones are no residues.
    var large = body
    for index in header..<(header + 9) { large[index] = 0xFF }
    hostile.append(large)
    for bytes in hostile {
      #expect(throws: SumError.malformedContribution, "seed \(generator.seed)") {
        _ = try plan.ciphertext(bytes)
      }
    }
  }

  @Test func contributionThatHidesNothingIsRefused() throws {
    let parties = try Fixture()
    let plan = try SumPlan(try parties.study(), key: parties.publicKey)
    var body = try plan.encrypt([Int](repeating: 1, count: plan.layout.count))
    let half = (body.count - 39) / 2
    for index in (39 + half)..<body.count { body[index] = 0 }
    #expect(throws: SumError.transparentContribution) { _ = try plan.ciphertext(body) }
  }

  @Test func contributionUnderOtherParametersOrAnotherKeyIsRefused() throws {
    let parties = try Fixture()
    let others = try Fixture(set: "sum-n8192")
    let plan = try SumPlan(try parties.study(), key: parties.publicKey)
    let other = try SumPlan(try others.study(), key: others.publicKey)
    let body = try other.encrypt([Int](repeating: 1, count: plan.layout.count))
    #expect(throws: SumError.malformedContribution) { _ = try plan.ciphertext(body) }
    #expect(throws: SumError.wrongEncryptionKey) { _ = try SumPlan(plan.study, key: others.publicKey) }
    let same = try Fixture()
    #expect(throws: SumError.wrongEncryptionKey) { _ = try SumPlan(plan.study, key: same.publicKey) }
    #expect(throws: SumError.wrongEncryptionKey) {
      _ = try SumPlan(
        plan.study, encodedKey: Array(parties.publicKey.encoded().dropLast()),
        parameters: parties.publicKey.parameters)
    }
  }

  @Test func rowsAndVectorsOutOfBoundsAreNotEncrypted() throws {
    let parties = try Fixture()
    let plan = try SumPlan(try parties.study(), key: parties.publicKey)
    let good = SumRow(values: [0, 0], labels: [0, 0])
    for (row, column) in [
      (SumRow(values: [1_001, 0], labels: [0, 0]), "wage"),
      (SumRow(values: [0, -501], labels: [0, 0]), "balance"),
      (SumRow(values: [0, 0], labels: [2, 0]), "sex"), (SumRow(values: [0, 0], labels: [0, -1]), "branch"),
      (SumRow(values: [0], labels: [0, 0]), ""),
    ] {
      #expect(throws: SumError.rowOutOfRange(row: 1, column: column)) {
        _ = try plan.layout.vector(of: [good, row], study: plan.study)
      }
    }
    #expect(throws: SumError.tooManyRows(101, maximum: 100)) {
      _ = try plan.layout.vector(of: Array(repeating: good, count: 101), study: plan.study)
    }
    var vector = [Int](repeating: 0, count: plan.layout.count)
    vector[1] = 100_001
    #expect(throws: SumError.vectorOutOfRange) { _ = try plan.encrypt(vector) }
    #expect(throws: SumError.vectorOutOfRange) { _ = try plan.encrypt(Array(vector.dropLast())) }
  }
}
