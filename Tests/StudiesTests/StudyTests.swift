import DisclosureControl
import Foundation
import Studies
import Tables
import Testing

@Suite struct StudyTests {
  @Test func aStudyIsReadAsWritten() throws {
    let study = try study(fullStudy)
    #expect(study.mode == .cross && study.population == "people" && study.identifier.kind == .email)
    #expect(study.identifier.missing == ["", "NA"])
    #expect(study.analyst.groups[1].labels == ["f", "m", "x"])
    #expect(study.analyst.maximumIDsPerGroup == Array(repeating: 40, count: 6))
    #expect(study.provider.maximumRows == 500 && study.maximumRowsPerID == 3)
    #expect(study.measures[0].minimum == -150 && study.measures[0].maximum == 2000)
    #expect(study.measures[0].statistics == [.sum, .variance])
    let privacy = try #require(study.privacy)
    // Counts, totals and squares of one measure, totals of the other share one ε.
    #expect(privacy.counts.micros == 250_000 && privacy.cells.micros == 1_000_000)
    #expect(privacy.measures[0].squares.micros == 250_000 && privacy.measures[1].squares == .zero)
    #expect(study.policies.excessRows == .drop && study.result.receiver == .analyst)
  }

  @Test func theDigestIsOfTheMeaningAndNotOfTheText() throws {
    let digest = try study(fullStudy).digest
    #expect(digest.count == 32)
    let squeezed = fullStudy.replacingOccurrences(of: "\n", with: "\r\n\t")
    #expect(try study(squeezed).digest == digest)
    #expect(try study("\u{FEFF}" + fullStudy).digest == digest)
    // Other order of members, another spelling of numbers and texts, a default left out.
    #expect(
      try changed("\"format\": 1, \"name\": \"test\"", "\"name\": \"t\\u0065st\", \"format\": 1.0e0").digest
        == digest)
    #expect(try changed("-1.5", "-15e-1").digest == digest)
    #expect(try changed("[\"variance\", \"sum\"]", "[\"sum\", \"variance\"]").digest == digest)
    #expect(
      try changed(",\n  \"result\": {\"receiver\": \"analyst\", \"publish\": false}", "").digest == digest)
    #expect(try changed("40,", "[40, 40, 40, 40, 40, 40],").digest == digest)
    #expect(
      try changed(
        "\"cells\": 1}",
        "\"cells\": {\"counts\": 0.25, \"measures\": {\"spent\": 0.5, \"visits\": 0.25}}}"
      ).digest == digest)
  }

  @Test(arguments: [
    ("\"test\"", "\"Test\""), ("0.5", "0.500001"), ("\"f\", \"m\"", "\"m\", \"f\""), ("20,", "20.01,"),
    ("40,", "41,"), ("\"drop\"", "\"error\""), ("2^-38", "2^-37"),
    ("\"minimum_count\": 5", "\"minimum_count\": 6"),
    ("\"minimum_count\": 5", "\"minimum_count\": 5, \"suppress\": \"secure\""),
  ])
  func everyChangeOfMeaningChangesTheDigest(old: String, new: String) throws {
    #expect(try changed(old, new).digest != study(fullStudy).digest)
  }

  @Test func theCanonicalFormReadsBackAsTheSameStudy() throws {
    for text in [
      fullStudy, fullStudy.replacingOccurrences(of: "\"2^-38\"", with: "1e-9"),
      fullStudy.replacingOccurrences(of: "\"mode\":", with: "\"suppress\": \"secure\", \"mode\":"),
    ] {
      let study = try study(text)
      let again = try Study(decoding: study.canonicalEncoding)
      #expect(again == study)
      #expect(again.canonicalEncoding == study.canonicalEncoding)
    }
  }

  /// Pinned, since peers of different versions compare it; computed with Python's json and hashlib.
  @Test func theDigestOfTheFullStudyStays() throws {
    #expect(
      hex(try study(fullStudy).digest) == "9fe9fd05ce1caaa4887a1529c2d0a18365fd901602968c93f6c3440913c34dd9")
  }

  /// Studies from before the field have the digest that they had.
  @Test func theDefaultOfSuppressIsNotInTheDigest() throws {
    let study = try study(fullStudy)
    #expect(study.suppression == .report)
    #expect(
      try changed("\"minimum_count\": 5", "\"minimum_count\": 5, \"suppress\": \"report\"").digest
        == study.digest)
  }

  @Test(arguments: ["elements", "count", "sum", "cross", "flights", "flights-exact", "suppressed"])
  func theExamplesAreStudies(name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/examples")
    let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name + ".json")))
    let study = try Study(decoding: bytes)
    _ = try study.plan()
    #expect(try Study(decoding: study.canonicalEncoding) == study)
    if name == "suppressed" { #expect(study.suppression == .secure && study.minimumCount == 20) }
    if name == "flights" {
      let plan = try study.plan()
      #expect(plan.groups.count == 27 && plan.cells == [["EWR"], ["JFK"], ["LGA"]])
      #expect(plan.releases.map(\.release.sensitivity) == [575, 69_000, 69_000])
      #expect(plan.dummies?.shift == 53)
    }
  }

  @Test func phoneRulesOfACountryAreWrittenOut() throws {
    let byCountry = try changed("\"kind\": \"email\"", "\"kind\": \"phone\", \"country\": \"JP\"")
    let byCode = try changed(
      "\"kind\": \"email\"",
      "\"kind\": \"phone\", \"country_code\": \"81\", \"international_prefix\": \"010\"")
    #expect(byCountry.digest == byCode.digest)
    #expect(byCountry.identifier.kind == .phone(try #require(PhoneRules(country: "JP"))))
  }
}
