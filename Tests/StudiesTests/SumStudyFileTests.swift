import DisclosureControl
import EncryptedSum
import Foundation
import Primitives
import Studies
import Testing

@Suite struct SumStudyFileTests {
  private static let key = String(repeating: "0a", count: 32)

  private static let contributors =
    "["
    + ["a", "b", "c", "d", "e"].enumerated().map { index, name in
      "{\"name\": \"\(name)\", \"key\": \"\(String(repeating: "3\(index)", count: 32))\"}"
    }.joined(separator: ", ") + "]"

  /// A file with one member replaced (nil: left out).
  private static func file(_ member: String = "", _ value: String? = nil) -> [UInt8] {
    var members = [
      ("format", "1"), ("kind", "\"sum\""), ("title", "\"Wages\""),
      (
        "fields",
        """
        [{"column": "wage", "decimals": 2, "minimum": 0, "maximum": 99.5, "edges": [10, 20.25]},
         {"column": "hours", "minimum": -1, "maximum": 168, "squares": true}]
        """
      ),
      (
        "categories",
        "[{\"column\": \"sex\", \"labels\": [\"f\", \"m\"]}, {\"column\": \"area\", \"labels\": [1, 2]}]"
      ),
      ("products", "[[\"hours\", \"wage\"]]"), ("groups", "[[\"wage\", \"sex\"]]"),
      ("tables", "[[\"sex\", \"area\"]]"), ("minimum_contributors", "5"), ("maximum_contributors", "200"),
      ("maximum_rows", "1000"), ("opening", "\"2026-01-01T00:00:00Z\""),
      ("closing", "\"2026-02-28T23:59:59Z\""),
      (
        "keys",
        """
        {"analyst": "\(key)", "provider": "\(key)", "auditor": "\(String(repeating: "0b", count: 32))",
         "encryption": "\(key)"}
        """
      ), ("privacy", "\"exact\""),
    ]
    if let index = members.firstIndex(where: { $0.0 == member }) { members.remove(at: index) }
    if let value { members.append((member, value)) }
    return Array(("{" + members.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ",\n") + "}").utf8)
  }

  private static func error(_ member: String, _ value: String? = nil) -> StudyError? {
    do throws(StudyError) {
      _ = try SumStudy(decoding: file(member, value))
      return nil
    } catch { return error }
  }

  @Test func fileIsReadAsItSays() throws {
    let study = try SumStudy(decoding: Self.file())
    #expect(study.scheme == .bfv(parameterSet: "sum-n4096"))
    #expect(study.fields[0].maximum == 9_950 && study.fields[0].edges == [1_000, 2_025])
    #expect(study.categories[1].labels == ["1", "2"])
    #expect(study.questions.products == [ColumnPair(1, 0)] && study.questions.groups == [ColumnPair(0, 0)])
    #expect(study.questions.tables == [ColumnPair(0, 1)])
    #expect(study.period.opening == 1_767_225_600 && study.period.closing == 1_772_323_199)
    #expect(study.contributors == .invited && study.privacy == nil)
    let listed = try SumStudy(decoding: Self.file("contributors", Self.contributors))
    guard case .listed(let contributors) = listed.contributors else {
      Issue.record("nobody is listed")
      return
    }
    #expect(contributors.map(\.name) == ["a", "b", "c", "d", "e"])
    #expect(contributors[1].key.bytes == [UInt8](repeating: 0x31, count: 32))
    let noisy = try SumStudy(decoding: Self.file("privacy", "{\"epsilon\": 0.5, \"unit\": \"contributor\"}"))
    #expect(noisy.privacy?.epsilon.micros == 500_000 && noisy.privacy?.unit == .contributor)
  }

  @Test func whatIsWrittenIsReadAsTheSameStudy() throws {
    for file in [
      Self.file(), Self.file("scheme", "\"paillier\""), Self.file("parameter_set", "\"sum-n8192\""),
      Self.file("contributors", Self.contributors),
      Self.file("privacy", "{\"epsilon\": 2, \"unit\": \"row\"}"),
      Self.file("opening", "\"2024-02-29T00:00:00Z\""),
    ] {
      let study = try SumStudy(decoding: file)
      let again = try SumStudy(decoding: study.fileEncoding)
      #expect(again == study && again.digest == study.digest)
    }
  }

  @Test func outlineTellsEverythingButNames() throws {
    // Names alone, or with keys.
    let names = ["ash", "birch", "cedar", "elm", "fir"]
    let lists = [
      names.map { "\"\($0)\"" },
      names.enumerated().map { index, name in
        "{\"name\": \"\(name)\", \"key\": \"\(String(repeating: "3\(index)", count: 32))\"}"
      },
    ]
    let studies = lists.compactMap { list in
      try? SumStudy(decoding: Self.file("contributors", "[\(list.joined(separator: ", "))]"))
    }
    let study = try #require(studies.first)
    let outline = String(decoding: study.outline, as: UTF8.self)
    #expect(!outline.contains("birch") && !outline.contains("\"contributors\""))
    let read = try SumStudy(decoding: study.outline)
    #expect(read.contributors == .invited && read.fields == study.fields && read.keys == study.keys)
    #expect(read == (try SumStudy(decoding: Self.file())))
  }

  @Test func exampleOfTheDocumentsIsAStudy() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/examples/wages.json")
    let study = try SumStudy(decoding: [UInt8](try Data(contentsOf: file)))
    #expect(try SumLayout(study).count == 31)
  }

  @Test func everyWrongMemberIsNamed() {
    #expect(Self.error("format", "2") != nil && Self.error("kind", "\"psi\"") != nil)
    #expect(
      Self.error("keys") == .missing(field: "keys", hint: "Give analyst, provider, auditor and encryption."))
    #expect(Self.error("colour", "1") == .unknown(field: "colour", suggestion: nil))
    let time = "must be a time in UTC, such as 2026-01-31T09:00:00Z."
    for text in [
      "2026-02-29T00:00:00Z", "2026-01-01 00:00:00Z", "2026-13-01T00:00:00Z", "1969-01-01T00:00:00Z",
    ] {
      #expect(Self.error("opening", "\"\(text)\"") == .invalid(field: "opening", hint: time))
    }
    #expect(Self.error("groups", "[[\"sex\", \"wage\"]]") != nil)
    #expect(Self.error("products", "[[\"wage\", \"wage\"]]") != nil)
    #expect(Self.error("fields", "[{\"column\": \"wage\", \"minimum\": 0, \"maximum\": 1.5}]") != nil)
    #expect(Self.error("minimum_contributors", "1") != nil)
    #expect(Self.error("minimum_contributors", "201") != nil)
    #expect(Self.error("closing", "\"2025-01-01T00:00:00Z\"") != nil)
    #expect(Self.error("privacy", "{\"epsilon\": 0, \"unit\": \"row\"}") != nil)
    #expect(Self.error("privacy") != nil)
    let short = "{\"analyst\": \"0a\", \"provider\": \"0a\", \"auditor\": \"0b\", \"encryption\": \"0a\"}"
    #expect(
      Self.error("keys", short) == .invalid(field: "keys.analyst", hint: "must be 64 hexadecimal digits."))
  }
}
