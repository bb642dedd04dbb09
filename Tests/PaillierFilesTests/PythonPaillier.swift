import Foundation

/// python-paillier in a process of its own: where `HITOKU_TEST_PYTHON` (default: python3 on the path) can import phe, else from an
/// environment that is made once, with phe from PyPI, in .build-peers/phe, which Scripts/bench uses too.
enum PythonPaillier {
  static let version = "1.5.0"

  static let isInstalled = python != nil

  /// The answer to a request of phe_session.py.
  static func ask(_ request: [String: Any]) throws -> Any {
    guard let python else { throw Failed() }
    let script = folder.appending(path: "phe_session.py").path()
    let input = try JSONSerialization.data(withJSONObject: request)
    let output = try run(python, ["-B", script], input: input)
    return try JSONSerialization.jsonObject(with: output, options: [.fragmentsAllowed])
  }

  private struct Failed: Error {}

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

  private static let python: String? = {
    let base = ProcessInfo.processInfo.environment["HITOKU_TEST_PYTHON"] ?? "python3"
    let environment = folder.deletingLastPathComponent().deletingLastPathComponent().appending(
      path: ".build-peers/phe")
    let own = environment.appending(path: "bin/python").path()
    for candidate in [base, own] where (try? run(candidate, ["-c", "import phe"])) != nil { return candidate }
    guard (try? run(base, ["-m", "venv", environment.path()])) != nil,
      (try? run(own, ["-m", "pip", "install", "--quiet", "phe==\(version)", "gmpy2"])) != nil
    else { return nil }
    return own
  }()

  @discardableResult
  private static func run(_ program: String, _ arguments: [String], input: Data = Data()) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe(), feed = Pipe()
    process.standardInput = feed
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    try feed.fileHandleForWriting.write(contentsOf: input)
    try feed.fileHandleForWriting.close()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed() }
    return text
  }
}
