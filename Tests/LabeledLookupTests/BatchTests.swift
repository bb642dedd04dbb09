import BFV
import LabeledLookup
import ParameterFiles
import Secrets
import TestSupport
import Testing

/// Batches from end to end, through bytes, without transport.
@Suite struct BatchTests {
  static let name = "lookup-batch-n4096"
  static let names = [name, "lookup-batch-labels"]

  @Test(arguments: names) func probabilitiesAreComputedBelowTheBound(_ name: String) throws {
    let parameters = try ParameterFiles.batch(named: name)
    #expect(parameters.falsePositiveLog2 <= -40, "\(parameters.falsePositiveLog2)")
    #expect(parameters.failureLog2 <= -40, "\(parameters.failureLog2)")
    #expect(parameters.placementFailureLog2 <= -40, "\(parameters.placementFailureLog2)")
  }

  @Test func fewerBinsThanQueriesNeedAreRefused() throws {
    var literal = try ParameterFiles.file(named: Self.name).batch()
    literal.bins = 1024
    #expect(throws: LookupError.invalidParameters) { try BatchParameters(literal) }
  }

  @Test(arguments: names) func everyItemOfABatchGetsItsOwnResult(_ name: String) throws {
    var random = SeededGenerator()
    let parameters = try ParameterFiles.batch(named: name)
    var items = BatchItems(parameters)
    // Enough for systems of every bin, few enough for a test.
    let labels = (0..<(isDebug ? 3_000 : 40_000)).map { _ in random.bytes(parameters.labelByteCount) }
    for label in labels { try items.append(ItemKey(bytes: random.bytes(32)), label: label) }
    let builder = BatchTableBuilder(parameters, paddingKey: SystemRandom.secretBytes(count: 32))
    let table = try builder.build(items, salt: random.bytes(32))
    let server = BatchServer(parameters)
    var sizes: Set<[Int]> = []
    for count in [1, parameters.literal.queries] {
      let asked = (0..<count).map { $0 % 3 == 0 ? items.keys[2 * $0] : ItemKey(bytes: random.bytes(32)) }
      let query = try BatchQuery(asked, parameters, table: table.description)
      let sent = query.bytes
      let response = try server.answer(sent, table, threads: 2)
      sizes.insert([sent.count, response.count])
      let results = try query.finish(response)
      #expect(
        results == asked.indices.map { $0 % 3 == 0 ? .present(label: labels[2 * $0]) : .absent },
        "seed \(random.seed)")
    }
    #expect(sizes.count == 1)
  }

  @Test func repeatedAndTooManyQueriesAreRefused() throws {
    var random = SeededGenerator()
    let parameters = try ParameterFiles.batch(named: Self.name)
    let table = TableDescription(
      parametersDigest: parameters.digest, salt: random.bytes(32), attempts: [0])
    let key = ItemKey(bytes: random.bytes(32))
    let many = (0...parameters.literal.queries).map { _ in ItemKey(bytes: random.bytes(32)) }
    for keys in [[key, key], many] {
      #expect(throws: LookupError.tooManyItems) {
        _ = try BatchQuery(keys, parameters, table: table).bytes
      }
    }
  }
}
