#if Services
import Foundation
import HTTPService
import Identities
import LabeledLookup
import LeakDatabase
import ObliviousPRF
import Primitives
import Secrets
import ServiceContracts

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
  private let database: LeakDatabase
  private let lookup: LookupServer
  private let prf: PRFServer

  /// Numbers of elements that an evaluation takes.
  static let elementCounts = [1, 1024]

  /// Opens the database in the folder `path`, finds its key among the files `keys`, and has it answer a query.
  init(path: String, keys: [String], limits: LeakDocument.Limits, offersRange: Bool) throws(LeakdError) {
    do { database = try LeakDatabase(path: path) } catch { throw .database(error) }
    manifest = database.manifest
    prf = try Self.server(keys, for: manifest, path)
    lookup = LookupServer(database.parameters)
    let digits = JSONEncoder()
    digits.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings and numbers are always encodable.
    version = Self.hex(Array(SHA256.hash([UInt8]((try? digits.encode(manifest)) ?? Data())).prefix(16)))
    let sizes = try Self.check(database, lookup, path)
    keyByteCount = sizes.key
    queryByteCount = sizes.query
    let document = LeakDocument(
      name: manifest.name, version: version, kind: manifest.kind, items: manifest.items,
      buckets: manifest.buckets, sources: manifest.sources, publicKey: manifest.publicKey,
      lookup: LeakDocument.Lookup(
        parameterSet: manifest.parameterSet, parametersDigest: Self.hex(database.parameters.digest),
        keyBytes: sizes.key, queryBytes: sizes.query, responseBytes: sizes.response),
      batch: nil, limits: limits, offersRange: offersRange)
    self.document = [UInt8]((try? digits.encode(document)) ?? Data())
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
      if hex(server.publicKey.bytes) == manifest.publicKey { return server }
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
      guard try query.finish(response) == .absent else { throw LeakdError.failedCheck(database: path) }
      return (keys.count, asked.count, response.count)
    } catch { throw .failedCheck(database: path) }
  }

  private static func answer(
    _ database: LeakDatabase, _ lookup: LookupServer, bucket: Int, keys: [UInt8], query: [UInt8]
  ) throws(LookupError) -> [UInt8] {
    let keys = keys.isEmpty ? nil : try lookup.expansionKeys(keys)
    return try database.withTable(bucket) { (table, description) throws(LookupError) in
      try lookup.answer(query, table: table, description: description, keys: keys)
    }
  }

  /// Whether the table exists.
  func hasTable(_ bucket: Int) -> Bool { bucket < manifest.buckets }

  /// `TableDescription.encoded()` of a bucket.
  func description(_ bucket: Int) -> [UInt8] { database.descriptions[bucket].encoded() }

  /// Answers a body of `keyByteCount` + `queryByteCount` bytes.
  func answer(_ body: [UInt8], bucket: Int) -> Result<[UInt8], LookupError> {
    do throws(LookupError) {
      return .success(
        try Self.answer(
          database, lookup, bucket: bucket, keys: Array(body[..<keyByteCount]),
          query: Array(body[keyByteCount...])))
    } catch { return .failure(error) }
  }

  /// Evaluates blinded elements, with proof.
  func evaluate(_ body: [UInt8]) -> Result<[UInt8], ObliviousPRFError> {
    do throws(ObliviousPRFError) {
      return .success(try prf.evaluate(body, settings: BatchSettings(threads: 1)))
    } catch { return .failure(error) }
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
#endif
