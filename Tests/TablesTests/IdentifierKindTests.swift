import Tables
import Testing

@Suite struct IdentifierKindTests {
  private func form(_ kind: IdentifierKind, _ text: String) throws -> String {
    String(decoding: try kind.normalize(Array(text.utf8)[...]), as: UTF8.self)
  }

  @Test func plainIdentifiersAreLeftAlone() throws {
    #expect(try form(.plain, " N10156 ") == " N10156 ")
    #expect(throws: IdentifierProblem.empty) { try form(.plain, "") }
  }

  @Test(arguments: [
    (" Anna.Smith+News@Example.COM\t", "anna.smith+news@example.com"),
    ("ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "anna@example.com"),
    ("ÄRGER@Exämple.de", "ärger@exämple.de"),
    ("\u{0041}\u{0308}@b.de", "ä@b.de"),
  ])
  func emailAddressesOfOneMailboxAgree(text: String, expected: String) throws {
    #expect(try form(.email, text) == expected)
  }

  @Test(arguments: ["anna", "@example.com", "anna@", "a@b@c", "an na@example.com", "a\u{0}@b"])
  func whatIsNoEmailAddressIsRefused(text: String) {
    #expect(throws: IdentifierProblem.notAnEmailAddress) { try form(.email, text) }
  }

  @Test(
    arguments: [
      ("JP", "090-1234-5678", "819012345678"), ("JP", "+81 90 1234 5678", "819012345678"),
      ("JP", "０９０−１２３４−５６７８", nil), ("JP", "０９０ １２３４ ５６７８", "819012345678"),
      ("JP", "010 44 20 7946 0018", "442079460018"), ("GB", "+44 (0)20 7946 0018", "442079460018"),
      ("GB", "020 7946 0018", "442079460018"), ("US", "(212) 555-0100", "12125550100"),
      ("US", "1-212-555-0100", "12125550100"), ("US", "011 81 3 1234 5678", "81312345678"),
      ("IT", "06 1234 5678", "390612345678"), ("DE", "0049 30 123456", "4930123456"),
      ("JP", "12", nil), ("JP", "+0 123 456 789", nil), ("JP", "090-1234-5678x2", nil),
      ("JP", "+81+9012345678", nil), ("JP", "+1234567890123456", nil),
    ] as [(String, String, String?)])
  func phoneNumbersComeToE164(country: String, text: String, expected: String?) throws {
    let kind = IdentifierKind.phone(try #require(PhoneRules(country: country)))
    if let expected {
      #expect(try form(kind, text) == expected)
    } else {
      #expect(throws: IdentifierProblem.notAPhoneNumber) { try form(kind, text) }
    }
  }

  @Test func unicodeIdentifiersAreComposedAndKeepTheirCase() throws {
    #expect(try form(.unicode, "\u{3000}ﾔﾏﾀﾞ　Taro ") == "ヤマダ Taro")
    #expect(try form(.unicode, "e\u{301}") == "é")
    #expect(try form(.unicode, "ﬁ①") == "fi1")
    #expect(throws: IdentifierProblem.empty) { try form(.unicode, " \u{3000} ") }
  }

  @Test func identifiersAreBounded() {
    for kind in [IdentifierKind.plain, .unicode, .email] {
      #expect(throws: IdentifierProblem.tooLong) {
        try form(kind, String(repeating: "x", count: 5000))
      }
    }
    #expect(throws: IdentifierProblem.tooLong) {
      try form(.plain, String(repeating: "x", count: 1025))
    }
    // One ligature of three bytes becomes eighteen characters.
    #expect(throws: IdentifierProblem.tooLong) {
      try form(.unicode, String(repeating: "\u{FDFA}", count: 40))
    }
  }

  @Test func countriesAndRulesAreChecked() {
    #expect(PhoneRules(country: "XX") == nil)
    #expect(PhoneRules(countryCode: "081", trunkPrefix: "0", internationalPrefix: "00") == nil)
    #expect(PhoneRules(countryCode: "81", trunkPrefix: "x", internationalPrefix: "00") == nil)
    #expect(PhoneRules(countryCode: "81", trunkPrefix: "", internationalPrefix: "") == nil)
    #expect(PhoneRules(country: "JP")?.internationalPrefix == "010")
  }
}
