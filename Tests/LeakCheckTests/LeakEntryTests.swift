import LeakCheck
import Primitives
import TestSupport
import Testing

@Suite struct LeakEntryTests {
  @Test func passwordsAreTheirPublishedHashes() throws {
    // The SHA-1 and NTLM hashes of "password", as the lists have them.
    let sha1 = bytes(hex: "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8")
    let ntlm = bytes(hex: "8846F7EAEE8FB117AD06BDD830B7586C")
    #expect(try LeakEntry(password: "password") == LeakEntry(sha1: sha1))
    #expect(try LeakEntry(ntlmOf: "password") == LeakEntry(ntlm: ntlm))
    #expect(throws: LeakCheckError.malformedHash) { try LeakEntry(sha1: ntlm) }
    #expect(throws: LeakCheckError.malformedHash) { try LeakEntry(ntlm: sha1) }
  }

  @Test func passwordsAreNotNormalised() {
    #expect(LeakEntry(password: "Pass ") != LeakEntry(password: "Pass"))
    #expect(LeakEntry(password: "pass") != LeakEntry(password: "Pass"))
    // Composed and decomposed: other bytes, another hash.
    #expect(LeakEntry(password: "\u{E9}") != LeakEntry(password: "e\u{301}"))
  }

  @Test func userNamesAreTrimmedFoldedAndComposed() throws {
    let name = try UserName("zo\u{EB}.test+tag@example.org")
    for text in [" Zo\u{EB}.Test+Tag@Example.ORG\n", "\u{3000}ZOE\u{308}.TEST+TAG@EXAMPLE.ORG\t"] {
      #expect(try UserName(text) == name)
    }
    #expect(try UserName("zoetest@example.org") != name)
    // Case foldings of more than one letter, and two forms of one letter.
    let pairs = [
      ("\u{39F}\u{394}\u{3A5}\u{3A3}", "\u{3BF}\u{3B4}\u{3C5}\u{3C2}"), ("Stra\u{DF}e", "STRASSE"),
    ]
    for (one, other) in pairs { #expect(try UserName(one) == UserName(other)) }
    for text in ["", " \t\n", String(repeating: "a", count: 1025)] {
      #expect(throws: LeakCheckError.unusableUserName) { try UserName(text) }
    }
  }

  @Test func credentialsDependOnUserAndPassword() throws {
    let (ann, bob) = (try UserName("ann"), try UserName("bob"))
    let entries = [
      LeakEntry(ann, password: "secret"), LeakEntry(bob, password: "secret"),
      LeakEntry(ann, password: "other"), LeakEntry(password: "secret"),
    ]
    #expect(Set(entries).count == entries.count)
    #expect(LeakEntry(try UserName(" ANN "), password: "secret") == entries[0])
  }

  @Test func bucketsDependOnTheUserAloneAndAreEven() throws {
    let count = 16
    var sizes = [Int](repeating: 0, count: count)
    for number in 0..<4096 { sizes[try UserName("user\(number)@example.org").bucket(of: count)] += 1 }
    // 256 each, deviation 16.
    #expect(sizes.allSatisfy { abs($0 - 256) < 112 })
    #expect(try UserName("Ann").bucket(of: 1000) == UserName("ann ").bucket(of: 1000))
  }

  @Test func labelsAreReadAsTheyWereWritten() throws {
    for (count, source) in [(UInt64(0), UInt16(0)), (52_256_179, 7), (1 << 40, .max)] {
      let label = LeakLabel(count: count, source: source)
      #expect(LeakLabel(decoding: label.bytes) == label)
      #expect(LeakLabel(decoding: Array(label.bytes.prefix(LeakLabel.shortByteCount))) == label)
      #expect(label.count == UInt32(clamping: count))
    }
    #expect(LeakLabel(decoding: [1, 2, 3]) == nil)
    #expect(LeakLabel(decoding: [1, 2, 3, 4, 5, 6, 0]) == nil)
    #expect(LeakLabel(decoding: [0, 0, 0, 0, 0, 0, 1, 0]) == nil)
  }

  @Test func md4MatchesThePublishedExamples() {
    // RFC 1320, appendix A.5.
    let digits = String(repeating: "1234567890", count: 8)
    for (text, digest) in [
      ("", "31d6cfe0d16ae931b73c59d7e0c089c0"), ("a", "bde52cb31de33e46245e05fbdbd6fb24"),
      ("abc", "a448017aaf21d8525fc10ae87aa6729d"),
      ("message digest", "d9130a8164549fe818874806e1c7014b"),
      ("abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"),
      (
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4"
      ),
      (digits, "e33b4ddc9c38f2199c3e7b164fcc0536"),
    ] { #expect(MD4.hash(Array(text.utf8)) == bytes(hex: digest), "\(text)") }
  }

  @Test func scryptMatchesThePublishedExamples() {
    // RFC 7914, section 12.
    let first = Scrypt(log2Cost: 4, blockSize: 1, parallelism: 1).derive(
      password: [], salt: [], byteCount: 64)
    #expect(
      first
        == bytes(
          hex: """
            77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442\
            fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
            """))
    let second = Scrypt(log2Cost: 10, blockSize: 8, parallelism: 16)
      .derive(password: Array("password".utf8), salt: Array("NaCl".utf8), byteCount: 64)
    #expect(
      second
        == bytes(
          hex: """
            fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162\
            2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
            """))
  }
}
