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

  /// The design's load: five standard deviations above the mean, in one group.
  @Test(.enabled(if: !isDebug), arguments: ParameterFiles.lookupNames)
  func groupsOfTheLargestSizeAreBuilt(name: String) throws {
    var random = SeededGenerator()
    let parameters = try ParameterFiles.lookup(named: name)
    let mean = Double(parameters.literal.items / parameters.literal.groups)
    let count = parameters.literal.groups == 1 ? mean : mean + 5 * mean.squareRoot()
    var items = LookupItems(parameters)
    for _ in 0..<Int(count) { try items.append(ItemKey(bytes: random.bytes(32))) }
    let builder = LookupTableBuilder(parameters, paddingKey: SystemRandom.secretBytes(count: 32))
    let group = try builder.build(group: 0, items)
    #expect(group.bytes.count == parameters.groupByteCount, "seed \(random.seed)")
    #expect(group.bytes.allSatisfy { $0 < parameters.modulus })
  }

  @Test func tablesDoNotDependOnTheOrderOfItems() throws {
    var random = SeededGenerator()
    let parameters = try ParameterFiles.lookup(named: "lookup-bucket-n1024")
    let keys = (0..<500).map { _ in ItemKey(bytes: random.bytes(32)) }
    let salt = random.bytes(32)
    let padding = SystemRandom.secretBytes(count: 32)
    // Repeated items count once.
    let tables = try [keys, keys.reversed() + keys.prefix(9)].map { keys in
      var items = LookupItems(parameters)
      for key in keys { try items.append(key) }
      return try LookupTableBuilder(parameters, paddingKey: padding.copy()).build(items, salt: salt)
    }
    #expect(tables[0].bytes == tables[1].bytes, "seed \(random.seed)")
    #expect(tables[0].description.attempts == tables[1].description.attempts)
  }

  @Test func tooManyItemsAreRefused() throws {
    var random = SeededGenerator()
    let parameters = try ParameterFiles.lookup(named: "lookup-bucket-n1024")
    var items = LookupItems(parameters)
    for _ in 0...(parameters.columns * parameters.columnSize) {
      try items.append(ItemKey(bytes: random.bytes(32)))
    }
    let builder = LookupTableBuilder(parameters, paddingKey: SystemRandom.secretBytes(count: 32))
    #expect(throws: LookupError.tooManyItems) { try builder.build(group: 0, items) }
  }

  @Test func aThousandAbsentItemsAreAbsent() throws {
    var random = SeededGenerator()
    let world = try LookupWorld("lookup-bucket-n1024", items: isDebug ? 500 : nil, using: &random)
    let client = try LookupClient(world.parameters, table: world.table.description)
    for _ in 0..<(isDebug ? 20 : 1000) {
      let query = try client.query(ItemKey(bytes: random.bytes(32)))
      let response = try world.server.answer(query.bytes, world.table)
      #expect(try query.finish(response) == .absent, "seed \(random.seed)")
    }
  }

  @Test(arguments: small)
  func presentItemsAreFoundWithTheirLabelsAndAbsentOnesAreNot(name: String) throws {
    var random = SeededGenerator()
    // Full tables where they are quickly built.
    let isFull = !isDebug && ["lookup-1m-n2048", "lookup-bucket-n1024"].contains(name)
    let world = try LookupWorld(name, items: isFull ? nil : 5_000, using: &random)
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

#if DEBUG
/// Whether every assertion runs: tests then take less data.
let isDebug = true
#else
/// Whether every assertion runs: tests then take less data.
let isDebug = false
#endif

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
