import BFV
import Foundation
import ParameterFiles
import Testing

@Suite struct ParameterFilesTests {
  /// params/ of the source tree that this file stands in.
  static var folder: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "params")
  }

  @Test func everyFileOfTheFolderIsBuiltIn() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    let names = files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
    #expect(ParameterFiles.names == names.sorted())
    #expect(!names.isEmpty)
  }

  @Test(arguments: ParameterFiles.names)
  func everyFileLoadsAndIsSecure(name: String) throws {
    let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: "\(name).json")))
    let file = try ParameterFile(decoding: bytes)
    #expect(
      try file.literal == ParameterFiles.file(named: name).literal, "built in as it stands in the folder")
    #expect(file.literal.name == name)
    #expect(!file.purpose.isEmpty)
    #expect(file.marginBits > 0)
    #expect(file.failureProbabilityLog2 <= -40)
    let parameters = try file.checked()
    #expect(parameters.literal == file.literal)
    #expect(try ParameterFiles.parameters(named: name).digest == parameters.digest)
  }

  @Test func noTwoSetsShareADigest() throws {
    let digests = try ParameterFiles.names.map { try ParameterFiles.parameters(named: $0).digest }
    // Sets that differ in their workload alone are the same parameters.
    let literals = try ParameterFiles.names.map { name in
      var literal = try ParameterFiles.file(named: name).literal
      literal.name = ""
      return literal
    }
    for i in digests.indices {
      for j in digests.indices { #expect((digests[i] == digests[j]) == (literals[i] == literals[j])) }
    }
  }

  @Test(arguments: ["", "bench", "bench-n4096.json", "../params/bench-n4096", "README"])
  func unknownNamesAreRefused(name: String) {
    #expect(throws: ParameterFilesError.unknownName) { try ParameterFiles.parameters(named: name) }
  }
}
