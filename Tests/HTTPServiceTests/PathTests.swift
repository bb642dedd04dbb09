import ServiceContracts
import TestSupport
import Testing

@Suite struct PathTests {
  private func pieces(_ text: String) -> [String] {
    text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func pathsAreReadAsTheyAreWritten() throws {
    let version = "0123456789abcdef0123456789abcdef"
    for path: LeakPath in [
      .database, .evaluate(version: version), .description(version: version, bucket: 0),
      .lookup(version: version, bucket: 1_048_575), .batchDescription(version: version),
      .batchLookup(version: version),
    ] { #expect(try LeakPath(pieces: pieces(path.text)) == path) }
  }

  @Test func otherPathsAreRefused() {
    let version = "0123456789abcdef0123456789abcdef"
    for (path, kind): (String, Problem.Kind) in [
      ("/", .notFound), ("/v1", .notFound), ("/v2/database", .notFound), ("/v1/database/", .notFound),
      ("/v1/databases", .notFound), ("/v1/databases/\(version)", .notFound),
      ("/v1/databases/\(version)/tables/1", .notFound),
      ("/v1/databases/\(version)/tables/1/lookup/", .notFound),
      ("/v1/databases/\(version)/tables/01/lookup", .malformedRequest),
      ("/v1/databases/\(version)/tables/-1/lookup", .malformedRequest),
      ("/v1/databases/\(version)/tables/99999999/lookup", .malformedRequest),
      ("/v1/databases/\(version.uppercased())/evaluate", .malformedRequest),
      ("/v1/databases/\(version)0/evaluate", .malformedRequest),
    ] {
      do throws(Problem) {
        let read = try LeakPath(pieces: pieces(path))
        Issue.record("\(path) was read as \(read)")
      } catch { #expect(error.kind == kind, "\(path)") }
    }
  }

  @Test func anyPiecesAreReadOrRefused() {
    var random = SeededGenerator()
    let words = [
      "v1", "database", "databases", "tables", "batch", "lookup", "evaluate", "description", "0", "", "é",
    ]
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...7, using: &random)
      let pieces = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }
      guard let path = try? LeakPath(pieces: pieces) else { continue }
      #expect(path.text == "/" + pieces.joined(separator: "/"), "seed \(random.seed)")
    }
  }
}
