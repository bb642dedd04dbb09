import LabeledLookup
import LeakCheck
import ObliviousPRF
import ParameterFiles
import Secrets
import ServiceContracts

/// What the leak daemon reads of a request. The first byte of an input says which: a path, blinded elements, or changes to a
/// query, three bytes of place and one of difference each. The query is another one in every process.
enum LeakRequestRun {
  enum Part: UInt8, CaseIterable {
    case path, elements, query
  }

  static func run(_ input: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    guard let first = input.first else { return .refused }
    let bytes = Array(input.dropFirst())
    switch Part.allCases[Int(first) % Part.allCases.count] {
    case .path: return try path(bytes)
    case .elements: return try elements(bytes)
    case .query: return try query(bytes)
    }
  }

  private static func path(_ bytes: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    let text = String(decoding: bytes, as: UTF8.self)
    let pieces = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let path = try? LeakPath(pieces: pieces) else { return .refused }
    try FuzzFinding.unless(
      path.text == "/" + pieces.joined(separator: "/"), "a path is written as it was read")
    return .accepted
  }

  private static func elements(_ bytes: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    guard let answer = try? server.value.evaluate(bytes) else { return .refused }
    try FuzzFinding.unless(answer.count == bytes.count + 64, "an answer has an element for each, and a proof")
    return .accepted
  }

  private static func query(_ changes: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    guard let table else { throw FuzzFinding(promise: "the set serves") }
    var bytes = table.query
    for start in stride(from: 0, to: changes.count - 3, by: 4) {
      let place = changes[start..<(start + 3)].reduce(0) { $0 << 8 | Int($1) }
      if place < bytes.count { bytes[place] ^= changes[start + 3] }
    }
    // What is left over cuts the query short.
    bytes.removeLast(changes.count % 4)
    guard let answer = try? table.server.answer(bytes, table.table, threads: 1) else { return .refused }
    try FuzzFinding.unless(answer.count == table.responseByteCount, "all answers have one length")
    return .accepted
  }

  private struct Table {
    let server: LookupServer
    let table: LookupTable
    let query: [UInt8]
    let responseByteCount: Int
  }

  private static let table: Table? = {
    guard let parameters = try? ParameterFiles.lookup(named: "lookup-bucket-n1024") else { return nil }
    let builder = LookupTableBuilder(parameters, paddingKey: SystemRandom.secretBytes(count: 32))
    var items = LookupItems(parameters)
    for number in 0..<100 {
      let key = ItemKey(
        output: Array(repeating: UInt8(number), count: 64), salt: Array(repeating: 0, count: 32))
      guard (try? items.append(key)) != nil else { return nil }
    }
    let server = LookupServer(parameters)
    guard let table = try? builder.build(items, salt: Array(repeating: 0, count: 32), threads: 1),
      let client = try? LookupClient(parameters, table: table.description),
      let query = try? client.query(output: Array(repeating: 3, count: 64)).bytes,
      let answer = try? server.answer(query, table, threads: 1)
    else { return nil }
    return Table(server: server, table: table, query: query, responseByteCount: answer.count)
  }()

  /// A key that is not copied, where a static variable may hold it.
  private final class Server: Sendable {
    let value = PRFServer(key: .random(), mode: .verifiable)
  }
  private static let server = Server()

  /// One accepted input of each part.
  static func seeds() throws -> [(name: String, input: [UInt8])] {
    let version = "0123456789abcdef0123456789abcdef"
    let request = try LeakRequest([LeakEntry(password: "x")], verifying: server.value.publicKey)
    return [
      ("path", [Part.path.rawValue] + Array(LeakPath.lookup(version: version, bucket: 12).text.utf8)),
      ("elements", [Part.elements.rawValue] + request.bytes),
      ("query", [Part.query.rawValue]),
    ]
  }
}
