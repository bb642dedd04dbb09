import ServiceContracts
import TestSupport
import Testing

@Suite struct SumPathTests {
  private static let digest = String(repeating: "0a", count: 32)

  private func pieces(_ text: String) -> [String] {
    text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func pathsAreReadAsTheyAreWritten() throws {
    for path: SumPath in [.provider, .studies, .tokens, .study(Self.digest)]
      + SumPath.Part.allCases.map({ .part(of: Self.digest, $0) })
    { #expect(try SumPath(pieces: pieces(path.text)) == path) }
  }

  @Test func namesOfBearersAreEscaped() {
    #expect(SumPath.token(role: "auditor", name: "a/b é?").text == "/v1/tokens/auditor/a%2Fb%20%C3%A9%3F")
  }

  @Test func otherPathsAreRefused() {
    for (path, kind): (String, Problem.Kind) in [
      ("/", .notFound), ("/v1", .notFound), ("/v2/studies", .notFound), ("/v1/studies/", .malformedRequest),
      ("/v1/studies/\(Self.digest)0", .malformedRequest),
      ("/v1/studies/\(Self.digest.uppercased())", .malformedRequest),
      ("/v1/studies/\(Self.digest)/keys", .notFound), ("/v1/studies/\(Self.digest)/key/", .notFound),
      ("/v1/tokens/auditor", .notFound), ("/v1/tokens/auditor/a/b", .notFound),
    ] {
      do throws(Problem) {
        let read = try SumPath(pieces: pieces(path))
        Issue.record("\(path) was read as \(read)")
      } catch { #expect(error.kind == kind, "\(path)") }
    }
  }
}
