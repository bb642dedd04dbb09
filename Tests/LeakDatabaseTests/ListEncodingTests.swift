import Foundation
import LeakCheck
import LeakDatabase
import ObliviousPRF
import TestSupport
import Testing

/// Lists as they come: other encodings, marks, line ends, empty and endless lines.
@Suite struct ListEncodingTests {
  private let folder = TemporaryFolder()

  /// What a build says of a list, and how many items it takes.
  private func build(
    _ bytes: [UInt8], _ format: ListFormat = .lines(.words), _ rule: MalformedLines = .minority,
    kind: LeakListKind = .sha1
  ) throws -> (progress: LeakBuildProgress, items: Int) {
    let name = UUID().uuidString
    let settings = LeakDatabaseSettings(name: "test", kind: kind, parameterSet: "lookup-bucket-n1024")
    var builder = try LeakDatabaseBuilder(settings, key: .random(), work: folder.path("work-" + name))
    var last: LeakBuildProgress?
    try builder.add(.bytes(bytes), format: format, name: "list", malformed: rule) { last = $0 }
    let items = try builder.finish(to: folder.path(name)).items
    return (try #require(last), items)
  }

  @Test func passwordsInLatin1AreItems() throws {
    let (progress, items) = try build([0x63, 0x61, 0x66, 0xE9, 0x0A, 0x63, 0x61, 0x66, 0xC3, 0xA9, 0x0A])
    #expect(progress.malformed == 0 && items == 2)
  }

  @Test func emptyLinesAndLineEndsAreNothing() throws {
    let (progress, items) = try build(Array("\n\r\none\r\none\n\ntwo\r\n\n".utf8), .lines(.words), .refused)
    #expect(progress.lines == 7 && progress.empty == 4 && progress.malformed == 0 && items == 2)
    let empty = LeakDatabaseError.mostLinesMalformed(
      list: "list", malformed: 0, lines: 0, format: .lines(.words))
    #expect(throws: empty) { try build(Array("\n\n\n".utf8)) }
  }

  @Test(arguments: ["one\n", "7C4A8D09CA3762AF61E59520943DC26494F8941B:3\n", "password,count\none,3\n"])
  func theMarkOfUTF8IsNoPartOfAList(_ text: String) throws {
    let format: ListFormat =
      text.contains(",") ? .table : text.contains(":") ? .lines(.sha1) : .lines(.words)
    let (plain, marked) = (Array(text.utf8), [0xEF, 0xBB, 0xBF] + Array(text.utf8))
    let (progress, items) = try build(marked + (format == .table ? [] : plain), format, .refused)
    #expect(progress.malformed == 0 && items == 1)
  }

  @Test(arguments: [[0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61]] as [[UInt8]])
  func listsInUTF16AreRefused(_ bytes: [UInt8]) {
    #expect(throws: LeakDatabaseError.utf16) { try build(bytes) }
    // Without a mark, every line has zeros.
    #expect(throws: LeakDatabaseError.self) { try build(Array(bytes.dropFirst(2)) + [0x0A]) }
  }

  @Test func endlessLinesAndZerosAreCountedAndPassedOver() throws {
    let long = Array(repeating: UInt8(ascii: "a"), count: 4097)
    let endless = Array(repeating: UInt8(ascii: "b"), count: 1 << 20)
    let lines = [long, Array(long.dropLast()), endless, Array("a\0b".utf8), Array("one".utf8)]
    let (progress, items) = try build(Array(lines.joined(separator: [0x0A])), .lines(.words), .passedOver)
    #expect(progress.malformed == 3 && progress.firstMalformed == [1, 3, 4] && items == 2)
  }

  @Test(arguments: [
    "7C4A8D09CA3762AF61E59520943DC26494F8941B:3\r", "8846f7eaee8fb117ad06bdd830b7586c",
  ])
  func hashesAreNotTakenForPasswords(_ hash: String) throws {
    let list = Array("\(hash)\n\(hash)\none\n".utf8)
    #expect(throws: LeakDatabaseError.hashesAsPasswords(list: "list")) { try build(list) }
    #expect(try build(list, .lines(.words), .passedOver).items == 2)
    #expect(try build(Array("\(hash)\none\n".utf8)).items == 2, "some passwords are hashes")
  }

  @Test func foldersByPrefixHoldHashesAndMayHaveMarksAndEmptyLines() throws {
    let path = folder.path("ranges")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let rest = String(repeating: "0", count: 34)
    try Data("\u{FEFF}\(rest)1:2\r\n\r\n\(rest)2:1\r\n".utf8).write(to: URL(filePath: path + "/00000.txt"))
    try Data("\u{FEFF}\(rest)1:2\n".utf8).write(to: URL(filePath: path + "/0ABCD.txt"))
    let settings = LeakDatabaseSettings(name: "t", kind: .sha1, parameterSet: "lookup-bucket-n1024")
    var builder = try LeakDatabaseBuilder(settings, key: .random(), work: folder.path("work"))
    do throws(LeakDatabaseError) {
      try builder.add(ListInput(path: path), format: .lines(.words), name: "list")
      Issue.record("suffixes were taken for passwords")
    } catch { #expect(error == .folderOfHashes) }
    try builder.add(ListInput(path: path), format: .lines(.sha1), name: "list", malformed: .refused)
    #expect(try builder.finish(to: folder.path("db")).items == 3)
  }

  @Test func emptyLinesOfAResumedListStayCounted() throws {
    // Lines before the checkpoint are empty, those behind it malformed: the list is judged as a whole.
    let work = folder.path("work")
    let settings = LeakDatabaseSettings(name: "t", kind: .sha1, parameterSet: "lookup-bucket-n1024")
    let key = SharedKey()
    let list =
      Array("one\n".utf8) + Array(repeating: UInt8(ascii: "\n"), count: 262_144) + Array("a\0\nb\0\n".utf8)
    for round in 0..<2 {
      var builder = try LeakDatabaseBuilder(settings, key: PRFSecretKey(decoding: key.bytes), work: work)
      var lines = 0
      #expect(throws: LeakDatabaseError.self, "round \(round)") {
        try builder.add(.bytes(list), format: .lines(.words), name: "list") { lines = $0.lines }
      }
      #expect(round == 0 ? lines >= 262_144 : lines == 0, "the second round goes on")
    }
  }
}
