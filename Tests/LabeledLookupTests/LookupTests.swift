import BFV
import LabeledLookup
import ParameterFiles
import Secrets
import TestSupport
import Testing

/// Single lookups from end to end, through bytes, without transport.
@Suite struct LookupTests {
  /// Sets whose tables are small enough for a test.
  static let small = ParameterFiles.lookupNames.filter { !$0.contains("16m") }

  @Test(arguments: ParameterFiles.lookupNames)
  func falsePositivesAndFailuresAreComputedBelowTheBound(name: String) throws {
    let parameters = try ParameterFiles.lookup(named: name)
    #expect(parameters.falsePositiveLog2 <= -40, "\(parameters.falsePositiveLog2)")
    #expect(parameters.failureLog2 <= -40, "\(parameters.failureLog2)")
  }

  @Test(arguments: small)
  func presentItemsAreFoundWithTheirLabelsAndAbsentOnesAreNot(name: String) throws {
    var random = SeededGenerator()
    let world = try LookupWorld(name, items: nil, using: &random)
    let client = try LookupClient(world.parameters, table: world.table.description)
    let keys = try client.expansionKeys.isEmpty ? nil : world.server.expansionKeys(client.expansionKeys)
    var sizes: Set<[Int]> = []
    for turn in 0..<6 {
      let isPresent = turn % 2 == 0
      let index = Int.random(in: 0..<world.items.keys.count, using: &random)
      let key = isPresent ? world.items.keys[index] : ItemKey(bytes: random.bytes(32))
      let query = try client.query(key)
      let sent = query.bytes
      let response = try world.server.answer(sent, world.table, keys: keys, threads: 2)
      sizes.insert([sent.count, response.count])
      let result = try query.finish(response)
      #expect(
        result == (isPresent ? .present(label: world.label(index)) : .absent), "\(name), seed \(random.seed)")
    }
    #expect(sizes.count == 1)
  }
}

/// A server with a table of random items.
struct LookupWorld {
  let parameters: LookupParameters
  let server: LookupServer
  let items: LookupItems
  let table: LookupTable

  /// `items`: nil for as many as the set is for.
  init(_ name: String, items count: Int?, using random: inout SeededGenerator) throws {
    parameters = try ParameterFiles.lookup(named: name)
    server = LookupServer(parameters)
    var items = LookupItems(parameters)
    for _ in 0..<(count ?? parameters.literal.items) {
      try items.append(
        ItemKey(bytes: random.bytes(32)), label: random.bytes(parameters.labelByteCount))
    }
    self.items = items
    let builder = LookupTableBuilder(parameters, paddingKey: SystemRandom.secretBytes(count: 32))
    table = try builder.build(items, salt: random.bytes(32))
  }

  func label(_ index: Int) -> [UInt8] {
    let count = parameters.labelByteCount
    return Array(items.labels[(index * count)..<((index + 1) * count)])
  }
}

extension SeededGenerator {
  mutating func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      var word = next()
      for _ in 0..<min(8, count - bytes.count) {
        bytes.append(UInt8(truncatingIfNeeded: word))
        word >>= 8
      }
    }
    return bytes
  }
}
