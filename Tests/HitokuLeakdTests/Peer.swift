#if Services
import AsyncHTTPClient
import Foundation
import LabeledLookup
import LeakCheck
import NIOCore
import NIOHTTP1
import ObliviousPRF
import ParameterFiles
import ServiceContracts
import TestSupport

/// A client of the daemon, put together from the rooms that real clients use.
struct Peer: Sendable {
  struct Reply {
    let status: Int
    let body: [UInt8]
    let headers: HTTPHeaders
    let version: String
    var problem: Problem.Kind? { try? JSONDecoder().decode(Problem.self, from: Data(body)).kind }
  }

  struct Refused: Error {
    let reply: Reply
    init(_ reply: Reply) { self.reply = reply }
  }

  let http: HTTPClient
  let base: String

  func send(
    _ path: String, _ body: [UInt8]? = nil, method: HTTPMethod? = nil, headers: HTTPHeaders = [:]
  ) async throws -> Reply {
    var request = HTTPClientRequest(url: base + path)
    request.method = method ?? (body == nil ? .GET : .POST)
    request.headers = headers
    if let body {
      if !headers.contains(name: "content-type") {
        request.headers.add(name: "content-type", value: LeakPath.mediaType)
      }
      request.body = .bytes(ByteBuffer(bytes: body))
    }
    let response = try await http.execute(request, timeout: .seconds(60))
    let buffer = try await response.body.collect(upTo: 16 << 20)
    return Reply(
      status: Int(response.status.code), body: Array(buffer.readableBytesView), headers: response.headers,
      version: "\(response.version)")
  }

  func bytes(_ path: LeakPath, _ body: [UInt8]? = nil) async throws -> [UInt8] {
    let reply = try await send(path.text, body)
    guard reply.status == 200 else { throw Refused(reply) }
    return reply.body
  }

  func document() async throws -> LeakDocument {
    try JSONDecoder().decode(LeakDocument.self, from: Data(try await bytes(.database)))
  }

  /// What a client keeps of a version.
  struct Session: Sendable {
    let document: LeakDocument
    let parameters: LookupParameters
    let table: TableDescription
    let key: PRFPublicKey
  }

  func session() async throws -> Session {
    let document = try await document()
    let table = try TableDescription(
      decoding: try await bytes(.description(version: document.version, bucket: 0)))
    return Session(
      document: document, parameters: try ParameterFiles.lookup(named: document.lookup.parameterSet),
      table: table,
      key: try PRFPublicKey(decoding: TestSupport.bytes(hex: document.publicKey)))
  }

  func outputs(_ passwords: [String], _ session: Session) async throws -> LeakOutputs {
    let request = try LeakRequest(passwords.map { LeakEntry(password: $0) }, verifying: session.key)
    let answer = try await bytes(.evaluate(version: session.document.version), request.bytes)
    return try request.finish(answer)
  }

  func check(_ password: String, _ session: Session) async throws -> LookupResult {
    let output = try await outputs([password], session).outputs[0]
    let client = try LookupClient(session.parameters, table: session.table)
    let query = try client.query(output: output)
    let sent = client.expansionKeys + query.bytes
    return try query.finish(
      try await bytes(.lookup(version: session.document.version, bucket: 0), sent))
  }
}

/// Runs `body` with a client for a running daemon.
func withPeer<Value: Sendable>(
  _ stage: DaemonStage, _ daemon: RunningDaemon, http2: Bool = true, _ body: (Peer) async throws -> Value
) async throws -> Value {
  let http = try stage.client(http2: http2)
  do {
    let value = try await body(Peer(http: http, base: daemon.base))
    try await http.shutdown()
    return value
  } catch {
    try? await http.shutdown()
    throw error
  }
}
#endif
