import ByteCoding
import Studies
import Tables
import Testing

@Suite struct StudyTableTests {
  private func analyst(_ text: String, _ study: Study) throws -> AnalystTable {
    try AnalystTable(CSVReader(ByteSource(bytes: Array(text.utf8))), study: study)
  }
  private func provider(_ text: String, _ study: Study) throws -> ProviderTable {
    try ProviderTable(CSVReader(ByteSource(bytes: Array(text.utf8))), study: study)
  }
  private func texts(_ identifiers: ByteStrings) -> [String] {
    identifiers.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func theAnalystsIdsComeToTheirGroupsOnce() throws {
    let table = try analyst(
      """
      sex,mail,age
      f,A@x.org,young
      m,b@x.org,old
      f,a@X.org,old
      ?,c@x.org,old
      f,d@x.org,ancient
      f,NA,old
      f,nonsense,old
      """, study(fullStudy))
    #expect(texts(table.identifiers) == ["a@x.org", "b@x.org", "c@x.org"])
    #expect(table.groups == [0, 4, 5])
    let counts = table.counts
    #expect(counts.read == 7 && counts.used == 3 && counts.duplicateID == 1 && counts.unknownCategory == 1)
    #expect(counts.missingID == 1 && counts.invalidID == 1)
  }

  @Test func theProvidersRowsComeToTheirCells() throws {
    let table = try provider(
      """
      address,city,spent,visits
      a@x.org,Edo,1.005,1
      a@x.org,Kyo,-9,3
      a@x.org,Naniwa,99,9
      a@x.org,Edo,1,1
      b@x.org,Edo,,1
      b@x.org,Edo,1e1,2
      """, study(fullStudy))
    #expect(texts(table.identifiers) == ["a@x.org", "b@x.org"])
    #expect(table.rowIdentifiers == [0, 0, 0, 1] && table.rowCells == [0, 2, 1, 0])
    #expect(table.values == [[101, -150, 2000, 1000], [1, 3, 9, 2]])
    #expect(table.counts.excess == 1 && table.counts.invalidMeasure == 1 && table.counts.clamped == 2)
    #expect(table.counts.used == 4 && table.counts.read == 6)
  }

  @Test(arguments: [
    ("duplicate_ids", "mail,sex,age\na@x,f,old\na@x,f,old\n", StudyTableError.duplicateID(line: 3)),
    ("unknown_categories", "mail,sex,age\na@x,f,new\n", .unknownCategory(line: 2, column: "age")),
    ("invalid_ids", "mail,sex,age\nxyz,f,old\n", .table(.identifier(line: 2, .notAnEmailAddress))),
  ])
  func theAnalystsTableIsRefusedWhereTheStudySaysSo(policy: String, text: String, error: StudyTableError)
    throws
  {
    let strict = try changed("\"\(policy)\": \"drop\"", "\"\(policy)\": \"error\"")
    #expect(throws: error) { try analyst(text, strict) }
    _ = try analyst(text, study(fullStudy))
  }

  @Test(arguments: [
    (
      "\"excess_rows\": \"drop\"", String(repeating: "a@x,Edo,1,1\n", count: 4),
      StudyTableError.excessRow(line: 5, maximum: 3)
    ),
    ("\"invalid_measures\": \"drop\"", "a@x,Edo,1,NA\n", .invalidMeasure(line: 2, column: "visits")),
    ("\"out_of_range\": \"clamp\"", "a@x,Edo,21,1\n", .outOfRange(line: 2, column: "spent")),
  ])
  func theProvidersTableIsRefusedWhereTheStudySaysSo(policy: String, rows: String, error: StudyTableError)
    throws
  {
    let text = "address,city,spent,visits\n" + rows
    let strict = try changed(
      policy,
      policy.replacingOccurrences(of: "drop", with: "error").replacingOccurrences(of: "clamp", with: "error"))
    #expect(throws: error) { try provider(text, strict) }
    _ = try provider(text, study(fullStudy))
  }

  @Test func agreedSizesAreKept() throws {
    let ids = (0..<41).map { "\($0)@x,f,old\n" }.joined()
    #expect(throws: StudyTableError.groupTooLarge(group: ["old", "f"], maximum: 40)) {
      try analyst("mail,sex,age\n" + ids, study(fullStudy))
    }
    let small = try changed("\"maximum_ids\": 100", "\"maximum_ids\": 40")
    #expect(throws: StudyTableError.tooManyIDs(maximum: 40)) {
      try analyst("mail,sex,age\n" + ids.replacingOccurrences(of: "\n0@x,f", with: "\n0@x,m"), small)
    }
    let few = try changed("\"maximum_rows\": 500", "\"maximum_rows\": 2")
    #expect(throws: StudyTableError.tooManyRows(maximum: 2)) {
      try provider(
        "address,city,spent,visits\n" + ids.replacingOccurrences(of: "f,old", with: "Edo,1,1"), few)
    }
    #expect(throws: StudyTableError.self) { try analyst("mail,sex\na@x,f\n", study(fullStudy)) }
  }

  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("1", 100), ("+1.5", 150), ("-1.25", -125), ("-1.255", -126), ("0.004", 0),
      ("0.005", 1),
      ("5e-3", 1), ("1E+1", 1000), (".5", 50), ("5.", 500), ("0.125000000000000000000000", 13), (" 3 ", 300),
      ("", nil), (".", nil), ("-", nil), ("1,5", nil), ("1.2.3", nil), ("NaN", nil), ("inf", nil),
      ("1e", nil), ("0x1", nil),
    ] as [(String, Int?)])
  func numbersAreReadInUnits(text: String, units: Int?) throws {
    let table = try provider("address,city,spent,visits\na@x,Edo,\"\(text)\",1\n", study(fullStudy))
    #expect(table.values[0] == (units.map { [min(max($0, -150), 2000)] } ?? []))
  }

  @Test func hugeNumbersAreClamped() throws {
    let rows = ["9999999999999999999999", "1e99", "-1e300", "123456789012345678901234e-30"]
      .map { "\($0.count)@x,Edo,\($0),1\n" }.joined()
    let table = try provider("address,city,spent,visits\n" + rows, study(fullStudy))
    #expect(table.values[0] == [2000, 2000, -150, 0])
  }

  @Test func manyIdentifiersKeepTheirPlaces() throws {
    let big = try study(
      """
      {"format": 1, "name": "n", "mode": "count", "population": "p", "id": {"kind": "plain"},
       "analyst": {"id_column": "id", "maximum_ids": 100000},
       "provider": {"id_column": "id", "maximum_ids": 100000},
       "privacy": "exact", "policies": {"duplicate_ids": "drop"}}
      """)
    let rows = (0..<60_000).map { "\($0 % 50_000)\n" }.joined()
    let table = try provider("id\n" + rows, big)
    #expect(table.identifiers.count == 50_000 && table.counts.duplicateID == 10_000)
    #expect((0..<50_000).allSatisfy { Array(table.identifiers[$0]) == Array(String($0).utf8) })
  }
}
