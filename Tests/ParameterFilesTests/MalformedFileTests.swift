import BFV
import Foundation
import ParameterFiles
import Testing

@Suite struct MalformedFileTests {
  private static func file(_ change: (inout [String: Any]) -> Void = { _ in }) throws -> [UInt8] {
    let url = ParameterFilesTests.folder.appending(path: "bench-n4096.json")
    let content = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    var object = try #require(content as? [String: Any])
    change(&object)
    return [UInt8](try JSONSerialization.data(withJSONObject: object))
  }

  private static func error(_ bytes: [UInt8]) -> ParameterFilesError? {
    do {
      _ = try ParameterFile(decoding: bytes).checked()
      return nil
    } catch { return error }
  }

  @Test func unchangedFileIsTaken() throws {
    #expect(try Self.error(Self.file()) == nil)
  }

  @Test(arguments: [
    "format", "name", "purpose", "degree", "plaintextModulus", "coefficientModuli", "uploadDroppedBits",
    "noise",
  ])
  func missingFieldsAreMalformed(field: String) throws {
    #expect(try Self.error(Self.file { $0[field] = nil }) == .malformed)
    #expect(try Self.error(Self.file { $0[field] = NSNull() }) == .malformed)
  }

  @Test func wrongTypesAreMalformed() throws {
    let changes: [(String, Any)] = [
      ("format", 2), ("format", 0), ("format", "1"), ("name", 5), ("degree", "4096"), ("degree", 4096.5),
      ("degree", 1e30), ("plaintextModulus", 1_032_193), ("coefficientModuli", "0x7ffff6001"),
      ("coefficientModuli", [17, 19]), ("specialModulus", 5), ("digitBits", "16"),
      ("uploadDroppedBits", true),
      ("answerBits", [22, 30]), ("answerBits", ["c0": 22]), ("answerBits", ["c0": 22, "c1": "30"]),
      ("noise", ["marginBits": 1]), ("noise", ["marginBits": "1", "failureProbabilityLog2": -40]),
    ]
    for (field, value) in changes {
      #expect(try Self.error(Self.file { $0[field] = value }) == .malformed, "\(field): \(value)")
    }
  }

  @Test func numbersThatAreNotHexadecimalAreMalformed() throws {
    for text in [
      "", "0x", "7ffff6001", "0X7ffff6001", "0xg", "-0x5", "0x-5", "0x+5", "0x 5", "0x1 ",
      "0x10000000000000000",
    ] {
      #expect(
        try Self.error(Self.file { $0["coefficientModuli"] = ["0x7fffba001", text] }) == .malformed, "\(text)"
      )
      #expect(try Self.error(Self.file { $0["specialModulus"] = text }) == .malformed, "\(text)")
    }
    for text in ["", "0x", "x", "0xg", "1 000", "+5", "1e5", "0x-5"] {
      #expect(try Self.error(Self.file { $0["plaintextModulus"] = text }) == .malformed, "t = \(text)")
    }
  }

  @Test func textThatIsNoJSONIsMalformed() throws {
    let good = try Self.file()
    for bytes in [
      [], Array(good.dropLast()), Array("[]".utf8), Array("null".utf8), [0xFF, 0xFE], good + good,
    ] {
      #expect(Self.error(bytes) == .malformed)
    }
  }

  @Test func filesAbove64KiBAreNotRead() throws {
    let good = try Self.file()
    let padded = good + [UInt8](repeating: 0x20, count: 65_536 - good.count)
    #expect(Self.error(padded) == nil)
    #expect(Self.error(padded + [0x20]) == .tooLarge)
  }

  @Test func wellFormedSetsThatAreWrongAreRefusedWithTheReason() throws {
    #expect(try Self.error(Self.file { $0["degree"] = 4095 }) == .refused(.invalidParameters))
    #expect(try Self.error(Self.file { $0["degree"] = 2048 }) == .refused(.insecureParameters))
    #expect(try Self.error(Self.file { $0["plaintextModulus"] = "1" }) == .refused(.invalidParameters))
    #expect(try Self.error(Self.file { $0["plaintextModulus"] = "-0x5" }) == .refused(.invalidParameters))
    #expect(
      try Self.error(Self.file { $0["coefficientModuli"] = [String]() }) == .refused(.invalidParameters))
    #expect(
      try Self.error(Self.file { $0["specialModulus"] = "0x7ffff6001" }) == .refused(.invalidParameters))
  }
}
