import Foundation
import LabeledLookup
import LeakCheck
import LeakDatabase
import ObliviousPRF
import Secrets
import TestSupport
import Testing

@Suite struct LeakDatabaseTests {
  static let flat = LeakDatabaseSettings(name: "test-1", kind: .sha1, parameterSet: "lookup-labels-expand")
  static let bucketed = LeakDatabaseSettings(
    name: "test-1", kind: .credentials, parameterSet: "lookup-bucket-n1024", buckets: 4)
  private let folder = TemporaryFolder()
  private let keyBytes = SharedKey()

  private func key() throws -> PRFSecretKey { try PRFSecretKey(decoding: keyBytes.bytes) }

  /// Have I Been Pwned lines of the passwords `word0` … .
  private func lines(_ range: Range<Int>) -> [UInt8] {
    let text = range.map { number in
      let hash = LeakEntry(password: "word\(number)").input.suffix(20)
      let hex = hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined().uppercased()
      return "\(hex):\(number + 1)\r\n"
    }
    return Array(text.joined().utf8)
  }

  private func build(_ work: String, _ output: String, _ lists: [(name: String, bytes: [UInt8])]) throws
    -> DatabaseManifest
  {
    var builder = try LeakDatabaseBuilder(Self.flat, key: key(), work: folder.path(work))
    for list in lists { try builder.add(.bytes(list.bytes), format: .lines(.sha1), name: list.name) }
    return try builder.finish(to: folder.path(output))
  }

  @Test func entriesAreFoundWithCountAndSource() throws {
    let manifest = try build("work", "db", [("first", lines(0..<500)), ("second", lines(400..<600))])
    #expect(manifest.items == 600)
    #expect(manifest.sources == ["first", "second"])
    let database = try LeakDatabase(path: folder.path("db"))
    let server = PRFServer(key: try key(), mode: .verifiable)
    #expect(server.publicKey.bytes == bytes(hex: manifest.publicKey))
    let lookup = LookupServer(database.parameters)
    let client = try LookupClient(database.parameters, table: database.descriptions[0])
    let keys = try lookup.expansionKeys(client.expansionKeys)
    for (number, count, source) in [(0, 1, 0), (450, 902, 0), (599, 600, 1), (700, 0, 0)] {
      let output = try server.outputs(of: [LeakEntry(password: "word\(number)").input])[0]
      let query = try client.query(output: output)
      let sent = query.bytes
      let response = try database.withTable(0) { table, description throws(LookupError) in
        try lookup.answer(sent, table: table, description: description, keys: keys)
      }
      let label = LeakLabel(count: UInt64(count), source: UInt16(source)).bytes
      let answer = try #require(response)
      #expect(try query.finish(answer) == (count == 0 ? .absent : .present(label: label)))
    }
  }

  @Test func interruptedBuildsEndInTheSameBytes() throws {
    let lists = [("first", lines(0..<300)), ("second", lines(300..<500))]
    let whole = try build("work-a", "a", lists)
    // The first list alone, then a second that breaks off in its middle, then all again.
    _ = try build("work-b", "b1", [lists[0]])
    let nonsense = Array("nonsense\n".utf8) + lists[1].1
    #expect(throws: LeakDatabaseError.malformedLine(list: "second", line: 1)) {
      var broken = try LeakDatabaseBuilder(Self.flat, key: key(), work: folder.path("work-b"))
      try broken.add(.bytes(nonsense), format: .lines(.sha1), name: "second", malformed: .refused)
    }
    let resumed = try build("work-b", "b2", lists)
    #expect(resumed == whole)
    for name in ["tables.bin", "descriptions.bin", "manifest.json"] {
      #expect(
        FileManager.default.contentsEqual(
          atPath: folder.path("a/\(name)"), andPath: folder.path("b2/\(name)")), "\(name)")
    }
  }

  @Test func aWorkFolderIsForOneBuildAtATime() throws {
    let path = folder.path("work")
    var builder = try LeakDatabaseBuilder(Self.flat, key: key(), work: path)
    #expect(throws: LeakDatabaseError.busyWork(path: path)) {
      _ = try LeakDatabaseBuilder(Self.flat, key: key(), work: path).listCount
    }
    try builder.add(.bytes(lines(0..<5)), format: .lines(.sha1), name: "first")
    #expect(try builder.finish(to: folder.path("db")).items == 5)
  }

  @Test func listsOfAnotherFormatAndEmptyOnesAreNotTakenForCleanOnes() throws {
    let path = folder.path("work")
    let words = Array((0..<9).map { "word\($0)\n" }.joined().utf8)
    let mixed = words + lines(0..<3)
    func add(_ bytes: [UInt8], _ rule: MalformedLines) throws -> DatabaseManifest {
      var builder = try LeakDatabaseBuilder(Self.flat, key: key(), work: path)
      try builder.add(.bytes(bytes), format: .lines(.sha1), name: "list", malformed: rule)
      return try builder.finish(to: folder.path("db"))
    }
    for (bytes, rule, malformed, count) in [
      (words, MalformedLines.minority, 9, 9), (words, .passedOver, 9, 9), ([], .passedOver, 0, 0),
      (mixed, .minority, 9, 12),
    ] {
      let expected = LeakDatabaseError.mostLinesMalformed(
        list: "list", malformed: malformed, lines: count, format: .lines(.sha1))
      #expect(expected.description.contains("--format words"))
      #expect(throws: expected) { try add(bytes, rule) }
    }
    #expect(throws: LeakDatabaseError.noItems) {
      try LeakDatabaseBuilder(Self.flat, key: key(), work: path).finish(to: folder.path("db"))
    }
    #expect(try add(mixed, .passedOver).items == 3, "none of the refused lists was recorded")
  }

  @Test func anUnknownParameterSetNamesTheKnownOnes() throws {
    #expect(LeakDatabaseError.parameters(.unknownName).description.contains("lookup-labels-expand"))
  }

  @Test func privateListsStayPrivate() throws {
    var settings = Self.flat
    settings.isPrivate = true
    let path = folder.path("work")
    do {
      var builder = try LeakDatabaseBuilder(settings, key: key(), work: path)
      try builder.add(.bytes(lines(0..<5)), format: .lines(.sha1), name: "first")
    }
    #expect(throws: LeakDatabaseError.privateWork) {
      _ = try LeakDatabaseBuilder(Self.flat, key: key(), work: path).listCount
    }
  }

  @Test func versionsHaveTheSameSaltAndOtherPadding() throws {
    let first = lines(0..<5)
    _ = try build("work", "a", [("first", first)])
    _ = try build("work", "b", [("first", first), ("second", first)])
    let (a, b) = (
      try LeakDatabase(path: folder.path("a")), try LeakDatabase(path: folder.path("b"))
    )
    #expect(a.descriptions[0].salt == b.descriptions[0].salt)
    let tables = try ["a", "b"].map { try Data(contentsOf: URL(filePath: folder.path("\($0)/tables.bin"))) }
    let equal = zip(tables[0], tables[1]).count { $0 == $1 }
    #expect(equal < tables[0].count / 16, "padding is new")
  }

  @Test func damagedWorkFilesAreRefused() throws {
    _ = try build("work", "a", [("first", lines(0..<50))])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("work"))
      .filter { $0.hasPrefix("partition-") }
    for name in names {
      let url = URL(filePath: folder.path("work/\(name)"))
      let count = try Data(contentsOf: url).count
      try Data(repeating: 0xFF, count: count).write(to: url)
    }
    #expect(throws: LeakDatabaseError.self) {
      try LeakDatabaseBuilder(Self.flat, key: key(), work: folder.path("work"))
        .finish(to: folder.path("b"))
    }
  }

  @Test func onlyWhatABuildLeftIsRemoved() throws {
    let partial = folder.path("db.partial")
    try FileManager.default.createDirectory(atPath: partial, withIntermediateDirectories: true)
    let thesis = partial + "/thesis.txt"
    try Data("years".utf8).write(to: URL(filePath: thesis))
    #expect(throws: LeakDatabaseError.exists(path: partial)) {
      try build("work", "db", [("first", lines(0..<5))])
    }
    #expect(FileManager.default.fileExists(atPath: thesis))
    try FileManager.default.moveItem(atPath: thesis, toPath: partial + "/tables.bin")
    #expect(try build("work", "db", [("first", lines(0..<5))]).items == 5)
  }

  @Test func changedFilesAreRefused() throws {
    _ = try build("work", "db", [("first", lines(0..<50))])
    for name in ["tables.bin", "descriptions.bin"] {
      let path = folder.path("db/\(name)")
      let good = try Data(contentsOf: URL(filePath: path))
      var flipped = good
      flipped[flipped.count / 2] ^= 1
      for bad in [flipped, good.dropLast(), good + [0]] {
        try Data(bad).write(to: URL(filePath: path))
        #expect(throws: LeakDatabaseError.damaged(path: path)) { try LeakDatabase(path: folder.path("db")) }
      }
      try good.write(to: URL(filePath: path))
    }
    #expect(try LeakDatabase(path: folder.path("db")).manifest.items == 50)
    try Data("{}".utf8).write(to: URL(filePath: folder.path("db/manifest.json")))
    #expect(throws: LeakDatabaseError.malformedManifest) { try LeakDatabase(path: folder.path("db")) }
  }

  @Test func changedManifestsAreRefused() throws {
    _ = try build("work", "db", [("first", lines(0..<50))])
    let path = folder.path("db/manifest.json")
    let good = try String(contentsOfFile: path, encoding: .utf8)
    let changes = [
      ("test-1", "test-2"), ("\"first\"", "\"worst\""), ("\"items\" : 50", "\"items\" : 51"),
      ("\"isPrivate\" : false", "\"isPrivate\" : true"), ("{\n  \"", "{\n  \"extra\" : 1,\n  \""),
      ("\"checksum\" : \"", "\"more\" : 2, \"checksum\" : \""),
    ]
    for (old, new) in changes {
      let range = try #require(good.range(of: old), "\(old)")
      let bad = good.replacingCharacters(in: range, with: new)
      // The folder of a finished database may be closed to writers: another file takes the manifest's place.
      try Data(bad.utf8).write(to: URL(filePath: path))
      #expect(throws: LeakDatabaseError.malformedManifest, "\(new)") {
        try LeakDatabase(path: folder.path("db"))
      }
    }
    try Data(good.utf8).write(to: URL(filePath: path))
    #expect(try LeakDatabase(path: folder.path("db")).manifest.sources == ["first"])
  }

  @Test func manyTablesThatAreWrittenToOrCutAreNoticedAndReadNoMore() throws {
    let settings = LeakDatabaseSettings(
      name: "test", kind: .credentials, parameterSet: "lookup-bucket-n1024", buckets: 4)
    var builder = try LeakDatabaseBuilder(settings, key: try key(), work: folder.path("work"))
    try builder.add(.bytes(Array("a:b\nc:d\n".utf8)), format: .lines(.credentials), name: "list")
    _ = try builder.finish(to: folder.path("db"))
    let path = folder.path("db/tables.bin")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    let database = try LeakDatabase(path: folder.path("db"))
    #expect(database.isUnchanged)
    let handle = try FileHandle(forUpdating: URL(filePath: path))
    let first = try #require(try handle.read(upToCount: 1))
    #expect(database.isUnchanged && database.withTable(1) { table, _ in table.byteCount } != nil)
    try handle.seek(toOffset: 0)
    try handle.write(contentsOf: first)
    #expect(!database.isUnchanged, "written to, if the same")
    #expect(database.withTable(1) { table, _ in table.byteCount } == nil)
    let again = try LeakDatabase(path: folder.path("db"))
    try handle.truncate(atOffset: 10)
    #expect(!again.isUnchanged && again.withTable(2) { table, _ in table.byteCount } == nil)
  }

  @Test func oneTableIsReadAsItWasCheckedWhateverHappensToItsFile() throws {
    _ = try build("work", "db", [("first", lines(0..<50))])
    let path = folder.path("db/tables.bin")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    let database = try LeakDatabase(path: folder.path("db"))
    let handle = try FileHandle(forUpdating: URL(filePath: path))
    try handle.write(contentsOf: Data(repeating: 7, count: 4096))
    try handle.truncate(atOffset: 10)
    let held = database.withTable(0) { table, _ in unsafe table.withUnsafeBytes { unsafe Array($0) } }
    #expect(held == bytes && database.isUnchanged)
    #expect(throws: LeakDatabaseError.damaged(path: path)) { try LeakDatabase(path: folder.path("db")) }
  }

  @Test func otherKeysSettingsAndFormatsAreRefused() throws {
    _ = try build("work", "db", [("first", lines(0..<5))])
    let path = folder.path("work")
    do throws(LeakDatabaseError) {
      _ = try LeakDatabaseBuilder(Self.flat, key: .random(), work: path)
      Issue.record("another key went on with the work")
    } catch { #expect(error == .otherWork) }
    var builder = try LeakDatabaseBuilder(Self.flat, key: key(), work: path)
    do throws(LeakDatabaseError) {
      try builder.add(.bytes([]), format: .lines(.credentials), name: "x")
      Issue.record("a list of credentials was taken")
    } catch { #expect(error == .wrongFormat) }
    let output = folder.path("db")
    do throws(LeakDatabaseError) {
      _ = try builder.finish(to: output)
      Issue.record("a database was overwritten")
    } catch { #expect(error == .exists(path: output)) }
  }

  @Test func descriptionsDoNotTellWhichBucketsAreEmpty() throws {
    var builder = try LeakDatabaseBuilder(Self.bucketed, key: key(), work: folder.path("work"))
    try builder.add(.bytes(Array("ann:x\n".utf8)), format: .lines(.credentials), name: "list")
    let manifest = try builder.finish(to: folder.path("db"))
    #expect(manifest.sources.isEmpty, "nothing says where an item was seen")
    let descriptions = try LeakDatabase(path: folder.path("db")).descriptions
    #expect(Set(descriptions.map { $0.encoded() }).count == 1)
  }

  @Test func sourcesOfPrivateListsAreNamedByHandAlone() throws {
    for source in [nil, "given"] as [String?] {
      var settings = Self.flat
      settings.isPrivate = true
      var builder = try LeakDatabaseBuilder(settings, key: key(), work: folder.path("work-\(source ?? "")"))
      try builder.add(
        .bytes(Array("password,source\nx,secret.example\n".utf8)), format: .table, name: "secret.csv",
        source: source)
      let manifest = try builder.finish(to: folder.path("db-\(source ?? "")"))
      #expect(manifest.sources == [source ?? ""])
    }
  }

  @Test func credentialsStandInTheBucketOfTheirUser() throws {
    let text = (0..<60).map { "User\($0)@example.org:secret\($0)\n" }.joined()
    var builder = try LeakDatabaseBuilder(Self.bucketed, key: key(), work: folder.path("work"))
    try builder.add(.bytes(Array(text.utf8)), format: .lines(.credentials), name: "list")
    _ = try builder.finish(to: folder.path("db"))
    let database = try LeakDatabase(path: folder.path("db"))
    let server = PRFServer(key: try key(), mode: .verifiable)
    let lookup = LookupServer(database.parameters)
    for (user, password, isPresent) in [
      (" user7@EXAMPLE.org", "secret7", true), ("user8@example.org", "secret7", false),
    ] {
      let name = try UserName(user)
      let bucket = name.bucket(of: 4)
      let client = try LookupClient(database.parameters, table: database.descriptions[bucket])
      let output = try server.outputs(of: [LeakEntry(name, password: password).input])[0]
      let query = try client.query(output: output)
      let sent = query.bytes
      let response = try database.withTable(bucket) { table, description throws(LookupError) in
        try lookup.answer(sent, table: table, description: description)
      }
      let answer = try #require(response)
      #expect(try query.finish(answer) == (isPresent ? .present(label: []) : .absent))
    }
  }
}

/// A folder that is gone with its owner.
final class TemporaryFolder: Sendable {
  private let root = FileManager.default.temporaryDirectory.appending(
    path: "hitoku-leak-\(UUID().uuidString)")

  init() { try? FileManager.default.createDirectory(at: root, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: root) }

  func path(_ name: String) -> String { root.appending(path: name).path(percentEncoded: false) }
}

/// A key that a suite may hold: secret bytes cannot be copied.
final class SharedKey: Sendable {
  let bytes = PRFSecretKey.random().encoded()
}
