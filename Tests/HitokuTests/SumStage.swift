#if Services
import Foundation
import ServiceClient
import ServiceContracts
import SumClient
import TestSupport
import Testing

/// A folder with keys of all parties, a running daemon, and tokens; removed at the end.
final class SumStage {
  let folder: URL
  private var daemon: RunningProgram?
  /// Further instances on the same store.
  private var others: [RunningProgram] = []
  private var ports: [String] = []
  private let options: [String]
  private let store: [String]
  private(set) var providerKey = ""
  private(set) var auditorKey = ""

  /// `options` are the daemon's beside those of every stage, `store` says where it keeps its store.
  init(options: [String] = [], store: [String] = []) throws {
    (self.options, self.store) = (options, store)
    folder = FileManager.default.temporaryDirectory.appending(path: "hitoku-sum-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try expectSuccess(["identity", "create", "server", "--name", "Sums"])
    providerKey = try daemonCommand(["key", "--state", path("state")])
    try start()
    try expectSuccess(["sum", "keys", "analyst-keys"])
    let printed = try expectSuccess(["sum", "keys", "auditor-keys", "--auditor"]).output
    auditorKey = String(printed.split(whereSeparator: \.isWhitespace).last ?? "")
    for role in ["analyst", "auditor", "provider", "result-user"] { try makeToken(role, name: role) }
  }

  deinit {
    for program in others + (daemon.map { [$0] } ?? []) { program.signal(SIGKILL) }
    try? FileManager.default.removeItem(at: folder)
  }

  func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  func write(_ name: String, _ lines: [String]) throws {
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: name))
  }

  func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

  func run(_ arguments: [String]) throws -> RunningProgram.Ending {
    try RunningProgram(arguments, in: folder).end()
  }

  @discardableResult
  func expectSuccess(_ arguments: [String]) throws -> RunningProgram.Ending {
    let ending = try run(arguments)
    #expect(ending.code == 0, "\(arguments): \(ending.errors)")
    return ending
  }

  /// A command of the daemon's program; gives what it prints.
  private func daemonCommand(_ arguments: [String]) throws -> String {
    let ending = try RunningProgram(arguments, of: "hitoku-sumd", in: folder).end()
    #expect(ending.code == 0, "\(arguments): \(ending.errors)")
    return ending.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Starts the daemon, with options besides those of the stage.
  func start(_ more: [String] = []) throws {
    let (program, port) = try launch("state", more)
    (daemon, ports) = (program, [port])
  }

  /// Starts another daemon on the same store, with a state folder of its own and the same key.
  func startAnother() throws {
    let state = "state-\(ports.count)"
    try FileManager.default.createDirectory(
      atPath: path(state), withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    try FileManager.default.copyItem(
      atPath: path("state/provider.key"), toPath: path("\(state)/provider.key"))
    let (program, port) = try launch(state)
    others.append(program)
    ports.append(port)
  }

  private func launch(_ state: String, _ more: [String] = []) throws -> (RunningProgram, port: String) {
    let program = try RunningProgram(
      [
        "serve", "--state", path(state), "--identity", path("server"), "--listen", "127.0.0.1:0",
        "--operator-listen", "127.0.0.1:0", "--rate", "1000000", "--burst", "1000000", "--log-level",
        "notice",
      ] + store + options + more, of: "hitoku-sumd", in: folder)
    let line = try #require(program.waitForLine(holding: #""listening""#))
    let fields = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return (program, "\(try #require(fields?["port"]))")
  }

  /// Where the first daemon listens.
  var address: String { "127.0.0.1:\(ports[0])" }

  /// Kills the daemon and starts it again.
  func restart() throws {
    daemon?.signal(SIGKILL)
    _ = daemon?.end()
    try start()
  }

  /// Asks the daemon to stop and gives its exit code.
  func stop() -> Int32 {
    daemon?.signal(SIGTERM)
    return daemon?.end().code ?? -1
  }

  /// Makes the token of a role in the file `NAME.token`.
  func makeToken(_ role: String, name: String, study: String? = nil) throws {
    let token = try daemonCommand(
      ["token", "create", "--state", path("state"), "--role", role, "--name", name] + store
        + (study.map { ["--study", $0] } ?? []))
    try write("\(name).token", [token])
  }

  /// Options of `hitoku sum` for the bearer of `NAME.token`, at one of the daemons.
  func server(_ name: String, at index: Int = 0) -> [String] {
    [
      "--server", "127.0.0.1:\(ports[index])", "--peer", "server/certificate.pem", "--token-file",
      "\(name).token",
    ]
  }

  /// What the file `NAME.token` holds.
  func token(_ name: String) throws -> String {
    try read("\(name).token").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The values of `figures.csv`, by subject and name.
  func figures() throws -> [String: Double] {
    var figures: [String: Double] = [:]
    for line in try read("figures.csv").split(whereSeparator: \.isNewline).dropFirst() {
      var fields: [String] = []
      for (index, part) in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
        if index % 2 == 1 {
          fields[fields.count - 1] += part
        } else {
          let pieces = part.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
          if fields.isEmpty {
            fields = pieces
          } else {
            fields[fields.count - 1] += pieces[0]
            fields += pieces.dropFirst()
          }
        }
      }
      figures["\(fields[0]): \(fields[1])"] = Double(fields[2]) ?? .nan
    }
    return figures
  }

  /// A connection for requests that no command makes; without a token for nil.
  func connection(_ name: String?) throws -> ServiceConnection {
    let token = try name.map { try self.token($0) }
    return try ServiceConnection(
      address, trust: .certificate(file: path("server/certificate.pem")), token: token)
  }

  /// Makes the keys of a contributor in the folder `NAME-keys` and gives its member of a draft's list.
  private func contributor(_ name: String) throws -> String {
    let printed = try expectSuccess(["sum", "keys", "\(name)-keys", "--contributor"]).output
    let key = printed.split(whereSeparator: \.isWhitespace).last ?? ""
    return #"{"name": "\#(name)", "key": "\#(key)"}"#
  }

  /// Options of `hitoku sum submit` for a contributor that the study lists.
  func signing(_ name: String) -> [String] { ["--keys", "\(name)-keys"] }

  /// Creates a study of wages by sex and branch in the file `FILE`, with analyst's keys of its own, and gives its digest.
  func create(
    _ file: String = "study.json", minimum: Int = 2, closing: String = "2999-01-01T00:00:00Z",
    listing names: [String] = []
  ) throws -> String {
    let keys = file == "study.json" ? "analyst-keys" : "keys-of-\(file)"
    if file != "study.json" { try expectSuccess(["sum", "keys", keys]) }
    let list =
      names.isEmpty
      ? "" : #""contributors": [\#(try names.map { try contributor($0) }.joined(separator: ", "))],"#
    return try create(
      draft: """
        {"format": 1, "kind": "sum", "title": "Wages \(file)", \(list)
         "fields": [
           {"column": "wage", "decimals": 2, "minimum": 0, "maximum": 200, "edges": [10, 20.5]},
           {"column": "age", "minimum": 14, "maximum": 99}],
         "categories": [
           {"column": "sex", "labels": ["f", "m"]}, {"column": "branch", "labels": ["a", "b", "c"]}],
         "products": [["age", "wage"]], "groups": [["wage", "sex"]], "tables": [["sex", "branch"]],
         "minimum_contributors": \(minimum), "maximum_contributors": 10, "maximum_rows": 50,
         "opening": "2020-01-01T00:00:00Z", "closing": "\(closing)", "privacy": "exact"}
        """, file, keys: keys)
  }

  /// Creates a study of a draft in the file `FILE`, under the encryption key of a folder, and gives its digest.
  func create(draft: String, _ file: String = "study.json", keys: String = "analyst-keys") throws -> String {
    try write("draft.json", [draft])
    let ending = try expectSuccess(
      [
        "sum", "create", "draft.json", "--keys", keys, "--provider-key", providerKey, "--auditor-key",
        auditorKey, "--out", file,
      ] + server("analyst"))
    return ending.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

extension ServiceConnection {
  /// The status, and the problem of a refusal; of an answer 200.
  func status(
    _ method: String, _ path: String, _ body: Body? = nil, key: String? = nil, of type: String = SumPath.json
  ) async throws -> (status: Int, rule: String?) {
    do {
      _ = try await send(
        method, path, body, fields: key.map { [(SumPath.idempotencyKey, $0)] } ?? [], expecting: type,
        limit: 64 << 20)
      return (200, nil)
    } catch {
      guard case .refused(let problem, _) = error else { throw error }
      return (problem.status, problem.rule)
    }
  }
}
#endif
