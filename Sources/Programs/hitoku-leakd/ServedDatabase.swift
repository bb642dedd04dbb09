#if Services
import Foundation
import HTTPService
import Identities
import LabeledLookup
import LeakDatabase
import ObliviousPRF
import PrimeOrderGroup
import Primitives
import Secrets
import ServiceContracts
import Synchronization

/// A database with its key, checked from end to end: what one version of `/v1/databases` answers from. Requests hold on to it, so
/// that it stays mapped until the last of them is answered.
final class ServedDatabase: Sendable {
  /// What requests name.
  let version: String
  /// `LeakDocument` in JSON.
  let document: [UInt8]
  let manifest: DatabaseManifest
  let keyByteCount: Int
  let queryByteCount: Int
  /// Bytes of a batch; nil without a table for batches.
  let batchByteCount: Int?
  /// Published lists for the range interface.
  let ranges: [RangeHash: RangeFile]
  private let database: LeakDatabase
  private let wasReported = Atomic(false)
  private let lookup: LookupServer
  private let prf: PRFServer

  /// Numbers of elements that an evaluation takes.
  static let elementCounts = [1, 1024]

  /// What is opened.
  struct Source {
    /// The database's folder.
    var path: String
    /// Files of OPRF keys.
    var keys: [String]
    /// Range files.
    var ranges: [String]
    /// What clients are told.
    var limits: LeakDocument.Limits
  }

  /// Opens the database, finds its key, and has it answer a query of each kind.
  init(_ source: Source) throws(LeakdError) {
    do { database = try LeakDatabase(path: source.path) } catch { throw .database(error) }
    let manifest = database.manifest
    guard manifest.items > 0 else { throw .emptyDatabase(path: source.path) }
    self.manifest = manifest
    ranges = try Self.ranges(source.ranges, beside: manifest)
    prf = try Self.server(source.keys, for: manifest, source.path)
    lookup = LookupServer(database.parameters)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings and numbers are always encodable.
    version = manifest.version
    let sizes = try Self.check(database, lookup, source.path)
    keyByteCount = sizes.key
    queryByteCount = sizes.query
    let batch = try database.batch.map { table throws(LeakdError) in
      try Self.check(table, named: manifest.batch?.parameterSet ?? "", source.path)
    }
    batchByteCount = batch?.queryBytes
    let document = LeakDocument(
      name: manifest.name, version: version, kind: manifest.kind, items: manifest.items,
      buckets: manifest.buckets, sources: manifest.sources, publicKey: manifest.publicKey,
      lookup: LeakDocument.Lookup(
        parameterSet: manifest.parameterSet, parametersDigest: hexadecimal(database.parameters.digest),
        keyBytes: sizes.key, queryBytes: sizes.query, responseBytes: sizes.response),
      batch: batch, limits: source.limits, offersRange: !ranges.isEmpty)
    self.document = [UInt8]((try? encoder.encode(document)) ?? Data())
  }

  /// Who asks for a range learns all hashes in it: only lists that are published anyway may stand there.
  private static func ranges(
    _ paths: [String], beside manifest: DatabaseManifest
  ) throws(LeakdError) -> [RangeHash: RangeFile] {
    guard paths.isEmpty || (manifest.kind != .credentials && !manifest.isPrivate) else {
      throw .rangeOfPrivateList
    }
    var ranges: [RangeHash: RangeFile] = [:]
    for path in paths {
      do {
        let file = try RangeFile(path: path)
        ranges[file.hash] = file
      } catch .damaged(let path) {
        throw .damagedRangeFile(path: path)
      } catch { throw .database(error) }
    }
    return ranges
  }

  /// The first key whose public half is the manifest's.
  private static func server(
    _ paths: [String], for manifest: DatabaseManifest, _ database: String
  ) throws(LeakdError) -> PRFServer {
    for path in paths {
      let bytes: SecretBytes
      do { bytes = try readKeyFile(path) } catch { throw .identity(error) }
      guard let key = try? PRFSecretKey(decoding: bytes) else { throw .unusableKey(path: path) }
      let server = PRFServer(key: key, mode: .verifiable)
      if hexadecimal(server.publicKey.bytes) == manifest.publicKey { return server }
    }
    throw .wrongKey(database: database)
  }

  /// Asks for an item that is in no list, as a client would, which also tells how long messages are.
  private static func check(
    _ database: LeakDatabase, _ lookup: LookupServer, _ path: String
  ) throws(LeakdError) -> (key: Int, query: Int, response: Int) {
    do {
      let client = try LookupClient(database.parameters, table: database.descriptions[0])
      let query = try client.query(output: SystemRandom.bytes(count: 64))
      let (keys, asked) = (client.expansionKeys, query.bytes)
      let response = try answer(database, lookup, bucket: 0, keys: keys, query: asked)
      guard let response, try query.finish(response) == .absent else {
        throw LeakdError.failedCheck(database: path)
      }
      return (keys.count, asked.count, response.count)
    } catch { throw .failedCheck(database: path) }
  }

  /// The same for a batch without items.
  private static func check(
    _ table: LeakBatchTable, named name: String, _ path: String
  ) throws(LeakdError) -> LeakDocument.Batch {
    do {
      let query = try BatchQuery([], table.parameters, table: table.description)
      let asked = query.bytes
      let response = try answer(table, asked)
      _ = try query.finish(response)
      return LeakDocument.Batch(
        parameterSet: name,
        parametersDigest: hexadecimal(table.parameters.digest), queries: table.parameters.literal.queries,
        queryBytes: asked.count, responseBytes: response.count)
    } catch { throw .failedCheck(database: path) }
  }

  private static func answer(_ table: LeakBatchTable, _ query: [UInt8]) throws(LookupError) -> [UInt8] {
    let server = BatchServer(table.parameters)
    return try table.withTable { (bytes, description) throws(LookupError) in
      try server.answer(query, table: bytes, description: description)
    }
  }

  private static func answer(
    _ database: LeakDatabase, _ lookup: LookupServer, bucket: Int, keys: [UInt8], query: [UInt8]
  ) throws(LookupError) -> [UInt8]? {
    let keys = keys.isEmpty ? nil : try lookup.expansionKeys(keys)
    return try database.withTable(bucket) { (table, description) throws(LookupError) in
      try lookup.answer(query, table: table, description: description, keys: keys)
    }
  }

  /// Whether what is read is what was checked.
  var isUnchanged: Bool { database.isUnchanged && ranges.values.allSatisfy(\.isUnchanged) }

  /// True once, for the log.
  func isFirstReport() -> Bool { !wasReported.exchange(true, ordering: .relaxed) }

  /// Whether the table exists.
  func hasTable(_ bucket: Int) -> Bool { bucket < manifest.buckets }

  /// `TableDescription.encoded()` of a bucket.
  func description(_ bucket: Int) -> [UInt8] { database.descriptions[bucket].encoded() }

  /// Answers a body of `keyByteCount` + `queryByteCount` bytes; nil where the table cannot be read any more.
  func answer(_ body: [UInt8], bucket: Int) -> Result<[UInt8], LookupError>? {
    do throws(LookupError) {
      let answer = try Self.answer(
        database, lookup, bucket: bucket, keys: Array(body[..<keyByteCount]),
        query: Array(body[keyByteCount...]))
      return answer.map { .success($0) }
    } catch { return .failure(error) }
  }

  /// Evaluates blinded elements, with proof.
  func evaluate(_ body: [UInt8]) -> Result<[UInt8], ObliviousPRFError> {
    do throws(ObliviousPRFError) {
      return .success(try prf.evaluate(body, settings: BatchSettings(threads: 1)))
    } catch { return .failure(error) }
  }

  /// `TableDescription.encoded()` of the table for batches.
  var batchDescription: [UInt8]? { database.batch?.description.encoded() }

  /// Answers a batch; nil without a table for batches.
  func answer(batch body: [UInt8]) -> Result<[UInt8], LookupError>? {
    guard let table = database.batch else { return nil }
    do throws(LookupError) { return .success(try Self.answer(table, body)) } catch { return .failure(error) }
  }
}

/// Lower-case digits of bytes.
private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
#endif
