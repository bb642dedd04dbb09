#if Services
import AsyncHTTPClient
import Foundation
import Identities
import LabeledLookup
import LeakCheck
import LeakDatabase
import NIOCore
import NIOSSL
import ObliviousPRF
import ParameterFiles
import Primitives
import Secrets
import ServiceContracts
import TestSupport
import Testing

/// A folder with an OPRF key, an identity and databases; removed at the end.
final class DaemonStage: Sendable {
  let folder: URL
  private let key = PRFSecretKey.random().encoded()

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "hitoku-leakd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let bytes = unsafe key.withUnsafeBufferPointer { unsafe Array($0) }
    try write("oprf.key", Data(bytes), mode: 0o600)
    _ = try Identity.create(folder: path("identity"), name: "test")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  func write(_ name: String, _ data: Data, mode: Int = 0o644) throws {
    _ = FileManager.default.createFile(
      atPath: path(name), contents: data, attributes: [.posixPermissions: mode])
  }

  /// Builds a database of the passwords `word0` ….
  func build(
    _ name: String, words: Range<Int>, set: String = "lookup-bucket-n1024", isPrivate: Bool = false,
    batchSet: String? = nil
  ) throws {
    let settings = LeakDatabaseSettings(
      name: name, kind: .sha1, parameterSet: set, isPrivate: isPrivate, batchSet: batchSet)
    var builder = try LeakDatabaseBuilder(
      settings, key: try PRFSecretKey(decoding: key), work: path("work-\(name)"))
    let lines = words.map { "word\($0)\n" }.joined()
    try builder.add(.bytes(Array(lines.utf8)), format: .lines(.words), name: "list")
    _ = try builder.finish(to: path(name))
  }

  /// Builds a database of two credentials.
  func buildCredentials(_ name: String, buckets: Int) throws {
    let settings = LeakDatabaseSettings(
      name: name, kind: .credentials, parameterSet: "lookup-bucket-n1024", buckets: buckets)
    var builder = try LeakDatabaseBuilder(
      settings, key: try PRFSecretKey(decoding: key), work: path("work-\(name)"))
    try builder.add(.bytes(Array("ann:1\nbob:2\n".utf8)), format: .lines(.credentials), name: "list")
    _ = try builder.finish(to: path(name))
  }

  /// Changes a database's manifest, with the checksum that belongs to it: no builder makes such a database.
  func changeManifest(of name: String, _ change: (inout [String: Any]) -> Void) throws {
    let file = URL(filePath: path("\(name)/manifest.json"))
    var manifest = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    change(&manifest)
    manifest["checksum"] = ""
    let canonical = try JSONSerialization.data(
      withJSONObject: manifest, options: [.sortedKeys, .withoutEscapingSlashes])
    manifest["checksum"] = SHA256.hash(Array(canonical)).map { String(format: "%02x", $0) }.joined()
    try JSONSerialization.data(withJSONObject: manifest).write(to: file)
  }

  /// Changes a file of a database, with all checksums that belong to it.
  func changeFile(_ file: String, of name: String, _ change: (inout [UInt8]) -> Void) throws {
    let place = URL(filePath: path("\(name)/\(file)"))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path("\(name)/\(file)"))
    var bytes = [UInt8](try Data(contentsOf: place))
    change(&bytes)
    try Data(bytes).write(to: place)
    let pieces = stride(from: 0, to: bytes.count, by: 1 << 20).flatMap {
      SHA256.hash(Array(bytes[$0..<min($0 + 1 << 20, bytes.count)]))
    }
    let checksum = hex(SHA256.hash(pieces))
    try changeManifest(of: name) { manifest in
      if file == "tables.bin" {
        var tables = manifest["tables"] as? [String: Any] ?? [:]
        tables["checksum"] = checksum
        manifest["tables"] = tables
      } else {
        var batch = manifest["batch"] as? [String: Any] ?? [:]
        var table = batch["table"] as? [String: Any] ?? [:]
        table["checksum"] = checksum
        batch["table"] = table
        manifest["batch"] = batch
      }
    }
  }

  /// Lets `current` point to a database.
  func point(to name: String) throws {
    let link = path("link-\(UUID().uuidString)")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path(name))
    guard unsafe rename(link, path("current")) == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  /// Starts the daemon on the database `current`, and waits until it listens.
  func start(_ options: [String] = []) async throws -> RunningDaemon {
    let daemon = try launch(options)
    try await daemon.waitUntilListening()
    return daemon
  }

  /// Starts the daemon.
  func launch(_ options: [String] = []) throws -> RunningDaemon {
    try RunningDaemon(
      [
        "--database", path("current"), "--oprf-key", path("oprf.key"), "--identity", path("identity"),
        "--state", path("state"), "--listen", "127.0.0.1:0", "--operator-listen", "127.0.0.1:0", "--rate",
        "100000",
        "--burst", "100000", "--connections-per-client", "1000",
      ] + options, in: folder)
  }

  /// A client that takes any certificate: what is tested here is the daemon.
  func client(http2: Bool = true) throws -> HTTPClient {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.certificateVerification = .none
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
    configuration.httpVersion = http2 ? .automatic : .http1Only
    configuration.timeout = .init(connect: .seconds(20), read: .seconds(60))
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 128
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }
}

/// The daemon under test, running. Its log goes to a file.
final class RunningDaemon: Sendable {
  private let process: Process
  private let logFile: URL

  init(_ arguments: [String], in folder: URL) throws {
    guard let program = Self.program else { throw CocoaError(.fileNoSuchFile) }
    logFile = folder.appending(path: "log-\(UUID().uuidString)")
    try Data().write(to: logFile)
    process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardError = try FileHandle(forWritingTo: logFile)
    try process.run()
  }

  deinit { if process.isRunning { signal(SIGKILL) } }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  var isRunning: Bool { process.isRunning }

  /// All of the log.
  var log: String { (try? String(contentsOf: logFile, encoding: .utf8)) ?? "" }

  /// The lines of the log with this event.
  func lines(_ event: String) -> [[String: Any]] {
    log.split(separator: "\n").compactMap {
      try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }.filter { $0["event"] as? String == event }
  }

  /// Waits for so many lines with this event; throws where the daemon ends without.
  @discardableResult
  func wait(for event: String, count: Int = 1) async throws -> [String: Any] {
    while true {
      let found = lines(event)
      if found.count >= count { return found[count - 1] }
      guard process.isRunning else { throw DaemonEnded(log: log) }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  struct DaemonEnded: Error { let log: String }

  func waitUntilListening() async throws {
    try await wait(for: "listening")
    try await wait(for: "listening for operators")
  }

  /// Clients' port.
  var port: Int { lines("listening").first?["port"] as? Int ?? 0 }
  /// Where clients go.
  var base: String { "https://127.0.0.1:\(lines("listening").first?["port"] ?? 0)" }
  /// Where operators go.
  var operators: String { "http://127.0.0.1:\(lines("listening for operators").first?["port"] ?? 0)" }

  /// Waits for its end.
  func end() -> Int32 {
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  func stop() -> Int32 {
    signal(SIGTERM)
    return end()
  }

  /// The program beside the tests.
  private static let program: URL? = {
    let tests = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    return [
      tests, tests.deletingLastPathComponent(),
      tests.deletingLastPathComponent().deletingLastPathComponent(),
    ]
    .map { $0.appending(path: "hitoku-leakd") }
    .first { FileManager.default.isExecutableFile(atPath: $0.path()) }
  }()
}
#endif
