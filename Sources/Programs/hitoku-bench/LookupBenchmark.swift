import Foundation
import Glibc
import LabeledLookup
import ParameterFiles
import ProcessorFeatures
import Secrets

/// One measured kind of lookup.
struct LookupRow {
  let name: String
  let set: String
  let items: Int
  let queries: Int
  let labelBytes: Int
  let serverMilliseconds: Double
  let clientMilliseconds: Double
  let uploadBytes: Int
  let downloadBytes: Int
  let tableBytes: Int
  let buildMicroseconds: Double

  /// One JSON object on one line.
  var json: String {
    """
    {"name":"\(name)","set":"\(set)","variant":"\(VectorVariant.current.rawValue)","items":\(items),\
    "queries":\(queries),"label_bytes":\(labelBytes),"server_ms":\(rounded(serverMilliseconds)),\
    "client_ms":\(rounded(clientMilliseconds)),"upload_bytes":\(uploadBytes),\
    "download_bytes":\(downloadBytes),"db_bytes_per_item":\(rounded(Double(tableBytes) / Double(items))),\
    "build_us_per_item":\(rounded(buildMicroseconds)),"rss_mb":\(rounded(LookupRow.residentMegabytes))}
    """
  }

  /// One line of the table.
  var text: String {
    func pad(_ text: some CustomStringConvertible, _ width: Int) -> String {
      let text = "\(text)"
      return String(repeating: " ", count: max(0, width - text.count)) + text
    }
    return name + String(repeating: " ", count: max(1, 15 - name.count))
      + set + String(repeating: " ", count: max(1, 22 - set.count))
      + pad(items, 9) + pad(queries, 8) + pad(rounded(serverMilliseconds), 11)
      + pad(rounded(clientMilliseconds), 11) + pad(uploadBytes, 9) + pad(downloadBytes, 9)
      + pad(rounded(Double(tableBytes) / Double(items)), 10) + pad(rounded(buildMicroseconds), 10)
  }

  /// The head of the table.
  static let heading =
    "operation      set                       items queries  server ms  client ms    bytes up/down    B/item"
    + "  build µs"

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  /// Resident memory of this process.
  private static var residentMegabytes: Double {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return Double(pages * sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
  }
}

/// Private lookups, both sides, one thread for the server; items are random keys, as good as OPRF outputs.
struct LookupBenchmark {
  /// All rows, by set.
  static let all =
    [
      "lookup-1m-n2048", "lookup-1m-n1024", "lookup-1m-expand", "lookup-labels-expand", "lookup-16m-expand",
      "lookup-16m-n1024",
    ].map { LookupBenchmark(name: "lookup/flat", set: $0) }
    + [
      LookupBenchmark(name: "lookup/batch", set: "lookup-batch-n4096"),
      LookupBenchmark(name: "lookup/batch-labels", set: "lookup-batch-labels"),
      LookupBenchmark(name: "lookup/bucket", set: "lookup-bucket-n1024"),
    ]

  let name: String
  let set: String
  var stopwatch = Stopwatch()

  /// Whether name or set contain this.
  func matches(_ text: String) -> Bool { name.contains(text) || set.contains(text) }

  /// Builds the table, then asks for a present item again and again. A client's time is that of a session with one query.
  func row() throws -> LookupRow { try set.contains("batch") ? batchRow() : singleRow() }

  private func singleRow() throws -> LookupRow {
    let parameters = try ParameterFiles.lookup(named: set)
    let count = parameters.literal.items
    var table: LookupTable?
    var first: ItemKey?
    let buildTime = try stopwatch.once {
      var items = LookupItems(parameters)
      items.reserve(count)
      let label = [UInt8](repeating: 7, count: parameters.labelByteCount)
      var generator = SystemRandomNumberGenerator()
      for _ in 0..<count { try items.append(.random(using: &generator), label: label) }
      first = items.keys.first
      let builder = LookupTableBuilder(parameters, paddingKey: SystemRandom.secretBytes(count: 32))
      table = try builder.build(items, salt: SystemRandom.bytes(count: 32), threads: 1)
    }
    guard let table, let first else { preconditionFailure("a set is for some items") }
    let server = LookupServer(parameters)
    let client = try LookupClient(parameters, table: table.description)
    let keyBytes = client.expansionKeys
    let keys = try keyBytes.isEmpty ? nil : server.expansionKeys(keyBytes)
    let query = try client.query(first)
    let asked = query.bytes
    var response = try server.answer(asked, table, keys: keys)
    let served = try stopwatch.median { response = try server.answer(asked, table, keys: keys) }
    guard try query.finish(response) != .absent else { preconditionFailure("the item is there") }
    let asking = try stopwatch.median { consume(try client.query(first).bytes) }
    let session = try stopwatch.median {
      consume(try LookupClient(parameters, table: table.description).query(first).bytes)
    }
    let reading = try stopwatch.median { consume(try client.query(first).finish(response)) } - asking
    return LookupRow(
      name: name, set: set, items: count, queries: 1, labelBytes: parameters.labelByteCount,
      serverMilliseconds: served / 1000, clientMilliseconds: (session + reading) / 1000,
      uploadBytes: asked.count + keyBytes.count, downloadBytes: response.count, tableBytes: table.bytes.count,
      buildMicroseconds: buildTime / Double(count))
  }
}

extension LookupBenchmark {
  /// Half of the queries are for present items.
  private func batchRow() throws -> LookupRow {
    let parameters = try ParameterFiles.batch(named: set)
    let (count, queries) = (parameters.literal.items, parameters.literal.queries)
    var generator = SystemRandomNumberGenerator()
    var table: BatchTable?
    var items = BatchItems(parameters)
    let buildTime = try stopwatch.once {
      items.reserve(count)
      for _ in 0..<count { try items.append(.random(using: &generator)) }
      let builder = BatchTableBuilder(parameters, paddingKey: SystemRandom.secretBytes(count: 32))
      table = try builder.build(items, salt: SystemRandom.bytes(count: 32), threads: 1)
    }
    guard let table else { preconditionFailure("a set is for some items") }
    let server = BatchServer(parameters)
    var asked = Array(items.keys.prefix(queries / 2))
    for _ in asked { asked.append(.random(using: &generator)) }
    items = BatchItems(parameters)
    let query = try BatchQuery(asked, parameters, table: table.description)
    let sent = query.bytes
    var response = try server.answer(sent, table)
    let served = try stopwatch.median { response = try server.answer(sent, table) }
    let found = try query.finish(response).map { $0 != .absent }
    guard found == asked.indices.map({ $0 < queries / 2 }) else { preconditionFailure("a wrong result") }
    var times: [Double] = []
    for _ in 0..<7 {
      var bytes: [UInt8] = []
      var fresh: BatchQuery?
      let asking = try stopwatch.once {
        fresh = try BatchQuery(asked, parameters, table: table.description)
      }
      bytes = fresh?.bytes ?? []
      response = try server.answer(bytes, table)
      times.append(asking + (try stopwatch.once { consume(try fresh.take()?.finish(response) ?? []) }))
    }
    return LookupRow(
      name: name, set: set, items: count, queries: queries, labelBytes: parameters.labelByteCount,
      serverMilliseconds: served / 1000, clientMilliseconds: times.sorted()[3] / 1000,
      uploadBytes: sent.count, downloadBytes: response.count, tableBytes: table.bytes.count,
      buildMicroseconds: buildTime / Double(count))
  }
}

extension ItemKey {
  /// A key of no item: as good as an OPRF output.
  fileprivate static func random(using generator: inout some RandomNumberGenerator) -> ItemKey {
    ItemKey(words: SIMD4(generator.next(), generator.next(), generator.next(), generator.next()))
  }
}
