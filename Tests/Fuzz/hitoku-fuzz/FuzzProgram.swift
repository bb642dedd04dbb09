// The program of Scripts/fuzz. Built for libFuzzer, which brings its own main, it has the entry point that libFuzzer
// calls; built like everything else, it runs inputs one by one, to look at a finding, and writes seeds.
import Foundation
import FuzzTargets

#if FUZZER
/// The target that the environment names.
private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["HITOKU_FUZZ_TARGET"] ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    preconditionFailure("set HITOKU_FUZZ_TARGET to one of \(FuzzTarget.allCases.map(\.rawValue))")
  }
  return target
}()

/// One input from libFuzzer; a broken promise is a crash to it. The buffer is good for the call and copied.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do throws(FuzzFinding) {
    _ = try target.run(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
  } catch { preconditionFailure(error.promise) }
  return 0
}
#else
@main
struct FuzzProgram {
  static let usage = """
    Usage: hitoku-fuzz TARGET FILE…
           hitoku-fuzz seeds DIRECTORY

    Runs each file as an input of TARGET (\(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))), or writes
    fresh seeds of all targets below DIRECTORY.

    """

  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count >= 2, let name = arguments.first else { return complain() }
    if name == "seeds" {
      try writeSeeds(below: URL(filePath: arguments[2]))
    } else if let target = FuzzTarget(rawValue: name) {
      for path in arguments.dropFirst() {
        let input = try Data(contentsOf: URL(filePath: path))
        print("\(path): \(try target.run([UInt8](input)))")
      }
    } else {
      complain()
    }
  }

  private static func writeSeeds(below directory: URL) throws {
    for target in FuzzTarget.allCases {
      let folder = directory.appending(path: target.rawValue)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, input) in try target.seeds() { try Data(input).write(to: folder.appending(path: name)) }
    }
  }

  private static func complain() {
    FileHandle.standardError.write(Data(usage.utf8))
    exit(2)
  }
}
#endif
