import BFV
import LabeledLookup
import ParameterFiles
import Secrets
import TestSupport
import Testing

/// Bytes that no honest side sends: a typed error, never a crash, and for a server's answer the same for any item.
@Suite struct HostileMessageTests {
  @Test func damagedQueriesAreRefusedOrAnswered() throws {
    var random = SeededGenerator()
    let world = try LookupWorld("lookup-bucket-n1024", items: 100, using: &random)
    let client = try LookupClient(world.parameters, table: world.table.description)
    let bytes = try client.query(world.items.keys[0]).bytes
    let length = try world.server.answer(bytes, world.table).count
    for _ in 0..<200 {
      let damaged = random.damaged(bytes)
      do throws(LookupError) {
        // A changed residue is another ciphertext: it is answered like every other.
        #expect(try world.server.answer(damaged, world.table).count == length, "seed \(random.seed)")
      } catch {}
    }
    for count in [0, 3, 4, 35, 36, bytes.count - 1] {
      #expect(throws: LookupError.self) { try world.server.answer(Array(bytes.prefix(count)), world.table) }
    }
    #expect(throws: LookupError.self) { try world.server.answer(bytes + [0], world.table) }
  }

  @Test func queriesForAnotherTableAreRefused() throws {
    var random = SeededGenerator()
    let world = try LookupWorld("lookup-bucket-n1024", items: 10, using: &random)
    let other = try LookupWorld("lookup-bucket-n1024", items: 10, using: &random)
    let client = try LookupClient(world.parameters, table: world.table.description)
    let bytes = try client.query(world.items.keys[0]).bytes
    #expect(throws: LookupError.wrongTable) { try other.server.answer(bytes, other.table) }
    let foreign = try ParameterFiles.lookup(named: "lookup-1m-n2048")
    #expect(throws: LookupError.wrongTable) {
      _ = try LookupClient(foreign, table: world.table.description).expansionKeys
    }
  }

  @Test func queriesWithoutTheirExpansionKeysAreRefused() throws {
    var random = SeededGenerator()
    let world = try LookupWorld("lookup-1m-expand", items: 10, using: &random)
    let client = try LookupClient(world.parameters, table: world.table.description)
    let bytes = try client.query(world.items.keys[0]).bytes
    #expect(throws: LookupError.missingKeys) { try world.server.answer(bytes, world.table) }
    #expect(throws: LookupError.self) { try world.server.expansionKeys(client.expansionKeys.dropLast()) }
  }

  @Test func damagedResponsesAreRefusedOrRead() throws {
    var random = SeededGenerator()
    let world = try LookupWorld("lookup-1m-n2048", items: 2_000, using: &random)
    let client = try LookupClient(world.parameters, table: world.table.description)
    let query = try client.query(world.items.keys[0])
    let response = try world.server.answer(query.bytes, world.table)
    #expect(try query.finish(response) == .present(label: []))
    for _ in 0..<40 {
      let again = try client.query(world.items.keys[0])
      do throws(LookupError) { _ = try again.finish(random.damaged(response)) } catch {}
    }
    for count in [0, 4, response.count - 1] {
      let again = try client.query(world.items.keys[0])
      do throws(LookupError) {
        _ = try again.finish(Array(response.prefix(count)))
        Issue.record("a response of \(count) bytes was read")
      } catch {}
    }
  }

  @Test func descriptionsAreReadAsTheyWereWritten() throws {
    var random = SeededGenerator()
    let world = try LookupWorld("lookup-bucket-n1024", items: 10, using: &random)
    let bytes = world.table.description.encoded()
    #expect(try TableDescription(decoding: bytes) == world.table.description)
    for count in 0..<bytes.count {
      #expect(throws: LookupError.malformed) { try TableDescription(decoding: Array(bytes.prefix(count))) }
    }
    #expect(throws: LookupError.malformed) { try TableDescription(decoding: bytes + [0]) }
  }

  @Test func damagedTablesAreAnsweredWithoutHarm() throws {
    var random = SeededGenerator()
    let world = try LookupWorld("lookup-bucket-n1024", items: 10, using: &random)
    let client = try LookupClient(world.parameters, table: world.table.description)
    let query = try client.query(world.items.keys[0])
    let noise = random.bytes(world.table.bytes.count)
    let server = world.server
    let response = unsafe try server.answer(
      query.bytes, table: noise.span.bytes, description: world.table.description)
    _ = try query.finish(response)
  }

  /// A server that zeroes the groups it is curious about must not see which one was asked for: neither an error nor another
  /// message may depend on it.
  @Test func zeroedGroupsShowInTheResultAloneAndInNoError() throws {
    var random = SeededGenerator()
    let world = try LookupWorld("lookup-1m-n2048", items: 2_000, using: &random)
    let client = try LookupClient(world.parameters, table: world.table.description)
    let (size, server) = (world.parameters.groupByteCount, world.server)
    for key in world.items.keys.prefix(3) + [ItemKey(bytes: random.bytes(32))] {
      let group = key.group(below: world.parameters.literal.groups)
      for isOwn in [true, false] {
        var bytes = world.table.bytes
        let zeroed = isOwn ? group : (group + 1) % world.parameters.literal.groups
        for place in (zeroed * size)..<((zeroed + 1) * size) { bytes[place] = 0 }
        let query = try client.query(key)
        let response = unsafe try server.answer(
          query.bytes, table: bytes.span.bytes, description: world.table.description)
        let result = try query.finish(response)
        #expect((result == .unsound) == isOwn, "seed \(random.seed)")
      }
    }
  }

  @Test func damagedBatchesAreRefusedOrAnswered() throws {
    var random = SeededGenerator()
    let parameters = try ParameterFiles.batch(named: "lookup-batch-n4096")
    var items = BatchItems(parameters)
    for _ in 0..<50 { try items.append(ItemKey(bytes: random.bytes(32))) }
    let builder = BatchTableBuilder(parameters, paddingKey: SystemRandom.secretBytes(count: 32))
    let table = try builder.build(items, salt: random.bytes(32))
    let bytes = try BatchQuery(items.keys, parameters, table: table.description).bytes
    let server = BatchServer(parameters)
    for count in [0, 4, 36, bytes.count - 1] {
      #expect(throws: LookupError.self) { try server.answer(Array(bytes.prefix(count)), table) }
    }
    for _ in 0..<5 {
      do throws(LookupError) { _ = try server.answer(random.damaged(bytes), table) } catch {}
    }
  }
}

extension SeededGenerator {
  /// One bit flipped, or a piece cut out, doubled or overwritten.
  mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var copy = bytes
    let place = Int.random(in: 0..<bytes.count, using: &self)
    let end = min(bytes.count, place + Int.random(in: 1...64, using: &self))
    switch Int.random(in: 0..<4, using: &self) {
    case 0: copy[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
    case 1: copy.removeSubrange(place..<end)
    case 2: copy.insert(contentsOf: bytes[place..<end], at: place)
    default: copy.replaceSubrange(place..<end, with: self.bytes(end - place))
    }
    return copy
  }
}
