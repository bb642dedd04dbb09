#if Services
import Foundation
import TestSupport
import Testing

/// A folder with lists, a key and an identity, and the daemon that serves what is built from them; removed at the end.
final class LeakStage {
  let folder: URL
  private var daemon: RunningProgram?
  private var proxy: RunningProgram?
  /// Where clients go: the daemon's port, or the proxy's.
  private(set) var port = ""

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "hitoku-leak-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try expectSuccess(["leak", "key", "oprf.key"])
    try expectSuccess(["identity", "create", "server", "--name", "Leak check"])
  }

  deinit {
    daemon?.signal(SIGKILL)
    proxy?.signal(SIGKILL)
    try? FileManager.default.removeItem(at: folder)
  }

  func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  func write(_ name: String, _ lines: [String]) throws {
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: name))
  }

  func run(_ arguments: [String], input: String = "") throws -> RunningProgram.Ending {
    try RunningProgram(arguments, in: folder, input: input).end()
  }

  @discardableResult
  func expectSuccess(_ arguments: [String]) throws -> RunningProgram.Ending {
    let ending = try run(arguments)
    #expect(ending.code == 0, "\(arguments): \(ending.errors)")
    return ending
  }

  /// Builds the database `db` from lists, and serves it.
  func serve(_ lists: String..., build: [String] = [], daemon options: [String] = []) throws {
    try expectSuccess(
      ["leak", "build", "--key", "oprf.key", "--work", "work", "--out", "db", "--name", "test"] + build
        + lists)
    let program = try RunningProgram(
      [
        "--database", path("db"), "--oprf-key", path("oprf.key"), "--identity", path("server"), "--state",
        path("state"), "--listen", "127.0.0.1:0", "--operator-listen", "127.0.0.1:0", "--rate", "1000000",
        "--burst", "1000000", "--budget", "10000000", "--log-level", "notice",
      ] + options, of: "hitoku-leakd", in: folder)
    daemon = program
    let line = try #require(program.waitForLine(holding: #""listening""#))
    let fields = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    port = "\(try #require(fields?["port"]))"
  }

  /// Kills the daemon.
  func stopDaemon() { daemon?.signal(SIGKILL) }

  /// Puts a proxy before the daemon that flips a bit of the answers to one kind of request.
  func alter(_ kind: String, at place: Int) throws { try putProxy(kind, "\(place)") }

  /// Puts a proxy before the daemon that refuses the first request of a kind: `STATUS:PROBLEM`.
  func refuseFirst(_ kind: String, with problem: String) throws { try putProxy(kind, problem) }

  private func putProxy(_ kind: String, _ change: String) throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "altering_proxy.py")
    let program = try RunningProgram(
      ["python3", script.path(), path("server"), port, kind, change, path("requests.txt")],
      of: "/usr/bin/env", in: folder)
    proxy = program
    port = String(try #require(program.waitForLine("listening on port ")).dropFirst(18))
  }

  /// A server on loopback that is no daemon of the house, with the identity of a folder or without TLS.
  func serveOddly(_ mode: String, _ identity: String?) throws -> (RunningProgram, port: String) {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "odd_server.py")
    let program = try RunningProgram(
      ["python3", script.path(), mode] + (identity.map { [path($0)] } ?? []), of: "/usr/bin/env", in: folder)
    return (program, String(try #require(program.waitForLine("listening on port ")).dropFirst(18)))
  }

  /// The paths that went through the proxy, without versions.
  func requests() throws -> [String] {
    try String(contentsOfFile: path("requests.txt"), encoding: .utf8).split(separator: "\n").map {
      String($0.split(separator: "/").last ?? "")
    }
  }

  /// Asks for passwords that are typed at a terminal; the output is what it showed.
  func type(_ lines: [String]) throws -> RunningProgram.Ending {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "typing_terminal.py")
    let program = try #require(RunningProgram.program("hitoku"))
    return try RunningProgram(
      ["python3", script.path()] + lines + [
        "--", program.path(), "leak", "check", "--server", "127.0.0.1:\(port)", "--peer",
        "server/certificate.pem", "--key", "oprf.key.pub",
      ], of: "/usr/bin/env", in: folder
    ).end()
  }

  /// Begins to ask for the passwords of `input`.
  func startCheck(_ options: [String], input: String) throws -> RunningProgram {
    try RunningProgram(
      [
        "leak", "check", "--server", "127.0.0.1:\(port)", "--peer", "server/certificate.pem", "--key",
        "oprf.key.pub", "--stdin",
      ] + options, in: folder, input: input)
  }

  /// Asks for the passwords of `input`, or as the options say.
  func check(
    _ options: [String] = ["--stdin"], peer: String = "server/certificate.pem",
    key: String = "oprf.key.pub", input: String = ""
  ) throws -> RunningProgram.Ending {
    try run(
      ["leak", "check", "--server", "127.0.0.1:\(port)", "--peer", peer, "--key", key] + options,
      input: input)
  }

  /// The entries of an answer in JSON.
  func entries(_ ending: RunningProgram.Ending) throws -> [[String: Any]] {
    let object = try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any]
    return try #require(object?["entries"] as? [[String: Any]])
  }
}
#endif
