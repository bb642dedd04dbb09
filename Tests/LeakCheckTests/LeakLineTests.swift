import LeakCheck
import TestSupport
import Testing

@Suite struct LeakLineTests {
  private func parse(_ text: String, _ format: LeakFormat) throws -> LeakLine {
    try LeakLine(parsing: Array(text.utf8)[...], as: format)
  }

  @Test func hashLinesGiveEntryAndCount() throws {
    let hash = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8"
    let line = try parse(hash + ":52256179\r", .sha1)
    #expect(line.entry == LeakEntry(password: "password"))
    #expect(line.count == 52_256_179)
    #expect(try parse(hash.lowercased(), .sha1).count == 1)
    let ntlm = try parse("8846F7EAEE8FB117AD06BDD830B7586C:3", .ntlm)
    #expect(ntlm.entry == LeakEntry(ntlmOf: "password"))
    // The downloader's files leave out the five digits of their name.
  }

  @Test func credentialLinesSplitAtTheFirstColon() throws {
    let line = try parse("Ann@Example.org:pa:ss", .credentials)
    let name = try UserName("ann@example.org")
    #expect(line.user == name)
    #expect(line.entry == LeakEntry(name, password: "pa:ss"))
  }

  @Test func wordLinesKeepTheirSpaces() throws {
    #expect(try parse(" two words ", .words).entry == LeakEntry(password: " two words "))
  }

  @Test func passwordsAreHashedByteForByte() throws {
    // "café" in Latin-1: no UTF-8.
    let word: [UInt8] = [0x63, 0x61, 0x66, 0xE9]
    #expect(try LeakLine(parsing: word[...], as: .words).entry == LeakEntry(password: word))
    #expect(LeakEntry(password: word).input.suffix(20).starts(with: [0xD2, 0xF5, 0x2B, 0xC4]))
    let pair = Array("ann:".utf8) + word
    let name = try UserName("ann")
    #expect(
      try LeakLine(parsing: pair[...], as: .credentials).entry == LeakEntry(name, password: word))
    #expect(LeakEntry(password: Array("x".utf8)) == LeakEntry(password: "x"))
  }

  @Test(arguments: [LeakFormat.words, .credentials, .sha1])
  func zeroBytesAreMalformed(_ format: LeakFormat) {
    let line = Array("ann:5BAA61E4C9B93F3F0682250B6CF8331B7EE68F\0".utf8)
    #expect(throws: LeakCheckError.malformedLine) { try LeakLine(parsing: line[...], as: format) }
    #expect(throws: LeakCheckError.malformedLine) {
      try LeakLine(parsing: ([0xE9] + Array(":x".utf8))[...], as: .credentials)
    }
  }

  @Test(arguments: [
    ("", LeakFormat.sha1), ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD:1", .sha1),
    ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FDG:1", .sha1),
    ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:", .sha1),
    ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:1:2", .sha1),
    ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:-1", .sha1),
    ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9999999999999999", .sha1),
    ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:1", .ntlm), ("no colon", .credentials),
    (":password", .credentials), ("user:", .credentials), ("\r", .words),
    (String(repeating: "a", count: 4097), .words),
  ])
  func malformedLinesAreRefused(text: String, format: LeakFormat) {
    #expect(throws: LeakCheckError.malformedLine) { try parse(text, format) }
  }

  @Test func anyBytesAreReadOrRefused() {
    var random = SeededGenerator()
    for _ in 0..<5_000 {
      let count = Int.random(in: 0...60, using: &random)
      let line = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      for format in LeakFormat.allCases where format != .credentials {
        do throws(LeakCheckError) { _ = try LeakLine(parsing: line[...], as: format) } catch {
          #expect(error == .malformedLine, "seed \(random.seed)")
        }
      }
    }
  }

  @Test func exportsAreKnownByTheirHeaders() throws {
    let chrome = try PasswordExport(header: ["name", "url", "username", "password", "note"])
    #expect((chrome.name, chrome.user, chrome.password) == (0, 2, 3))
    let firefox = try PasswordExport(header: ["url", "username", "password", "httpRealm", "formActionOrigin"])
    #expect((firefox.name, firefox.user, firefox.password) == (0, 1, 2))
    let bitwarden = try PasswordExport(header: [
      "folder", "favorite", "type", "name", "notes", "fields", "reprompt", "login_uri", "login_username",
      "login_password", "login_totp",
    ])
    #expect((bitwarden.name, bitwarden.user, bitwarden.password) == (3, 8, 9))
    let onePassword = try PasswordExport(header: ["\u{FEFF}Title", "Website", "Username", "Password"])
    #expect((onePassword.name, onePassword.user, onePassword.password) == (0, 2, 3))
    #expect(throws: LeakCheckError.unknownExport) { try PasswordExport(header: ["name", "url"]) }
    #expect(throws: LeakCheckError.unknownExport) { try PasswordExport(header: ["password", "Password"]) }
  }
}
