import Foundation
import LabeledLookup
import LeakCheck
import LeakDatabase
import ObliviousPRF
import TestSupport
import Testing

@Suite struct BreachTableTests {
  private let folder = TemporaryFolder()
  private let keyBytes = SharedKey()

  private func key() throws -> PRFSecretKey { try PRFSecretKey(decoding: keyBytes.bytes) }

  private func labels(_ database: LeakDatabase, _ entries: [LeakEntry]) throws -> [LeakLabel?] {
    let server = PRFServer(key: try key(), mode: .verifiable)
    let lookup = LookupServer(database.parameters)
    let client = try LookupClient(database.parameters, table: database.descriptions[0])
    let keys = try lookup.expansionKeys(client.expansionKeys)
    return try server.outputs(of: entries.map(\.input)).map { output in
      let query = try client.query(output: output)
      let sent = query.bytes
      let response = try database.withTable(0) { table, description throws(LookupError) in
        try lookup.answer(sent, table: table, description: description, keys: keys)
      }
      let answer = try #require(response)
      guard case .present(let label) = try query.finish(answer) else { return nil }
      return LeakLabel(decoding: label)
    }
  }

  @Test func linesNameTheirSourceAndDamagedOnesArePassedOver() throws {
    let table = #"""
      \#u{FEFF}Source,E-Mail,Password,Count
      shop,a@example.org,"one, ""two""",3
      forum,b@example.org,three,1
      broken,line
      ,c@example.org,four,1
      shop,d@example.org,five,many
      forum,"unclosed,six,1
      shop,e@example.org,,1
      """#
    let settings = LeakDatabaseSettings(
      name: "test", kind: .credentials, parameterSet: "lookup-labels-expand")
    var builder = try LeakDatabaseBuilder(settings, key: key(), work: folder.path("work"))
    var last: LeakBuildProgress?
    try builder.add(
      .bytes(Array(table.utf8)), format: .table, name: "list.csv", source: "unnamed",
      malformed: .passedOver
    ) { last = $0 }
    #expect(last?.lines == 8 && last?.malformed == 4 && last?.firstMalformed == [4, 6, 7, 8])
    let manifest = try builder.finish(to: folder.path("db"))
    #expect(manifest.items == 3 && manifest.sources == ["shop", "forum", "unnamed"])
    let entries = try [
      ("A@example.org", "one, \"two\""), ("b@example.org", "three"), ("c@example.org", "four"),
    ]
    .map { LeakEntry(try UserName($0), password: $1) }
    let found = try labels(try LeakDatabase(path: folder.path("db")), entries)
    #expect(
      found == [
        LeakLabel(count: 3, source: 0), LeakLabel(count: 1, source: 1), LeakLabel(count: 1, source: 2),
      ])
  }

  @Test(arguments: [
    ("hash,count", LeakListKind.sha1, true), ("password", .sha1, true), ("ntlm,times", .ntlm, true),
    ("password,source", .credentials, false), ("email,hash", .credentials, false),
    ("name,count", .sha1, false),
    ("password,plaintext", .ntlm, false),
  ])
  func headersWithoutTheNeededColumnsAreRefused(_ header: String, _ kind: LeakListKind, _ isTaken: Bool)
    throws
  {
    let settings = LeakDatabaseSettings(name: "test", kind: kind, parameterSet: "lookup-1m-n2048")
    var builder = try LeakDatabaseBuilder(settings, key: .random(), work: folder.path("work"))
    do throws(LeakDatabaseError) {
      try builder.add(.bytes(Array((header + "\n").utf8)), format: .table, name: "list")
      Issue.record("a list without a record was taken")
    } catch {
      let empty = LeakDatabaseError.mostLinesMalformed(list: "list", malformed: 0, lines: 0, format: .table)
      #expect(error == (isTaken ? empty : .unknownColumns(list: "list")))
    }
  }
}
