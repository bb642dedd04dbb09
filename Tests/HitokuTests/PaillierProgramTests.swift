#if Services
import Foundation
import Testing

/// `hitoku paillier` as people run it.
@Suite struct PaillierProgramTests {
  @Test func filesOfNumbersAreEncryptedAddedAndDecrypted() throws {
    let folder = try ProgramFolder()
    #expect(try folder.run("keygen", "key.json", "--bits", "2048", "--public", "public.json").code == 0)
    let mode =
      try FileManager.default.attributesOfItem(atPath: folder.path("key.json"))[.posixPermissions] as? Int
    #expect(mode == 0o600)
    // Keys are never overwritten.
    #expect(try folder.run("keygen", "key.json", "--bits", "2048").code == 73)
    try Data("5\n-2.5\n 100000000000000000000000000000000 \n".utf8).write(to: folder.url("numbers.txt"))
    let refused = try folder.run("encrypt", "public.json", "--input", "numbers.txt")
    #expect(refused.code == 1 && refused.text.contains("--accept-unproven-key"))
    #expect(
      try folder.run(
        "encrypt", "public.json", "--input", "numbers.txt", "--accept-unproven-key", "--output", "a.json"
      ).text
        .contains("unproven key"))
    #expect(try folder.run("encrypt", "key.json", "--output", "b.json", "--", "-7", "0.25", "1").code == 0)
    #expect(
      try folder.run(
        "add", "public.json", "a.json", "b.json", "--accept-unproven-key", "--output", "sum.json"
      ).code == 0)
    #expect(
      try folder.run("decrypt", "key.json", "sum.json").text
        == "-2\n-2.25\n100000000000000000000000000000001\n")
    #expect(
      try folder.run("add", "key.json", "b.json", "--total", "--plain", "0.5", "--output", "total.json").code
        == 0)
    #expect(
      try folder.run("multiply", "key.json", "total.json", "--output", "product.json", "--", "-4").code == 0)
    #expect(try folder.run("decrypt", "key.json", "total.json", "product.json").text == "-5.25\n21\n")
    // A double this large has a positive exponent: an integer added to it keeps its last digits.
    #expect(try folder.run("encrypt", "key.json", "--output", "large.json", "1e17").code == 0)
    #expect(
      try folder.run("add", "key.json", "large.json", "--plain", "7", "--output", "larger.json").code == 0)
    #expect(try folder.run("decrypt", "key.json", "larger.json").text.contains("100000000000000007"))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.path("key.json"))
    let exposed = try folder.run("decrypt", "key.json", "sum.json")
    #expect(exposed.code == 65 && exposed.text.contains("chmod 600"))
  }

  @Test func provenKeysEncryptInTheShortForm() throws {
    let folder = try ProgramFolder()
    let proven = ["--proof", "key.proof", "--parameters", "my.parameters"]
    #expect(try folder.run("parameters", "my.parameters", "--bits", "2048").code == 0)
    #expect(
      try folder.run(["keygen", "key.json", "--bits", "2048", "--public", "public.json"] + proven).code == 0)
    let encrypted = try folder.run(["encrypt", "public.json", "17.5", "--output", "a.json"] + proven)
    #expect(encrypted.code == 0 && encrypted.text.contains("short form"))
    let sum = try folder.run(["add", "public.json", "a.json", "a.json", "--output", "sum.json"] + proven)
    // What the owner receives is re-randomised in the form that hides its origin from the owner too.
    #expect(sum.code == 0 && sum.text.contains("classic form") && !sum.text.contains("short form"))
    #expect(try folder.run("decrypt", "key.json", "sum.json").text == "35\n")
    // A proof for an existing key, under parameters of another size.
    #expect(try folder.run("parameters", "long.parameters").code == 0)
    #expect(
      try folder.run("prove", "key.json", "--parameters", "long.parameters", "--output", "b.proof").code == 0)
    let other = ["--proof", "b.proof", "--parameters", "long.parameters"]
    #expect(try folder.run(["encrypt", "public.json", "1", "--output", "c.json"] + other).code == 0)
    // Neither proofs nor parameters are taken for others.
    let crossed = ["--proof", "b.proof", "--parameters", "my.parameters"]
    let refused = try folder.run(["encrypt", "public.json", "1"] + crossed)
    #expect(refused.code == 65 && refused.text.contains("does not prove this key"))
    #expect(
      try folder.run("keygen", "other.json", "--bits", "2048", "--public", "other-public.json").code == 0)
    #expect(try folder.run(["encrypt", "other-public.json", "1"] + proven).code == 65)
    let swapped = ["--proof", "my.parameters", "--parameters", "key.proof"]
    #expect(try folder.run(["encrypt", "public.json", "1"] + swapped).code == 65)
    #expect(try folder.run("encrypt", "public.json", "1", "--proof", "key.proof").code == 64)
    // Nothing is overwritten.
    #expect(try folder.run("parameters", "my.parameters", "--bits", "2048").code == 73)
  }

  @Test func filesOfAnyExponentsDecryptAndRunningTotalsGoOn() throws {
    let folder = try ProgramFolder()
    _ = try folder.run("keygen", "key.json", "--bits", "2048")
    #expect(try folder.run("encrypt", "key.json", "1e-300", "--output", "both").code == 0)
    // 16^249, as python-paillier writes large floats.
    let one = try folder.run("encrypt", "key.json", "1", "--exponent", "0").text
    let both = try String(contentsOf: folder.url("both"), encoding: .utf8)
    try Data((both + one.replacing("\"e\": 0,", with: "\"e\": 249,")).utf8).write(to: folder.url("both"))
    let lines = try folder.run("decrypt", "key.json", "both").text.split(separator: "\n")
    #expect(lines.map { Double($0) } == [1e-300, 0x1p996])
    let refused = try folder.run("add", "key.json", "both", "--total")
    #expect(refused.code == 65 && refused.text.contains("might be too large for this key"))
    // Each total is added to the next file.
    #expect(try folder.run("encrypt", "key.json", "2.5", "--output", "total0").code == 0)
    for i in 0..<6 {
      #expect(
        try folder.run("add", "key.json", "total\(i)", "total0", "--plain", "-3", "--output", "total\(i + 1)")
          .code == 0)
    }
    #expect(try folder.run("decrypt", "key.json", "total6").text == "-0.5\n")
    // The bound is what is declared, twice for each file: nothing of the numbers.
    let last = try String(contentsOf: folder.url("total6"), encoding: .utf8)
    #expect(!last.contains("\"b\": 5") && last.contains("\"b\": \"17"))
    #expect(
      try folder.run("encrypt", "key.json", "0.3", "1e-300", "--exponent", "-1", "--output", "coarse").code
        == 0)
    #expect(try folder.run("decrypt", "key.json", "coarse").text == "0.3125\n0\n")
    let json = try folder.run("decrypt", "key.json", "coarse", "total6", "--json").text
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: [Double]]
    #expect(object == ["numbers": [0.3125, 0, -0.5]])
    #expect(try String(contentsOf: folder.url("coarse"), encoding: .utf8).contains("\"e\": -1,"))
    #expect(try folder.run("encrypt", "key.json", "1", "--exponent", "3").code == 64)
  }

  @Test func keysAreNotMadeWhereTheirProofCannotBe() throws {
    let folder = try ProgramFolder()
    try Data("none".utf8).write(to: folder.url("bad.parameters"))
    #expect(try folder.run("parameters", "my.parameters", "--bits", "2048").code == 0)
    for (parameters, bits) in [("bad.parameters", "2048"), ("my.parameters", "3072"), ("none", "2048")] {
      let refused = try folder.run(
        "keygen", "key.json", "--bits", bits, "--proof", "key.proof", "--parameters", parameters)
      #expect(refused.code != 0 && !FileManager.default.fileExists(atPath: folder.path("key.json")))
    }
    let long = String(repeating: "x", count: 1025)
    #expect(try folder.run("keygen", "key.json", "--comment", long).code == 64)
  }

  @Test func badNumbersAndFilesAreRefusedWithAHint() throws {
    let folder = try ProgramFolder()
    _ = try folder.run("keygen", "key.json", "--bits", "2048")
    #expect(try folder.run("keygen", "other.json", "--bits", "1024").code == 64)
    for (bad, problem) in [
      ("abc", "is no number"), ("nan", "is no number"), ("inf", "is no number"), ("1e999", "is out of range"),
      ("0x10", "hexadecimal"), ("1,5", "comma"), ("1 5", "space"), ("1e309", "is out of range"),
      ("1e200", "too large"), ("1" + String(repeating: "0", count: 120), "too large"),
    ] {
      let answer = try folder.run("encrypt", "key.json", "1", bad)
      #expect(answer.code == 65 && answer.text.contains(problem), "\(bad): \(answer.text)")
      #expect(answer.text.contains("value 2") && !answer.text.contains(bad), "\(bad): \(answer.text)")
    }
    // Lines keep their numbers: a blank one is no line to skip.
    for (text, problem) in [
      ("5\n\n6\n", "line 2 is empty"), ("5\r\n6\r\nx7\r\n", "line 3 is no number"), ("\n", "line 1 is empty"),
    ] {
      try Data(text.utf8).write(to: folder.url("numbers.txt"))
      let answer = try folder.run("encrypt", "key.json", "--input", "numbers.txt")
      #expect(answer.code == 65 && answer.text.contains("numbers.txt, \(problem)"), "\(answer.text)")
    }
    try Data(#"{"v": "0", "e": 0}"#.utf8).write(to: folder.url("zero.json"))
    let zero = try folder.run("decrypt", "key.json", "zero.json")
    #expect(
      zero.code == 65 && zero.text.contains("line 1: the ciphertext is 0") && zero.text.contains("Hint:"))
  }

  @Test func wrongKeysFilesAndCountsAreNamed() throws {
    let folder = try ProgramFolder()
    for name in ["key", "other"] {
      _ = try folder.run("keygen", "\(name).json", "--bits", "2048", "--public", "\(name)-public.json")
    }
    #expect(try folder.run("encrypt", "key.json", "1", "2", "3", "--output", "a.json").code == 0)
    #expect(try folder.run("encrypt", "key.json", "4", "--output", "b.json").code == 0)
    // Under another key.
    for command in [
      ["decrypt", "other.json", "a.json"], ["add", "other.json", "a.json", "b.json"],
      ["multiply", "other.json", "b.json", "2"],
    ] {
      let answer = try folder.run(command)
      #expect(answer.code == 65 && answer.text.contains("line 1: this number was made under another key"))
    }
    // python-paillier's lines do not name their key.
    let line = try String(contentsOf: folder.url("b.json"), encoding: .utf8)
    let start = try #require(line.range(of: ", \"k\"")).lowerBound
    try Data((line[..<start] + "}\n").utf8).write(to: folder.url("nameless.json"))
    #expect(try folder.run("decrypt", "key.json", "nameless.json").text == "4\n")
    let garbage = try folder.run("decrypt", "other.json", "nameless.json")
    #expect(garbage.code == 65 && garbage.text.contains("key"), "\(garbage.text)")
    // Files of different lengths.
    let different = try folder.run("add", "key.json", "a.json", "b.json")
    #expect(different.code == 65 && different.text.contains("a.json has 3 numbers and b.json has 1"))
    #expect(different.text.contains("--total"))
    // A public key where a private one belongs, whatever its mode.
    for command in [["decrypt", "key-public.json", "a.json"], ["extract", "key-public.json", "p.json"]] {
      let answer = try folder.run(command)
      #expect(answer.code == 65 && answer.text.contains("key-public.json is a public key"), "\(answer.text)")
    }
    try Data(#"{"kty": "DAJ", "alg": "PAI-GN1", "n": "wQ"}"#.utf8).write(to: folder.url("short.json"))
    let short = try folder.run("encrypt", "short.json", "1", "--accept-unproven-key")
    #expect(
      short.code == 65 && short.text.contains("the key's n has 8 bits, fewer than 2048"), "\(short.text)")
  }
}

/// A folder that goes when it is no longer used, and the program to run in it.
private final class ProgramFolder {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "hitoku-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func url(_ name: String) -> URL { folder.appending(path: name) }
  func path(_ name: String) -> String { url(name).path() }

  func run(_ arguments: String...) throws -> (code: Int32, text: String) { try run(arguments) }

  func run(_ arguments: [String]) throws -> (code: Int32, text: String) {
    let ending = try RunningProgram(["paillier"] + arguments, in: folder, state: "state").end()
    return (ending.code, ending.output + ending.errors)
  }
}
#endif
