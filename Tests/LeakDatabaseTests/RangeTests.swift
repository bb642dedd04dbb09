import Foundation
import LeakCheck
import LeakDatabase
import TestSupport
import Testing

@Suite struct RangeTests {
  private let folder = TemporaryFolder()

  private func random(_ count: Int, bytes: Int, _ generator: inout SeededGenerator) -> [String] {
    (0..<count).map { _ in
      (0..<(2 * bytes)).map { _ in "0123456789ABCDEF".randomElement(using: &generator) ?? "0" }
        .map(String.init).joined()
    }
  }

  private func build(_ kind: LeakListKind, _ lists: [[String]]) throws -> RangeFile {
    var builder = try RangeBuilder(kind, work: folder.path("work-\(kind.rawValue)"))
    for (number, list) in lists.enumerated() {
      try builder.add(.bytes(Array(list.joined(separator: "\r\n").utf8)), name: "list\(number)")
    }
    return try builder.finish(to: folder.path("\(kind.rawValue).range"))
  }

  @Test(arguments: [(LeakListKind.sha1, 20), (.ntlm, 16)])
  func aPrefixGivesExactlyItsHashesInOrderWithTheirCounts(_ kind: LeakListKind, _ byteCount: Int) throws {
    var generator = SeededGenerator()
    var hashes = random(2_000, bytes: byteCount, &generator)
    // Many under one prefix, and both ends of all prefixes.
    hashes += random(300, bytes: byteCount, &generator).map { "5BAA6" + $0.dropFirst(5) }
    hashes += ["00000", "FFFFF"].map { $0 + String(repeating: "0", count: 2 * byteCount - 5) }
    let file = try build(
      kind, [hashes.enumerated().map { "\($1):\($0 + 1)" }, hashes.prefix(10).map { "\($0):5" }])
    #expect(file.count == Set(hashes).count && file.hash.byteCount == byteCount, "seed \(generator.seed)")
    for prefix in ["5BAA6", "00000", "FFFFF", "5BAA7", String(hashes[3].prefix(5))] {
      let expected = hashes.enumerated().filter { $1.hasPrefix(prefix) }.sorted { $0.1 < $1.1 }
      let found = try file.entries(prefix: try #require(RangeFile.prefix(prefix.lowercased())))
      #expect(found.map { prefix + $0.suffix } == expected.map(\.element), "seed \(generator.seed)")
      #expect(found.map { Int($0.count) } == expected.map { $0.offset + ($0.offset < 10 ? 6 : 1) })
    }
    for text in ["5BAA", "5BAA61", "5BAAG", "+5BAA", "-5BAA", ""] { #expect(RangeFile.prefix(text) == nil) }
  }

  @Test func aFolderWithOneFileForEachPrefixIsTheSameList() throws {
    var generator = SeededGenerator()
    let hashes = random(40, bytes: 20, &generator)
    let whole = try build(.sha1, [hashes.map { "\($0):7" }])
    try FileManager.default.createDirectory(atPath: folder.path("list"), withIntermediateDirectories: true)
    for (number, hash) in hashes.enumerated() {
      let name = "list/\(hash.prefix(5))\(["", ".txt"][number % 2])"
      let lines = "\(hash.dropFirst(5)):7\n0000000000000000000000000000000000F:0"
      try Data(lines.utf8).write(to: URL(filePath: folder.path(name)))
    }
    var builder = try RangeBuilder(.sha1, work: folder.path("work-2"))
    try builder.add(ListInput(path: folder.path("list")), name: "list")
    let parts = try builder.finish(to: folder.path("parts.range"))
    #expect(parts.count == whole.count, "padding of the range API has the count 0")
    #expect(
      FileManager.default.contentsEqual(
        atPath: folder.path("sha1.range"), andPath: folder.path("parts.range")), "seed \(generator.seed)")
    try Data().write(to: URL(filePath: folder.path("list/notes.md")))
    var other = try RangeBuilder(.sha1, work: folder.path("work-3"))
    do throws(LeakDatabaseError) {
      try other.add(ListInput(path: folder.path("list")), name: "list")
      Issue.record("a file of another name was read")
    } catch { #expect(error == .noPrefixFile(path: folder.path("list/notes.md"))) }
  }

  @Test func changedFilesAreRefused() throws {
    var generator = SeededGenerator()
    _ = try build(.sha1, [random(100, bytes: 20, &generator)])
    let path = folder.path("sha1.range")
    let good = try Data(contentsOf: URL(filePath: path))
    for place in [0, 8, 12, 16, 30, 60, 64 + 2_000_001, good.count - 1] {
      var bad = good
      bad[place] ^= 1
      try bad.write(to: URL(filePath: path))
      #expect(throws: LeakDatabaseError.damaged(path: path), "byte \(place)") { try RangeFile(path: path) }
    }
    for bad in [good.dropLast(), good + [0], good.prefix(63)] {
      try Data(bad).write(to: URL(filePath: path))
      #expect(throws: LeakDatabaseError.damaged(path: path)) { try RangeFile(path: path) }
    }
  }

  @Test func listsThatAreNotPublishedAreRefused() {
    for (kind, isPrivate) in [(LeakListKind.credentials, false), (.sha1, true), (.ntlm, true)] {
      do throws(LeakDatabaseError) {
        _ = try RangeBuilder(kind, isPrivate: isPrivate, work: folder.path("work"))
        Issue.record("a range file of \(kind)")
      } catch { #expect(error == .privateList) }
    }
  }
}
