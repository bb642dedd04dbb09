import Foundation
import LabeledLookup
import LeakCheck
import LeakDatabase
import ObliviousPRF
import TestSupport
import Testing

@Suite struct BatchDatabaseTests {
  private let folder = TemporaryFolder()
  private let keyBytes = SharedKey()

  private func key() throws -> PRFSecretKey { try PRFSecretKey(decoding: keyBytes.bytes) }

  private func words(_ range: Range<Int>) -> ListInput {
    .bytes(Array(range.map { "word\($0)\n" }.joined().utf8))
  }

  private func settings(batchSet: String? = "lookup-batch-n4096") -> LeakDatabaseSettings {
    LeakDatabaseSettings(
      name: "test-1", kind: .sha1, parameterSet: "lookup-1m-n2048", batchSet: batchSet)
  }

  private func found(_ numbers: [Int], in database: LeakDatabase) throws -> [Bool] {
    let batch = try #require(database.batch)
    let server = PRFServer(key: try key(), mode: .verifiable)
    let outputs = try server.outputs(of: numbers.map { LeakEntry(password: "word\($0)").input })
    let keys = outputs.map { ItemKey(output: $0, salt: batch.description.salt) }
    let query = try BatchQuery(keys, batch.parameters, table: batch.description)
    let sent = query.bytes
    let response = try batch.withTable { table, description throws(LookupError) in
      try BatchServer(batch.parameters).answer(sent, table: table, description: description, threads: 2)
    }
    return try query.finish(response).map { $0 != .absent }
  }

  @Test func aBatchFindsAllItemsOfTheListAndOfOnesThatCameLater() throws {
    func build(_ settings: LeakDatabaseSettings, _ list: ListInput, _ name: String, _ output: String) throws
      -> DatabaseManifest
    {
      var builder = try LeakDatabaseBuilder(settings, key: key(), work: folder.path("work"))
      try builder.add(list, format: .lines(.words), name: name)
      return try builder.finish(to: folder.path(output))
    }
    let manifest = try build(settings(), words(0..<700), "first", "db-1")
    let bytes = try #require(manifest.batch?.table.bytes)
    #expect(Double(bytes) / 1_048_576 <= 28, "bytes for each item of a full table")
    let first = try LeakDatabase(path: folder.path("db-1"))
    #expect(try found(Array(200..<1200), in: first) == (200..<1200).map { $0 < 700 })

    // Everything but the key stands in the work folder.
    let known = try LeakDatabaseSettings(ofWork: folder.path("work"))
    #expect(known == settings())
    #expect(try build(known, words(900..<1000), "second", "db-2").items == 800)
    let second = try LeakDatabase(path: folder.path("db-2"))
    #expect(try found(Array(200..<1200), in: second) == (200..<1200).map { $0 < 700 || (900..<1000) ~= $0 })
  }

  @Test func changedTablesForBatchesAreRefused() throws {
    var builder = try LeakDatabaseBuilder(settings(), key: key(), work: folder.path("work"))
    try builder.add(words(0..<20), format: .lines(.words), name: "first")
    _ = try builder.finish(to: folder.path("db"))
    for name in ["batch.bin", "batch-description.bin"] {
      let path = folder.path("db/\(name)")
      let good = try Data(contentsOf: URL(filePath: path))
      var flipped = good
      flipped[flipped.count / 2] ^= 1
      for bad in [flipped, good.dropLast()] {
        try Data(bad).write(to: URL(filePath: path))
        #expect(throws: LeakDatabaseError.damaged(path: path)) { try LeakDatabase(path: folder.path("db")) }
      }
      try good.write(to: URL(filePath: path))
    }
  }

  @Test func bucketsHaveNoTableForBatches() throws {
    let settings = LeakDatabaseSettings(
      name: "test", kind: .credentials, parameterSet: "lookup-bucket-n1024", buckets: 4,
      batchSet: "lookup-batch-n4096")
    do throws(LeakDatabaseError) {
      _ = try LeakDatabaseBuilder(settings, key: .random(), work: folder.path("work"))
      Issue.record("batches over buckets")
    } catch { #expect(error == .wrongFormat) }
  }
}
