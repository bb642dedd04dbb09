import Identities
import Testing

@Suite struct FingerprintTests {
  /// FIPS 180-4's example of one block.
  @Test func fingerprintIsSHA256OfTheBytes() {
    let text = "ba78:16bf:8f01:cfea:4141:40de:5dae:2223:b003:61a3:9617:7a9c:b410:ff61:f200:15ad"
    #expect(Fingerprint(ofCertificate: Array("abc".utf8)).description == text)
  }

  @Test func everyCommonNotationIsRead() throws {
    let fingerprint = Fingerprint(ofCertificate: [1, 2, 3])
    let text = fingerprint.description
    #expect(try Fingerprint(text) == fingerprint)
    #expect(try Fingerprint(text.uppercased()) == fingerprint)
    #expect(try Fingerprint(String(text.filter { $0 != ":" })) == fingerprint)
    #expect(try Fingerprint(text.split(separator: ":").joined(separator: " ")) == fingerprint)
    let last = text.last == "0" ? "1" : "0"
    #expect(try Fingerprint(text.dropLast() + last) != fingerprint)
  }

  @Test func malformedFingerprintsAreRefused() {
    let good = Fingerprint(ofCertificate: []).description
    for text in [
      "", "00", good + "0", String(good.dropLast()), good.dropLast() + "g",
      good + String(repeating: ":", count: 300),
    ] {
      #expect(throws: IdentityError.malformedFingerprint) { try Fingerprint(text) }
    }
  }
}
