import Studies
import TestSupport
import Testing

@Suite struct StudyErrorTests {
  /// The field that an error names.
  private func field(_ error: StudyError) -> String {
    switch error {
    case .missing(let field, _), .unknown(let field, _), .invalid(let field, _), .conflict(let field, _):
      field
    case .malformed(let line, _): "line \(line)"
    case .tooLarge: "size"
    }
  }

  @Test(arguments: [
    ("\"format\": 1", "\"format\": 2", "format"), ("\"name\": \"test\", ", "", "name"),
    ("\"cross\"", "\"join\"", "mode"), ("\"people\"", "\"\"", "population"),
    ("\"people\"", "7", "population"),
    ("\"email\"", "\"fax\"", "id.kind"), ("\"email\"", "\"phone\"", "id.country_code"),
    ("\"email\"", "\"phone\", \"country\": \"Japan\"", "id.country"),
    ("\"email\"", "\"email\", \"country\": \"JP\"", "id.country"),
    ("\"maximum_ids\": 100", "\"maximum_ids\": 0", "analyst.maximum_ids"),
    ("\"maximum_ids\": 100", "\"maximum_ids\": 1.5", "analyst.maximum_ids"),
    ("\"maximum_ids\": 100", "\"maximum_id\": 100", "analyst.maximum_ids"),
    ("40,", "101,", "analyst.maximum_ids_per_group"), ("40,", "[40],", "analyst.maximum_ids_per_group"),
    ("40,", "[40, 40, 0, 40, 40, 40],", "analyst.maximum_ids_per_group[2]"),
    ("[\"young\", \"old\"]", "[\"old\", \"old\"]", "analyst.groups[0].values"),
    ("[\"young\", \"old\"]", "[]", "analyst.groups[0].values"),
    ("\"column\": \"sex\"", "\"column\": \"age\"", "analyst.groups"),
    ("\"other\": \"x\"", "\"other\": \"f\"", "analyst.groups[1].values"),
    ("\"maximum_rows\": 500", "\"maximum_rows\": 601", "provider.maximum_rows"),
    ("-1.5", "-1.505", "measures[0].minimum"), ("-1.5", "21", "measures[0].maximum"),
    ("20,", "1e9,", "measures[0].maximum"), ("\"mean\"", "\"median\"", "measures[1].statistics[0]"),
    ("\"visits\"", "\"spent\"", "measures"), ("\"maximum_rows_per_id\": 3, ", "", "maximum_rows_per_id"),
    ("0.5", "0", "privacy.epsilon.match"), ("0.5", "0.0000001", "privacy.epsilon.match"),
    ("0.5", "101", "privacy.epsilon.match"), ("\"match\": 0.5, ", "", "privacy.epsilon.match"),
    (", \"cells\": 1", "", "privacy.epsilon.cells"),
    ("\"cells\": 1", "\"cells\": 0.000003", "privacy.epsilon.cells"),
    ("\"cells\": 1", "\"cells\": {\"counts\": 1}", "privacy.epsilon.cells.measures.spent"),
    ("\"2^-38\"", "\"2^-9\"", "privacy.delta"), ("\"2^-38\"", "0.5", "privacy.delta"),
    ("\"2^-38\"", "-1e-9", "privacy.delta"),
    ("\"out_of_range\": \"clamp\"", "\"out_of_range\": \"wrap\"", "policies.out_of_range"),
    ("\"excess_rows\"", "\"exess_rows\"", "policies.exess_rows"),
    ("\"publish\": false", "\"publish\": 0", "result.publish"),
    ("\"receiver\": \"analyst\"", "\"receiver\": \"both\"", "result.receiver"),
    ("\"publish\": false", "\"publish\": true", "analyst.population"),
    ("\"column\": \"city\"", "\"column\": \"sex\"", "provider.cells"),
    ("\"column\": \"sex\"", "\"column\": \"spent_sum_pm95\"", "measures"),
    ("\"minimum_count\"", "\"minimal_count\"", "minimal_count"),
    ("\"minimum_count\": 5", "\"minimum_count\": 5, \"suppress\": \"always\"", "suppress"),
    ("\"minimum_count\": 5", "\"minimum_count\": 0, \"suppress\": \"secure\"", "suppress"),
    ("\"mode\": \"cross\"", "\"mode\": \"sum\"", "mode"),
    ("\"mode\": \"cross\"", "\"mode\": \"count\"", "privacy.epsilon.cells"),
  ])
  func theFieldIsNamed(old: String, new: String, named: String) throws {
    let error = try #require(throws: StudyError.self) { try changed(old, new) }
    #expect(field(error) == named, "\(error)")
    #expect(error.description.contains(".") && error.description.count > 20)
  }

  @Test func noCharacterThatATerminalObeysIsInAMessage() throws {
    for name in ["\\u001b[2J", "\\u202e"] {
      let error = try #require(throws: StudyError.self) { try changed("\"minimum_count\"", "\"\(name)\"") }
      #expect(
        error.description.unicodeScalars.allSatisfy { $0.value != 0x1b && $0.value != 0x202e }, "\(error)")
      #expect(error.description.contains("\\u{"))
    }
  }

  /// With exact results the match counts of groups, less the open cells, would give the closed ones away.
  @Test func secureSuppressionIsForNoisyCells() throws {
    let secure = fullStudy.replacing(
      "\"minimum_count\": 5", with: "\"minimum_count\": 5, \"suppress\": \"secure\"")
    _ = try Study(decoding: Array(secure.utf8))
    let exact = secure.replacing(
      "{\"epsilon\": {\"match\": 0.5, \"cells\": 1}, \"delta\": \"2^-38\"}", with: "\"exact\"")
    #expect(exact != secure)
    let error = try #require(throws: StudyError.self) { try Study(decoding: Array(exact.utf8)) }
    #expect(field(error) == "suppress", "\(error)")
  }

  @Test func aMisspeltFieldIsPutRight() throws {
    #expect(throws: StudyError.unknown(field: "policies.exess_rows", suggestion: "excess_rows")) {
      try changed("\"excess_rows\"", "\"exess_rows\"")
    }
  }

  @Test(arguments: [
    ("{", 1), ("", 1), ("{\"a\": 1,\n\"a\": 2}", 2), ("[1, 2,]", 1), ("{\"a\": 01}", 1), ("{\"a\": tru}", 1),
    ("{\"a\": \"\\x\"}", 1), ("{\"a\": \"\\ud800\"}", 1), ("{}\n{}", 2), ("{\"a\": 1.}", 1), ("{'a': 1}", 1),
    ("{\"a\": 1e99}", 1), ("{\"a\": \"\n\"}", 1), ("{\"a\": NaN}", 1),
    (String(repeating: "[", count: 40), 1), ("{\"a\": 12345678901234567890}", 1),
  ])
  func whatIsNoJSONIsRefusedWithItsLine(text: String, line: Int) throws {
    let error = try #require(throws: StudyError.self) { try study(text) }
    #expect(field(error) == "line \(line)", "\(error)")
  }

  @Test func contradictionsAreNamed() throws {
    let exact = "\"privacy\": {\"epsilon\": {\"match\": 0.5, \"cells\": 1}, \"delta\": \"2^-38\"}"
    let published = try #require(throws: StudyError.self) {
      try study(
        fullStudy.replacingOccurrences(of: exact, with: "\"privacy\": \"exact\"")
          .replacingOccurrences(of: "\"publish\": false", with: "\"publish\": true"))
    }
    #expect(field(published) == "result.publish")
    let cheap = try #require(throws: StudyError.self) { try changed("\"2^-38\"", "\"2^-40\"").plan() }
    #expect(field(cheap) == "privacy.delta")
    let faint = try #require(throws: StudyError.self) { try changed("0.5", "0.000001").plan() }
    #expect(field(faint) == "privacy.epsilon.match")
    #expect(throws: StudyError.tooLarge) {
      try Study(decoding: [UInt8](repeating: 0x20, count: 1 << 20 + 1))
    }
  }

  @Test func arbitraryChangesNeverTrap() throws {
    var generator = SeededGenerator()
    let bytes = Array(fullStudy.utf8)
    for _ in 0..<4_000 {
      var copy = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<copy.count, using: &generator)
        switch Int.random(in: 0...2, using: &generator) {
        case 0: copy[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: copy.remove(at: place)
        default: copy.insert(copy[Int.random(in: 0..<copy.count, using: &generator)], at: place)
        }
      }
      if let study = try? Study(decoding: copy) { _ = try? study.plan() }
    }
  }
}
